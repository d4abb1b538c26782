// SPDX-License-Identifier: Apache-2.0
#include "plugins/reference/arithmetic.hpp"
#include "plugins/reference/kernels.hpp"
#include "plugins/reference/sparse.hpp"

namespace spc::reference {

spc_status csr_transpose(void *, const spc_call *call) {
  return for_pair(*call->in[2], *call->in[0], [&]<class T, class I>(Tag<T>, Tag<I>) {
    const auto a = csr<const T, const I>(call->in);
    const auto t = csr<T, I>(call->out);
    for (int64_t i = 0; i < t.indptr.size; ++i) t.indptr[i] = 0;
    for (int64_t k = 0; k < a.nnz(); ++k) ++t.indptr[a.indices[k] + 1];
    counts_to_places(t.indptr);
    // While rows are dealt out, indptr[j] is the next free place of row j of the transpose.
    for (int64_t i = 0; i < a.rows(); ++i) {
      for (int64_t k = a.indptr[i]; k < a.indptr[i + 1]; ++k) {
        const int64_t place = t.indptr[a.indices[k]]++;
        t.indices[place] = static_cast<I>(i);
        t.data[place] = a.data[k];
      }
    }
    for (int64_t j = t.rows(); j > 0; --j) t.indptr[j] = t.indptr[j - 1];
    t.indptr[0] = 0;
    return SPC_OK;
  });
}

}  // namespace spc::reference
