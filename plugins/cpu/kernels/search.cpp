// SPDX-License-Identifier: Apache-2.0
// argmin, argmax and logsumexp: reductions whose partials are not what is stored.
#include <math.h>
#include <string.h>

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
  T *sign = call->n_out == 2 ? static_cast<T *>(call->out[1]->data) + finished.position : nullptr;
  for (int64_t i = 0; i < finished.n; ++i) {
    const double shift = fabs(sums[i].largest) < INFINITY ? sums[i].largest : 0.0;
    const double sum = sums[i].sum;
    out[i * finished.step] = static_cast<T>(shift + ::log(sum));
    if (sign != nullptr) sign[i * finished.step] = static_cast<T>(sum > 0 ? 1.0 : sum);
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

// Weights are left to the base. The sign is stored beside the logarithm, so it has to lie alike.
int32_t logsumexp_supports(void *, const spc_call *call) {
  if (call->n_in != 1) return 0;
  if (call->n_out == 1) return 1;
  const spc_tensor &out = *call->out[0];
  const auto bytes = static_cast<size_t>(out.ndim) * sizeof(int64_t);
  return static_cast<int32_t>(memcmp(out.strides, call->out[1]->strides, bytes) == 0);
}

spc_status logsumexp(void *, const spc_call *call) {
  const int32_t dtype = call->in[0]->dtype;
  return reduce(call, params<spc_params_reduce>(call).n_kept, loops().exp_sum->exp_sum[dtype],
                dtype == SPC_FLOAT32 ? store_logarithms<float> : store_logarithms<double>);
}

}  // namespace spc::cpu
