// SPDX-License-Identifier: Apache-2.0
#include "plugins/reference/arithmetic.hpp"
#include "plugins/reference/kernels.hpp"
#include "plugins/reference/loops.hpp"

namespace spc::reference {

spc_status matmul(void *, const spc_call *call) {
  return for_dtype(AllTypes(), call->in[0]->dtype, [&]<class T>(Tag<T>) {
    const spc_tensor &out = *call->out[0];
    auto multiply_one = [&](const Offsets<3> &at) {
      const Matrix<const T> a = matrix<const T>(*call->in[0], at[0]);
      const Matrix<const T> b = matrix<const T>(*call->in[1], at[1]);
      const Matrix<T> c = matrix<T>(out, at[2]);
      for (int64_t i = 0; i < c.rows; ++i) {
        for (int64_t j = 0; j < c.cols; ++j) {
          Sum<T> total;
          for (int64_t k = 0; k < a.cols; ++k) total.add(times(a(i, k), b(k, j)));
          c(i, j) = total.result();
        }
      }
    };
    for_each<3>(out.ndim - 2, out.shape, {call->in[0]->strides, call->in[1]->strides, out.strides},
                {}, multiply_one);
    return SPC_OK;
  });
}

}  // namespace spc::reference
