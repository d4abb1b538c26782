// SPDX-License-Identifier: Apache-2.0
// Memory spaces: where bytes lie, and the only functions that move them.
#pragma once

#include <cstdint>
#include <string>

#include "spacecore/plugin.h"

namespace spc {

/// Belongs to the process; registered once by name, never removed.
struct MemorySpace {
  std::uint64_t id = 0;  // 0 is host
  std::string name;
  spc_memory_space desc{};  // own layout

  bool host_accessible() const noexcept { return (desc.flags & SPC_MEM_HOST_ACCESSIBLE) != 0; }
};

/// The space "host", id 0.
MemorySpace &host_space() noexcept;

/// Bytes in a memory space, 64-byte aligned on the host; the host space pools. Never NULL, also for
/// 0 bytes. OutOfMemory.
void *space_alloc(MemorySpace &space, std::uint64_t bytes);
void space_free(MemorySpace &space, void *data, std::uint64_t bytes) noexcept;
/// Waits for the default queue and reports errors of kernels that ran on it.
void space_sync(MemorySpace &space);
/// src (dst) may also lie in the space itself. Reports errors of queued kernels.
void copy_to_host(MemorySpace &space, void *host, const void *src, std::uint64_t bytes);
void copy_from_host(MemorySpace &space, void *dst, const void *host, std::uint64_t bytes);

/// Bytes that may still be allocated in the space without swapping; -1: unknown, as everywhere but on
/// the host.
std::int64_t free_bytes(const MemorySpace &space) noexcept;

/// The allocator under the host pool; both NULL: the default. Blocks return to their maker.
/// ValueErr: one of them NULL.
void set_host_allocator(spc_alloc_fn alloc, spc_free_fn free, void *user);

}  // namespace spc
