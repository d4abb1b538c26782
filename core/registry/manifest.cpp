// SPDX-License-Identifier: Apache-2.0
#include "core/registry/manifest.hpp"

#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>
#include <string_view>

#include "spacecore/plugin.h"

#include "core/registry/elf_file.hpp"
#include "core/registry/validate.hpp"
#include "core/support/error.hpp"

namespace spc {
namespace fs = std::filesystem;

namespace {

constexpr std::size_t most_bytes = 1u << 16;

std::string_view trimmed(std::string_view s) {
  constexpr std::string_view blanks = " \t\r";
  const std::size_t first = s.find_first_not_of(blanks);
  if (first == std::string_view::npos) return {};
  return s.substr(first, s.find_last_not_of(blanks) - first + 1);
}

// What a file says goes into messages only as far as it can be printed there.
std::string quoted(std::string_view s) {
  constexpr std::size_t most_shown = 64;
  std::string text(s.substr(0, most_shown));
  std::replace_if(
      text.begin(), text.end(), [](char c) { return c < ' ' || c == 127; }, '?');
  return fmt::format("'{}{}'", text, s.size() > most_shown ? "..." : "");
}

int number(std::string_view s) {
  int value = 0;
  const auto [end, error] = std::from_chars(s.data(), s.data() + s.size(), value);
  if (error != std::errc() || end != s.data() + s.size())
    fail(SPC_E_PLUGIN, "{} is no number", quoted(s));
  return value;
}

std::vector<std::string> family_names(std::string_view list) {
  std::vector<std::string> names;
  for (std::size_t from = 0; from <= list.size();) {
    const std::size_t to = std::min(list.find(',', from), list.size());
    const std::string name(trimmed(list.substr(from, to - from)));
    from = to + 1;
    check_family_name(name.c_str(), "family");
    if (std::find(names.begin(), names.end(), name) != names.end())
      fail(SPC_E_PLUGIN, "family '{}' is named twice", name);
    names.push_back(name);
  }
  return names;
}

std::string family_name(std::string_view s) {
  check_family_name(std::string(s).c_str(), "family");
  return std::string(s);
}

std::string version(std::string_view s) {
  const std::size_t dot = s.find('.');
  number(s.substr(0, dot));
  if (dot != std::string_view::npos) number(s.substr(dot + 1));
  return std::string(s);
}

int cpu_level(std::string_view s) {
  for (const int level : {2, 3, 4})
    if (s == fmt::format("x86-64-v{}", level)) return level;
  fail(SPC_E_PLUGIN, "{} is none of x86-64-v2, x86-64-v3, x86-64-v4", quoted(s));
}

bool yes_or_no(std::string_view s) {
  if (s != "yes" && s != "no") fail(SPC_E_PLUGIN, "{} is neither 'yes' nor 'no'", quoted(s));
  return s == "yes";
}

struct Key {
  std::string_view name;
  void (*set)(Manifest &, std::string_view value);
};
constexpr Key keys[] = {
    {"name", [](Manifest &m, std::string_view v) { m.name = v; }},
    {"file", [](Manifest &m, std::string_view v) { m.file = v; }},
    {"abi", [](Manifest &m, std::string_view v) { m.abi = version(v); }},
    {"families", [](Manifest &m, std::string_view v) { m.families = family_names(v); }},
    {"base", [](Manifest &m, std::string_view v) { m.base = family_name(v); }},
    {"requires", [](Manifest &m, std::string_view v) { m.required = family_names(v); }},
    {"cpu", [](Manifest &m, std::string_view v) { m.cpu = cpu_level(v); }},
    {"priority", [](Manifest &m, std::string_view v) { m.priority = number(v); }},
    {"deepbind", [](Manifest &m, std::string_view v) { m.deepbind = yes_or_no(v); }},
};

// One line that is neither empty nor a comment.
void read_line(Manifest &m, std::string_view line, std::set<std::string_view> &seen) {
  const std::size_t equals = line.find('=');
  const std::string_view name = trimmed(line.substr(0, equals));
  const std::string_view value =
      equals == std::string_view::npos ? std::string_view() : trimmed(line.substr(equals + 1));
  const auto is_control = [](char c) { return c >= 0 && c < ' ' && c != '\t'; };
  if (name.empty() || value.empty() || std::any_of(line.begin(), line.end(), is_control))
    fail(SPC_E_PLUGIN, "{} is not of the form 'key = value'", quoted(line));
  const auto *const key =
      std::find_if(std::begin(keys), std::end(keys), [&](const Key &k) { return k.name == name; });
  // It may say when not to open the file: nothing that is not understood can be left out.
  if (key == std::end(keys)) {
    std::string known;
    for (const Key &k : keys) known += fmt::format("{}{}", known.empty() ? "" : ", ", k.name);
    fail(SPC_E_PLUGIN, "unknown key {}, expected one of {}", quoted(name), known);
  }
  if (!seen.insert(name).second) fail(SPC_E_PLUGIN, "key '{}' is given twice", name);
  try {
    key->set(m, value);
  } catch (const Error &e) {
    fail(SPC_E_PLUGIN, "{}: {}", name, e.message());
  }
}

std::string text_of(const std::string &path) {
  struct stat status;
  if (stat(path.c_str(), &status) != 0 || !S_ISREG(status.st_mode))
    fail(SPC_E_PLUGIN, "{}: is not a regular file", path);
  if (static_cast<std::uint64_t>(status.st_size) > most_bytes)
    fail(SPC_E_PLUGIN, "{}: has {} bytes, at most {} are possible", path, status.st_size,
         most_bytes);
  std::ifstream file(path, std::ios::binary);
  std::string text{std::istreambuf_iterator<char>(file), {}};
  if (!file) fail(SPC_E_PLUGIN, "{}: cannot be read", path);
  return text;
}

}  // namespace

Manifest read_manifest(const std::string &path) {
  Manifest m;
  m.path = path;
  m.file = fs::path(path).stem().string() + ".so";
  const std::string text = text_of(path);
  std::set<std::string_view> seen;
  int n = 0;
  for (std::size_t from = 0; from < text.size();) {
    const std::size_t to = std::min(text.find('\n', from), text.size());
    const std::string_view line = trimmed(std::string_view(text).substr(from, to - from));
    from = to + 1;
    ++n;
    if (line.empty() || line.front() == '#') continue;
    try {
      read_line(m, line, seen);
    } catch (const Error &e) {
      if (m.fault.empty()) m.fault = fmt::format("line {}: {}", n, e.message());
    }
  }
  if (m.families.empty() && m.fault.empty()) m.fault = "key 'families' is missing";
  return m;
}

std::string checked_file(const Manifest &m, const TrustRules &rules, const Processor &processor) {
  if (!m.fault.empty()) fail(SPC_E_PLUGIN, "{}: {}", m.path, m.fault);
  if (!m.abi.empty() && number(m.abi.substr(0, m.abi.find('.'))) != SPC_ABI_MAJOR)
    fail(SPC_E_PLUGIN, "{}: is for backend ABI {}, this library offers {}.{}", m.path, m.abi,
         static_cast<int>(SPC_ABI_MAJOR), static_cast<int>(SPC_ABI_MINOR));
  if (const std::string missing = missing_for(m.cpu, processor); !missing.empty())
    fail(SPC_E_PLUGIN, "{}: is for x86-64-v{}; this machine lacks {}", m.path, m.cpu, missing);
  const fs::path named = fs::path(m.file).lexically_normal();
  if (named.is_relative() && *named.begin() == "..")
    fail(SPC_E_PLUGIN, "{}: file '{}' leaves the directory of the manifest", m.path, m.file);
  try {
    std::string file = resolved_path(fs::path(m.path).parent_path() / named);
    check_shared_object(file);
    check_trusted(file, rules);
    return file;
  } catch (const Error &e) {
    fail(SPC_E_PLUGIN, "{}: file {}", m.path, e.message());
  }
}

}  // namespace spc
