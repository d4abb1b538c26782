// SPDX-License-Identifier: Apache-2.0
#include "plugins/reference/arithmetic.hpp"
#include "plugins/reference/kernels.hpp"
#include "plugins/reference/sparse.hpp"

namespace spc::reference {

spc_status densify(void *, const spc_call *call) {
  return for_pair(*call->in[2], *call->in[1], [&]<class T, class I>(Tag<T>, Tag<I>) {
    const auto a = csr<const T, const I>(call->in);
    const Matrix<T> x = matrix<T>(*call->out[0]);
    for (int64_t i = 0; i < x.rows; ++i) {
      for (int64_t j = 0; j < x.cols; ++j) x(i, j) = T{};
      for (int64_t k = a.indptr[i]; k < a.indptr[i + 1]; ++k) {
        T &element = x(i, a.indices[k]);
        element = plus(element, a.data[k]);
      }
    }
    return SPC_OK;
  });
}

}  // namespace spc::reference
