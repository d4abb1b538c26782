// SPDX-License-Identifier: Apache-2.0
#include "plugins/reference/arithmetic.hpp"
#include "plugins/reference/kernels.hpp"
#include "plugins/reference/sparse.hpp"

namespace spc::reference {

spc_status csr_to_coo(void *, const spc_call *call) {
  return for_dtype(IndexTypes(), call->in[0]->dtype, [&]<class I>(Tag<I>) {
    const auto indptr = vector<const I>(*call->in[0]);
    const auto row = vector<I>(*call->out[0]);
    for (int64_t i = 0; i + 1 < indptr.size; ++i) {
      for (int64_t k = indptr[i]; k < indptr[i + 1]; ++k) row[k] = static_cast<I>(i);
    }
    return SPC_OK;
  });
}

}  // namespace spc::reference
