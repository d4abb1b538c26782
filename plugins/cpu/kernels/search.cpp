// SPDX-License-Identifier: Apache-2.0
// argmin, argmax and logsumexp: reductions whose partials are not what is stored.
#include <math.h>

#include "plugins/cpu/kernels/kernels.hpp"
#include "plugins/cpu/kernels/reduction.hpp"

namespace spc::cpu {
namespace {

spc_status store_positions(const spc_call *call, const Finished &finished) {
  const spc_tensor &x = *call->in[0];
  const int64_t size = element_size(x.dtype);
  const int64_t step = x.strides[x.ndim - 1];
  const auto *found = static_cast<const Found *>(finished.partials);
  auto *out = static_cast<int64_t *>(call->out[0]->data) + finished.position;
  for (int64_t i = 0; i < finished.n; ++i) {
    const char *first =
        address(static_cast<const void *>(x.data), finished.input + i * finished.input_step, size);
    const int64_t distance = (static_cast<const char *>(found[i].at) - first) / size;
    out[i * finished.step] = step == 0 ? 0 : distance / step;
  }
  return SPC_OK;
}

template <class T>
spc_status store_logarithms(const spc_call *call, const Finished &finished) {
  const auto *sums = static_cast<const ExpSum *>(finished.partials);
  T *out = static_cast<T *>(call->out[0]->data) + finished.position;
  for (int64_t i = 0; i < finished.n; ++i) {
    const double shift = fabs(sums[i].largest) < INFINITY ? sums[i].largest : 0.0;
    out[i * finished.step] = static_cast<T>(shift + ::log(sums[i].sum));
  }
  return SPC_OK;
}

}  // namespace

spc_status argmin(void *, const spc_call *call) {
  return reduce(call, call->in[0]->ndim - 1, loops().search->argmin[call->in[0]->dtype],
                store_positions);
}

spc_status argmax(void *, const spc_call *call) {
  return reduce(call, call->in[0]->ndim - 1, loops().search->argmax[call->in[0]->dtype],
                store_positions);
}

// Weights and signs are left to the base.
int32_t logsumexp_supports(void *, const spc_call *call) {
  return static_cast<int32_t>(call->n_in == 1 && call->n_out == 1);
}

spc_status logsumexp(void *, const spc_call *call) {
  const int32_t dtype = call->in[0]->dtype;
  return reduce(call, params<spc_params_reduce>(call).n_kept, loops().exp_sum->exp_sum[dtype],
                dtype == SPC_FLOAT32 ? store_logarithms<float> : store_logarithms<double>);
}

}  // namespace spc::cpu
