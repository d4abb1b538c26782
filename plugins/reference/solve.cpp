// SPDX-License-Identifier: Apache-2.0
#include <utility>

#include "plugins/reference/dense.hpp"
#include "plugins/reference/kernels.hpp"

namespace spc::reference {
namespace {

// Row of the largest element of column k from row k on; a NaN counts as the largest.
template <class W>
int64_t pivot_row(Matrix<W> a, int64_t k) {
  int64_t best = k;
  for (int64_t i = k; i < a.rows; ++i) {
    if (is_nan(a(i, k)) || largest_part(a(i, k)) > largest_part(a(best, k))) best = i;
  }
  return best;
}

// Gaussian elimination of [A, B], whose columns from n on become A^-1 B. False where A is singular.
template <class W>
bool eliminate(Matrix<W> a) {
  const int64_t n = a.rows;
  for (int64_t k = 0; k < n; ++k) {
    swap_columns(a.transposed(), k, pivot_row(a, k));
    if (is_zero(a(k, k))) return false;
    for (int64_t i = k + 1; i < n; ++i) a(i, k) = over(a(i, k), a(k, k));
    for (int64_t j = k + 1; j < a.cols; ++j) {
      for (int64_t i = k + 1; i < n; ++i) a(i, j) = a(i, j) - a(i, k) * a(k, j);
    }
  }
  for (int64_t j = n; j < a.cols; ++j) {
    for (int64_t k = n - 1; k >= 0; --k) {
      a(k, j) = over(a(k, j), a(k, k));
      for (int64_t i = 0; i < k; ++i) a(i, j) = a(i, j) - a(i, k) * a(k, j);
    }
  }
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
      if (!eliminate(augmented)) return fail(call, SPC_E_LINALG, "singular matrix");
      const Matrix<T> x = matrix<T>(*call->out[0], at[2]);
      store(right, 1, x);
      return static_cast<spc_status>(SPC_OK);
    });
  });
}

}  // namespace spc::reference
