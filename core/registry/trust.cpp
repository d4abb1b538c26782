// SPDX-License-Identifier: Apache-2.0
#include "core/registry/trust.hpp"

#include <dlfcn.h>
#include <fmt/format.h>
#include <stdlib.h>
#include <sys/auxv.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <string_view>
#include <vector>

#include "core/registry/elf_file.hpp"
#include "core/support/error.hpp"

namespace spc {
namespace {

// Whoever can replace a directory above the library can replace the library.
bool lies_above(std::string_view component, std::string_view file) {
  if (component == "/") return true;
  return file.size() > component.size() && file.starts_with(component) &&
         file[component.size()] == '/';
}

// "/", "/a", "/a/b" and so on down to the file itself.
std::vector<std::string> components_of(const std::string &file) {
  std::vector<std::string> components = {"/"};
  for (std::size_t end = 0; end != std::string::npos;) {
    end = file.find('/', end + 1);
    components.push_back(file.substr(0, end));
  }
  return components;
}

struct Verdict {
  std::string refusal, note;
};

Verdict judge(const std::string &component, const struct stat &s, bool above_own_directory,
              const TrustRules &rules) {
  const unsigned mode = s.st_mode & 07777u;
  const std::string facts =
      fmt::format("mode {:04o}, owner {}, group {}", mode, s.st_uid, s.st_gid);
  const bool known = s.st_uid == 0 || s.st_uid == rules.user || s.st_uid == rules.library_owner;
  if (!known && !(S_ISDIR(s.st_mode) && lies_above(component, rules.library)))
    return {fmt::format("'{}' belongs to user {}, who is neither root nor the user of this process "
                        "({}) nor the owner of the library ({}) ({})",
                        component, s.st_uid, rules.user, rules.library_owner, facts),
            ""};
  // Nobody can replace what others own in a sticky directory; but anybody can add to it.
  const bool sticky = above_own_directory && (s.st_mode & S_ISVTX) != 0;
  if ((s.st_mode & S_IWOTH) != 0 && !sticky)
    return {fmt::format("'{}' is world-writable ({})", component, facts), ""};
  if ((s.st_mode & S_IWGRP) != 0 && !sticky) {
    const std::string text = fmt::format("'{}' is group-writable ({})", component, facts);
    return rules.raised_rights ? Verdict{text, ""} : Verdict{"", text};
  }
  return {};
}

}  // namespace

bool has_raised_rights() noexcept {
  return getauxval(AT_SECURE) != 0;
}

TrustRules TrustRules::of_process() {
  TrustRules rules{geteuid(), 0, "", has_raised_rights(), false};
  static const char anchor = 0;
  Dl_info info;
  struct stat status;
  if (dladdr(&anchor, &info) != 0 && info.dli_fname != nullptr &&
      stat(info.dli_fname, &status) == 0) {
    rules.library_owner = status.st_uid;
    rules.library = resolved_path(info.dli_fname);
  }
  const char *const unsafe = secure_getenv("SPACECORE_PLUGIN_UNSAFE");
  rules.unsafe = unsafe != nullptr && std::strcmp(unsafe, "1") == 0;
  return rules;
}

std::string check_trusted(const std::string &file, const TrustRules &rules) {
  std::string notes;
  const auto add = [&](const std::string &text) { notes += (notes.empty() ? "" : "; ") + text; };
  const std::vector<std::string> components = components_of(file);
  for (std::size_t i = 0; i < components.size(); ++i) {
    struct stat status;
    if (lstat(components[i].c_str(), &status) != 0)
      fail(SPC_E_PLUGIN, "{}: '{}' cannot be examined: {}", file, components[i],
           std::strerror(errno));
    const bool above_own_directory = i + 2 < components.size();
    const Verdict verdict = judge(components[i], status, above_own_directory, rules);
    if (!verdict.note.empty()) add(verdict.note);
    if (verdict.refusal.empty()) continue;
    if (!rules.unsafe)
      fail(SPC_E_PLUGIN, "{}: is not trusted: {}{}", file, verdict.refusal,
           rules.raised_rights ? "" : "; SPACECORE_PLUGIN_UNSAFE=1 loads it all the same");
    add(verdict.refusal + ", loaded because of SPACECORE_PLUGIN_UNSAFE=1");
  }
  return notes;
}

}  // namespace spc
