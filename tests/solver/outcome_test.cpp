// SPDX-License-Identifier: Apache-2.0
// How the solve of every linear solver can end, and what is refused at its door.
#include "tests/solver/solving.hpp"

namespace test {
namespace {

class Outcome : public OnFamily {
 protected:
  void SetUp() override {
    OnFamily::SetUp();
    A = square<double>(ctx, laplacian<double>(30));
    std::vector<double> rhs(30);
    for (int i = 0; i < 30; ++i) rhs[i] = 1 + std::sin(i);
    b = vector<double>(ctx, rhs);
  }
  template <class F>
  void each(F &&f) {
    for (const NamedSolver &s : linear_solvers) {
      SCOPED_TRACE(s.name);
      f(s);
    }
  }
  LinOp A;
  Array b;
};
SPC_ON_EVERY_FAMILY(Outcome);

TEST_P(Outcome, maxiter) {
  each([&](const NamedSolver &s) {
    Solution r = solve(s.solve, A, b, options(1e-12, 3));
    EXPECT_EQ(r.reason, SPC_REASON_MAXITER);
    EXPECT_EQ(r.iterations, 3);
    EXPECT_EQ(r.history_count, 4);
    EXPECT_NEAR(r.residual_norm, r.true_residual_norm, 1e-10);
    r = solve(s.solve, A, b, options(1e-12, 0));
    EXPECT_EQ(r.reason, SPC_REASON_MAXITER);
    EXPECT_EQ(r.iterations, 0);
    EXPECT_EQ(values<double>(r.x), std::vector<double>(30, 0));
  });
}

TEST_P(Outcome, tolerances_that_are_met) {
  each([&](const NamedSolver &s) {
    EXPECT_EQ(solve(s.solve, A, b, options(1e-8)).reason, SPC_REASON_RTOL);
    spc_solve_options o = options(0);
    o.atol = 1e-6;
    const Solution r = solve(s.solve, A, b, o);
    EXPECT_EQ(r.reason, SPC_REASON_ATOL);
    EXPECT_EQ(r.threshold, 1e-6);
    EXPECT_LE(r.true_residual_norm, 2e-6);
  });
}

// Without a tolerance: as far as rounding goes.
TEST_P(Outcome, roundoff) {
  const LinOp small = square<double>(ctx, {4, 1, 0, 1, 3, .5, 0, .5, 2});
  each([&](const NamedSolver &s) {
    const Solution r = solve(s.solve, small, vector<double>(ctx, {1, -2, 3}), options(0));
    EXPECT_EQ(r.reason, SPC_REASON_ROUNDOFF);
    EXPECT_LE(r.iterations, 10);
    expect_close<double>(values<double>(r.x), {15. / 28, -8. / 7, 25. / 14}, 1e-12);
  });
}

TEST_P(Outcome, maxapplies) {
  each([&](const NamedSolver &s) {
    spc_solve_options o = options(1e-12);
    o.residual_mode = SPC_RESIDUAL_RECURRENCE;
    o.max_applies = 7;
    Solution r = solve(s.solve, A, b, o);
    EXPECT_EQ(r.reason, SPC_REASON_MAXAPPLIES);
    // The true residual at the end comes on top: one application, two of least squares.
    EXPECT_LE(r.applies, 7 + (least_squares(s) ? 2 : 1));
    EXPECT_GE(r.iterations, 3);
    o.max_applies = 0;
    r = solve(s.solve, A, b, o);
    EXPECT_EQ(r.reason, SPC_REASON_MAXAPPLIES);
    EXPECT_EQ(r.iterations, 0);
  });
}

TEST_P(Outcome, timeout) {
  each([&](const NamedSolver &s) {
    spc_solve_options o = options(1e-12);
    o.max_seconds = 1e-9;
    const Solution r = solve(s.solve, A, b, o);
    EXPECT_EQ(r.reason, SPC_REASON_TIMEOUT);
    EXPECT_EQ(r.iterations, 0);
    o.max_seconds = -1;
    EXPECT_GT(solve(s.solve, A, b, o).reason, 0);
  });
}

TEST_P(Outcome, stagnation) {
  // The first step makes the residual larger, or no smaller.
  struct Case {
    std::vector<double> matrix, rhs;
  };
  const Case stretched = {{1, 0, 0, 100}, {1, .1}}, turning = {{1, 10, -10, 1}, {1, 0}},
             swapping = {{0, 1, 1, 0}, {1, 0}};
  each([&](const NamedSolver &s) {
    if (least_squares(s)) return;
    const Case &c = s.code == SPC_SOLVER_CG         ? stretched
                    : s.code == SPC_SOLVER_BICGSTAB ? turning
                                                    : swapping;
    spc_solve_options o = options(1e-12);
    o.stagnation_checks = 1;
    const LinOp M = square<double>(ctx, c.matrix);
    const Array rhs = vector<double>(ctx, c.rhs);
    const Solution r = solve(s.solve, M, rhs, o);
    EXPECT_EQ(r.reason, SPC_REASON_STAGNATION);
    EXPECT_EQ(r.iterations, 1);
    o.stagnation_checks = 2;
    EXPECT_GT(solve(s.solve, M, rhs, o).reason, 0);
  });
  // Least squares never stand still but for an operator that changes.
  each([&](const NamedSolver &s) {
    if (!least_squares(s)) return;
    int calls = 0;
    Scripted changing;
    changing.apply = [&](spc_element x, spc_element *y) {
      const Array factor = weak(++calls < 20 ? 1. : 1000.);
      Array image;
      const spc_status status = spc_linop_apply(A, x, image.out());
      return status != SPC_OK ? status : spc_multiply(factor, image, y);
    };
    const Space X = domain_of(A);
    const LinOp T = changing.on(X, X);
    spc_solve_options o = options(1e-12);
    o.stagnation_checks = 5;
    const Solution r = solve(s.solve, T, b, o);
    EXPECT_EQ(r.reason, SPC_REASON_STAGNATION);
    EXPECT_GE(r.iterations, 5);
  });
}

TEST_P(Outcome, stagnation_by_a_rotation) {
  // A cyclic shift: the residuals of gmres stay what they are until the space is full.
  const int64_t n = 12;
  std::vector<double> m(static_cast<std::size_t>(n * n)), e(static_cast<std::size_t>(n));
  for (int64_t i = 0; i < n; ++i) m[((i + 1) % n) * n + i] = 1;
  e[0] = 1;
  const LinOp shift = square<double>(ctx, m);
  for (const NamedSolver &s : linear_solvers) {
    if (s.code != SPC_SOLVER_GMRES && s.code != SPC_SOLVER_FGMRES) continue;
    spc_solve_options o = options(1e-10);
    EXPECT_EQ(solve(s.solve, shift, vector<double>(ctx, e), o).iterations, n);
    o.stagnation_checks = 5;
    const Solution r = solve(s.solve, shift, vector<double>(ctx, e), o);
    EXPECT_EQ(r.reason, SPC_REASON_STAGNATION);
    EXPECT_EQ(r.iterations, 5);
    EXPECT_DOUBLE_EQ(r.true_residual_norm, 1);
  }
}

TEST_P(Outcome, nonfinite) {
  each([&](const NamedSolver &s) {
    for (double bad : {nan_value, infinity}) {
      std::vector<double> rhs(30, 1);
      rhs[3] = bad;
      const Solution r = solve(s.solve, A, vector<double>(ctx, rhs), options());
      EXPECT_EQ(r.reason, SPC_REASON_NONFINITE);
      EXPECT_EQ(r.iterations, 0);
      EXPECT_EQ(values<double>(r.x), std::vector<double>(30, 0));
    }
    // From the operator, after some good steps.
    int calls = 0;
    Scripted turning;
    turning.apply = [&](spc_element x, spc_element *y) {
      const Array factor = weak(++calls > 6 ? nan_value : 1.);
      Array image;
      const spc_status status = spc_linop_apply(A, x, image.out());
      return status != SPC_OK ? status : spc_multiply(factor, image, y);
    };
    const Space X = domain_of(A);
    const LinOp T = turning.on(X, X);
    spc_solve_options o = options(1e-12);
    o.residual_mode = SPC_RESIDUAL_RECURRENCE;
    const Solution r = solve(s.solve, T, b, o);
    EXPECT_EQ(r.reason, SPC_REASON_NONFINITE);
    EXPECT_GE(r.iterations, 1);
    for (double v : values<double>(r.x)) EXPECT_TRUE(std::isfinite(v));
  });
}

TEST_P(Outcome, breakdown) {
  LinOp zero;
  const Space X = coordinate_space(ctx, 2);
  check(spc_linop_zero(X, X, zero.out()));
  const Array rhs = vector<double>(ctx, {1, 2});
  each([&](const NamedSolver &s) {
    if (least_squares(s)) return;  // x = 0 solves it
    const Solution r = solve(s.solve, zero, rhs, options());
    EXPECT_EQ(r.reason, SPC_REASON_BREAKDOWN);
    EXPECT_EQ(r.iterations, 0);
    EXPECT_EQ(values<double>(r.x), (std::vector<double>{0, 0}));
  });
  // Bicgstab: A r is orthogonal to the shadow residual.
  const Solution r = solve(spc_bicgstab, square<double>(ctx, {0, 1, -1, 0}),
                           vector<double>(ctx, {1, 0}), options());
  EXPECT_EQ(r.reason, SPC_REASON_BREAKDOWN);
}

TEST_P(Outcome, indefinite_preconditioner) {
  const LinOp M = diagonal(ctx, std::vector<double>(30, -1));
  spc_solve_options o = options();
  o.precond = M;
  for (const NamedSolver &s : {linear_solvers[0], linear_solvers[1]})
    EXPECT_EQ(solve(s.solve, A, b, o).reason, SPC_REASON_INDEFINITE);
  // The other solvers ask nothing of it but where the natural norm is to be measured.
  for (const NamedSolver &s : linear_solvers)
    if (!least_squares(s) && !self_adjoint(s)) {
      EXPECT_GT(solve(s.solve, A, b, o).reason, 0);
      spc_solve_options natural = o;
      natural.norm = SPC_NORM_NATURAL;
      EXPECT_EQ(solve(s.solve, A, b, natural).reason, SPC_REASON_INDEFINITE);
    }
}

TEST_P(Outcome, loss_of_accuracy) {
  // Right at first, another operator afterwards: the recurrence converges, b - A x does not.
  each([&](const NamedSolver &s) {
    int calls = 0;
    // What all steps of this solve apply.
    const int honest = least_squares(s) ? 3 : 1;
    Scripted lying;
    lying.apply = [&](spc_element x, spc_element *y) {
      const Array factor = weak(calls++ < honest ? 1. : 3.);
      return spc_multiply(factor, x, y);
    };
    const Space X = coordinate_space(ctx, 3);
    const LinOp T = lying.on(X, X);
    spc_solve_options o = options(1e-10);
    o.residual_mode = SPC_RESIDUAL_RECURRENCE;
    const Solution r = solve(s.solve, T, vector<double>(ctx, {1, 2, 3}), o);
    EXPECT_EQ(r.reason, SPC_REASON_LOSS_OF_ACCURACY) << r.iterations;
    EXPECT_GT(r.true_residual_norm, 1);
  });
}

struct Answer {
  int32_t at, value;
  std::vector<spc_solve_info> seen;
  static int32_t give(void *user, const spc_solve_info *info) {
    auto &self = *static_cast<Answer *>(user);
    self.seen.push_back(*info);
    return info->iteration == self.at ? self.value : 0;
  }
};

TEST_P(Outcome, monitor_stops_fails_and_cancels) {
  each([&](const NamedSolver &s) {
    Answer answer{2, 1, {}};
    spc_solve_options o = options(1e-12);
    o.monitor = Answer::give;
    o.monitor_user = &answer;
    Solution r = solve(s.solve, A, b, o);
    EXPECT_EQ(r.reason, SPC_REASON_STOPPED_BY_MONITOR);
    EXPECT_EQ(r.iterations, 2);
    ASSERT_EQ(answer.seen.size(), 3U);
    EXPECT_GT(answer.seen[2].applies, answer.seen[1].applies);
    EXPECT_EQ(answer.seen[2].column, 0);
    for (const auto &[value, code, reason] :
         {std::tuple{-5, SPC_E_CALLBACK, SPC_REASON_CALLBACK},
          std::tuple{static_cast<int>(SPC_E_CANCELLED), SPC_E_CANCELLED, SPC_REASON_CANCELLED}}) {
      answer.value = value;
      Array x;
      Solution failed;
      EXPECT_EQ(s.solve(A, b, nullptr, &o, x.out(), &failed), code);
      EXPECT_EQ(failed.reason, reason);
      EXPECT_EQ(failed.iterations, 2);
      EXPECT_EQ(static_cast<spc_array>(x), nullptr);
    }
    EXPECT_NE(last_error().find(std::string(s.name) + ": cancelled by the monitor"),
              std::string::npos);
  });
}

TEST_P(Outcome, operator_that_fails_or_cancels) {
  each([&](const NamedSolver &s) {
    for (const auto &[value, reason] :
         {std::pair{42, SPC_REASON_CALLBACK},
          std::pair{static_cast<int>(SPC_E_CANCELLED), SPC_REASON_CANCELLED}}) {
      int calls = 0;
      Scripted failing;
      failing.apply = [&](spc_element x, spc_element *y) -> spc_status {
        return ++calls == 4 ? value : spc_linop_apply(A, x, y);
      };
      const Space X = domain_of(A);
      const LinOp T = failing.on(X, X);
      spc_solve_options o = options(1e-12);
      Array x;
      Solution r;
      EXPECT_EQ(s.solve(T, b, nullptr, &o, x.out(), &r), SPC_E_CALLBACK);
      EXPECT_EQ(r.reason, reason);
    }
  });
}

TEST_P(Outcome, check_every) {
  each([&](const NamedSolver &s) {
    spc_solve_options o = options(1e-10, 13);
    o.check_every = 5;
    Answer answer{-1, 0, {}};
    o.monitor = Answer::give;
    o.monitor_user = &answer;
    const Solution r = solve(s.solve, A, b, o);
    EXPECT_EQ(r.reason, SPC_REASON_MAXITER);
    std::vector<int64_t> at;
    for (const spc_solve_info &i : answer.seen) at.push_back(i.iteration);
    EXPECT_EQ(at, (std::vector<int64_t>{0, 5, 10, 13}));
  });
}

// ---- refusals

TEST_P(Outcome, refuses_unfit_operators_and_vectors) {
  const Array two = vector<double>(ctx, {1, 1});
  const Space X = coordinate_space(ctx, 2), Y = coordinate_space(ctx, 3);
  const LinOp tall = dense_linop<double>(ctx, X, Y, {3, 2}, {1, 0, 0, 1, 0, 0});
  const LinOp skew = square<double>(ctx, {1, 2, 0, 3}), fit = square<double>(ctx, {4, 1, 1, 3});
  const Context integers = context(GetParam(), SPC_INT32);
  LinOp I;
  check(spc_linop_identity(dense_space(integers, {2}), I.out()));
  each([&](const NamedSolver &s) {
    const spc_solve_options o = options();
    if (!least_squares(s))
      expect_refused(s, tall, two, o, SPC_E_VALUE, " requires a square LinOp; got DenseLinOp");
    if (self_adjoint(s))
      expect_refused(s, skew, two, o, SPC_E_VALUE,
                     " requires a self-adjoint LinOp; got a DenseLinOp that provably is not");
    expect_refused(s, I, vector<int32_t>(integers, {1, 2}), o, SPC_E_TYPE,
                   " requires a floating dtype; got int32");
    Array x;
    // V3
    expect_error(s.solve(fit, array<double>(ctx, {4, 2}, std::vector<double>(8, 1)), nullptr, &o,
                         x.out(), nullptr),
                 SPC_E_VALIDATION, {"Expected shape (2,), got (4, 2)"});
    expect_error(s.solve(fit, two, vector<double>(ctx, {1, 2, 3}), &o, x.out(), nullptr),
                 SPC_E_VALIDATION, {"Expected shape (2,), got (3,)"});
    expect_error(s.solve(nullptr, two, nullptr, &o, x.out(), nullptr), SPC_E_HANDLE,
                 {s.name, "operator handle is NULL"});
    expect_error(s.solve(fit, two, nullptr, &o, nullptr, nullptr), SPC_E_VALUE,
                 {s.name, "x is NULL"});
    check(s.solve(fit, two, nullptr, nullptr, x.out(), nullptr));
  });
}

TEST_P(Outcome, refuses_bad_options) {
  each([&](const NamedSolver &s) {
    const auto refuse = [&](auto change, const char *text) {
      spc_solve_options o = options();
      change(o);
      expect_refused(s, A, b, o, SPC_E_VALUE, text);
    };
    refuse([](auto &o) { o.maxiter = -1; }, ": maxiter must be nonnegative, got -1");
    refuse([](auto &o) { o.check_every = 0; }, ": check_every must be at least 1, got 0");
    refuse([](auto &o) { o.rtol = nan_value; }, ": rtol is nan, expected a finite number >= 0");
    refuse([](auto &o) { o.atol = -1; }, ": atol is -1, expected a finite number >= 0");
    refuse([](auto &o) { o.norm = 4; },
           ": norm is 4, expected 0 (of the space), 1 (Euclidean), 2 "
           "(preconditioned) or 3 (natural)");
    refuse([](auto &o) { o.baseline = 4; },
           ": baseline is 4, expected 0 (right-hand side), 1 "
           "(initial residual), 2 (given) or 3 (none)");
    refuse([](auto &o) { o.baseline = SPC_BASELINE_GIVEN, o.baseline_value = -2; },
           ": baseline_value is -2, expected a finite number >= 0");
    refuse([](auto &o) { o.combiner = 2; }, ": combiner is 2, expected 0 (sum) or 1 (max)");
    refuse([](auto &o) { o.max_seconds = nan_value; }, ": max_seconds is nan");
    refuse([](auto &o) { o.max_applies = -3; }, ": max_applies must be nonnegative, got -3");
    refuse([](auto &o) { o.stagnation_checks = -1; },
           ": stagnation_checks must be nonnegative, got -1");
    refuse([](auto &o) { o.damp = -1; }, ": damp is -1, expected a finite number >= 0");
    refuse([](auto &o) { o.restart = 0; }, ": restart must be at least 1, got 0");
    refuse([](auto &o) { o.residual_mode = 2; },
           ": residual_mode is 2, expected 0 (exact) or 1 (recurrence)");
    if (least_squares(s))
      refuse([](auto &o) { o.norm = SPC_NORM_EUCLIDEAN; },
             ": norm is 1, expected 0 (of the space)");
    const LinOp small = diagonal(ctx, {1, 2}), skew = [&] {
      std::vector<double> m = laplacian<double>(30);
      m[1] = 5;
      return square<double>(ctx, m);
    }();
    refuse([&](auto &o) { o.precond = small; },
           ": the preconditioner maps shape (2,) to (2,), the space has shape (30,)");
    if (self_adjoint(s))
      refuse([&](auto &o) { o.precond = skew; },
             ": the preconditioner, a DenseLinOp, is not self-adjoint");
  });
}

// Records of the first version of the interface end before the newer fields.
TEST_P(Outcome, records_of_an_older_version) {
  spc_solve_options o = options(1e-9);
  o.struct_size = offsetof(spc_solve_options, baseline_value);
  o.restart = -7;
  o.max_applies = 0;
  o.workspace = reinterpret_cast<spc_workspace>(&o);
  each([&](const NamedSolver &s) {
    Solution r;
    r.struct_size = offsetof(spc_solve_result, normal_residual_norm);
    r.normal_residual_norm = 123;
    check(s.solve(A, b, nullptr, &o, r.x.out(), &r));
    EXPECT_GT(r.reason, 0);
    EXPECT_EQ(r.normal_residual_norm, 123);
  });
}

}  // namespace
}  // namespace test
