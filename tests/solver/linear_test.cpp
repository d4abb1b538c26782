// SPDX-License-Identifier: Apache-2.0
// Every solver of square systems on the same problems: solutions, spaces, dtypes, preconditioners,
// norms of the test.
#include "tests/solver/solving.hpp"

namespace test {
namespace {

class Linear : public OnFamily {
 protected:
  template <class F>
  void each(F &&f) {
    for (const NamedSolver &s : linear_solvers) {
      SCOPED_TRACE(s.name);
      f(s);
    }
  }
};
SPC_ON_EVERY_FAMILY(Linear);

const std::vector<double> spd3 = {4, 1, 0, 1, 3, .5, 0, .5, 2};
// Solution of spd3 x = (1, -2, 3).
const std::vector<double> spd3_x = {11.25 / 21, -24. / 21, 37.5 / 21};

// V1, V2
TEST_P(Linear, every_level_and_dtype) {
  auto run = [&]<class T>(T, double rtol, double tol) {
    for (int32_t level : {SPC_CHECK_NONE, SPC_CHECK_CHEAP, SPC_CHECK_STANDARD, SPC_CHECK_STRICT}) {
      const Context c = context(GetParam(), dtype_of<T>(), level);
      std::vector<T> m, b = {T(1), T(-2), T(3)}, expected;
      for (double v : spd3) m.push_back(T(static_cast<Real<T>>(v)));
      for (double v : spd3_x) expected.push_back(T(static_cast<Real<T>>(v)));
      const LinOp A = square<T>(c, m);
      each([&](const NamedSolver &s) {
        const Solution r = solve(s.solve, A, vector<T>(c, b), options(rtol));
        EXPECT_GT(r.reason, 0);
        EXPECT_LE(r.iterations, 4);
        expect_close<T>(values<T>(r.x), expected, tol);
        EXPECT_LE(r.true_residual_norm, 2 * r.threshold + tol);
      });
    }
  };
  run(float{}, 1e-5, 1e-4);
  run(double{}, 1e-12, 1e-9);
  run(c64{}, 1e-5, 1e-4);
  run(c128{}, 1e-12, 1e-9);
}

TEST_P(Linear, complex_hermitian_and_not) {
  const Context c = context(GetParam(), SPC_COMPLEX128);
  const std::vector<c128> H = {{4, 0}, {1, 1}, {1, -1}, {3, 0}};
  const std::vector<c128> N = {{2, 1}, {0, 1}, {-1, 3}, {1, -2}};
  const std::vector<c128> x = {{-.1, .4}, {.9, -.5}};
  each([&](const NamedSolver &s) {
    const LinOp A = square<c128>(c, H), B = square<c128>(c, N);
    Solution r = solve(s.solve, A, apply(A, vector<c128>(c, x)), options(1e-13));
    EXPECT_GT(r.reason, 0);
    expect_close<c128>(values<c128>(r.x), x, 1e-10);
    if (self_adjoint(s)) return;
    r = solve(s.solve, B, apply(B, vector<c128>(c, x)), options(1e-13));
    EXPECT_GT(r.reason, 0) << r.reason;
    expect_close<c128>(values<c128>(r.x), x, 1e-10);
  });
}

TEST_P(Linear, weighted_space) {
  const std::vector<double> w = {2, 5, 11}, S = {6, 1, .5, 1, 5, -.25, .5, -.25, 4};
  std::vector<double> M(9);
  for (int i = 0; i < 9; ++i) M[i] = S[i] / w[i / 3];
  const LinOp A = square<double>(ctx, M, w);
  const Array b = vector<double>(ctx, {2.125, -1.825, 3. / 11});
  each([&](const NamedSolver &s) {
    const Solution r = solve(s.solve, A, b, options(1e-12));
    EXPECT_GT(r.reason, 0);
    EXPECT_LE(r.iterations, 4);
    expect_close<double>(values<double>(r.x), {1, -2, .5}, 1e-9);
    EXPECT_NEAR(r.baseline_norm, value<double>(norm(domain_of(A), b)), 1e-14);
  });
}

TEST_P(Linear, scale_of_both_sides_does_not_matter) {
  for (double of_A : {0x1p-600, 1., 0x1p500})
    for (double of_b : {0x1p-300, 1., 0x1p300}) {
      std::vector<double> m = spd3;
      for (double &v : m) v *= of_A;
      const LinOp A = square<double>(ctx, m);
      each([&](const NamedSolver &s) {
        const Solution r =
            solve(s.solve, A, vector<double>(ctx, {of_b, -2 * of_b, 3 * of_b}), options(1e-10));
        EXPECT_GT(r.reason, 0) << r.reason << ' ' << of_A << ' ' << of_b;
        std::vector<double> x = values<double>(r.x);
        for (double &v : x) v = v * of_A / of_b;
        expect_close<double>(x, spd3_x, 1e-8);
      });
    }
}

TEST_P(Linear, start_and_inputs) {
  const LinOp A = square<double>(ctx, spd3);
  const Array b = vector<double>(ctx, {1, -2, 3}), x0 = vector<double>(ctx, {3, 1, -2});
  each([&](const NamedSolver &s) {
    Solution r = solve(s.solve, A, b, options(1e-12), x0);
    EXPECT_GT(r.reason, 0);
    expect_close<double>(values<double>(r.x), spd3_x, 1e-9);
    EXPECT_EQ(values<double>(x0), (std::vector<double>{3, 1, -2}));
    EXPECT_EQ(values<double>(b), (std::vector<double>{1, -2, 3}));
    r = solve(s.solve, A, b, options(1e-8), r.x);
    EXPECT_GT(r.reason, 0);
    EXPECT_EQ(r.iterations, 0);
    r = solve(s.solve, A, vector<double>(ctx, {0, 0, 0}), options());
    EXPECT_EQ(r.reason, SPC_REASON_RTOL);
    EXPECT_EQ(r.iterations, 0);
    EXPECT_EQ(values<double>(r.x), (std::vector<double>{0, 0, 0}));
  });
}

TEST_P(Linear, laplacian_with_and_without_preconditioner) {
  const int64_t n = 60;
  std::vector<double> m = laplacian<double>(n), inverse(n), x(n);
  for (int64_t i = 0; i < n; ++i) {
    const double d = std::pow(10, 4 * static_cast<double>(i) / n);
    m[i * n + i] += 1;
    x[i] = std::sin(static_cast<double>(i));
    for (int64_t j = 0; j < n; ++j) {
      m[i * n + j] *= std::sqrt(d);
      m[j * n + i] *= std::sqrt(d);
    }
  }
  for (int64_t i = 0; i < n; ++i) inverse[i] = 1 / m[i * n + i];
  const LinOp A = square<double>(ctx, m), M = diagonal(ctx, inverse);
  const Array b = apply(A, vector<double>(ctx, x));
  each([&](const NamedSolver &s) {
    spc_solve_options o = options(1e-11, 5000);
    const Solution plain = solve(s.solve, A, b, o);
    o.precond = M;
    const Solution jacobi = solve(s.solve, A, b, o);
    EXPECT_GT(jacobi.reason, 0) << jacobi.reason;
    EXPECT_LT(jacobi.iterations, plain.iterations);
    EXPECT_LE(jacobi.true_residual_norm, 2 * jacobi.threshold + 1e-9 * jacobi.baseline_norm);
    expect_close<double>(values<double>(jacobi.x), x, 1e-5);
  });
}

// The preconditioner of least squares and of the nonsymmetric solvers need not be self-adjoint.
TEST_P(Linear, preconditioner_that_is_not_self_adjoint) {
  const Context c = context(GetParam(), SPC_COMPLEX128);
  const std::vector<c128> N = {{2, 1}, {0, 1}, {-1, 3}, {1, -2}}, W = {{3, 0}, {7, 0}};
  const std::vector<c128> P = {{1, 2}, {0, -1}, {.5, 0}, {2, 1}}, x = {{-.1, .4}, {.9, -.5}};
  const LinOp A = square<c128>(c, N, W);
  const Space X = domain_of(A);
  const LinOp M = dense_linop<c128>(c, X, X, {2, 2}, P);
  each([&](const NamedSolver &s) {
    if (self_adjoint(s)) return;
    spc_solve_options o = options(1e-12);
    o.precond = M;
    for (int32_t mode : {SPC_RESIDUAL_EXACT, SPC_RESIDUAL_RECURRENCE}) {
      o.residual_mode = mode;
      const Solution r = solve(s.solve, A, apply(A, vector<c128>(c, x)), o);
      EXPECT_GT(r.reason, 0) << r.reason;
      EXPECT_LE(r.iterations, 4);
      expect_close<c128>(values<c128>(r.x), x, 1e-9);
    }
  });
}

TEST_P(Linear, indefinite_systems) {
  const LinOp A = square<double>(ctx, {1, 2, 0, 2, -3, 1, 0, 1, .5});
  const std::vector<double> x = {1, -1, 2};
  const Array b = apply(A, vector<double>(ctx, x));
  each([&](const NamedSolver &s) {
    if (s.code == SPC_SOLVER_CG) return;
    const Solution r = solve(s.solve, A, b, options(1e-12));
    EXPECT_GT(r.reason, 0);
    expect_close<double>(values<double>(r.x), x, 1e-9);
  });
}

TEST_P(Linear, singular_but_consistent) {
  // The second difference with free ends: the constants are its null space.
  const int64_t n = 8;
  std::vector<double> m = laplacian<double>(n), b(n);
  m[0] = m[n * n - 1] = 1;
  for (int64_t i = 0; i < n; ++i) b[i] = static_cast<double>(2 * i + 1 - n);
  const LinOp A = square<double>(ctx, m);
  each([&](const NamedSolver &s) {
    const Solution r = solve(s.solve, A, vector<double>(ctx, b), options(1e-10));
    EXPECT_GT(r.reason, 0) << r.reason;
    expect_close<double>(values<double>(apply(A, r.x)), b, 1e-8);
  });
}

TEST_P(Linear, singular_and_inconsistent) {
  const LinOp A = diagonal(ctx, {1, 2, 0});
  const Array b = vector<double>(ctx, {1, 1, 1});
  each([&](const NamedSolver &s) {
    const Solution r = solve(s.solve, A, b, options(1e-10));
    const std::vector<double> x = values<double>(r.x);
    for (double v : x) EXPECT_TRUE(std::isfinite(v));
    if (least_squares(s)) {
      EXPECT_GT(r.reason, 0);
      expect_close<double>(x, {1, .5, 0}, 1e-9);
      EXPECT_NEAR(r.residual_norm, 1, 1e-9);
      return;
    }
    EXPECT_LT(r.reason, 0);
    if (s.code == SPC_SOLVER_MINRES || s.code == SPC_SOLVER_GMRES || s.code == SPC_SOLVER_FGMRES) {
      // They end at the least residual.
      EXPECT_EQ(r.reason, SPC_REASON_BREAKDOWN);
      EXPECT_NEAR(r.true_residual_norm, 1, 1e-9);
    }
  });
}

TEST_P(Linear, gmres_restarts) {
  const int64_t n = 30;
  std::vector<double> m = laplacian<double>(n);
  for (int64_t i = 0; i + 1 < n; ++i) m[i * n + i + 1] += .7;
  for (int64_t i = 0; i < n; ++i) m[i * n + i] += 1;
  const LinOp A = square<double>(ctx, m);
  const Array b = vector<double>(ctx, std::vector<double>(n, 1));
  for (const NamedSolver &s : linear_solvers) {
    if (s.code != SPC_SOLVER_GMRES && s.code != SPC_SOLVER_FGMRES) continue;
    SCOPED_TRACE(s.name);
    spc_solve_options o = options(1e-9);
    const Solution full = solve(s.solve, A, b, o);
    EXPECT_EQ(full.reason, SPC_REASON_RTOL);
    EXPECT_EQ(full.applies, full.iterations + 1);
    o.restart = 5;
    const Solution short_cycles = solve(s.solve, A, b, o);
    EXPECT_EQ(short_cycles.reason, SPC_REASON_RTOL);
    EXPECT_GE(short_cycles.iterations, full.iterations);
    EXPECT_EQ(short_cycles.applies,
              short_cycles.iterations + (short_cycles.iterations - 1) / 5 + 1);
    expect_close<double>(values<double>(short_cycles.x), values<double>(full.x), 1e-7);
  }
}

// A preconditioner that changes from one application to the next.
TEST_P(Linear, fgmres_is_flexible) {
  const int64_t n = 12;
  const LinOp A = square<double>(ctx, laplacian<double>(n));
  int calls = 0;
  Scripted varying;
  varying.apply = [&](spc_element r, spc_element *z) {
    const Array factor = weak(++calls % 2 == 0 ? .5 : -3.);
    return spc_multiply(factor, r, z);
  };
  const Space X = domain_of(A);
  const LinOp M = varying.on(X, X);
  spc_solve_options o = options(1e-10);
  o.precond = M;
  const Solution r = solve(spc_fgmres, A, vector<double>(ctx, std::vector<double>(n, 1)), o);
  EXPECT_EQ(r.reason, SPC_REASON_RTOL);
  EXPECT_LE(r.true_residual_norm, 2 * r.threshold);
}

TEST_P(Linear, norms_of_the_test) {
  const LinOp A = square<double>(ctx, spd3, {2, 5, 11}), G = diagonal(ctx, {1, 1, 1});
  // Self-adjoint in the weighted space.
  std::vector<double> m = spd3;
  const double w[] = {2, 5, 11};
  for (int i = 0; i < 9; ++i) m[i] /= w[i / 3];
  const LinOp S = square<double>(ctx, m, {2, 5, 11});
  const Space X = domain_of(S);
  LinOp M;
  check(spc_linop_diagonal(vector<double>(ctx, {.25, .5, 4}), X, M.out()));
  const Array b = vector<double>(ctx, {1, -2, 3});
  const double space = std::sqrt(2. + 20 + 99), euclidean = std::sqrt(14),
               preconditioned = std::sqrt(2. / 16 + 5 + 11 * 144),
               natural = std::sqrt(2. / 4 + 20. / 2 + 99 * 4);
  each([&](const NamedSolver &s) {
    if (least_squares(s)) return;
    spc_solve_options o = options(1e-11);
    o.precond = M;
    const std::pair<int32_t, double> norms[] = {{SPC_NORM_SPACE, space},
                                                {SPC_NORM_EUCLIDEAN, euclidean},
                                                {SPC_NORM_PRECONDITIONED, preconditioned},
                                                {SPC_NORM_NATURAL, natural}};
    for (const auto &[kind, size] : norms) {
      SCOPED_TRACE(kind);
      o.norm = kind;
      std::vector<double> history(50, -1);
      o.history = history.data();
      o.history_capacity = 50;
      const Solution r = solve(s.solve, S, b, o);
      EXPECT_EQ(r.reason, SPC_REASON_RTOL);
      EXPECT_NEAR(r.baseline_norm, size, 1e-12 * size);
      EXPECT_NEAR(history[0], size, 1e-12 * size);
      EXPECT_LE(r.true_residual_norm, 2 * r.threshold);
      expect_close<double>(values<double>(apply(S, r.x)), {1, -2, 3}, 1e-8);
      // The recurrence is the residual of the iterate: stop half way and compare.
      spc_solve_options half = o;
      half.maxiter = 1;
      half.history = nullptr;
      const Solution first = solve(s.solve, S, b, half);
      EXPECT_EQ(first.reason, SPC_REASON_MAXITER);
      EXPECT_NEAR(first.residual_norm, first.true_residual_norm, 1e-9 * size);
    }
  });
}

TEST_P(Linear, baselines) {
  const LinOp A = square<double>(ctx, spd3);
  const Array b = vector<double>(ctx, {1, -2, 3}), x0 = vector<double>(ctx, {1, 0, 0});
  const double rhs = std::sqrt(14), initial = std::sqrt(9. + 9 + 9);
  each([&](const NamedSolver &s) {
    spc_solve_options o = options(1e-9);
    o.atol = 1e-12;
    o.baseline_value = 7;
    const std::pair<int32_t, double> kinds[] = {{SPC_BASELINE_RHS, rhs},
                                                {SPC_BASELINE_INITIAL, initial},
                                                {SPC_BASELINE_GIVEN, 7},
                                                {SPC_BASELINE_NONE, 1}};
    for (const auto &[kind, size] : kinds) {
      o.baseline = kind;
      const Solution r = solve(s.solve, A, b, o, x0);
      EXPECT_EQ(r.reason, SPC_REASON_RTOL);
      if (!(least_squares(s) && kind == SPC_BASELINE_INITIAL)) {
        EXPECT_NEAR(r.baseline_norm, size, 1e-13 * size);
        EXPECT_NEAR(r.threshold, 1e-12 + 1e-9 * size, 1e-20);
      }
    }
  });
}

TEST_P(Linear, trees_of_tensors) {
  const Space X = dense_space(ctx, {2, 2});
  const LinOp A = dense_linop<double>(ctx, X, X, {2, 2, 2, 2}, laplacian<double>(4));
  each([&](const NamedSolver &s) {
    const Solution r = solve(s.solve, A, array<double>(ctx, {2, 2}, {1, 1, 1, 1}), options(1e-12));
    EXPECT_EQ(shape_of(r.x), (Shape{2, 2}));
    expect_close<double>(values<double>(r.x), {2, 3, 3, 2}, 1e-10);
  });
}

}  // namespace
}  // namespace test
