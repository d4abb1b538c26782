// SPDX-License-Identifier: Apache-2.0
// Families whose threads or devices do not survive a fork. In a child of a process that has used
// one, it makes them anew when it is first needed, or its kernels and memory are refused.
#pragma once

#include <atomic>
#include <string>

#include "core/registry/family.hpp"

namespace spc {

namespace forks {

/// True in a process that has lost a family. The only thing that a hot call reads.
inline std::atomic<bool> anything_lost{false};
bool is_lost(const Family &family) noexcept;
bool is_lost(const MemorySpace &space) noexcept;
/// Has what is lost made anew, once in a process: "" or why it stays lost.
std::string revive(const Family &family);
std::string revive(const MemorySpace &space);
[[noreturn]] void fail_lost(const std::string &reason, const std::string &name, const char *op);

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

/// Whether nothing of it may be called, as things are.
inline bool lost_in_fork(const Family &family) noexcept {
  return forks::anything_lost.load(std::memory_order_relaxed) && forks::is_lost(family);
}
inline bool lost_in_fork(const MemorySpace &space) noexcept {
  return forks::anything_lost.load(std::memory_order_relaxed) && forks::is_lost(space);
}
/// Why a family or memory space cannot be used after a fork, "" if it can: what can be made anew has
/// been.
template <class FamilyOrSpace>
std::string why_lost(const FamilyOrSpace &it) {
  return lost_in_fork(it) ? forks::revive(it) : "";
}
/// PluginErr `op: ... forked ...`.
template <class FamilyOrSpace>
void require_not_lost(const FamilyOrSpace &it, const char *op, const std::string &name) {
  if (lost_in_fork(it)) [[unlikely]]
    if (const std::string why = forks::revive(it); !why.empty()) forks::fail_lost(why, name, op);
}

}  // namespace spc
