// SPDX-License-Identifier: Apache-2.0
#include "plugins/reference/kernels.hpp"
#include "plugins/reference/triangular.hpp"

namespace spc::reference {

spc_status lu_solve(void *, const spc_call *call) {
  const int32_t mode = static_cast<const spc_params_factor *>(call->params)->mode;
  return for_dtype(FloatingTypes(), call->in[0]->dtype, [&]<class T>(Tag<T>) {
    using W = Wide<T>;
    const int64_t n = matrix<const T>(*call->in[0]).rows;
    const int64_t k = matrix<const T>(*call->in[2]).cols;
    Workspace workspace(call);
    const auto factors = workspace.matrix<W>(n, n);
    const auto x = workspace.matrix<W>(n, k);
    if (workspace.status() != SPC_OK) return workspace.status();

    return for_each_matrix<4>(call, [&](const Offsets<4> &at) {
      const auto pivots = last_axis<const int64_t>(*call->in[1], at[1]);
      for (int64_t i = 0; i < n; ++i) {
        if (pivots[i] < 0 || pivots[i] >= n) return bad_pivot(call, pivots[i], n);
      }
      store(matrix<const T>(*call->in[0], at[0]), 1, factors);
      store(matrix<const T>(*call->in[2], at[2]), 1, x);
      const Triangle<W> l{factors, true, true, mode};
      const Triangle<W> u{factors, false, false, mode};
      if (u.singular()) return fail(call, SPC_E_LINALG, "singular matrix");
      if (mode == SPC_MODE_NONE) {
        for (int64_t i = 0; i < n; ++i) swap_columns(x.transposed(), i, pivots[i]);
        l.solve(x);
        u.solve(x);
      } else {
        u.solve(x);
        l.solve(x);
        for (int64_t i = n - 1; i >= 0; --i) swap_columns(x.transposed(), i, pivots[i]);
      }
      store(x, 1, matrix<T>(*call->out[0], at[3]));
      return static_cast<spc_status>(SPC_OK);
    });
  });
}

}  // namespace spc::reference
