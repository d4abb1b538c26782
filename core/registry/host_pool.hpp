// SPDX-License-Identifier: Apache-2.0
// The pool of host memory: blocks of a few size classes that are kept after use, because the page
// faults of fresh memory cost more than most kernels. One replaceable allocator lies underneath.
#pragma once

#include <cstdint>

#include "spacecore/types.h"

namespace spc::host_pool {

inline constexpr std::uint64_t alignment = 64;

/// 64-byte aligned, never NULL, also for 0 bytes. OutOfMemory.
void *allocate(std::uint64_t bytes);
/// Not pooled; align is a power of two. NULL when out of memory.
void *allocate_aligned(std::uint64_t bytes, std::uint64_t align) noexcept;
/// Gives back what either of the above made; NULL is accepted.
void release(void *data) noexcept;

/// Both NULL: the default allocator. Blocks that live go back to their maker when released.
void set_allocator(spc_alloc_fn alloc, spc_free_fn free, void *user);

}  // namespace spc::host_pool
