// SPDX-License-Identifier: Apache-2.0
// Householder reduction to a real tridiagonal matrix, then QR steps with Wilkinson's shift.
#include <cmath>
#include <limits>

#include "plugins/reference/dense.hpp"
#include "plugins/reference/kernels.hpp"

namespace spc::reference {
namespace {

// Diagonal d and off-diagonal e of a real symmetric matrix.
struct Tridiagonal {
  Vector<double> d;
  Vector<double> e;
};

// The eigenvalue of the last 2 x 2 block of rows up to hi that is nearer to its last element.
double wilkinson_shift(const Tridiagonal &t, int64_t hi) {
  const double e = t.e[hi - 1];
  const double half = (t.d[hi - 1] - t.d[hi]) / 2;
  const double root = std::hypot(half, e);
  return t.d[hi] - e * (e / (half + std::copysign(root, half)));
}

// T = G T G^T, where G is the product of the rotations of rows lo..hi that the QR factorization of
// T - shift consists of: the first makes an element beside the band, the others chase it out.
// v = v G^T.
template <class W>
void qr_step(const Tridiagonal &t, int64_t lo, int64_t hi, Matrix<W> v) {
  double f = t.d[lo] - wilkinson_shift(t, hi);
  double g = t.e[lo];
  for (int64_t k = lo; k < hi; ++k) {
    double r = 0;
    const auto by = rotation(f, g, &r);
    if (k > lo) t.e[k - 1] = r;
    const double upper = t.d[k];
    const double beside = t.e[k];
    const double lower = t.d[k + 1];
    const double both = 2 * by.c * by.s * beside;
    t.d[k] = by.c * by.c * upper + both + by.s * by.s * lower;
    t.d[k + 1] = by.s * by.s * upper - both + by.c * by.c * lower;
    t.e[k] = by.c * by.s * (lower - upper) + (by.c * by.c - by.s * by.s) * beside;
    if (k + 1 < hi) {
      f = t.e[k];
      g = by.s * t.e[k + 1];
      t.e[k + 1] = by.c * t.e[k + 1];
    }
    rotate_columns(v, k, k + 1, by);
  }
}

// d = the eigenvalues, v = v times the eigenvectors.
template <class W>
bool diagonalize(const Tridiagonal &t, Matrix<W> v) {
  auto is_split = [&](int64_t i) {
    if (!is_negligible(t.e[i - 1], t.d[i - 1], t.d[i])) return false;
    t.e[i - 1] = 0;
    return true;
  };
  return split_completely(t.d.size, is_split,
                          [&](int64_t lo, int64_t hi, int64_t) { qr_step(t, lo, hi, v); });
}

template <class T>
Magnitude lower_magnitude(Matrix<const T> x) {
  Magnitude size;
  for_each_place(x, [&](int64_t i, int64_t j) {
    if (i > j) size.include(x(i, j));
    if (i == j) size.include(real_part(widen(x(i, j))));
  });
  return size;
}

// The Hermitian matrix whose lower triangle x has.
template <class T>
void load_hermitian(Matrix<const T> x, double scale, Matrix<Wide<T>> a) {
  for_each_place(a, [&](int64_t i, int64_t j) {
    if (i < j) return;
    a(i, j) = scaled(widen(x(i, j)), scale);
    a(j, i) = conjugate(a(i, j));
    if (i == j) a(i, i) = cast<Wide<T>>(real_part(a(i, i)));
  });
}

template <class W>
struct Problem {
  Matrix<W> a;  // becomes the reflectors
  Vector<W> tau;
  Tridiagonal t;  // its d becomes the eigenvalues
  Matrix<W> v;    // without rows where no eigenvectors are wanted: then all done to it is nothing
};

template <class W>
bool decompose(const Problem<W> &p) {
  reduce_to_hessenberg(p.a, p.tau, p.t.e);
  for (int64_t i = 0; i < p.t.d.size; ++i) p.t.d[i] = real_part(p.a(i, i));
  if (p.v.rows > 0) multiply_reflectors(p.a, p.tau, 1, p.v);
  if (!diagonalize(p.t, p.v)) return false;
  sort_keys(
      p.t.d, [](double x, double y) { return x < y; },
      [&](int64_t i, int64_t j) { swap_columns(p.v, i, j); });
  return true;
}

}  // namespace

spc_status eigh(void *, const spc_call *call) {
  return for_dtype(FloatingTypes(), call->in[0]->dtype, [&]<class T>(Tag<T>) {
    using W = Wide<T>;
    using R = RealOf<T>;
    const bool with_vectors = call->n_out == 2;
    const int64_t n = matrix<const T>(*call->in[0]).rows;
    Workspace workspace(call);
    const Problem<W> p = {workspace.matrix<W>(n, n),
                          workspace.vector<W>(n - 1),
                          {workspace.vector<double>(n), workspace.vector<double>(n - 1)},
                          workspace.matrix<W>(with_vectors ? n : 0, n)};
    if (workspace.status() != SPC_OK) return workspace.status();

    return for_each_matrix<3>(call, [&](const Offsets<3> &at) -> spc_status {
      const auto x = matrix<const T>(*call->in[0], at[0]);
      const Vector<R> w = last_axis<R>(*call->out[0], at[1]);
      const Magnitude size = lower_magnitude(x);
      const double scale = scale_for(size.largest);
      if (size.finite) {
        load_hermitian(x, scale, p.a);
        if (!decompose(p)) return fail(call, SPC_E_LINALG, "eigenvalues did not converge");
      } else {
        constexpr double nan = std::numeric_limits<double>::quiet_NaN();
        for (int64_t i = 0; i < n; ++i) p.t.d[i] = nan;
        for_each_place(p.v, [&](int64_t i, int64_t j) { p.v(i, j) = cast<W>(nan); });
      }
      for (int64_t i = 0; i < n; ++i) w[i] = cast<R>(p.t.d[i] / scale);
      if (with_vectors) store(p.v, 1, matrix<T>(*call->out[1], at[2]));
      return SPC_OK;
    });
  });
}

}  // namespace spc::reference
