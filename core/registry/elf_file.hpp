// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace spc {

/// The path without links and dots. Throws PluginErr `path: reason`.
std::string resolved_path(const std::string &path);

/// Throws PluginErr `path: reason` unless the file is a complete ELF shared object for the machine
/// that this code runs on: mapping a truncated one would end in SIGBUS.
void check_shared_object(const std::string &path);

/// True if both paths lead to one file.
bool same_file(const char *a, const char *b) noexcept;

}  // namespace spc
