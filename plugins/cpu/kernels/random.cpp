// SPDX-License-Identifier: Apache-2.0
// Random numbers: blocks of a counter-based generator are independent, so a call is cut at whole
// blocks and dealt out to threads.
#include <cmath>
#include <cstdint>

#include "plugins/cpu/kernels/common.hpp"
#include "plugins/cpu/kernels/kernels.hpp"

namespace spc::cpu {
namespace {

struct Block {
  uint64_t even, odd;  // the bits of the two elements that it makes
};

// Blocks made together: their words lie side by side, so that a round is a few vector operations.
constexpr int lanes = 16;

// out[j] = the block at counter (first + j, 0) of Philox4x32-10 under key.
void make_blocks(uint64_t key, uint64_t first, Block (&out)[lanes]) {
  uint32_t c0[lanes], c1[lanes], c2[lanes] = {}, c3[lanes] = {};
  for (int j = 0; j < lanes; ++j) {
    const uint64_t counter = first + static_cast<uint64_t>(j);
    c0[j] = static_cast<uint32_t>(counter);
    c1[j] = static_cast<uint32_t>(counter >> 32);
  }
  uint32_t k0 = static_cast<uint32_t>(key), k1 = static_cast<uint32_t>(key >> 32);
  for (int round = 0; round < 10; ++round) {
    for (int j = 0; j < lanes; ++j) {
      const uint64_t p0 = uint64_t{0xD2511F53} * c0[j], p1 = uint64_t{0xCD9E8D57} * c2[j];
      c0[j] = static_cast<uint32_t>(p1 >> 32) ^ c1[j] ^ k0;
      c2[j] = static_cast<uint32_t>(p0 >> 32) ^ c3[j] ^ k1;
      c1[j] = static_cast<uint32_t>(p1);
      c3[j] = static_cast<uint32_t>(p0);
    }
    k0 += 0x9E3779B9;
    k1 += 0xBB67AE85;
  }
  for (int j = 0; j < lanes; ++j)
    out[j] = {uint64_t{c1[j]} << 32 | c0[j], uint64_t{c3[j]} << 32 | c2[j]};
}

// Runs body(i, block) for the n_blocks blocks of the call, i = 0, 1, ...; `cost` is what a block
// costs, in additions.
template <class Body>
spc_status for_blocks(const spc_call *call, int64_t n_blocks, int64_t cost, Body body) {
  const auto &p = params<spc_params_random>(call);
  const int64_t groups = (n_blocks + lanes - 1) / lanes;
  return for_parts(call, groups, lanes * cost, [&](int64_t first, int64_t last) {
    Block blocks[lanes];
    for (int64_t group = first; group < last; ++group) {
      const int64_t begin = group * lanes;
      make_blocks(p.key, p.block + static_cast<uint64_t>(begin), blocks);
      const int64_t rest = n_blocks - begin, n = rest < lanes ? rest : lanes;
      for (int64_t j = 0; j < n; ++j) body(begin + j, blocks[j]);
    }
    return static_cast<spc_status>(SPC_OK);
  });
}

// Elements of the output, two a block: out[i] = element(bits of i).
template <class T, class F>
spc_status for_bits(const spc_call *call, int64_t cost, F element) {
  const spc_tensor &tensor = *call->out[0];
  T *const out = static_cast<T *>(tensor.data);
  const int64_t n = tensor.shape[0], step = tensor.strides[0];
  return for_blocks(call, n / 2 + n % 2, cost, [=](int64_t i, const Block &b) {
    out[2 * i * step] = element(b.even);
    if (2 * i + 1 < n) out[(2 * i + 1) * step] = element(b.odd);
  });
}

double unit(uint64_t bits) {
  return static_cast<double>(bits >> 11) * 0x1p-53;
}

struct Pair {
  double cos, sin;
};

// r cos(2 pi v) and r sin(2 pi v) with r = sqrt(-factor ln u). Whole quarters of a turn are taken off
// v first, which is exact: near their zeros both are then as accurate as elsewhere.
Pair normal_pair(const Block &b, double factor) {
  const double u = 1 - unit(b.even), v = unit(b.odd);
  const int quarters = static_cast<int>(((b.odd >> 61) + 1) / 2);  // the nearest to 4 v
  const double angle = 6.283185307179586 * (v - quarters * 0.25);
  const double r = std::sqrt(-factor * std::log(u)), c = r * std::cos(angle),
               s = r * std::sin(angle);
  switch (quarters % 4) {
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

// Costs of a block: the generator, and what its elements take.
constexpr int64_t uniform_cost = 16;
constexpr int64_t normal_cost = 128;
constexpr int64_t search_cost = 64;

template <class T>
spc_status real_normals(const spc_call *call) {
  const spc_tensor &tensor = *call->out[0];
  T *const out = static_cast<T *>(tensor.data);
  const int64_t n = tensor.shape[0], step = tensor.strides[0];
  return for_blocks(call, n / 2 + n % 2, normal_cost, [=](int64_t i, const Block &b) {
    const Pair z = normal_pair(b, 2);
    out[2 * i * step] = static_cast<T>(z.cos);
    if (2 * i + 1 < n) out[(2 * i + 1) * step] = static_cast<T>(z.sin);
  });
}

template <class T>
spc_status complex_normals(const spc_call *call) {
  const spc_tensor &tensor = *call->out[0];
  T *const out = static_cast<T *>(tensor.data);
  const int64_t step = 2 * tensor.strides[0];
  return for_blocks(call, tensor.shape[0], normal_cost, [=](int64_t i, const Block &b) {
    const Pair z = normal_pair(b, 1);
    out[i * step] = static_cast<T>(z.cos);
    out[i * step + 1] = static_cast<T>(z.sin);
  });
}

}  // namespace

spc_status random_uniform(void *, const spc_call *call) {
  if (call->out[0]->dtype == SPC_FLOAT32)
    return for_bits<float>(call, uniform_cost, [](uint64_t bits) {
      return static_cast<float>(static_cast<uint32_t>(bits >> 40)) * 0x1p-24F;
    });
  return for_bits<double>(call, uniform_cost, unit);
}

spc_status random_normal(void *, const spc_call *call) {
  switch (call->out[0]->dtype) {
    case SPC_FLOAT32:
      return real_normals<float>(call);
    case SPC_FLOAT64:
      return real_normals<double>(call);
    case SPC_COMPLEX64:
      return complex_normals<float>(call);
    default:
      return complex_normals<double>(call);
  }
}

spc_status random_choice(void *, const spc_call *call) {
  if (call->n_in == 0) {
    const auto bound = static_cast<uint64_t>(params<spc_params_random>(call).bound);
    return for_bits<int64_t>(call, uniform_cost, [=](uint64_t bits) {
      __extension__ using Wide = unsigned __int128;
      return static_cast<int64_t>(static_cast<Wide>(bits) * bound >> 64);
    });
  }
  const spc_tensor &sums = *call->in[0];
  const double *const c = static_cast<const double *>(sums.data);
  const int64_t last = sums.shape[0] - 1, step = sums.strides[0];
  return for_bits<int64_t>(call, search_cost, [=](uint64_t bits) {
    // The first k with u < c[k]: at most `last`, whose sum is 1.
    const double u = unit(bits);
    int64_t low = 0, n = last;
    while (n > 0) {
      const int64_t half = n / 2;
      const bool above = !(u < c[(low + half) * step]);
      low = above ? low + half + 1 : low;
      n = above ? n - half - 1 : half;
    }
    return low;
  });
}

}  // namespace spc::cpu
