// SPDX-License-Identifier: Apache-2.0
#include "plugins/reference/kernels.hpp"
#include "plugins/reference/triangular.hpp"

namespace spc::reference {

spc_status solve_triangular(void *, const spc_call *call) {
  const auto &params = *static_cast<const spc_params_factor *>(call->params);
  return for_dtype(FloatingTypes(), call->in[0]->dtype, [&]<class T>(Tag<T>) {
    using W = Wide<T>;
    const int64_t n = matrix<const T>(*call->in[0]).rows;
    const int64_t k = matrix<const T>(*call->in[1]).cols;
    Workspace workspace(call);
    const auto a = workspace.matrix<W>(n, n);
    const auto x = workspace.matrix<W>(n, k);
    if (workspace.status() != SPC_OK) return workspace.status();

    return for_each_matrix<3>(call, [&](const Offsets<3> &at) {
      store(matrix<const T>(*call->in[0], at[0]), 1, a);
      store(matrix<const T>(*call->in[1], at[1]), 1, x);
      const Triangle<W> t{a, params.lower != 0, params.unit != 0, params.mode};
      if (t.singular()) return fail(call, SPC_E_LINALG, "singular matrix");
      t.solve(x);
      store(x, 1, matrix<T>(*call->out[0], at[2]));
      return static_cast<spc_status>(SPC_OK);
    });
  });
}

}  // namespace spc::reference
