// SPDX-License-Identifier: Apache-2.0
// Spaces and operators in tests: made in one line, compared with tolerances.
#pragma once

#include <cmath>

#include "tests/support/c_api.hpp"

namespace test {

using c64 = std::complex<float>;
using c128 = std::complex<double>;

template <class T>
struct RealOf {
  using type = T;
};
template <class T>
struct RealOf<std::complex<T>> {
  using type = T;
};
template <class T>
using Real = typename RealOf<T>::type;

/// re, or re + i im in a complex type.
template <class T>
T number(double re, double im = 0) {
  if constexpr (std::is_floating_point_v<T>)
    return static_cast<T>(re);
  else
    return T(static_cast<Real<T>>(re), static_cast<Real<T>>(im));
}

template <class T>
T conjugate(T x) {
  if constexpr (std::is_floating_point_v<T>)
    return x;
  else
    return std::conj(x);
}

/// |a - b| <= tolerance (1 + |b|), element by element.
template <class T>
void expect_close(const std::vector<T> &a, const std::vector<T> &b, double tolerance,
                  const char *what = "") {
  ASSERT_EQ(a.size(), b.size()) << what;
  for (std::size_t i = 0; i < a.size(); ++i) {
    const double error = std::abs(c128(a[i]) - c128(b[i])), size = std::abs(c128(b[i]));
    EXPECT_LE(error, tolerance * (1 + size))
        << what << " element " << i << ": " << a[i] << ", expected " << b[i];
  }
}

/// Tolerance of a dtype for results of a few operations.
template <class T>
constexpr double tolerance() {
  return sizeof(Real<T>) == 4 ? 2e-5 : 1e-10;
}

template <class T>
Geometry weighted(spc_context ctx, const Shape &shape, const std::vector<T> &w) {
  const Array weights = array<T>(ctx, shape, w);
  Geometry g;
  check(spc_geometry_weighted(weights, g.out()));
  return g;
}

inline Space dense_space(spc_context ctx, const Shape &shape, spc_geometry g = nullptr) {
  Space s;
  check(spc_space_dense(ctx, static_cast<int32_t>(shape.size()), shape.data(), g, s.out()));
  return s;
}

/// R^n, weighted where weights are given.
template <class T = double>
Space coordinate_space(spc_context ctx, int64_t n, const std::vector<T> &w = {}) {
  if (w.empty()) return dense_space(ctx, {n});
  return dense_space(ctx, {n}, weighted<T>(ctx, {n}, w));
}

template <class T>
LinOp dense_linop(spc_context ctx, spc_space domain, spc_space codomain, const Shape &shape,
                  const std::vector<T> &data) {
  LinOp op;
  check(spc_linop_dense(array<T>(ctx, shape, data), domain, codomain, op.out()));
  return op;
}

/// The dense matrix in compressed form.
template <class T>
Array sparse(spc_context ctx, int64_t rows, int64_t cols, const std::vector<T> &data,
             const char *format = "csr") {
  const Array dense = array<T>(ctx, {rows, cols}, data);
  Array s;
  check(spc_assparse(ctx, dense, format, SPC_DTYPE_NONE, s.out()));
  return s;
}

inline Array apply(spc_linop A, spc_element x) {
  Array y;
  check(spc_linop_apply(A, x, y.out()));
  return y;
}
inline Array rapply(spc_linop A, spc_element y) {
  Array x;
  check(spc_linop_rapply(A, y, x.out()));
  return x;
}
inline LinOp adjoint(spc_linop A) {
  LinOp h;
  check(spc_linop_adjoint(A, h.out()));
  return h;
}
inline LinOp composed(spc_linop L, spc_linop R) {
  LinOp op;
  check(spc_linop_composed(L, R, op.out()));
  return op;
}
inline LinOp sum(std::initializer_list<spc_linop> parts) {
  LinOp op;
  check(spc_linop_sum(static_cast<int64_t>(parts.size()), parts.begin(), op.out()));
  return op;
}
inline LinOp scaled(spc_array s, spc_linop A) {
  LinOp op;
  check(spc_linop_scaled(s, A, op.out()));
  return op;
}
inline Space domain_of(spc_linop A) {
  Space s;
  check(spc_linop_domain(A, s.out()));
  return s;
}
inline Space codomain_of(spc_linop A) {
  Space s;
  check(spc_linop_codomain(A, s.out()));
  return s;
}
inline int32_t is_hermitian(spc_linop A) {
  int32_t verdict = -2;
  check(spc_linop_is_hermitian(A, &verdict));
  return verdict;
}
inline bool same(spc_linop A, spc_linop B) {
  int32_t out = -1;
  check(spc_linop_same(A, B, &out));
  return out == 1;
}
inline bool equal(spc_space a, spc_space b) {
  int32_t out = -1;
  check(spc_space_equal(a, b, &out));
  return out == 1;
}
inline Array inner(spc_space s, spc_element x, spc_element y) {
  Array out;
  check(spc_space_inner(s, x, y, out.out()));
  return out;
}
inline Array norm(spc_space s, spc_element x) {
  Array out;
  check(spc_space_norm(s, x, out.out()));
  return out;
}
inline std::string family_of(spc_array a) {
  const char *name = "";
  check(spc_array_family(a, &name));
  return name;
}

/// Functions that apply another operator.
struct Wrapped {
  spc_linop op;
  int calls = 0;
  static spc_status forward(void *user, spc_element x, spc_element *y) {
    ++static_cast<Wrapped *>(user)->calls;
    return spc_linop_apply(static_cast<Wrapped *>(user)->op, x, y);
  }
  static spc_status backward(void *user, spc_element y, spc_element *x) {
    ++static_cast<Wrapped *>(user)->calls;
    return spc_linop_rapply(static_cast<Wrapped *>(user)->op, y, x);
  }
  static spc_status forward_batch(void *user, spc_element x, spc_element *y) {
    ++static_cast<Wrapped *>(user)->calls;
    return spc_linop_vapply(static_cast<Wrapped *>(user)->op, x, y);
  }
  static spc_status backward_batch(void *user, spc_element y, spc_element *x) {
    ++static_cast<Wrapped *>(user)->calls;
    return spc_linop_rvapply(static_cast<Wrapped *>(user)->op, y, x);
  }
};

inline LinOp matrix_free(Wrapped &functions, spc_space X, spc_space Y, bool batched = false) {
  LinOp out;
  if (batched)
    check(spc_linop_matrix_free_batched(Wrapped::forward, Wrapped::backward, Wrapped::forward_batch,
                                        Wrapped::backward_batch, &functions, X, Y, out.out()));
  else
    check(spc_linop_matrix_free(Wrapped::forward, Wrapped::backward, &functions, X, Y, out.out()));
  return out;
}

/// Makes the opaque test family known; once.
inline void load_opaque() {
  static const bool loaded = [] {
    check(spc_load_plugin((test_plugin_directory() + "/opaque.so").c_str()));
    return true;
  }();
  static_cast<void>(loaded);
}

}  // namespace test
