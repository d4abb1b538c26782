// SPDX-License-Identifier: Apache-2.0
// The registry of memory spaces and families, and the loader of plugins.
//
// Readers take an immutable snapshot without a lock. Writers hold the load lock; registration is a
// transaction that is published as a whole or not at all.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "core/registry/family.hpp"
#include "core/registry/snapshot.hpp"

namespace spc {

class Registry {
 public:
  /// The process's registry; the first call searches the plugin directories. A search never fails:
  /// what is wrong with a file is a line of the report.
  static Registry &get();
  /// The same without a search: for what must come before it (explicit paths, directories) and for
  /// what concerns only things that exist.
  static Registry &instance();

  /// Families whose files have been opened, in registration order. The list is immutable and lives as
  /// long as the process.
  const std::vector<Family *> &families() const noexcept;
  /// These and the families that manifests name. The list is immutable and lives as long as
  /// the process; a later one begins with the same names.
  const std::vector<Listed> &listing() const noexcept;
  /// Index into listing() by name or alias, any case; opens files only where nobody is known by that
  /// name. UnknownBackend `Unknown backend: 'zzz'. Expected one of: ...`; BackendUnavailable with the
  /// reason if a file for it was refused.
  std::size_t find(std::string_view name) const;
  /// Opens the file of a family that so far only a manifest names. If that fails, now or before, the
  /// promise that comes back is broken.
  Listed opened(std::size_t i) const;
  /// The same, or BackendUnavailable with the reason.
  Family &family(std::size_t i) const;
  /// By name, usable: BackendUnavailable with the load reason if it is known but cannot run.
  Family &find_available(std::string_view name) const;
  /// The usable host family of the highest default_rank, which only the files themselves tell: all are
  /// opened. UnknownBackend if there is none.
  Family &host_default() const;
  MemorySpace &host_memory() const noexcept;
  MemorySpace *memory_by_id(std::uint64_t id) const noexcept;

  /// Explicit load. PluginErr, ContextConflict; nothing changes on failure. PluginErr when called
  /// while this thread is loading a plugin; other threads wait.
  void load_plugin(const std::string &path);
  /// Searched before the built-in places if the search is still to come, else at once.
  void add_directory(const std::string &path);
  /// No search, and no directory, from now on. ValueErr if it has run.
  void disable_search();
  /// One line for each file tried.
  std::string report() const;

  /// Waits for all spaces; throws the first error once all have been waited for.
  void sync_all();
  /// Collects in all families, in the order of their names, which is one order on all ranks; throws
  /// the first error at the end.
  std::int64_t collect_all();

 private:
  Registry();
  struct Impl;
  Impl *impl_;  // lives as long as the process
};

}  // namespace spc
