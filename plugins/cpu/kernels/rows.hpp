// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "plugins/cpu/kernels/common.hpp"

namespace spc::cpu {

inline constexpr int64_t zero_strides[SPC_MAX_NDIM] = {};

// Runs loop(Run) over every row of the output (its last axis), cut into pieces that fit the first
// cache twice over; pieces are dealt out to threads in groups.
template <int inputs, class F>
spc_status over_rows(const spc_call *call, F loop) {
  const spc_tensor &out = *call->out[0];
  const int32_t outer = out.ndim - 1;
  const int64_t n = out.shape[outer];
  Run whole;
  int64_t sizes[inputs];
  const int64_t *strides[inputs + 1];
  for (int k = 0; k < inputs; ++k) {
    const spc_tensor &in = *call->in[k];
    // A scalar operand may come with a rank of its own.
    const bool scalar = in.ndim != out.ndim || (in.flags & SPC_TENSOR_VALUE) != 0;
    strides[k] = scalar ? zero_strides : in.strides;
    whole.in[k] = in.data;
    whole.in_step[k] = strides[k][outer];
    sizes[k] = element_size(in.dtype);
  }
  whole.n = n;
  whole.out = out.data;
  whole.out_step = out.strides[outer];
  strides[inputs] = out.strides;
  const int64_t out_size = element_size(out.dtype);

  if (outer == 0 && n <= serial_elements) {  // the common case costs nothing but the loop
    loop(whole);
    return SPC_OK;
  }
  Walk<inputs + 1> start(outer, out.shape, strides);
  const int64_t rows = start.count();
  const int64_t piece = part_elements;
  const int64_t pieces = (n + piece - 1) / piece;
  return for_parts(call, rows * pieces, n < piece ? n : piece, [&](int64_t first, int64_t last) {
    Walk<inputs + 1> walk = start;
    walk.seek(first / pieces);
    int64_t at = first % pieces;
    for (int64_t i = first; i < last; ++i) {
      Run run = whole;
      const int64_t begin = at * piece;
      run.n = n - begin < piece ? n - begin : piece;
      for (int k = 0; k < inputs; ++k) {
        run.in[k] = address(whole.in[k], walk.offset(k) + begin * whole.in_step[k], sizes[k]);
      }
      run.out = address(whole.out, walk.offset(inputs) + begin * whole.out_step, out_size);
      loop(run);
      if (++at == pieces) {
        at = 0;
        walk.next();
      }
    }
    return SPC_OK;
  });
}

}  // namespace spc::cpu
