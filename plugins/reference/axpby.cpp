// SPDX-License-Identifier: Apache-2.0
#include "plugins/reference/arithmetic.hpp"
#include "plugins/reference/kernels.hpp"
#include "plugins/reference/loops.hpp"

namespace spc::reference {

spc_status axpby(void *, const spc_call *call) {
  return for_dtype(AllTypes(), call->in[0]->dtype, [&]<class T>(Tag<T>) {
    const spc_tensor &out = *call->out[0];
    const T a = scalar<T>(*call->in[0]);
    const T *x = data<const T>(*call->in[1]);
    const T b = scalar<T>(*call->in[2]);
    const T *y = data<const T>(*call->in[3]);
    T *z = data<T>(out);
    auto body = [&](const Offsets<3> &i) {
      z[i[2]] = linear(
          a, [&] { return x[i[0]]; }, b, [&] { return y[i[1]]; });
    };
    for_each<3>(out.ndim, out.shape, {call->in[1]->strides, call->in[3]->strides, out.strides}, {},
                body);
    return SPC_OK;
  });
}

}  // namespace spc::reference
