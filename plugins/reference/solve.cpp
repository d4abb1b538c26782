// SPDX-License-Identifier: Apache-2.0
#include "plugins/reference/kernels.hpp"
#include "plugins/reference/triangular.hpp"

namespace spc::reference {
namespace {

// [A, B] becomes [.., A^-1 B]. False where A is singular.
template <class W>
bool solve_augmented(Matrix<W> a) {
  if (!eliminate(a, [&](int64_t k, int64_t) { return !is_zero(a(k, k)); })) return false;
  auto left = a;
  left.cols = a.rows;
  Triangle<W>{left, false, false, SPC_MODE_NONE}.solve(from(a, 0, a.rows));
  return true;
}

}  // namespace

spc_status solve(void *, const spc_call *call) {
  return for_dtype(FloatingTypes(), call->in[0]->dtype, [&]<class T>(Tag<T>) {
    const int64_t n = matrix<const T>(*call->in[0]).rows;
    const int64_t k = matrix<const T>(*call->in[1]).cols;
    Workspace workspace(call);
    const auto augmented = workspace.matrix<Wide<T>>(n, n + k);
    if (workspace.status() != SPC_OK) return workspace.status();

    return for_each_matrix<3>(call, [&](const Offsets<3> &at) {
      auto left = augmented;
      left.cols = n;
      const auto right = from(augmented, 0, n);
      store(matrix<const T>(*call->in[0], at[0]), 1, left);
      store(matrix<const T>(*call->in[1], at[1]), 1, right);
      if (!solve_augmented(augmented)) return fail(call, SPC_E_LINALG, "singular matrix");
      const Matrix<T> x = matrix<T>(*call->out[0], at[2]);
      store(right, 1, x);
      return static_cast<spc_status>(SPC_OK);
    });
  });
}

}  // namespace spc::reference
