// SPDX-License-Identifier: Apache-2.0
// One registration: what a plugin hands over between the call of register_ops and its return.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "spacecore/plugin.h"

#include "core/registry/forks.hpp"
#include "core/registry/snapshot.hpp"
#include "core/support/error.hpp"

/// Collects checked drafts; nothing of them is visible before Publication::commit.
struct spc_registrar_s {
  /// plugin_minor: the ABI minor that the plugin was built against. manifest: what the families are
  /// promised by, if they are.
  spc_registrar_s(const spc::Snapshot &registered, std::string path, int plugin_minor,
                  const spc::Manifest *manifest = nullptr);
  spc_registrar_s(const spc_registrar_s &) = delete;
  spc_registrar_s &operator=(const spc_registrar_s &) = delete;
  ~spc_registrar_s();

  const spc::Snapshot &registered;
  const std::string path;
  const int plugin_minor;
  const spc::Manifest *const manifest;
  std::vector<std::unique_ptr<spc::MemorySpace>> spaces;
  std::vector<std::unique_ptr<spc::Family>> families;
  std::vector<spc::forks::Watched *> watched;  // of families that do not survive a fork
  std::vector<std::string> notes;              // what was left out
  std::optional<spc::Error> failure;           // the first one; dooms the transaction

  /// Registered or drafted; nullptr.
  spc::MemorySpace *space(std::string_view name) const noexcept;
  spc::Family *family(const std::string &name) const noexcept;
};

namespace spc {

using Transaction = spc_registrar_s;

// The part of the host API that works during registration.
spc_status add_memory_space(spc_registrar registrar, const spc_memory_space *sent,
                            std::uint64_t *id);
spc_status find_memory_space(spc_registrar registrar, const char *name, std::uint64_t *id);
spc_status add_family(spc_registrar registrar, const spc_family *sent);
void reject(spc_registrar registrar, const char *why);

}  // namespace spc
