// SPDX-License-Identifier: Apache-2.0
// Philox4x32-10: a counter-based generator (Salmon et al., "Parallel random numbers: as easy as
// 1, 2, 3", 2011). Block i of a stream depends on the key and i alone.
#pragma once

#include <array>
#include <cstdint>

namespace spc {

/// The stream of a key, read on the host in order: what random_uniform of plugin.h gives.
class Philox {
 public:
  using Block = std::array<std::uint32_t, 4>;
  using Key = std::array<std::uint32_t, 2>;

  explicit Philox(std::uint64_t key) noexcept
      : key_{static_cast<std::uint32_t>(key), static_cast<std::uint32_t>(key >> 32)} {}

  /// The 128 bits of a counter.
  static constexpr Block block(Block counter, Key key) noexcept {
    for (int round = 0; round < 10; ++round) {
      const std::uint64_t p0 = std::uint64_t{0xD2511F53} * counter[0];
      const std::uint64_t p1 = std::uint64_t{0xCD9E8D57} * counter[2];
      counter = {static_cast<std::uint32_t>(p1 >> 32) ^ counter[1] ^ key[0],
                 static_cast<std::uint32_t>(p1),
                 static_cast<std::uint32_t>(p0 >> 32) ^ counter[3] ^ key[1],
                 static_cast<std::uint32_t>(p0)};
      key[0] += 0x9E3779B9;
      key[1] += 0xBB67AE85;
    }
    return counter;
  }

  /// Uniform in [0, 1), 53 bits.
  double uniform() noexcept {
    if (used_ == 4) refill();
    const std::uint64_t low = bits_[used_], high = bits_[used_ + 1];
    used_ += 2;
    return static_cast<double>((high << 32 | low) >> 11) * 0x1p-53;
  }

 private:
  void refill() noexcept {
    bits_ = block(
        {static_cast<std::uint32_t>(next_), static_cast<std::uint32_t>(next_ >> 32), 0, 0}, key_);
    ++next_;
    used_ = 0;
  }

  Key key_;
  std::uint64_t next_ = 0;
  Block bits_{};
  std::size_t used_ = 4;
};

}  // namespace spc
