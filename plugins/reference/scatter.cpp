// SPDX-License-Identifier: Apache-2.0
#include "plugins/reference/arithmetic.hpp"
#include "plugins/reference/indexing.hpp"
#include "plugins/reference/kernels.hpp"

namespace spc::reference {

spc_status scatter(void *, const spc_call *call) {
  return for_dtype(AllTypes(), call->in[0]->dtype, [&]<class T>(Tag<T>) {
    const auto &p = params<spc_params_scatter>(call);
    const spc_tensor &values = *call->in[0];
    const spc_tensor &out = *call->out[0];
    // Every index is checked before the first write.
    const spc_status status =
        for_each_place(call, p, out, values.shape, [](const int64_t *, int64_t) {});
    if (status != SPC_OK) return status;
    return for_each_place(call, p, out, values.shape, [&](const int64_t *batch, int64_t to) {
      const T *source = data<const T>(values) + offset(values.strides, batch, p.batch_ndim);
      T *target = data<T>(out) + to;
      auto body = [&](const Offsets<2> &i) {
        T &element = target[i[1]];
        element = p.accumulate ? plus(element, source[i[0]]) : source[i[0]];
      };
      for_each<2>(values.ndim - p.batch_ndim, values.shape + p.batch_ndim,
                  {values.strides + p.batch_ndim, out.strides + p.n_index}, {}, body);
    });
  });
}

}  // namespace spc::reference
