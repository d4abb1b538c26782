// SPDX-License-Identifier: Apache-2.0
// Householder reduction to a real bidiagonal matrix, then QR steps after Golub and Kahan; the steps
// without shift are those of Demmel and Kahan (1990).
#include <algorithm>
#include <cfloat>
#include <cmath>

#include "plugins/reference/dense.hpp"
#include "plugins/reference/kernels.hpp"

namespace spc::reference {
namespace {

// Diagonal d and superdiagonal e of a real matrix.
struct Bidiagonal {
  Vector<double> d;
  Vector<double> e;
};

// a = U B V^H, at least as many rows as columns.
template <class W>
struct Problem {
  Matrix<W> a;  // becomes the reflectors
  Vector<W> left_tau;
  Vector<W> right_tau;
  Bidiagonal b;  // its d becomes the singular values
  // Without rows where only values are wanted: then all done to them is nothing.
  Matrix<W> u;
  Matrix<W> v;
};

template <class W>
void bidiagonalize(const Problem<W> &p) {
  const Matrix<W> a = p.a;
  for (int64_t j = 0; j < a.cols; ++j) {
    const Vector<W> below = column(from(a, j, j), 0);
    p.left_tau[j] = make_reflector(below, &p.b.d[j]);
    if (j + 1 == a.cols) break;
    reflect_left(below, conjugate(p.left_tau[j]), from(a, j, j + 1));
    const Vector<W> beside = column(from(a, j, j + 1).transposed(), 0);
    for (int64_t i = 0; i < beside.size; ++i) beside[i] = conjugate(beside[i]);
    p.right_tau[j] = make_reflector(beside, &p.b.e[j]);
    reflect_right(beside, p.right_tau[j], from(a, j + 1, j + 1));
  }
  if (p.u.rows == 0) return;
  multiply_reflectors(a, p.left_tau, 0, p.u);
  multiply_reflectors(a.transposed(), p.right_tau, 1, p.v);
}

// The smaller singular value of the last 2 x 2 block of rows up to hi.
double last_singular_value(const Bidiagonal &b, int64_t hi) {
  const double upper = std::fabs(b.d[hi - 1]);
  const double lower = std::fabs(b.d[hi]);
  const double e = b.e[hi - 1];
  const double largest = (std::hypot(upper + lower, e) + std::hypot(upper - lower, e)) / 2;
  return upper * (lower / largest);
}

// One QR step of B^T B - shift^2 on rows lo..hi: the first rotation makes an element below the
// diagonal, the others chase it out.
template <class W>
void shifted_step(const Problem<W> &p, int64_t lo, int64_t hi, double shift) {
  const Bidiagonal &b = p.b;
  double f = b.d[lo] - shift * (shift / b.d[lo]);
  double g = b.e[lo];
  for (int64_t k = lo; k < hi; ++k) {
    double r = 0;
    const auto right = rotation(f, g, &r);
    if (k > lo) b.e[k - 1] = r;
    f = right.c * b.d[k] + right.s * b.e[k];
    b.e[k] = right.c * b.e[k] - right.s * b.d[k];
    g = right.s * b.d[k + 1];
    b.d[k + 1] = right.c * b.d[k + 1];
    rotate_columns(p.v, k, k + 1, right);

    const auto left = rotation(f, g, &b.d[k]);
    f = left.c * b.e[k] + left.s * b.d[k + 1];
    b.d[k + 1] = left.c * b.d[k + 1] - left.s * b.e[k];
    if (k + 1 < hi) {
      g = left.s * b.e[k + 1];
      b.e[k + 1] = left.c * b.e[k + 1];
    }
    rotate_columns(p.u, k, k + 1, left);
  }
  b.e[hi - 1] = f;
}

// The step of shift 0, which also leaves rows lo..hi with a zero on the diagonal decoupled from the
// last one: the shifted form stops at the zero.
template <class W>
void unshifted_step(const Problem<W> &p, int64_t lo, int64_t hi) {
  const Bidiagonal &b = p.b;
  Rotation<double> left;
  Rotation<double> right;
  for (int64_t k = lo; k < hi; ++k) {
    double r = 0;
    right = rotation(b.d[k] * right.c, b.e[k], &r);
    if (k > lo) b.e[k - 1] = left.s * r;
    left = rotation(left.c * r, b.d[k + 1] * right.s, &b.d[k]);
    rotate_columns(p.v, k, k + 1, right);
    rotate_columns(p.u, k, k + 1, left);
  }
  const double last = b.d[hi] * right.c;
  b.d[hi] = last * left.c;
  b.e[hi - 1] = last * left.s;
}

template <class W>
bool diagonalize(const Problem<W> &p) {
  const Bidiagonal &b = p.b;
  auto is_split = [&](int64_t i) {
    if (!is_negligible(b.e[i - 1], b.d[i - 1], b.d[i])) return false;
    b.e[i - 1] = 0;
    return true;
  };
  auto step = [&](int64_t lo, int64_t hi, int64_t) {
    double least = std::fabs(b.d[lo]);
    double largest = least;
    for (int64_t k = lo + 1; k <= hi; ++k) {
      least = std::min(least, std::fabs(b.d[k]));
      largest = std::max({largest, std::fabs(b.d[k]), std::fabs(b.e[k - 1])});
    }
    if (least <= DBL_EPSILON * largest) {
      unshifted_step(p, lo, hi);
    } else {
      shifted_step(p, lo, hi, last_singular_value(b, hi));
    }
  };
  return split_completely(b.d.size, is_split, step);
}

template <class W>
bool decompose(const Problem<W> &p) {
  bidiagonalize(p);
  if (!diagonalize(p)) return false;
  for (int64_t j = 0; j < p.b.d.size; ++j) {
    if (!std::signbit(p.b.d[j])) continue;
    p.b.d[j] = -p.b.d[j];
    for (int64_t i = 0; i < p.v.rows; ++i) p.v(i, j) = negated(p.v(i, j));
  }
  sort_keys(
      p.b.d, [](double x, double y) { return x > y; },
      [&](int64_t i, int64_t j) {
        swap_columns(p.u, i, j);
        swap_columns(p.v, i, j);
      });
  return true;
}

// to = from^H
template <class From, class To>
void store_adjoint(Matrix<From> from, double scale, Matrix<To> to) {
  for_each_place(to, [&](int64_t i, int64_t j) {
    to(i, j) = cast<To>(scaled(widen(conjugate(from(j, i))), scale));
  });
}

}  // namespace

// A matrix with fewer rows than columns is decomposed by way of its adjoint, V diag(s) U^H.
spc_status svd(void *, const spc_call *call) {
  return for_dtype(FloatingTypes(), call->in[0]->dtype, [&]<class T>(Tag<T>) {
    using W = Wide<T>;
    using R = RealOf<T>;
    const auto shape = matrix<const T>(*call->in[0]);
    const bool wide = shape.rows < shape.cols;
    const int64_t m = std::max(shape.rows, shape.cols);
    const int64_t n = std::min(shape.rows, shape.cols);
    const bool with_vectors = call->n_out == 3;
    const bool full = with_vectors && params<spc_params_svd>(call).full_matrices != 0;
    Workspace workspace(call);
    const Problem<W> p = {workspace.matrix<W>(m, n),
                          workspace.vector<W>(n),
                          workspace.vector<W>(n - 1),
                          {workspace.vector<double>(n), workspace.vector<double>(n - 1)},
                          workspace.matrix<W>(with_vectors ? m : 0, full ? m : n),
                          workspace.matrix<W>(with_vectors ? n : 0, n)};
    if (workspace.status() != SPC_OK) return workspace.status();

    return for_each_matrix<4>(call, [&](const Offsets<4> &at) -> spc_status {
      const auto x = matrix<const T>(*call->in[0], at[0]);
      const Magnitude size = magnitude_of(x);
      if (!size.finite) return fail(call, SPC_E_LINALG, "array has NaN or infinite elements");
      const double scale = scale_for(size.largest);
      if (wide) {
        store_adjoint(x, scale, p.a);
      } else {
        store(x, scale, p.a);
      }
      if (!decompose(p)) return fail(call, SPC_E_LINALG, "singular values did not converge");

      const size_t values = with_vectors ? 1 : 0;
      const Vector<R> s = last_axis<R>(*call->out[values], at[1 + values]);
      for (int64_t i = 0; i < n; ++i) s[i] = cast<R>(p.b.d[i] / scale);
      if (with_vectors) {
        store(wide ? p.v : p.u, 1, matrix<T>(*call->out[0], at[1]));
        store_adjoint(wide ? p.u : p.v, 1, matrix<T>(*call->out[2], at[3]));
      }
      return SPC_OK;
    });
  });
}

}  // namespace spc::reference
