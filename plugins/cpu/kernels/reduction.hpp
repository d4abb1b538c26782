// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "plugins/cpu/kernels/common.hpp"

namespace spc::cpu {

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

}  // namespace spc::cpu
