// SPDX-License-Identifier: Apache-2.0
#include "plugins/reference/kernels.hpp"
#include "plugins/reference/sparse.hpp"

namespace spc::reference {

spc_status csr_offset_diagonal(void *, const spc_call *call) {
  return for_pair(*call->in[2], *call->in[0], [&]<class T, class I>(Tag<T>, Tag<I>) {
    const int64_t offset = params<spc_params_sparse_part>(call).offset;
    const auto a = csr<const T, const I>(call->in);
    const auto diagonal = vector<T>(*call->out[0]);
    const int64_t first = offset < 0 ? -offset : 0;
    for (int64_t n = 0; n < diagonal.size; ++n) {
      const int64_t i = first + n;
      Sum<T> total;
      for (int64_t k = a.indptr[i]; k < a.indptr[i + 1]; ++k) {
        if (a.indices[k] == i + offset) total.add(a.data[k]);
      }
      diagonal[n] = total.result();
    }
    return SPC_OK;
  });
}

}  // namespace spc::reference
