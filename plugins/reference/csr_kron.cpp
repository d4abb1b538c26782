// SPDX-License-Identifier: Apache-2.0
#include "plugins/reference/kernels.hpp"
#include "plugins/reference/sparse.hpp"

namespace spc::reference {

spc_status csr_kron(void *, const spc_call *call) {
  return for_pair(*call->in[2], *call->in[0], [&]<class T, class I>(Tag<T>, Tag<I>) {
    const auto a = csr<const T, const I>(call->in);
    const auto b = csr<const T, const I>(call->in + 3);
    const auto out = csr<T, I>(call->out);
    const int64_t columns = params<spc_params_sparse_pair>(call).b_cols;
    int64_t next = 0;
    int64_t row = 0;
    out.indptr[0] = 0;
    for (int64_t i = 0; i < a.rows(); ++i) {
      for (int64_t r = 0; r < b.rows(); ++r) {
        for (int64_t k = a.indptr[i]; k < a.indptr[i + 1]; ++k) {
          for (int64_t l = b.indptr[r]; l < b.indptr[r + 1]; ++l) {
            out.indices[next] = static_cast<I>(a.indices[k] * columns + b.indices[l]);
            out.data[next] = times(a.data[k], b.data[l]);
            ++next;
          }
        }
        out.indptr[++row] = static_cast<I>(next);
      }
    }
    return SPC_OK;
  });
}

}  // namespace spc::reference
