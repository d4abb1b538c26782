// SPDX-License-Identifier: Apache-2.0
#include "plugins/reference/kernels.hpp"
#include "plugins/reference/sparse_incomplete.hpp"

namespace spc::reference {

// Row i of L and U: the rows before it are eliminated from it, in order, on its own pattern.
spc_status sparse_ilu0(void *, const spc_call *call) {
  return for_dtype(FloatingTypes(), call->in[2]->dtype, [&]<class T>(Tag<T>) {
    return for_dtype(IndexTypes(), call->in[1]->dtype, [&]<class I>(Tag<I>) {
      const auto a = csr<const T, const I>(call->in);
      const Vector<T> f = vector<T>(*call->out[0]);
      for (int64_t i = 0; i < a.rows(); ++i) {
        const int64_t end = a.indptr[i + 1];
        for (int64_t p = a.indptr[i]; p < end; ++p) f[p] = a.data[p];
        for (int64_t p = a.indptr[i]; p < end && a.indices[p] < i; ++p) {
          const int64_t k = a.indices[p], pivot = place_of(a, k, k);
          f[p] = over(f[p], f[pivot]);
          for (int64_t q = pivot + 1, r = p + 1; q < a.indptr[k + 1] && r < end;) {
            if (a.indices[q] == a.indices[r]) {
              f[r] = minus(f[r], times(f[p], f[q]));
              ++q;
              ++r;
            } else if (a.indices[q] < a.indices[r]) {
              ++q;
            } else {
              ++r;
            }
          }
        }
        const int64_t pivot = place_of(a, i, i);
        if (pivot < 0) return bad_row(call, i, "not stored");
        if (is_zero(f[pivot])) return bad_row(call, i, "0");
        if (!is_finite(f[pivot])) return bad_row(call, i, "not finite");
      }
      return static_cast<spc_status>(SPC_OK);
    });
  });
}

}  // namespace spc::reference
