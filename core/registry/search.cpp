// SPDX-License-Identifier: Apache-2.0
#include "core/registry/search.hpp"

#include <dlfcn.h>
#include <fmt/format.h>
#include <stdlib.h>

#include <algorithm>
#include <filesystem>
#include <set>
#include <string_view>
#include <system_error>

#include "spacecore/plugin.h"

#include "core/registry/elf_file.hpp"
#include "core/registry/trust.hpp"
#include "core/support/error.hpp"

namespace spc {
namespace fs = std::filesystem;

namespace {

std::string below() {
  return "spacecore/" + std::to_string(SPC_ABI_MAJOR);
}

// secure_getenv knows the real rights of the process, raised_rights perhaps those of a test.
const char *variable(const char *name, bool raised_rights) {
  return raised_rights ? nullptr : secure_getenv(name);
}

bool is_turned_off(bool raised_rights, LoadReport &report) {
  const char *const plugins = variable("SPACECORE_PLUGINS", raised_rights);
  if (plugins == nullptr || *plugins == '\0') return false;
  if (std::string_view(plugins) == "none") {
    report.note("search", "turned off by SPACECORE_PLUGINS=none");
    return true;
  }
  report.note("SPACECORE_PLUGINS", fmt::format("'{}' is ignored, expected 'none'", plugins));
  return false;
}

void add_path_of_environment(std::vector<std::string> &directories, bool raised_rights,
                             LoadReport &report) {
  if (const char *const value = variable("SPACECORE_PLUGIN_PATH", raised_rights)) {
    const std::string_view path = value;
    for (std::size_t from = 0; from <= path.size();) {
      const std::size_t to = std::min(path.find(':', from), path.size());
      const std::string directory(path.substr(from, to - from));
      from = to + 1;
      if (directory.empty()) continue;
      if (directory.front() == '/')
        directories.push_back(directory);
      else  // it would mean another place in every working directory
        report.note(directory, "ignored: an entry of SPACECORE_PLUGIN_PATH has to begin with '/'");
    }
  }
}

// Relative values count as unset: that is the rule for these variables everywhere.
void add_home(std::vector<std::string> &directories, bool raised_rights) {
  const char *const data = variable("XDG_DATA_HOME", raised_rights);
  const char *const home = variable("HOME", raised_rights);
  if (data != nullptr && *data == '/')
    directories.push_back(fs::path(data) / below());
  else if (home != nullptr && *home == '/')
    directories.push_back(fs::path(home) / ".local/share" / below());
}

void add_places_of_library(std::vector<std::string> &directories, LoadReport &report) {
  static const char anchor = 0;
  Dl_info info;
  if (dladdr(&anchor, &info) != 0 && info.dli_fname != nullptr) {
    try {
      directories.push_back(fs::path(resolved_path(info.dli_fname)).parent_path() / below());
    } catch (const Error &e) {
      report.note(info.dli_fname, e.message());
    }
  }
  directories.push_back(fs::path(SPC_INSTALLED_LIBRARY_DIR) / below());
}

using Files = std::set<std::string>;  // sorted: what a directory gives first is chance

void list(const std::string &directory, Files &plugins, Files &manifests, LoadReport &report) {
  std::error_code error;
  for (fs::directory_iterator it(directory, error), end; !error && it != end; it.increment(error)) {
    if (it->path().extension() == ".so") plugins.insert(it->path());
    if (it->path().extension() == ".manifest") manifests.insert(it->path());
  }
  if (error && error != std::errc::no_such_file_or_directory)
    report.note(directory, "cannot be searched: " + error.message());
}

// The manifest, if it is good. The file that it is about is no candidate of its own, least of all if
// the manifest is refused.
std::optional<Manifest> good_manifest(const std::string &found, const Surroundings &surroundings,
                                      Files &plugins, LoadReport &report) {
  plugins.erase(fs::path(found).replace_extension(".so"));
  std::vector<std::string> families;
  try {
    const std::string path = resolved_path(found);
    const std::string remarks = check_trusted(path, surroundings.trust);
    Manifest manifest = read_manifest(path);
    families = manifest.families;
    const fs::path named = fs::path(path).parent_path() / manifest.file;
    std::erase_if(plugins,
                  [&](const std::string &p) { return same_file(p.c_str(), named.c_str()); });
    manifest.file = checked_file(manifest, surroundings.trust, surroundings.processor);
    if (!remarks.empty()) report.note(path, remarks);
    return manifest;
  } catch (const std::exception &e) {
    report.refused(found, e.what(), families);
    return {};
  }
}

}  // namespace

Surroundings Surroundings::of_process() {
  return {TrustRules::of_process(), Processor::of_this_machine(),
          fmt::format("/etc/spacecore/{}.d", static_cast<int>(SPC_ABI_MAJOR))};
}

std::vector<SearchDirectory> default_plugin_directories(const Surroundings &surroundings,
                                                        LoadReport &report) {
  const bool raised_rights = surroundings.trust.raised_rights;
  if (is_turned_off(raised_rights, report)) return {};
  std::vector<std::string> directories;
  add_path_of_environment(directories, raised_rights, report);
  add_home(directories, raised_rights);
  add_places_of_library(directories, report);

  // The same place by another name would only fill the report with families that are there.
  std::vector<SearchDirectory> distinct;
  for (const std::string &directory : directories)
    if (std::none_of(distinct.begin(), distinct.end(), [&](const SearchDirectory &known) {
          return known.path == directory || same_file(known.path.c_str(), directory.c_str());
        }))
      distinct.push_back({directory});
  distinct.push_back({surroundings.system_manifests, true});
  return distinct;
}

std::vector<Candidate> plugin_candidates(const SearchDirectory &directory,
                                         const Surroundings &surroundings, LoadReport &report) {
  Files plugins, manifests;
  list(directory.path, plugins, manifests, report);
  if (directory.manifests_only) plugins.clear();
  std::vector<Candidate> candidates;
  for (const std::string &found : manifests)
    if (auto manifest = good_manifest(found, surroundings, plugins, report))
      candidates.push_back({found, std::move(manifest)});
  for (const std::string &file : plugins) candidates.push_back({file, {}});

  const auto before = [](const Candidate &a, const Candidate &b) {
    const int priority_a = a.manifest ? a.manifest->priority : 0;
    const int priority_b = b.manifest ? b.manifest->priority : 0;
    return priority_a != priority_b ? priority_a > priority_b : a.path < b.path;
  };
  std::sort(candidates.begin(), candidates.end(), before);
  return candidates;
}

}  // namespace spc
