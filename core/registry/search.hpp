// SPDX-License-Identifier: Apache-2.0
// Where plugins are looked for. Never the working directory.
#pragma once

#include <string>
#include <vector>

#include "core/registry/load_report.hpp"

namespace spc {

/// The directories of SPACECORE_PLUGIN_PATH, then `spacecore/<ABI major>/` in $XDG_DATA_HOME (or
/// ~/.local/share), beside this library and where it was configured to be installed, each place once.
/// None with SPACECORE_PLUGINS=none. Programs with raised rights (AT_SECURE) look neither at the
/// environment nor into a home directory.
std::vector<std::string> default_plugin_directories(LoadReport &report);

/// Files `*.so` of a directory, sorted by name. A missing directory is empty; one that cannot be
/// read is a line of the report.
std::vector<std::string> plugin_candidates(const std::string &directory, LoadReport &report);

}  // namespace spc
