// SPDX-License-Identifier: Apache-2.0
#include <cmath>

#include "plugins/reference/dense.hpp"
#include "plugins/reference/kernels.hpp"

namespace spc::reference {
namespace {

// l = the factor of the matrix whose lower triangle it holds, column by column:
// sum over k <= j of l_ik conj(l_jk) = a_ij. False where a pivot is not positive.
template <class W>
bool factor(Matrix<W> l) {
  for (int64_t j = 0; j < l.rows; ++j) {
    for (int64_t i = 0; i < j; ++i) l(i, j) = W{};
    for (int64_t k = 0; k < j; ++k) {
      const W conj_jk = conjugate(l(j, k));
      for (int64_t i = j; i < l.rows; ++i) l(i, j) = l(i, j) - l(i, k) * conj_jk;
    }
    const double pivot = real_part(l(j, j));
    if (!(pivot > 0)) return false;  // also where it is NaN
    const double root = std::sqrt(pivot);
    l(j, j) = cast<W>(root);
    for (int64_t i = j + 1; i < l.rows; ++i) l(i, j) = over(l(i, j), l(j, j));
  }
  return true;
}

}  // namespace

spc_status cholesky(void *, const spc_call *call) {
  return for_dtype(FloatingTypes(), call->in[0]->dtype, [&]<class T>(Tag<T>) {
    const int64_t n = matrix<const T>(*call->in[0]).rows;
    Workspace workspace(call);
    const auto l = workspace.matrix<Wide<T>>(n, n);
    if (workspace.status() != SPC_OK) return workspace.status();

    return for_each_matrix<2>(call, [&](const Offsets<2> &at) {
      store(matrix<const T>(*call->in[0], at[0]), 1, l);
      if (!factor(l)) return fail(call, SPC_E_LINALG, "matrix is not positive definite");
      store(l, 1, matrix<T>(*call->out[0], at[1]));
      return static_cast<spc_status>(SPC_OK);
    });
  });
}

}  // namespace spc::reference
