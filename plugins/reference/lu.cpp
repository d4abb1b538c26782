// SPDX-License-Identifier: Apache-2.0
#include <limits>

#include "plugins/reference/kernels.hpp"
#include "plugins/reference/triangular.hpp"

namespace spc::reference {

spc_status lu(void *, const spc_call *call) {
  return for_dtype(FloatingTypes(), call->in[0]->dtype, [&]<class T>(Tag<T>) {
    using W = Wide<T>;
    const int64_t n = matrix<const T>(*call->in[0]).rows;
    Workspace workspace(call);
    const auto a = workspace.matrix<W>(n, n);
    if (workspace.status() != SPC_OK) return workspace.status();

    return for_each_matrix<3>(call, [&](const Offsets<3> &at) {
      store(matrix<const T>(*call->in[0], at[0]), 1, a);
      const auto pivots = last_axis<int64_t>(*call->out[1], at[2]);
      for (int64_t i = 0; i < n; ++i) pivots[i] = i;
      if (magnitude_of(a).finite) {
        eliminate(a, [&](int64_t k, int64_t row) {
          pivots[k] = row;
          return true;
        });
      } else {
        const W nan = cast<W>(std::numeric_limits<double>::quiet_NaN());
        for_each_place(a, [&](int64_t i, int64_t j) { a(i, j) = nan; });
      }
      store(a, 1, matrix<T>(*call->out[0], at[1]));
      return static_cast<spc_status>(SPC_OK);
    });
  });
}

}  // namespace spc::reference
