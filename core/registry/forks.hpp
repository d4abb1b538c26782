// SPDX-License-Identifier: Apache-2.0
// Families whose threads or devices do not survive a fork. In a child of a process that has used
// one, its kernels and memory are refused; nothing of it is called.
#pragma once

#include <atomic>

#include "core/registry/family.hpp"

namespace spc {

namespace forks {

/// True in a process that has lost a family. The only thing that a hot call reads.
inline std::atomic<bool> anything_lost{false};
bool is_lost(const Family &family) noexcept;
bool is_lost(const MemorySpace &space) noexcept;
[[noreturn]] void fail_lost(const std::string &name, const char *op);

/// From now on forks are watched for a family with SPC_FAMILY_NO_FORK, which lives as long as the
/// process. make() may fail, watch() may not.
struct Watched;
Watched *make(Family &family);
void watch(Watched *watched) noexcept;
void discard(Watched *watched) noexcept;

/// The family's probe, or the state that its kernels get, has come into being.
void note_use(const Family &family) noexcept;
/// Memory of the space has been handed out.
void note_use(const MemorySpace &space) noexcept;

/// In the child, first of all.
void after_fork_in_child() noexcept;

}  // namespace forks

/// Why a lost family or memory space cannot be used.
inline constexpr const char *lost_reason =
    "it was in use when this process was forked, and its threads and devices stayed with the "
    "parent; "
    "start the process afresh instead of forking, or use the family only after the fork";

inline bool lost_in_fork(const Family &family) noexcept {
  return forks::anything_lost.load(std::memory_order_relaxed) && forks::is_lost(family);
}
inline bool lost_in_fork(const MemorySpace &space) noexcept {
  return forks::anything_lost.load(std::memory_order_relaxed) && forks::is_lost(space);
}
/// PluginErr `op: ... forked ...`.
template <class FamilyOrSpace>
void require_not_lost(const FamilyOrSpace &it, const char *op, const std::string &name) {
  if (lost_in_fork(it)) [[unlikely]]
    forks::fail_lost(name, op);
}

}  // namespace spc
