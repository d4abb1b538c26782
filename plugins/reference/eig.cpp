// SPDX-License-Identifier: Apache-2.0
// Householder reduction to a Hessenberg matrix, QR steps with Wilkinson's shift to the triangular
// Schur form, back substitution. All in complex numbers: the eigenvalues of a real matrix come in
// conjugate pairs up to rounding.
#include <algorithm>
#include <cfloat>
#include <cmath>

#include "plugins/reference/dense.hpp"
#include "plugins/reference/kernels.hpp"

namespace spc::reference {
namespace {

using W = Complex128;

struct Problem {
  Matrix<W> t;  // becomes the Schur form
  Vector<W> tau;
  Vector<double> beta;
  Matrix<W> q;  // becomes the Schur vectors
  Vector<W> x;  // an eigenvector of t
  Matrix<W> v;  // becomes the eigenvectors
};

void reduce(const Problem &p) {
  reduce_to_hessenberg(p.t, p.tau, p.beta);
  multiply_reflectors(p.t, p.tau, 1, p.q);
  for_each_place(p.t, [&](int64_t i, int64_t j) {
    if (i == j + 1) p.t(i, j) = {p.beta[j], 0};
    if (i > j + 1) p.t(i, j) = {0, 0};
  });
}

// The eigenvalue of the last 2 x 2 block of rows up to hi that is nearer to its last element. The
// block is scaled: its elements may be far smaller than the matrix.
W wilkinson_shift(Matrix<W> t, int64_t hi) {
  Magnitude size;
  for (int64_t i : {hi - 1, hi}) {
    for (int64_t j : {hi - 1, hi}) size.include(t(i, j));
  }
  const double scale = scale_for(size.largest);
  auto element = [&](int64_t i, int64_t j) { return scaled(t(i, j), scale); };
  const W last = element(hi, hi);
  const W product = element(hi - 1, hi) * element(hi, hi - 1);
  const W half = 0.5 * (element(hi - 1, hi - 1) - last);
  const W root = square_root(half * half + product);
  const W sum = half + root;
  const W difference = half - root;
  const W divisor = modulus(sum) >= modulus(difference) ? sum : difference;
  if (modulus(divisor) < DBL_MIN) return t(hi, hi);
  return scaled(last - over(product, divisor), 1 / scale);
}

// T = G T G^H, where G is the product of the rotations of rows lo..hi that the QR factorization of
// T - shift consists of: the first makes an element below the Hessenberg form, the others chase it
// out. q = q G^H.
void qr_step(const Problem &p, int64_t lo, int64_t hi, W shift) {
  const Matrix<W> t = p.t;
  W f = t(lo, lo) - shift;
  W g = t(lo + 1, lo);
  for (int64_t k = lo; k < hi; ++k) {
    W r{};
    const auto by = rotation(f, g, &r);
    const Rotation<W> adjoint = {by.c, conjugate(by.s)};
    if (k > lo) {
      t(k, k - 1) = r;
      t(k + 1, k - 1) = {0, 0};
    }
    rotate_columns(from(t, 0, k).transposed(), k, k + 1, by);
    rotate_columns(first_rows(t, std::min(k + 2, hi) + 1), k, k + 1, adjoint);
    rotate_columns(p.q, k, k + 1, adjoint);
    if (k + 1 < hi) {
      f = t(k + 1, k);
      g = t(k + 2, k);
    }
  }
}

bool triangularize(const Problem &p) {
  const Matrix<W> t = p.t;
  const double size = magnitude_of(t).largest;
  auto is_split = [&](int64_t i) {
    double above = modulus(t(i - 1, i - 1));
    if (above == 0 && is_zero(t(i, i))) above = size;
    if (!is_negligible(modulus(t(i, i - 1)), above, modulus(t(i, i)))) return false;
    t(i, i - 1) = {0, 0};
    return true;
  };
  auto step = [&](int64_t lo, int64_t hi, int64_t age) {
    W shift = wilkinson_shift(t, hi);
    // A matrix that its QR step leaves as it is, such as a cyclic permutation, needs another shift.
    constexpr int64_t patience = 10;
    if (age % patience == 0) shift = t(hi, hi) + W{modulus(t(hi, hi - 1)), 0};
    qr_step(p, lo, hi, shift);
  };
  return split_completely(t.rows, is_split, step);
}

// x[0..j] = the solution of (T - t_jj) x = 0 with x[j] = 1, scaled. Equal eigenvalues are taken
// smallest apart, which perturbs T by no more than rounding does.
void back_substitute(const Problem &p, int64_t j, double smallest) {
  constexpr double too_large = 1e100;
  const W value = p.t(j, j);
  for (int64_t i = 0; i < j; ++i) p.x[i] = negated(p.t(i, j));
  p.x[j] = {1, 0};
  for (int64_t i = j - 1; i >= 0; --i) {
    W gap = p.t(i, i) - value;
    if (modulus(gap) < smallest) gap = {smallest, 0};
    p.x[i] = over(p.x[i], gap);
    for (int64_t k = 0; k < i; ++k) p.x[k] = p.x[k] - p.t(k, i) * p.x[i];
    const double size = largest_part(p.x[i]);
    if (size < too_large) continue;
    for (int64_t k = 0; k <= j; ++k) p.x[k] = scaled(p.x[k], 1 / size);
  }
}

// Column j of v = Q x, of 2-norm 1 and with a largest element that is real.
void make_vector(const Problem &p, int64_t j) {
  const Matrix<W> x = {p.x.data, j + 1, 1, 1, j + 1};
  const double scale = scale_for(magnitude_of(x).largest);
  for (int64_t k = 0; k <= j; ++k) p.x[k] = scaled(p.x[k], scale);
  const Vector<W> v = column(p.v, j);
  for (int64_t i = 0; i < v.size; ++i) v[i] = {0, 0};
  for (int64_t k = 0; k <= j; ++k) {
    for (int64_t i = 0; i < v.size; ++i) v[i] = v[i] + p.q(i, k) * p.x[k];
  }
  double squares = 0;
  W first = v[0];
  for (int64_t i = 0; i < v.size; ++i) {
    squares += squared_modulus(v[i]);
    if (squared_modulus(v[i]) > squared_modulus(first)) first = v[i];
  }
  const W factor = scaled(conjugate(first), 1 / (modulus(first) * std::sqrt(squares)));
  for (int64_t i = 0; i < v.size; ++i) v[i] = v[i] * factor;
}

bool decompose(const Problem &p) {
  reduce(p);
  if (!triangularize(p)) return false;
  const double smallest = std::max(DBL_EPSILON * magnitude_of(p.t).largest, DBL_MIN);
  for (int64_t j = 0; j < p.t.rows; ++j) {
    back_substitute(p, j, smallest);
    make_vector(p, j);
  }
  return true;
}

}  // namespace

spc_status eig(void *, const spc_call *call) {
  return for_dtype(FloatingTypes(), call->in[0]->dtype, [&]<class T>(Tag<T>) {
    using C = Complex<RealOf<T>>;
    const int64_t n = matrix<const T>(*call->in[0]).rows;
    Workspace workspace(call);
    const Problem p = {workspace.matrix<W>(n, n),       workspace.vector<W>(n - 1),
                       workspace.vector<double>(n - 1), workspace.matrix<W>(n, n),
                       workspace.vector<W>(n),          workspace.matrix<W>(n, n)};
    if (workspace.status() != SPC_OK) return workspace.status();

    return for_each_matrix<3>(call, [&](const Offsets<3> &at) -> spc_status {
      const auto x = matrix<const T>(*call->in[0], at[0]);
      const Magnitude size = magnitude_of(x);
      if (!size.finite) return fail(call, SPC_E_LINALG, "array has NaN or infinite elements");
      const double scale = scale_for(size.largest);
      for_each_place(x, [&](int64_t i, int64_t j) { p.t(i, j) = scaled(cast<W>(x(i, j)), scale); });
      if (!decompose(p)) return fail(call, SPC_E_LINALG, "eigenvalues did not converge");
      const Vector<C> w = last_axis<C>(*call->out[0], at[1]);
      for (int64_t i = 0; i < n; ++i) w[i] = cast<C>(scaled(p.t(i, i), 1 / scale));
      store(p.v, 1, matrix<C>(*call->out[1], at[2]));
      return SPC_OK;
    });
  });
}

}  // namespace spc::reference
