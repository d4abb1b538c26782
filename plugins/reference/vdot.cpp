// SPDX-License-Identifier: Apache-2.0
#include "plugins/reference/arithmetic.hpp"
#include "plugins/reference/kernels.hpp"
#include "plugins/reference/loops.hpp"

namespace spc::reference {

spc_status vdot(void *, const spc_call *call) {
  return for_dtype(AllTypes(), call->in[0]->dtype, [&]<class T>(Tag<T>) {
    const T *x = data<const T>(*call->in[0]);
    const T *y = data<const T>(*call->in[1]);
    T *out = data<T>(*call->out[0]);
    reduce<2>(call, params<spc_params_reduce>(call).n_kept, [&](int64_t at, auto scan) {
      Sum<T> total;
      scan([&](const Offsets<2> &i) { total.add(times(conjugate(x[i[0]]), y[i[1]])); });
      out[at] = total.result();
    });
    return SPC_OK;
  });
}

}  // namespace spc::reference
