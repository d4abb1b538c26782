// SPDX-License-Identifier: Apache-2.0
#include "core/registry/search.hpp"

#include <dlfcn.h>
#include <stdlib.h>

#include <filesystem>
#include <set>
#include <string_view>
#include <system_error>

#include "spacecore/plugin.h"

#include "core/registry/elf_file.hpp"
#include "core/support/error.hpp"

namespace spc {
namespace fs = std::filesystem;

std::vector<std::string> default_plugin_directories(LoadReport &report) {
  std::vector<std::string> directories;
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

  static const char anchor = 0;
  Dl_info info;
  if (dladdr(&anchor, &info) != 0 && info.dli_fname != nullptr) {
    try {
      directories.push_back(fs::path(resolved_path(info.dli_fname)).parent_path() / "spacecore" /
                            std::to_string(SPC_ABI_MAJOR));
    } catch (const Error &e) {
      report.note(info.dli_fname, e.message());
    }
  }
  return directories;
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
