// SPDX-License-Identifier: Apache-2.0
#include <string.h>

#include "plugins/cpu/kernels/kernels.hpp"
#include "plugins/cpu/kernels/reduction.hpp"

namespace spc::cpu {
namespace {

// Stores partials that have the dtype of the output, joined with what it holds when asked to.
template <const Reducer &(*reducer_of)(const spc_call *)>
spc_status store(const spc_call *call, const Finished &finished) {
  const Reducer &reducer = reducer_of(call);
  const bool accumulate = params<spc_params_reduce>(call).accumulate != 0;
  const int64_t size = reducer.partial_size;
  const char *partial = static_cast<const char *>(finished.partials);
  for (int64_t i = 0; i < finished.n; ++i, partial += size) {
    char *out = address(call->out[0]->data, finished.position + i * finished.step, size);
    if (accumulate) {
      reducer.combine(1, out, partial);
    } else {
      memcpy(out, partial, static_cast<size_t>(size));
    }
  }
  return SPC_OK;
}

const Reducer &sum_of(const spc_call *call) {
  return loops().reduce->sum[call->in[0]->dtype][call->out[0]->dtype];
}
const Reducer &prod_of(const spc_call *call) {
  return loops().reduce->prod[call->in[0]->dtype][call->out[0]->dtype];
}
const Reducer &min_of(const spc_call *call) {
  return loops().reduce->min[call->in[0]->dtype];
}
const Reducer &max_of(const spc_call *call) {
  return loops().reduce->max[call->in[0]->dtype];
}

}  // namespace

spc_status sum(void *, const spc_call *call) {
  return reduce(call, params<spc_params_reduce>(call).n_kept, sum_of(call), store<sum_of>);
}

spc_status prod(void *, const spc_call *call) {
  return reduce(call, params<spc_params_reduce>(call).n_kept, prod_of(call), store<prod_of>);
}

spc_status min(void *, const spc_call *call) {
  return reduce(call, params<spc_params_reduce>(call).n_kept, min_of(call), store<min_of>);
}

spc_status max(void *, const spc_call *call) {
  return reduce(call, params<spc_params_reduce>(call).n_kept, max_of(call), store<max_of>);
}

}  // namespace spc::cpu
