// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string.h>

#include "plugins/cpu/kernels/common.hpp"

namespace spc::cpu {

inline constexpr int64_t max_partial = 16;  // bytes: complex128

// Joins partials in a binary tree as they come, so that rounding errors grow with the logarithm of
// their number. Holds the open branches.
class Tree {
 public:
  explicit Tree(const Reducer &reducer) : reducer_(reducer) {}

  void add(const void *partial) {
    char *top = slots_[open_++];
    memcpy(top, partial, static_cast<size_t>(reducer_.partial_size));
    for (uint64_t count = count_++; count & 1; count >>= 1) join_two();
  }

  void result(void *partial) {
    while (open_ > 1) join_two();
    memcpy(partial, slots_[0], static_cast<size_t>(reducer_.partial_size));
  }

 private:
  void join_two() {
    --open_;
    reducer_.combine(1, slots_[open_ - 1], slots_[open_]);
  }

  const Reducer &reducer_;
  uint64_t count_ = 0;
  int open_ = 0;
  alignas(16) char slots_[65][max_partial];
};

// What a reduction does with the `n` finished partials of neighbouring outputs: `position` is the
// offset of the first output, `step` the distance between them, `input` the offset of the first
// reduced element of the first output and `input_step` the distance between those.
struct Finished {
  int64_t n;
  const void *partials;
  int64_t position;
  int64_t step;
  int64_t input;
  int64_t input_step;
};

using Finish = spc_status (*)(const spc_call *call, const Finished &finished);

// Reduces call->in[0] over the axes after n_kept and hands the partials to `finish`, which stores
// them. Elements are added in an order that depends on shapes and strides alone.
spc_status reduce(const spc_call *call, int32_t n_kept, const Reducer &reducer, Finish finish);

// sum |x|^2 of a floating dtype into *sum, with imaginary part 0.
void sum_of_squares(int32_t dtype, int64_t n, const void *x, int64_t step, void *sum);

}  // namespace spc::cpu
