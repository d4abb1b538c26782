// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <limits>
#include <string>

#include "tests/support/algebra.hpp"

namespace test {

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double nan_value = std::numeric_limits<double>::quiet_NaN();

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

using LinearSolver = decltype(&spc_cg);
/// Name, function and SPC_SOLVER_* of every linear solver.
struct NamedSolver {
  const char *name;
  LinearSolver solve;
  int32_t code;
};
inline const NamedSolver linear_solvers[] = {
    {"cg", spc_cg, SPC_SOLVER_CG},
    {"minres", spc_minres, SPC_SOLVER_MINRES},
    {"gmres", spc_gmres, SPC_SOLVER_GMRES},
    {"fgmres", spc_fgmres, SPC_SOLVER_FGMRES},
    {"bicgstab", spc_bicgstab, SPC_SOLVER_BICGSTAB},
    {"lsqr", spc_lsqr, SPC_SOLVER_LSQR},
    {"lsmr", spc_lsmr, SPC_SOLVER_LSMR},
};
inline bool least_squares(const NamedSolver &s) {
  return s.code == SPC_SOLVER_LSQR || s.code == SPC_SOLVER_LSMR;
}
/// Asks A to be self-adjoint.
inline bool self_adjoint(const NamedSolver &s) {
  return s.code == SPC_SOLVER_CG || s.code == SPC_SOLVER_MINRES;
}

inline Solution solve(LinearSolver solver, spc_linop A, spc_element b, const spc_solve_options &o,
                      spc_element x0 = nullptr) {
  Solution s;
  check(solver(A, b, x0, &o, s.x.out(), &s));
  return s;
}

/// Expects the refusal `{solver}{text}`.
inline void expect_refused(const NamedSolver &solver, spc_linop A, spc_element b,
                           const spc_solve_options &o, spc_status code, const std::string &text,
                           spc_element x0 = nullptr) {
  Array x;
  expect_error(solver.solve(A, b, x0, &o, x.out(), nullptr), code, {(solver.name + text).c_str()});
  EXPECT_EQ(static_cast<spc_array>(x), nullptr);
}

/// A matrix-free operator on n unknowns that does what a function says.
struct Scripted {
  std::function<spc_status(spc_element x, spc_element *y)> apply, rapply;
  static spc_status forward(void *user, spc_element x, spc_element *y) {
    return static_cast<Scripted *>(user)->apply(x, y);
  }
  static spc_status backward(void *user, spc_element x, spc_element *y) {
    auto &self = *static_cast<Scripted *>(user);
    return self.rapply ? self.rapply(x, y) : self.apply(x, y);
  }
  LinOp on(spc_space domain, spc_space codomain) {
    LinOp op;
    check(spc_linop_matrix_free(forward, backward, this, domain, codomain, op.out()));
    return op;
  }
};

inline LinOp diagonal(spc_context ctx, const std::vector<double> &d) {
  LinOp A;
  check(spc_linop_diagonal(vector<double>(ctx, d),
                           coordinate_space(ctx, static_cast<int64_t>(d.size())), A.out()));
  return A;
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
