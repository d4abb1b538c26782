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

bool is_turned_off(LoadReport &report) {
  const char *const plugins = secure_getenv("SPACECORE_PLUGINS");
  if (plugins == nullptr || *plugins == '\0') return false;
  if (std::string_view(plugins) == "none") {
    report.note("search", "turned off by SPACECORE_PLUGINS=none");
    return true;
  }
  report.note("SPACECORE_PLUGINS", fmt::format("'{}' is ignored, expected 'none'", plugins));
  return false;
}

void add_path_of_environment(std::vector<std::string> &directories, LoadReport &report) {
  if (const char *const variable = secure_getenv("SPACECORE_PLUGIN_PATH")) {
    const std::string_view path = variable;
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
void add_home(std::vector<std::string> &directories) {
  if (const char *const data = secure_getenv("XDG_DATA_HOME"); data != nullptr && *data == '/')
    directories.push_back(fs::path(data) / below());
  else if (const char *const home = secure_getenv("HOME"); home != nullptr && *home == '/')
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

}  // namespace

std::vector<std::string> default_plugin_directories(LoadReport &report) {
  std::vector<std::string> directories;
  if (is_turned_off(report)) return directories;
  if (!has_raised_rights()) {
    add_path_of_environment(directories, report);
    add_home(directories);
  }
  add_places_of_library(directories, report);

  // The same place by another name would only fill the report with families that are there.
  std::vector<std::string> distinct;
  for (const std::string &directory : directories)
    if (std::none_of(distinct.begin(), distinct.end(), [&](const std::string &known) {
          return known == directory || same_file(known.c_str(), directory.c_str());
        }))
      distinct.push_back(directory);
  return distinct;
}

std::vector<std::string> plugin_candidates(const std::string &directory, LoadReport &report) {
  std::error_code error;
  std::set<std::string> files;
  for (fs::directory_iterator it(directory, error), end; !error && it != end; it.increment(error))
    if (it->path().extension() == ".so") files.insert(it->path());
  if (error && error != std::errc::no_such_file_or_directory)
    report.note(directory, "cannot be searched: " + error.message());
  return {files.begin(), files.end()};
}

}  // namespace spc
