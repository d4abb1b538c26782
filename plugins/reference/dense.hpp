// SPDX-License-Identifier: Apache-2.0
// What the factorizations of dense matrices share. All of them compute in double, on copies of the
// matrices in scratch, which are column-major: rotations and eliminations go along columns.
#pragma once

#include <algorithm>
#include <cfloat>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <utility>

#include "plugins/reference/arithmetic.hpp"
#include "plugins/reference/error.hpp"
#include "plugins/reference/loops.hpp"
#include "plugins/reference/wide.hpp"

namespace spc::reference {

// ---- numbers -------------------------------------------------------------------------------------
// The formulas of linear algebra, as they are written.
using Complex128 = Complex<double>;

inline Complex128 operator+(Complex128 a, Complex128 b) {
  return plus(a, b);
}
inline Complex128 operator-(Complex128 a, Complex128 b) {
  return minus(a, b);
}
inline Complex128 operator*(Complex128 a, Complex128 b) {
  return times(a, b);
}
inline Complex128 operator*(double a, Complex128 b) {
  return scaled(b, a);
}

inline double real_part(double x) {
  return x;
}
inline double real_part(Complex128 x) {
  return x.re;
}

// |Re| + |Im|, by which LAPACK chooses pivots: all families choose the same.
inline double pivot_size(double x) {
  return std::fabs(x);
}
inline double pivot_size(Complex128 x) {
  return std::fabs(x.re) + std::fabs(x.im);
}

// ---- batches and scratch -------------------------------------------------------------------------
// Runs body(offsets of inputs and outputs) on each matrix of the batch, up to the first failure. N
// may exceed the number of operands: the offsets of those that the call lacks mean nothing.
template <size_t N, class Body>
spc_status for_each_matrix(const spc_call *call, Body body) {
  Strides<N> strides;
  strides.fill(call->in[0]->strides);
  for (size_t k = 0; k < call->n_in; ++k) strides[k] = call->in[k]->strides;
  for (size_t k = 0; k < call->n_out; ++k) strides[call->n_in + k] = call->out[k]->strides;
  spc_status status = SPC_OK;
  auto unless_failed = [&](const Offsets<N> &at) {
    if (status == SPC_OK) status = body(at);
  };
  const spc_tensor &a = *call->in[0];
  for_each<N>(a.ndim - 2, a.shape, strides, {}, unless_failed);
  return status;
}

// The last axis, shifted by an offset.
template <class T>
Vector<T> last_axis(const spc_tensor &tensor, int64_t offset) {
  return {data<T>(tensor) + offset, tensor.shape[tensor.ndim - 1], tensor.strides[tensor.ndim - 1]};
}

// Vectors and matrices of one call. After a failure, which status() tells, they have no memory.
class Workspace {
 public:
  explicit Workspace(const spc_call *call) : call_(call) {}
  spc_status status() const { return status_; }

  template <class T>
  Vector<T> vector(int64_t size) {
    return {block<T>(size), size, 1};
  }
  template <class T>
  Matrix<T> matrix(int64_t rows, int64_t cols) {
    int64_t size = 0;
    if (__builtin_mul_overflow(rows, cols, &size)) size = INT64_MAX;  // too much of any type
    return {block<T>(size), rows, cols, 1, rows};
  }

 private:
  template <class T>
  T *block(int64_t size) {
    return status_ == SPC_OK ? scratch<T>(call_, size, &status_) : nullptr;
  }

  const spc_call *call_;
  spc_status status_ = SPC_OK;
};

// ---- matrices ------------------------------------------------------------------------------------
// Rows and columns from the given ones to the last.
template <class T>
Matrix<T> from(Matrix<T> a, int64_t row, int64_t col) {
  T *first = a.data + row * a.row_stride + col * a.col_stride;
  return {first, a.rows - row, a.cols - col, a.row_stride, a.col_stride};
}

template <class T>
Matrix<T> first_rows(Matrix<T> a, int64_t rows) {
  return {a.data, rows, a.cols, a.row_stride, a.col_stride};
}

template <class T>
Vector<T> column(Matrix<T> a, int64_t j) {
  return {a.data + j * a.col_stride, a.rows, a.row_stride};
}

// Runs body(i, j) on all places, column by column.
template <class T, class Body>
void for_each_place(Matrix<T> a, Body body) {
  for (int64_t j = 0; j < a.cols; ++j) {
    for (int64_t i = 0; i < a.rows; ++i) body(i, j);
  }
}

// to = from * scale
template <class From, class To>
void store(Matrix<From> from, double scale, Matrix<To> to) {
  for_each_place(
      to, [&](int64_t i, int64_t j) { to(i, j) = cast<To>(scaled(widen(from(i, j)), scale)); });
}

template <class T>
void set_to_identity(Matrix<T> a) {
  for_each_place(a, [&](int64_t i, int64_t j) { a(i, j) = cast<T>(i == j ? 1.0 : 0.0); });
}

template <class T>
void swap_columns(Matrix<T> a, int64_t p, int64_t q) {
  for (int64_t i = 0; i < a.rows; ++i) std::swap(a(i, p), a(i, q));
}

// Of the elements included so far.
struct Magnitude {
  double largest = 0;  // of their parts, NaN passed over
  bool finite = true;

  template <class T>
  void include(T x) {
    largest = std::max(largest, largest_part(widen(x)));
    finite = finite && is_finite(x);
  }
};

template <class T>
Magnitude magnitude_of(Matrix<T> a) {
  Magnitude size;
  for_each_place(a, [&](int64_t i, int64_t j) { size.include(a(i, j)); });
  return size;
}

// ---- rotations -----------------------------------------------------------------------------------
// [c, s; -conj(s), c], unitary
template <class W>
struct Rotation {
  double c = 1;
  W s{};
};

// The rotation that turns the vector (f, g) into (r, 0). It is unitary to rounding even where f and g
// are subnormal, because they are scaled.
template <class W>
Rotation<W> rotation(W f, W g, W *r) {
  if (is_zero(g)) {
    *r = f;
    return {};
  }
  const double scale = scale_for(std::max(largest_part(f), largest_part(g)));
  f = scaled(f, scale);
  g = scaled(g, scale);
  const double size = modulus(f);
  const double length = std::hypot(size, modulus(g));
  const W phase = size < DBL_MIN ? cast<W>(1.0) : over(f, cast<W>(size));
  *r = (length / scale) * phase;
  return {size / length, (1 / length) * (phase * conjugate(g))};
}

// (x, y) becomes [c, s; -conj(s), c] (x, y) for the elements x, y of columns p and q in each row:
// for rows pass the transposed matrix, for the product with the adjoint the conjugate of s.
template <class T, class W>
void rotate_columns(Matrix<T> a, int64_t p, int64_t q, Rotation<W> by) {
  const W minus_s = negated(conjugate(by.s));
  for (int64_t i = 0; i < a.rows; ++i) {
    const T x = a(i, p);
    const T y = a(i, q);
    a(i, p) = by.c * x + by.s * y;
    a(i, q) = by.c * y + minus_s * x;
  }
}

// ---- reflectors ----------------------------------------------------------------------------------
// A reflector is the unitary matrix H = 1 - tau v v^H with v[0] = 1.

// Makes H with H^H x = (beta, 0, ..., 0), beta real; v takes the place of x. Returns tau.
template <class W>
W make_reflector(Vector<W> x, double *beta) {
  Magnitude size;
  for (int64_t i = 0; i < x.size; ++i) size.include(x[i]);
  const double scale = scale_for(size.largest);
  for (int64_t i = 0; i < x.size; ++i) x[i] = scaled(x[i], scale);

  const W first = x[0];
  x[0] = cast<W>(1.0);
  double rest = 0;
  for (int64_t i = 1; i < x.size; ++i) rest += squared_modulus(x[i]);
  if (rest == 0 && equal(first, conjugate(first))) {
    *beta = real_part(first) / scale;
    return W{};
  }
  // Of the two signs the one that does not cancel.
  const double length = std::sqrt(squared_modulus(first) + rest);
  const double image = real_part(first) < 0 ? length : -length;
  *beta = image / scale;
  const W pivot = first - cast<W>(image);
  for (int64_t i = 1; i < x.size; ++i) x[i] = over(x[i], pivot);
  return scaled(pivot, -1 / image);
}

// a = H a
template <class W>
void reflect_left(Vector<W> v, W tau, Matrix<W> a) {
  for (int64_t j = 0; j < a.cols; ++j) {
    W product{};
    for (int64_t i = 0; i < a.rows; ++i) product = product + conjugate(v[i]) * a(i, j);
    product = tau * product;
    for (int64_t i = 0; i < a.rows; ++i) a(i, j) = a(i, j) - v[i] * product;
  }
}

// a = a H
template <class W>
void reflect_right(Vector<W> v, W tau, Matrix<W> a) {
  for (int64_t i = 0; i < a.rows; ++i) {
    W product{};
    for (int64_t j = 0; j < a.cols; ++j) product = product + a(i, j) * v[j];
    product = product * tau;
    for (int64_t j = 0; j < a.cols; ++j) a(i, j) = a(i, j) - product * conjugate(v[j]);
  }
}

// q = the first columns of H_0 H_1 ...; v of H_j is column j of vectors from row j + shift on.
template <class W>
void multiply_reflectors(Matrix<W> vectors, Vector<W> tau, int64_t shift, Matrix<W> q) {
  set_to_identity(q);
  for (int64_t j = tau.size - 1; j >= 0; --j) {
    const Vector<W> v = column(from(vectors, j + shift, j), 0);
    reflect_left(v, tau[j], from(q, j + shift, j + shift));
  }
}

// a becomes Q^H a Q, upper Hessenberg with the real elements beta below the diagonal, where the
// vectors of the n - 1 reflectors H_j of Q = H_0 H_1 ... lie in a: multiply_reflectors with shift 1.
template <class W>
void reduce_to_hessenberg(Matrix<W> a, Vector<W> tau, Vector<double> beta) {
  for (int64_t j = 0; j + 1 < a.rows; ++j) {
    const Vector<W> v = column(from(a, j + 1, j), 0);
    tau[j] = make_reflector(v, &beta[j]);
    reflect_left(v, conjugate(tau[j]), from(a, j + 1, j + 1));
    reflect_right(v, tau[j], from(a, 0, j + 1));
  }
}

// ---- QR iteration --------------------------------------------------------------------------------
// Splits a matrix of order n into blocks of order 1. is_split(i) tells whether rows i - 1 and i are
// decoupled; step(lo, hi, age) makes the next iteration on the block lo..hi, the age-th since the
// last block went. False where it does not converge.
template <class IsSplit, class Step>
bool split_completely(int64_t n, IsSplit is_split, Step step) {
  constexpr int64_t steps_per_row = 30;
  int64_t steps_left = steps_per_row * std::max<int64_t>(n, 10);
  int64_t age = 0;
  for (int64_t hi = n - 1; hi > 0;) {
    int64_t lo = hi;
    while (lo > 0 && !is_split(lo)) --lo;
    if (lo == hi) {
      --hi;
      age = 0;
    } else {
      if (steps_left-- == 0) return false;
      step(lo, hi, ++age);
    }
  }
  return true;
}

// Sorts the keys so that none comes before(one ahead of it); exchange(i, j) swaps what goes with
// them.
template <class Before, class Exchange>
void sort_keys(Vector<double> keys, Before before, Exchange exchange) {
  for (int64_t i = 0; i < keys.size; ++i) {
    int64_t first = i;
    for (int64_t j = i + 1; j < keys.size; ++j) {
      if (before(keys[j], keys[first])) first = j;
    }
    if (first == i) continue;
    std::swap(keys[i], keys[first]);
    exchange(i, first);
  }
}

// x is nothing beside a and b, or beside the matrix, whose largest element is near 1: what is
// almost subnormal has no digits left to iterate on.
inline bool is_negligible(double x, double a, double b) {
  constexpr double floor = DBL_MIN / DBL_EPSILON;
  return std::fabs(x) <= std::max(DBL_EPSILON * (std::fabs(a) + std::fabs(b)), floor);
}

}  // namespace spc::reference
