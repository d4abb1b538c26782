// SPDX-License-Identifier: Apache-2.0
#include "plugins/reference/kernels.hpp"
#include "plugins/reference/sparse.hpp"

namespace spc::reference {

spc_status csr_is_canonical(void *, const spc_call *call) {
  return for_dtype(IndexTypes(), call->in[0]->dtype, [&]<class I>(Tag<I>) {
    const auto indptr = vector<const I>(*call->in[0]);
    const auto indices = vector<const I>(*call->in[1]);
    bool ascends = true;
    for (int64_t i = 0; i + 1 < indptr.size; ++i) {
      for (int64_t k = indptr[i] + 1; k < indptr[i + 1]; ++k) {
        ascends = ascends && indices[k - 1] < indices[k];
      }
    }
    *data<Bool>(*call->out[0]) = truth(ascends);
    return SPC_OK;
  });
}

}  // namespace spc::reference
