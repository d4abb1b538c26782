// SPDX-License-Identifier: Apache-2.0
// Elimination and substitution: what solve, lu and the solves with their factors share.
#pragma once

#include "plugins/reference/dense.hpp"

namespace spc::reference {

// Row of the largest element of column k from row k on; a NaN counts as the largest.
template <class W>
int64_t pivot_row(Matrix<W> a, int64_t k) {
  int64_t best = k;
  for (int64_t i = k; i < a.rows; ++i) {
    if (is_nan(a(i, k)) || pivot_size(a(i, k)) > pivot_size(a(best, k))) best = i;
  }
  return best;
}

// Gaussian elimination of the first columns of a, as many as it has rows, with multipliers below the
// diagonal. visit(k, row) is told of the exchange of rows k and `row`; false ends it.
template <class W, class Visit>
bool eliminate(Matrix<W> a, Visit visit) {
  const int64_t n = a.rows;
  for (int64_t k = 0; k < n; ++k) {
    const int64_t row = pivot_row(a, k);
    swap_columns(a.transposed(), k, row);
    if (!visit(k, row)) return false;
    if (is_zero(a(k, k))) continue;  // and so is all below it
    for (int64_t i = k + 1; i < n; ++i) a(i, k) = over(a(i, k), a(k, k));
    for (int64_t j = k + 1; j < a.cols; ++j) {
      for (int64_t i = k + 1; i < n; ++i) a(i, j) = a(i, j) - a(i, k) * a(k, j);
    }
  }
  return true;
}

// op(T) for the lower or upper triangle T of a matrix, with ones on the diagonal if unit.
template <class W>
struct Triangle {
  Matrix<W> a;
  bool lower, unit;
  int32_t mode;  // SPC_MODE_*

  W at(int64_t i, int64_t j) const {
    if (mode == SPC_MODE_NONE) return a(i, j);
    return mode == SPC_MODE_CONJ_TRANS ? conjugate(a(j, i)) : a(j, i);
  }
  bool singular() const {
    for (int64_t i = 0; i < a.rows && !unit; ++i) {
      if (is_zero(a(i, i))) return true;
    }
    return false;
  }
  // b = op(T)^-1 b
  void solve(Matrix<W> b) const {
    const int64_t n = a.rows;
    const bool forward = lower == (mode == SPC_MODE_NONE);
    for (int64_t j = 0; j < b.cols; ++j) {
      for (int64_t step = 0; step < n; ++step) {
        const int64_t k = forward ? step : n - 1 - step;
        if (!unit) b(k, j) = over(b(k, j), at(k, k));
        for (int64_t i = forward ? k + 1 : 0; i < (forward ? n : k); ++i) {
          b(i, j) = b(i, j) - at(i, k) * b(k, j);
        }
      }
    }
  }
};

}  // namespace spc::reference
