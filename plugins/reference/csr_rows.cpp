// SPDX-License-Identifier: Apache-2.0
#include "plugins/reference/kernels.hpp"
#include "plugins/reference/sparse.hpp"

namespace spc::reference {

spc_status csr_rows_extent(void *, const spc_call *call, int64_t *sizes, void **plan) {
  *plan = nullptr;
  return for_pair(*call->in[2], *call->in[0], [&]<class T, class I>(Tag<T>, Tag<I>) {
    const auto a = csr<const T, const I>(call->in);
    const auto rows = vector<const int64_t>(*call->in[3]);
    int64_t count = 0;
    for (int64_t n = 0; n < rows.size; ++n) count += a.indptr[rows[n] + 1] - a.indptr[rows[n]];
    sizes[0] = count;
    return SPC_OK;
  });
}

spc_status csr_rows(void *, const spc_call *call) {
  return for_pair(*call->in[2], *call->in[0], [&]<class T, class I>(Tag<T>, Tag<I>) {
    const auto a = csr<const T, const I>(call->in);
    const auto rows = vector<const int64_t>(*call->in[3]);
    const auto out = csr<T, I>(call->out);
    int64_t next = 0;
    out.indptr[0] = 0;
    for (int64_t n = 0; n < rows.size; ++n) {
      for (int64_t k = a.indptr[rows[n]]; k < a.indptr[rows[n] + 1]; ++k) {
        out.indices[next] = a.indices[k];
        out.data[next] = a.data[k];
        ++next;
      }
      out.indptr[n + 1] = static_cast<I>(next);
    }
    return SPC_OK;
  });
}

}  // namespace spc::reference
