// SPDX-License-Identifier: Apache-2.0
#include <limits.h>

#include "plugins/cpu/kernels/dense.hpp"
#include "plugins/cpu/kernels/kernels.hpp"

namespace spc::cpu {

// BLAS counts in 32 bits; longer operands are left to the base.
int32_t fits_blas(void *, const spc_call *call) {
  for (uint32_t k = 0; k < call->n_in; ++k) {
    const spc_tensor &in = *call->in[k];
    for (int32_t axis = 0; axis < in.ndim; ++axis) {
      if (in.shape[axis] > INT_MAX) return 0;
    }
  }
  return 1;
}

spc_status gemm(void *, const spc_call *call) {
  const spc_params_linear &p = params<spc_params_linear>(call);
  const spc_tensor &x = *call->in[2];
  const spc_tensor &y = *call->out[0];
  const void *alpha = call->in[0]->data;
  const void *beta = call->in[3]->data;
  const Matrix stored = matrix_of(*call->in[1]);
  const Matrix a = p.mode == SPC_MODE_NONE ? stored : stored.transposed();
  const bool conjugate = p.mode == SPC_MODE_CONJ_TRANS && y.dtype >= SPC_COMPLEX64;
  if (y.ndim == 1) {
    return matrix_times_vector(call, y.dtype, alpha, a, conjugate, x.data, x.strides[0], beta,
                               y.data, y.strides[0]);
  }
  const Matrix right = matrix_of(x);
  const Matrix out = matrix_of(y);
  if (out.columns == 1) {
    return matrix_times_vector(call, y.dtype, alpha, a, conjugate, right.data, right.row_step, beta,
                               out.data, out.row_step);
  }
  PackingSpace space;
  return matrix_times_matrix(call, y.dtype, alpha, a, conjugate, right, beta, out, &space);
}

}  // namespace spc::cpu
