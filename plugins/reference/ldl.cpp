// SPDX-License-Identifier: Apache-2.0
// Bunch, Kaufman: Some stable methods for calculating inertia and solving symmetric linear systems,
// Math. Comp. 31 (1977).
#include <cmath>
#include <limits>

#include "plugins/reference/dense.hpp"
#include "plugins/reference/kernels.hpp"

namespace spc::reference {
namespace {

// The lower triangle of a Hermitian matrix that is being factored in place.
template <class W>
class Factorization {
 public:
  Factorization(Matrix<W> a, Vector<int64_t> pivots) : a_(a), pivots_(pivots) {}

  void run() {
    for (int64_t k = 0; k < a_.rows;) {
      const Choice choice = choose(k);
      const int64_t last = k + choice.order - 1;
      exchange(k, last, choice.row);
      make_real(k);
      if (choice.order == 2) make_real(k + 1);
      if (!choice.zero) choice.order == 1 ? update_one(k) : update_two(k);
      for (int64_t i = k; i <= last; ++i) {
        pivots_[i] = choice.order == 1 ? choice.row : -1 - choice.row;
      }
      k += choice.order;
    }
  }

 private:
  struct Choice {
    int64_t row;    // exchanged with the last row of the block
    int64_t order;  // of the block
    bool zero;      // nothing is left in the column
  };

  double diagonal(int64_t i) const { return std::fabs(real_part(a_(i, i))); }
  void make_real(int64_t i) { a_(i, i) = cast<W>(real_part(a_(i, i))); }

  Choice choose(int64_t k) const {
    const double growth = (1 + std::sqrt(17.0)) / 8;
    double column = 0;
    int64_t largest = k;
    for (int64_t i = k + 1; i < a_.rows; ++i) {
      if (pivot_size(a_(i, k)) > column) {
        column = pivot_size(a_(i, k));
        largest = i;
      }
    }
    if (!(std::fmax(diagonal(k), column) > 0)) return {k, 1, true};
    if (diagonal(k) >= growth * column) return {k, 1, false};
    double row = 0;
    for (int64_t j = k; j < largest; ++j) row = std::fmax(row, pivot_size(a_(largest, j)));
    for (int64_t i = largest + 1; i < a_.rows; ++i)
      row = std::fmax(row, pivot_size(a_(i, largest)));
    if (diagonal(k) >= growth * column * (column / row)) return {k, 1, false};
    return {largest, diagonal(largest) >= growth * row ? 1 : 2, false};
  }

  // Rows and columns p < q of the matrix from row k on.
  void exchange(int64_t k, int64_t p, int64_t q) {
    if (p == q) return;
    for (int64_t i = q + 1; i < a_.rows; ++i) std::swap(a_(i, p), a_(i, q));
    for (int64_t j = p + 1; j < q; ++j) {
      const W below = conjugate(a_(j, p));
      a_(j, p) = conjugate(a_(q, j));
      a_(q, j) = below;
    }
    a_(q, p) = conjugate(a_(q, p));
    std::swap(a_(p, p), a_(q, q));
    for (int64_t j = k; j < p; ++j) std::swap(a_(p, j), a_(q, j));
    make_real(q);
  }

  // A -= x x^H / d, x /= d
  void update_one(int64_t k) {
    const double d = real_part(a_(k, k));
    for (int64_t j = k + 1; j < a_.rows; ++j) {
      const W factor = over(conjugate(a_(j, k)), cast<W>(d));
      for (int64_t i = j; i < a_.rows; ++i) a_(i, j) = a_(i, j) - a_(i, k) * factor;
      make_real(j);
    }
    for (int64_t i = k + 1; i < a_.rows; ++i) a_(i, k) = over(a_(i, k), cast<W>(d));
  }

  // The same for two columns X with the block D: A -= X D^-1 X^H, X = X D^-1.
  void update_two(int64_t k) {
    const W off = a_(k + 1, k);
    const double size = modulus(off);
    const double first = real_part(a_(k, k)) / size;
    const double second = real_part(a_(k + 1, k + 1)) / size;
    const W phase = over(off, cast<W>(size));
    const double scale = 1 / (first * second - 1) / size;
    for (int64_t j = k + 2; j < a_.rows; ++j) {
      const W x = a_(j, k);
      const W y = a_(j, k + 1);
      const W left = scale * (second * x - phase * y);
      const W right = scale * (first * y - conjugate(phase) * x);
      for (int64_t i = j; i < a_.rows; ++i) {
        a_(i, j) = a_(i, j) - a_(i, k) * conjugate(left) - a_(i, k + 1) * conjugate(right);
      }
      a_(j, k) = left;
      a_(j, k + 1) = right;
      make_real(j);
    }
  }

  Matrix<W> a_;
  Vector<int64_t> pivots_;
};

}  // namespace

spc_status ldl(void *, const spc_call *call) {
  return for_dtype(FloatingTypes(), call->in[0]->dtype, [&]<class T>(Tag<T>) {
    using W = Wide<T>;
    const int64_t n = matrix<const T>(*call->in[0]).rows;
    Workspace workspace(call);
    const auto a = workspace.matrix<W>(n, n);
    if (workspace.status() != SPC_OK) return workspace.status();

    return for_each_matrix<3>(call, [&](const Offsets<3> &at) {
      const Matrix<const T> given = matrix<const T>(*call->in[0], at[0]);
      for_each_place(a, [&](int64_t i, int64_t j) {
        a(i, j) = i > j    ? widen(given(i, j))
                  : i == j ? cast<W>(real_part(widen(given(i, i))))
                           : W{};
      });
      const auto pivots = last_axis<int64_t>(*call->out[1], at[2]);
      for (int64_t i = 0; i < n; ++i) pivots[i] = i;
      if (magnitude_of(a).finite) {
        Factorization<W>(a, pivots).run();
      } else {
        const W nan = cast<W>(std::numeric_limits<double>::quiet_NaN());
        for_each_place(a, [&](int64_t i, int64_t j) { a(i, j) = i < j ? W{} : nan; });
      }
      store(a, 1, matrix<T>(*call->out[0], at[1]));
      return static_cast<spc_status>(SPC_OK);
    });
  });
}

}  // namespace spc::reference
