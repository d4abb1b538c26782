// SPDX-License-Identifier: Apache-2.0
#include "plugins/fakedev/arena.hpp"

#include <sys/mman.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <iterator>
#include <utility>

namespace spc::fakedev {
namespace {

// Address space, not memory: pages appear when a kernel first writes them.
constexpr std::uint64_t arena_bytes = std::uint64_t{16} << 30;
// Blocks from this size on give their pages back to the system.
constexpr std::uint64_t big_block = std::uint64_t{1} << 20;
// As many bytes of a new block are filled, so that reading what was never written shows.
constexpr std::uint64_t filled_bytes = std::uint64_t{1} << 16;
constexpr int fill_pattern = 0xff;  // a NaN in each floating dtype, no valid bool

}  // namespace

bool Arena::reserve(std::string *why) {
  if (base_) return true;
  void *const both =
      mmap(nullptr, 2 * arena_bytes, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (both == MAP_FAILED) {
    *why = std::string("cannot reserve 32 GiB of addresses: ") + std::strerror(errno);
    return false;
  }
  std::byte *const device = static_cast<std::byte *>(both);
  if (mprotect(device + arena_bytes, arena_bytes, PROT_READ | PROT_WRITE) != 0) {
    *why = std::string("cannot open 16 GiB of addresses: ") + std::strerror(errno);
    munmap(both, 2 * arena_bytes);
    return false;
  }
  gaps_.emplace(reinterpret_cast<std::uintptr_t>(device), arena_bytes);
  base_ = device;
  return true;
}

void *Arena::alloc(std::uint64_t bytes) {
  if (bytes > arena_bytes) return nullptr;
  const std::uint64_t wanted =
      std::max<std::uint64_t>(alignment, (bytes + alignment - 1) / alignment * alignment);
  const auto gap =
      std::find_if(gaps_.begin(), gaps_.end(), [&](const auto &g) { return g.second >= wanted; });
  if (gap == gaps_.end()) return nullptr;
  const auto [address, size] = *gap;
  Gaps own{{address, wanted}};
  used_.emplace(address, Block{bytes, wanted, own.extract(own.begin())});
  Gaps::node_type rest = gaps_.extract(gap);
  if (size > wanted) {
    rest.key() = address + wanted;
    rest.mapped() = size - wanted;
    gaps_.insert(std::move(rest));
  }
  void *const device = reinterpret_cast<void *>(address);
  std::memset(alias(device), fill_pattern, std::min(wanted, filled_bytes));
  return device;
}

bool Arena::free(void *device) {
  const auto block = used_.find(reinterpret_cast<std::uintptr_t>(device));
  if (block == used_.end()) return false;
  const std::uintptr_t address = block->first;
  std::uint64_t size = block->second.reserved;
  Gaps::node_type gap = std::move(block->second.gap);
  used_.erase(block);
  if (size >= big_block) madvise(alias(device), size, MADV_DONTNEED);
  const auto next = gaps_.find(address + size);
  if (next != gaps_.end()) {
    size += next->second;
    gaps_.erase(next);
  }
  const auto after = gaps_.upper_bound(address);
  if (after != gaps_.begin()) {
    const auto before = std::prev(after);
    if (before->first + before->second == address) {
      before->second += size;
      return true;
    }
  }
  gap.mapped() = size;
  gaps_.insert(std::move(gap));
  return true;
}

bool Arena::contains(const void *address) const {
  const std::byte *const byte = static_cast<const std::byte *>(address);
  return base_ && byte >= base_ && byte < base_ + arena_bytes;
}

bool Arena::live(const void *first, const void *last) const {
  const auto from = reinterpret_cast<std::uintptr_t>(first);
  const auto after = used_.upper_bound(from);
  if (after == used_.begin()) return false;
  const auto block = std::prev(after);
  return reinterpret_cast<std::uintptr_t>(last) < block->first + block->second.bytes;
}

void *Arena::alias(const void *address) const {
  std::byte *const byte = static_cast<std::byte *>(const_cast<void *>(address));
  return contains(address) ? byte + arena_bytes : byte;
}

}  // namespace spc::fakedev
