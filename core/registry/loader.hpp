// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>

#include "core/registry/snapshot.hpp"

namespace spc {

/// What came of one file.
struct Loaded {
  std::unique_ptr<const Snapshot> snapshot;  // already committed
  std::string text;                          // for the report
};

/// Opens a plugin, checks its marker, runs its registration and commits it; with a manifest only if it
/// registers what that says. The process state is put back also on failure. Throws Error
/// `path: reason`; nothing has changed then but the mapping of the file, which stays.
Loaded load_plugin_file(const std::string &resolved_path, const Snapshot &registered,
                        const Manifest *manifest = nullptr);

}  // namespace spc
