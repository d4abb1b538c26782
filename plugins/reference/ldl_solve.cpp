// SPDX-License-Identifier: Apache-2.0
#include "plugins/reference/dense.hpp"
#include "plugins/reference/kernels.hpp"

namespace spc::reference {
namespace {

// The block that begins in row k: its order is 2 where the pivot is negative.
inline bool is_pair(int64_t pivot) {
  return pivot < 0;
}

// The first pivot that cannot come from ldl, in *bad.
bool check_pivots(Vector<const int64_t> pivots, int64_t *bad) {
  for (int64_t k = 0; k < pivots.size; ++k) {
    const bool pair = is_pair(pivots[k]);
    *bad = pivots[k];
    const int64_t row = pair ? -1 - pivots[k] : pivots[k];
    const int64_t last = pair ? k + 1 : k;
    if (last >= pivots.size || row < last || row >= pivots.size) return false;
    if (pair && pivots[last] != pivots[k]) return false;
    k = last;
  }
  return true;
}

// b(row) -= sum over i >= first of conj(a(i, col)) b(i)
template <class W>
void subtract_below(Matrix<W> a, int64_t col, int64_t first, Matrix<W> b, int64_t row) {
  for (int64_t j = 0; j < b.cols; ++j) {
    for (int64_t i = first; i < a.rows; ++i) {
      b(row, j) = b(row, j) - conjugate(a(i, col)) * b(i, j);
    }
  }
}

// b(i) -= a(i, col) b(row) for i >= first
template <class W>
void subtract_column(Matrix<W> a, int64_t col, int64_t first, Matrix<W> b, int64_t row) {
  for (int64_t j = 0; j < b.cols; ++j) {
    for (int64_t i = first; i < a.rows; ++i) b(i, j) = b(i, j) - a(i, col) * b(row, j);
  }
}

// b = (p l d)^-1 b, then (l^H p^T)^-1 b. False where a block of d is singular.
template <class W>
bool solve_factors(Matrix<W> a, Vector<const int64_t> pivots, Matrix<W> b) {
  const int64_t n = a.rows;
  for (int64_t k = 0; k < n;) {
    if (!is_pair(pivots[k])) {
      swap_columns(b.transposed(), k, pivots[k]);
      subtract_column(a, k, k + 1, b, k);
      const W d = cast<W>(real_part(a(k, k)));
      if (is_zero(d)) return false;
      for (int64_t j = 0; j < b.cols; ++j) b(k, j) = over(b(k, j), d);
      ++k;
      continue;
    }
    swap_columns(b.transposed(), k + 1, -1 - pivots[k]);
    subtract_column(a, k, k + 2, b, k);
    subtract_column(a, k + 1, k + 2, b, k + 1);
    const W off = a(k + 1, k);
    const W first = over(a(k, k), conjugate(off));
    const W second = over(a(k + 1, k + 1), off);
    const W determinant = first * second - cast<W>(1.0);
    if (is_zero(off) || is_zero(determinant)) return false;
    for (int64_t j = 0; j < b.cols; ++j) {
      const W x = over(b(k, j), conjugate(off));
      const W y = over(b(k + 1, j), off);
      b(k, j) = over(second * x - y, determinant);
      b(k + 1, j) = over(first * y - x, determinant);
    }
    k += 2;
  }
  for (int64_t k = n - 1; k >= 0;) {
    subtract_below(a, k, k + 1, b, k);
    if (!is_pair(pivots[k])) {
      swap_columns(b.transposed(), k, pivots[k]);
      --k;
      continue;
    }
    subtract_below(a, k - 1, k + 1, b, k - 1);
    swap_columns(b.transposed(), k, -1 - pivots[k]);
    k -= 2;
  }
  return true;
}

}  // namespace

spc_status ldl_solve(void *, const spc_call *call) {
  // A^T is conj(A).
  const bool conjugated =
      static_cast<const spc_params_factor *>(call->params)->mode == SPC_MODE_TRANSPOSE;
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
      int64_t bad = 0;
      if (!check_pivots(pivots, &bad)) return bad_pivot(call, bad, n);
      store(matrix<const T>(*call->in[0], at[0]), 1, factors);
      const Matrix<const T> b = matrix<const T>(*call->in[2], at[2]);
      for_each_place(x, [&](int64_t i, int64_t j) {
        x(i, j) = conjugated ? conjugate(widen(b(i, j))) : widen(b(i, j));
      });
      if (!solve_factors(factors, pivots, x)) return fail(call, SPC_E_LINALG, "singular matrix");
      const Matrix<T> to = matrix<T>(*call->out[0], at[3]);
      for_each_place(to, [&](int64_t i, int64_t j) {
        to(i, j) = cast<T>(conjugated ? conjugate(x(i, j)) : x(i, j));
      });
      return static_cast<spc_status>(SPC_OK);
    });
  });
}

}  // namespace spc::reference
