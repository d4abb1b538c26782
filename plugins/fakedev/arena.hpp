// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>

namespace spc::fakedev {

// The memory of a make-believe device. Every byte has two addresses: a *device address*, which is
// what the library gets and which nobody may read or write (touching it is SIGSEGV), and an
// *alias* at a constant distance, which only the kernels of this plugin use. Not thread-safe.
class Arena {
 public:
  static constexpr std::size_t alignment = 256;

  /// Reserves the address space, once. False: *why says what the system refused.
  bool reserve(std::string *why);

  /// A block of at least `bytes` bytes at a device address; nullptr when no gap is large enough.
  void *alloc(std::uint64_t bytes);

  /// Returns a block. False if no live block begins there.
  bool free(void *device);

  /// True for every device address, live or not.
  bool contains(const void *address) const;

  /// True if one live block holds all of [first, last].
  bool live(const void *first, const void *last) const;

  /// The alias of a device address; any other address unchanged.
  void *alias(const void *address) const;

 private:
  using Gaps = std::map<std::uintptr_t, std::uint64_t>;
  struct Block {
    std::uint64_t bytes;     // as asked for
    std::uint64_t reserved;  // in whole units of the alignment
    Gaps::node_type gap;     // what the block becomes when it is freed, which needs no memory then
  };

  std::byte *base_ = nullptr;  // of the device addresses
  std::map<std::uintptr_t, Block> used_;
  Gaps gaps_;  // bytes between blocks, neighbours merged
};

}  // namespace spc::fakedev
