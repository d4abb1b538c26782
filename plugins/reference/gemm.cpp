// SPDX-License-Identifier: Apache-2.0
#include "plugins/reference/arithmetic.hpp"
#include "plugins/reference/kernels.hpp"
#include "plugins/reference/loops.hpp"

namespace spc::reference {

spc_status gemm(void *, const spc_call *call) {
  return for_dtype(AllTypes(), call->in[0]->dtype, [&]<class T>(Tag<T>) {
    const auto &p = params<spc_params_linear>(call);
    const T alpha = scalar<T>(*call->in[0]);
    const Matrix<const T> stored = matrix<const T>(*call->in[1]);
    const Matrix<const T> a = p.mode == SPC_MODE_NONE ? stored : stored.transposed();
    const bool conjugated = p.mode == SPC_MODE_CONJ_TRANS;
    const Matrix<const T> x = matrix<const T>(*call->in[2]);
    const T beta = scalar<T>(*call->in[3]);
    const Matrix<T> y = matrix<T>(*call->out[0]);
    for (int64_t i = 0; i < y.rows; ++i) {
      for (int64_t j = 0; j < y.cols; ++j) {
        auto product = [&] {
          Sum<T> total;
          for (int64_t k = 0; k < a.cols; ++k) {
            total.add(times(conjugated ? conjugate(a(i, k)) : a(i, k), x(k, j)));
          }
          return total.result();
        };
        y(i, j) = linear(alpha, product, beta, [&] { return y(i, j); });
      }
    }
    return SPC_OK;
  });
}

}  // namespace spc::reference
