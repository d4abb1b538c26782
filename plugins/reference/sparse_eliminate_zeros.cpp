// SPDX-License-Identifier: Apache-2.0
#include "plugins/reference/kernels.hpp"
#include "plugins/reference/sparse.hpp"

namespace spc::reference {

spc_status sparse_eliminate_zeros_extent(void *, const spc_call *call, int64_t *sizes,
                                         void **plan) {
  *plan = nullptr;
  return for_dtype(AllTypes(), call->in[2]->dtype, [&]<class T>(Tag<T>) {
    const auto values = vector<const T>(*call->in[2]);
    int64_t count = 0;
    for (int64_t k = 0; k < values.size; ++k) count += is_zero(values[k]) ? 0 : 1;
    sizes[0] = count;
    return SPC_OK;
  });
}

spc_status sparse_eliminate_zeros(void *, const spc_call *call) {
  return for_pair(*call->in[2], *call->in[0], [&]<class T, class I>(Tag<T>, Tag<I>) -> spc_status {
    const auto a = csr<const T, const I>(call->in);
    const auto out = csr<T, I>(call->out);
    // Values may have been written since they were counted.
    const int64_t room = out.nnz();
    int64_t next = 0;
    out.indptr[0] = 0;
    for (int64_t i = 0; i < a.rows(); ++i) {
      for (int64_t k = a.indptr[i]; k < a.indptr[i + 1]; ++k) {
        if (is_zero(a.data[k])) continue;
        if (next == room) return fail(call, SPC_E_RUNTIME, "the values changed during the call");
        out.indices[next] = a.indices[k];
        out.data[next] = a.data[k];
        ++next;
      }
      out.indptr[i + 1] = static_cast<I>(next);
    }
    if (next != room) return fail(call, SPC_E_RUNTIME, "the values changed during the call");
    return SPC_OK;
  });
}

}  // namespace spc::reference
