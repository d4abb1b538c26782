// SPDX-License-Identifier: Apache-2.0
#include "plugins/reference/kernels.hpp"
#include "plugins/reference/sparse.hpp"

namespace spc::reference {

spc_status csr_sample(void *, const spc_call *call) {
  return for_pair(*call->in[3], *call->in[0], [&]<class T, class I>(Tag<T>, Tag<I>) {
    const auto indptr = vector<const I>(*call->in[0]);
    const auto indices = vector<const I>(*call->in[1]);
    const Matrix<const T> x = matrix<const T>(*call->in[3]);
    const auto out = vector<T>(*call->out[0]);
    for (int64_t i = 0; i < x.rows; ++i) {
      for (int64_t k = indptr[i]; k < indptr[i + 1]; ++k) out[k] = x(i, indices[k]);
    }
    return SPC_OK;
  });
}

}  // namespace spc::reference
