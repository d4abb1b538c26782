// SPDX-License-Identifier: Apache-2.0
#include "plugins/reference/arithmetic.hpp"
#include "plugins/reference/kernels.hpp"
#include "plugins/reference/loops.hpp"

namespace spc::reference {

spc_status fill(void *, const spc_call *call) {
  return for_dtype(AllTypes(), call->out[0]->dtype, [&]<class T>(Tag<T>) {
    const spc_tensor &out = *call->out[0];
    const T value = scalar<T>(*call->in[0]);
    T *y = data<T>(out);
    auto body = [&](const Offsets<1> &i) { y[i[0]] = value; };
    for_each<1>(out.ndim, out.shape, {out.strides}, {}, body);
    return SPC_OK;
  });
}

}  // namespace spc::reference
