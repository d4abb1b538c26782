// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tests/support/algebra.hpp"

namespace test {

inline spc_solve_options options(double rtol = 1e-6, int64_t maxiter = SPC_NONE_I64) {
  spc_solve_options o = {};
  o.struct_size = sizeof o;
  check(spc_solve_options_init(&o));
  o.rtol = rtol;
  o.maxiter = maxiter;
  return o;
}

struct Solution : spc_solve_result {
  Solution() : spc_solve_result{} { struct_size = sizeof(spc_solve_result); }
  Array x;
};

inline Solution cg(spc_linop A, spc_element b, const spc_solve_options &o,
                   spc_element x0 = nullptr) {
  Solution s;
  check(spc_cg(A, b, x0, &o, s.x.out(), &s));
  return s;
}

/// Expects a failure of the solve.
inline void expect_cg_error(spc_linop A, spc_element b, const spc_solve_options &o, spc_status code,
                            std::initializer_list<const char *> parts, spc_element x0 = nullptr) {
  spc_solve_result r = {};
  r.struct_size = sizeof r;
  Array x;
  expect_error(spc_cg(A, b, x0, &o, x.out(), &r), code, parts);
  EXPECT_EQ(static_cast<spc_array>(x), nullptr);
}

/// Square dense operator on R^n or C^n.
template <class T>
LinOp square(spc_context ctx, const std::vector<T> &matrix, const std::vector<T> &weights = {}) {
  const auto n = static_cast<int64_t>(std::llround(std::sqrt(static_cast<double>(matrix.size()))));
  const Space s = coordinate_space<T>(ctx, n, weights);
  return dense_linop<T>(ctx, s, s, {n, n}, matrix);
}

/// The second difference -u'' on n points: 2 on the diagonal, -1 beside it.
template <class T>
std::vector<T> laplacian(int64_t n) {
  std::vector<T> m(static_cast<std::size_t>(n * n));
  for (int64_t i = 0; i < n; ++i) {
    m[static_cast<std::size_t>(i * n + i)] = T(2);
    if (i > 0) m[static_cast<std::size_t>(i * n + i - 1)] = T(-1);
    if (i + 1 < n) m[static_cast<std::size_t>(i * n + i + 1)] = T(-1);
  }
  return m;
}

}  // namespace test
