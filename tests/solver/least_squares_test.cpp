// SPDX-License-Identifier: Apache-2.0
// lsqr and lsmr: worked examples, damping, residual modes, preconditioners, geometries.
#include "tests/solver/solving.hpp"

namespace test {
namespace {

class LeastSquares : public OnFamily {
 protected:
  template <class F>
  void each(F &&f) {
    for (const NamedSolver &s : linear_solvers)
      if (least_squares(s))
        for (int32_t mode : {SPC_RESIDUAL_EXACT, SPC_RESIDUAL_RECURRENCE}) {
          SCOPED_TRACE(std::string(s.name) +
                       (mode == SPC_RESIDUAL_EXACT ? " exact" : " recurrence"));
          spc_solve_options o = options(1e-11);
          o.residual_mode = mode;
          f(s.solve, o);
        }
  }
  LinOp rectangular(const std::vector<double> &m, int64_t rows, int64_t cols,
                    const std::vector<double> &of_X = {}, const std::vector<double> &of_Y = {}) {
    return dense_linop<double>(ctx, coordinate_space<double>(ctx, cols, of_X),
                               coordinate_space<double>(ctx, rows, of_Y), {rows, cols}, m);
  }
};
SPC_ON_EVERY_FAMILY(LeastSquares);

const std::vector<double> tall = {1, 0, 0, 1, 1, 1};

TEST_P(LeastSquares, overdetermined) {
  const LinOp A = rectangular(tall, 3, 2);
  const Array b = vector<double>(ctx, {1, 2, 4});
  each([&](LinearSolver solver, spc_solve_options o) {
    Solution s = solve(solver, A, b, o);
    EXPECT_EQ(s.reason, SPC_REASON_RTOL);
    EXPECT_EQ(s.iterations, 2);
    expect_close<double>(values<double>(s.x), {4. / 3, 7. / 3}, 1e-12);
    EXPECT_NEAR(s.residual_norm, 1 / std::sqrt(3), 1e-12);
    EXPECT_NEAR(s.true_residual_norm, 1 / std::sqrt(3), 1e-12);
    EXPECT_NEAR(s.normal_residual_norm, 0, 1e-11);
    EXPECT_DOUBLE_EQ(s.baseline_norm, std::sqrt(21));
    o.maxiter = 0;
    s = solve(solver, A, b, o);
    EXPECT_EQ(s.reason, SPC_REASON_MAXITER);
    EXPECT_DOUBLE_EQ(s.residual_norm, std::sqrt(21));
    EXPECT_NEAR(s.normal_residual_norm, std::sqrt(61), 1e-13);
    // A# b = 0: nothing to do.
    o.maxiter = SPC_NONE_I64;
    s = solve(solver, A, vector<double>(ctx, {1, 1, -1}), o);
    EXPECT_GT(s.reason, 0);
    EXPECT_EQ(s.iterations, 0);
    EXPECT_DOUBLE_EQ(s.residual_norm, std::sqrt(3));
  });
}

// V1
TEST_P(LeastSquares, consistent_system) {
  const LinOp A = rectangular({1, 0, 0, 0, 1, 0, 0, 0, 1, 1, 1, 1}, 4, 3);
  each([&](LinearSolver solver, const spc_solve_options &o) {
    const Solution s = solve(solver, A, vector<double>(ctx, {1, 2, 3, 6}), o);
    EXPECT_GT(s.reason, 0);
    expect_close<double>(values<double>(s.x), {1, 2, 3}, 1e-8);
    EXPECT_LE(s.normal_residual_norm, 1e-7);
  });
}

TEST_P(LeastSquares, underdetermined_gives_the_least_norm) {
  each([&](LinearSolver solver, const spc_solve_options &o) {
    Solution s =
        solve(solver, rectangular({1, 0, 1, 0, 2, -1}, 2, 3), vector<double>(ctx, {2, -1}), o);
    EXPECT_GT(s.reason, 0);
    expect_close<double>(values<double>(s.x), {1, 0, 1}, 1e-10);
    // In the norm of the weights (1, 4): min x^2 + 4 y^2 with x + y = 5.
    s = solve(solver, rectangular({1, 1}, 1, 2, {1, 4}), vector<double>(ctx, {5}), o);
    expect_close<double>(values<double>(s.x), {4, 1}, 1e-10);
  });
}

TEST_P(LeastSquares, weighted_spaces) {
  const LinOp A = rectangular({1, .5, -.25, 2, 1.5, -1}, 3, 2, {2, 7}, {3, 5, 11});
  each([&](LinearSolver solver, const spc_solve_options &o) {
    const Solution s = solve(solver, A, vector<double>(ctx, {1, -2, .75}), o);
    EXPECT_GT(s.reason, 0);
    expect_close<double>(values<double>(s.x), {.17000240493814, -.748817572081341}, 1e-10);
    EXPECT_NEAR(s.residual_norm, 2.4734261578941266, 1e-10);
  });
}

TEST_P(LeastSquares, complex_and_narrow) {
  each([&](LinearSolver solver, spc_solve_options o) {
    const Context c = context(GetParam(), SPC_COMPLEX128);
    const Space X = coordinate_space(c, 2), Y = coordinate_space(c, 3);
    const LinOp A =
        dense_linop<c128>(c, X, Y, {3, 2}, {{1, .5}, {0, -2}, {.5, 0}, {3, 0}, {4, 0}, {-1, 0}});
    const Array b = vector<c128>(c, {{2, -.25}, {-.5, 0}, {1.25, .5}});
    const Solution s = solve(solver, A, b, o);
    EXPECT_GT(s.reason, 0);
    // The normal equations hold.
    Array image = apply(A, s.x), rest;
    check(spc_subtract(b, image, rest.out()));
    for (const c128 &g : values<c128>(rapply(A, rest))) EXPECT_LE(std::abs(g), 1e-10);

    const Context narrow = context(GetParam(), SPC_FLOAT32);
    o.rtol = 1e-5;
    const LinOp B =
        dense_linop<float>(narrow, coordinate_space<float>(narrow, 2),
                           coordinate_space<float>(narrow, 3), {3, 2}, {1, 0, 0, 1, 1, 1});
    const Solution t = solve(solver, B, vector<float>(narrow, {1, 2, 4}), o);
    EXPECT_GT(t.reason, 0);
    expect_close<float>(values<float>(t.x), {4.F / 3, 7.F / 3}, 1e-5);
  });
}

// min ||A x - b||^2 + damp^2 ||x||^2: (A^T A + damp^2) x = A^T b, from any start.
TEST_P(LeastSquares, damping) {
  const LinOp A = rectangular(tall, 3, 2);
  const Array b = vector<double>(ctx, {1, 2, 4});
  // A^T A + 2 = [[4, 1], [1, 4]], A^T b = (5, 6)
  const std::vector<double> x = {14. / 15, 19. / 15};
  each([&](LinearSolver solver, spc_solve_options o) {
    o.damp = std::sqrt(2);
    Solution s = solve(solver, A, b, o);
    EXPECT_GT(s.reason, 0);
    expect_close<double>(values<double>(s.x), x, 1e-10);
    s = solve(solver, A, b, o, vector<double>(ctx, {3, -2}));
    EXPECT_GT(s.reason, 0);
    expect_close<double>(values<double>(s.x), x, 1e-10);
    // With a preconditioner the damped norm stays that of x.
    const LinOp M = square<double>(ctx, {1, 3, .5, -2});
    o.precond = M;
    s = solve(solver, A, b, o, vector<double>(ctx, {3, -2}));
    EXPECT_GT(s.reason, 0);
    expect_close<double>(values<double>(s.x), x, 1e-10);
    const double r[] = {1 - x[0], 2 - x[1], 4 - x[0] - x[1]};
    const double plain = std::sqrt(r[0] * r[0] + r[1] * r[1] + r[2] * r[2]);
    EXPECT_NEAR(s.true_residual_norm, plain, 1e-10);
    EXPECT_NEAR(s.residual_norm, std::sqrt(plain * plain + 2 * (x[0] * x[0] + x[1] * x[1])), 1e-10);
    EXPECT_NEAR(s.normal_residual_norm, 0, 1e-9);
  });
}

// Both modes tell the same story at every step, with and without a preconditioner.
TEST_P(LeastSquares, recurrence_and_exact_agree) {
  std::vector<double> m(60), rhs(10);
  for (int i = 0; i < 60; ++i) m[i] = std::sin(1.3 * i) + (i % 7 == 0 ? 2 : 0);
  for (int i = 0; i < 10; ++i) rhs[i] = std::cos(i);
  std::vector<double> p(36);
  for (int i = 0; i < 36; ++i) p[i] = std::cos(.7 * i) + (i % 7 == 0 ? 3 : 0);
  const LinOp A = rectangular(m, 10, 6, {1, 2, 3, 4, 5, 6}, {1, 1, 2, 2, 3, 3, 4, 4, 5, 5});
  const Space X = domain_of(A);
  const LinOp M = dense_linop<double>(ctx, X, X, {6, 6}, p);
  const Array b = vector<double>(ctx, rhs);
  for (const NamedSolver &s : linear_solvers) {
    if (!least_squares(s)) continue;
    for (spc_linop precond : {static_cast<spc_linop>(nullptr), static_cast<spc_linop>(M)})
      for (double damp : {0., .7})
        for (int64_t steps = 1; steps <= 4; ++steps) {
          spc_solve_options o = options(1e-14, steps);
          o.precond = precond;
          o.damp = damp;
          std::vector<double> told(steps + 1), history(steps + 1);
          o.history = told.data();
          o.history_capacity = steps + 1;
          const Solution exact = solve(s.solve, A, b, o);
          o.residual_mode = SPC_RESIDUAL_RECURRENCE;
          o.history = history.data();
          const Solution recurrence = solve(s.solve, A, b, o);
          EXPECT_EQ(values<double>(exact.x), values<double>(recurrence.x));
          EXPECT_NEAR(exact.residual_norm, recurrence.residual_norm, 1e-10);
          EXPECT_NEAR(exact.normal_residual_norm, recurrence.normal_residual_norm, 1e-10);
          // What the test looks at: the residual or, if that is smaller, the normal residual.
          EXPECT_NEAR(history.back(), told.back(), 1e-9)
              << s.name << ' ' << steps << ' ' << damp << ' ' << (precond != nullptr);
          EXPECT_EQ(exact.applies, recurrence.applies + 2 * (steps - 1));
        }
  }
}

// The units of A change nothing but those of x.
TEST_P(LeastSquares, stops_alike_at_every_scale) {
  const std::vector<double> plain = {1, 0, 2, 0, 1, 1, 1, -1, 0, 3, 1, 0.5, 0, 2, -1};
  each([&](LinearSolver solver, const spc_solve_options &o) {
    for (const auto &b : {std::vector<double>{3, 2, 0, 4.5, 1}, {1, -2, 3, 0.5, 4}}) {
      std::vector<double> first;
      for (const double scale : {1.0, 1e-9, 1e9}) {
        std::vector<double> m = plain;
        for (double &v : m) v *= scale;
        const Solution s = solve(solver, rectangular(m, 5, 3), vector<double>(ctx, b), o);
        EXPECT_EQ(s.reason, SPC_REASON_RTOL) << scale;
        EXPECT_EQ(s.iterations, 3) << scale;
        std::vector<double> x = values<double>(s.x);
        for (double &v : x) v *= scale;
        if (first.empty()) first = x;
        expect_close<double>(x, first, 1e-10);
      }
    }
  });
}

// A small normal residual of an ill conditioned consistent system is no solution yet.
TEST_P(LeastSquares, a_small_normal_residual_is_not_enough) {
  const LinOp A = rectangular({1, 0, 0, 1e-4, 0, 0}, 3, 2);
  each([&](LinearSolver solver, spc_solve_options o) {
    o.rtol = 1e-6;
    const Solution s = solve(solver, A, vector<double>(ctx, {1, 1e-2, 0}), o);
    EXPECT_EQ(s.reason, SPC_REASON_RTOL);
    EXPECT_LE(s.true_residual_norm, 2e-6);
    expect_close<double>(values<double>(s.x), {1, 100}, 1e-2);
  });
}

TEST_P(LeastSquares, lsmr_falls_monotonically) {
  const int64_t n = 40;
  const LinOp A = square<double>(ctx, laplacian<double>(n));
  std::vector<double> rhs(n);
  for (int64_t i = 0; i < n; ++i) rhs[i] = std::sin(static_cast<double>(i * i));
  const Array b = vector<double>(ctx, rhs);
  double last = std::numeric_limits<double>::infinity();
  for (int64_t k = 0; k < 2 * n; ++k) {
    const Solution s = solve(spc_lsmr, A, b, options(1e-9, k));
    EXPECT_LE(s.normal_residual_norm, last * (1 + 1e-9)) << k;
    last = s.normal_residual_norm;
  }
  EXPECT_LT(last, 1e-2);
}

TEST_P(LeastSquares, applications) {
  const LinOp A = rectangular(tall, 3, 2);
  const Array b = vector<double>(ctx, {1, 2, 4});
  for (LinearSolver solver : {spc_lsqr, spc_lsmr}) {
    spc_solve_options o = options(1e-12, 1);
    // A# u, A v, A# u; then A and A# for the residuals of the one check.
    EXPECT_EQ(solve(solver, A, b, o).applies, 5);
    o.residual_mode = SPC_RESIDUAL_RECURRENCE;
    EXPECT_EQ(solve(solver, A, b, o).applies, 5);
    o.maxiter = 2;
    EXPECT_EQ(solve(solver, A, b, o).applies, 7);
    o.residual_mode = SPC_RESIDUAL_EXACT;
    EXPECT_EQ(solve(solver, A, b, o).applies, 9);
  }
}

// M^-1 takes the first direction away: there is nothing to go along, but A# r is not 0.
TEST_P(LeastSquares, a_preconditioner_that_is_zero_ends_it) {
  const LinOp A = rectangular(tall, 3, 2);
  const Array b = vector<double>(ctx, {1, 2, 4});
  LinOp zero;
  const Space X = domain_of(A);
  check(spc_linop_zero(X, X, zero.out()));
  each([&](LinearSolver solver, spc_solve_options o) {
    o.precond = zero;
    const Solution s = solve(solver, A, b, o);
    EXPECT_EQ(s.reason, SPC_REASON_BREAKDOWN);
    EXPECT_EQ(values<double>(s.x), (std::vector<double>{0, 0}));
    EXPECT_NEAR(s.true_residual_norm, std::sqrt(21), 1e-14);
  });
}

TEST_P(LeastSquares, zero_tolerance_ends_in_rounding_errors) {
  const LinOp A = rectangular({1, .5, -.25, 2, 1.5, -1}, 3, 2, {2, 7}, {3, 5, 11});
  each([&](LinearSolver solver, spc_solve_options o) {
    o.rtol = 0;
    const Solution s = solve(solver, A, vector<double>(ctx, {1, -2, .75}), o);
    EXPECT_EQ(s.reason, SPC_REASON_ROUNDOFF);
    EXPECT_LE(s.iterations, 10);
    expect_close<double>(values<double>(s.x), {.17000240493814, -.748817572081341}, 1e-10);
  });
}

}  // namespace
}  // namespace test
