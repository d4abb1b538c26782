// SPDX-License-Identifier: Apache-2.0
// Where plugins are looked for. Never the working directory.
#pragma once

#include <string>
#include <vector>

#include "core/registry/load_report.hpp"

namespace spc {

/// The directories of SPACECORE_PLUGIN_PATH, then `spacecore/<ABI major>/` beside this library.
/// Privileged programs (AT_SECURE) do not read the environment.
std::vector<std::string> default_plugin_directories(LoadReport &report);

/// Files `*.so` of a directory, sorted by name. A missing directory is empty; one that cannot be
/// read is a line of the report.
std::vector<std::string> plugin_candidates(const std::string &directory, LoadReport &report);

}  // namespace spc
