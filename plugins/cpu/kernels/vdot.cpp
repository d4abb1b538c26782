// SPDX-License-Identifier: Apache-2.0
#include <string.h>

#include "plugins/cpu/kernels/common.hpp"
#include "plugins/cpu/kernels/kernels.hpp"

namespace spc::cpu {
namespace {

constexpr int64_t max_partial = 16;  // bytes: complex128
constexpr int64_t block = 2048;      // elements per leaf of the tree of partial sums

// Adds `count` partial sums in a tree of fixed shape; the result replaces the first.
void fold(const Reducer &sum, int64_t count, char *partials) {
  for (int64_t gap = 1; gap < count; gap *= 2) {
    for (int64_t k = 0; k + gap < count; k += 2 * gap) {
      sum.combine(1, partials + k * sum.partial_size, partials + (k + gap) * sum.partial_size);
    }
  }
}

}  // namespace

// Whole vectors along one axis; what the host could not merge is left to the base.
int32_t vdot_supports(void *, const spc_call *call) {
  return call->in[0]->ndim == 1 && params<spc_params_reduce>(call).n_kept == 0 ? 1 : 0;
}

spc_status vdot(void *, const spc_call *call) {
  const spc_tensor &x = *call->in[0];
  const spc_tensor &y = *call->in[1];
  const Dot dot = loops().reduce->dot[x.dtype];
  const Reducer &sum = loops().reduce->sum[x.dtype][x.dtype];
  const int64_t n = x.shape[0];
  const int64_t size = element_size(x.dtype);
  alignas(16) char partial[max_partial];
  char *partials = partial;
  if (n <= block) {
    dot(n, x.data, x.strides[0], y.data, y.strides[0], partial);
  } else {
    const int64_t blocks = (n + block - 1) / block;
    void *memory = nullptr;
    const spc_status status = scratch(call, blocks * size, &memory);
    if (status != SPC_OK) return status;
    partials = static_cast<char *>(memory);
    const spc_status done = for_parts(call, blocks, block, [&](int64_t first, int64_t last) {
      for (int64_t k = first; k < last; ++k) {
        const int64_t begin = k * block;
        dot(n - begin < block ? n - begin : block,
            address(static_cast<const void *>(x.data), begin * x.strides[0], size), x.strides[0],
            address(static_cast<const void *>(y.data), begin * y.strides[0], size), y.strides[0],
            partials + k * size);
      }
      return SPC_OK;
    });
    if (done != SPC_OK) return done;
    fold(sum, blocks, partials);
  }
  char *out = static_cast<char *>(call->out[0]->data);
  if (params<spc_params_reduce>(call).accumulate != 0) {
    sum.combine(1, out, partials);
  } else {
    memcpy(out, partials, static_cast<size_t>(size));
  }
  return SPC_OK;
}

}  // namespace spc::cpu
