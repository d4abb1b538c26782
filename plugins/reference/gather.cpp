// SPDX-License-Identifier: Apache-2.0
#include "plugins/reference/indexing.hpp"
#include "plugins/reference/kernels.hpp"

namespace spc::reference {

spc_status gather(void *, const spc_call *call) {
  return for_dtype(AllTypes(), call->in[0]->dtype, [&]<class T>(Tag<T>) {
    const auto &p = params<spc_params_gather>(call);
    const spc_tensor &x = *call->in[0];
    const spc_tensor &out = *call->out[0];
    return for_each_place(call, p, x, out.shape, [&](const int64_t *batch, int64_t from) {
      const T *source = data<const T>(x) + from;
      T *target = data<T>(out) + offset(out.strides, batch, p.batch_ndim);
      auto body = [&](const Offsets<2> &i) { target[i[1]] = source[i[0]]; };
      for_each<2>(out.ndim - p.batch_ndim, out.shape + p.batch_ndim,
                  {x.strides + p.n_index, out.strides + p.batch_ndim}, {}, body);
    });
  });
}

}  // namespace spc::reference
