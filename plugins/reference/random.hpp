// SPDX-License-Identifier: Apache-2.0
// The stream of spc_params_random: Philox4x32-10 blocks, and numbers made of their bits.
#pragma once

#include <cmath>
#include <cstdint>

#include "spacecore/plugin.h"

namespace spc::reference {

struct RandomBlock {
  uint64_t even, odd;  // of the elements that the block makes
};

// The block at a counter (index, 0) under a key.
inline RandomBlock random_block(uint64_t key, uint64_t index) {
  uint32_t k0 = static_cast<uint32_t>(key), k1 = static_cast<uint32_t>(key >> 32);
  uint32_t c0 = static_cast<uint32_t>(index), c1 = static_cast<uint32_t>(index >> 32);
  uint32_t c2 = 0, c3 = 0;
  for (int round = 0; round < 10; ++round) {
    const uint64_t p0 = uint64_t{0xD2511F53} * c0, p1 = uint64_t{0xCD9E8D57} * c2;
    c0 = static_cast<uint32_t>(p1 >> 32) ^ c1 ^ k0;
    c2 = static_cast<uint32_t>(p0 >> 32) ^ c3 ^ k1;
    c1 = static_cast<uint32_t>(p1);
    c3 = static_cast<uint32_t>(p0);
    k0 += 0x9E3779B9;
    k1 += 0xBB67AE85;
  }
  return {uint64_t{c1} << 32 | c0, uint64_t{c3} << 32 | c2};
}

// The bits of element i.
inline uint64_t random_bits(const spc_params_random &p, int64_t i) {
  const RandomBlock b = random_block(p.key, p.block + static_cast<uint64_t>(i) / 2);
  return i % 2 == 0 ? b.even : b.odd;
}

// Uniform in [0, 1).
template <class T>
T uniform(uint64_t bits) {
  if constexpr (sizeof(T) == 4)
    return static_cast<T>(bits >> 40) * 0x1p-24f;
  else
    return static_cast<T>(bits >> 11) * 0x1p-53;
}

struct NormalPair {
  double cos, sin;
};

// r cos(2 pi v) and r sin(2 pi v) with r = sqrt(-factor ln u). Whole quarters of a turn are taken off
// v first, which is exact: near their zeros both are then as accurate as elsewhere.
inline NormalPair normal_pair(RandomBlock b, double factor) {
  const double u = 1 - uniform<double>(b.even), v = uniform<double>(b.odd);
  const double quarters = std::floor(4 * v + 0.5);
  const double angle = 6.283185307179586 * (v - quarters / 4);
  const double r = std::sqrt(-factor * std::log(u)), c = r * std::cos(angle),
               s = r * std::sin(angle);
  switch (static_cast<int>(quarters) % 4) {
    case 0:
      return {c, s};
    case 1:
      return {-s, c};
    case 2:
      return {-c, -s};
    default:
      return {s, -c};
  }
}

}  // namespace spc::reference
