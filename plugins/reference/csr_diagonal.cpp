// SPDX-License-Identifier: Apache-2.0
#include "plugins/reference/arithmetic.hpp"
#include "plugins/reference/kernels.hpp"
#include "plugins/reference/sparse.hpp"

namespace spc::reference {

spc_status csr_diagonal(void *, const spc_call *call) {
  return for_pair(*call->in[2], *call->in[0], [&]<class T, class I>(Tag<T>, Tag<I>) {
    const auto a = csr<const T, const I>(call->in);
    const auto diagonal = vector<T>(*call->out[0]);
    for (int64_t i = 0; i < diagonal.size; ++i) {
      Sum<T> total;
      for (int64_t k = a.indptr[i]; k < a.indptr[i + 1]; ++k) {
        if (a.indices[k] == i) total.add(a.data[k]);
      }
      diagonal[i] = total.result();
    }
    return SPC_OK;
  });
}

}  // namespace spc::reference
