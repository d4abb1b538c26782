// SPDX-License-Identifier: Apache-2.0
#include "plugins/reference/kernels.hpp"
#include "plugins/reference/sparse_incomplete.hpp"
#include "plugins/reference/wide.hpp"

namespace spc::reference {

// Row i of L from the rows before it: L_ij = (A_ij - sum_k L_ik conj(L_jk)) / L_jj, k < j.
spc_status sparse_ic0(void *, const spc_call *call) {
  return for_dtype(FloatingTypes(), call->in[2]->dtype, [&]<class T>(Tag<T>) {
    return for_dtype(IndexTypes(), call->in[1]->dtype, [&]<class I>(Tag<I>) {
      const auto a = csr<const T, const I>(call->in);
      const Vector<T> l = vector<T>(*call->out[0]);
      for (int64_t i = 0; i < a.rows(); ++i) {
        bool done = false;
        for (int64_t p = a.indptr[i]; p < a.indptr[i + 1]; ++p) {
          const int64_t j = a.indices[p];
          if (j > i) {
            l[p] = T{};
            continue;
          }
          T rest = a.data[p];
          for (int64_t k = a.indptr[i], q = a.indptr[j]; k < p && a.indices[q] < j;) {
            if (a.indices[k] == a.indices[q]) {
              rest = minus(rest, times(l[k], conjugate(l[q])));
              ++k;
              ++q;
            } else if (a.indices[k] < a.indices[q]) {
              ++k;
            } else {
              ++q;
            }
          }
          if (j < i) {
            l[p] = over(rest, l[place_of(a, j, j)]);
            continue;
          }
          RealOf<T> pivot;
          if constexpr (is_complex<T>) {
            pivot = rest.re;
          } else {
            pivot = rest;
          }
          if (!(pivot > 0) || !is_finite(pivot)) return bad_row(call, i, "not positive");
          l[p] = cast<T>(std::sqrt(pivot));
          done = true;
        }
        if (!done) return bad_row(call, i, "not stored");
      }
      return static_cast<spc_status>(SPC_OK);
    });
  });
}

}  // namespace spc::reference
