// SPDX-License-Identifier: Apache-2.0
// Whom the library believes: a plugin runs with all the rights of the program.
#pragma once

#include <sys/types.h>

#include <string>

namespace spc {

/// True if the program has rights that the user who started it lacks (set-user-ID and the like):
/// then neither the environment nor a home directory says what is loaded.
bool has_raised_rights() noexcept;

struct TrustRules {
  uid_t user;           // who runs the process
  uid_t library_owner;  // an installation account may own library and plugins
  std::string library;  // its resolved path
  bool raised_rights;
  bool unsafe;  // the user answers for it

  /// Those of this process, with SPACECORE_PLUGIN_UNSAFE=1 heeded unless it has raised rights.
  static TrustRules of_process();
};

/// Throws PluginErr `file: component ...` unless each component of the resolved path and the file
/// itself belong to root, the user or the owner of the library, and nobody else may write there.
/// A directory above the file's own may be world-writable if it is sticky, and may belong to anybody
/// if the library itself lies below it. Group-writable is refused only with raised rights. Gives
/// what is worth mention in the report, "" if nothing.
std::string check_trusted(const std::string &resolved_file, const TrustRules &rules);

}  // namespace spc
