// SPDX-License-Identifier: Apache-2.0
// How a solve can end: every reason, and every refusal at the door.
#include <limits>

#include "tests/solver/solving.hpp"

namespace test {
namespace {

constexpr double inf = std::numeric_limits<double>::infinity();
constexpr double nan = std::numeric_limits<double>::quiet_NaN();

class CgOutcome : public OnFamily {
 protected:
  LinOp diagonal(const std::vector<double> &d) {
    LinOp A;
    check(spc_linop_diagonal(vector<double>(ctx, d),
                             coordinate_space(ctx, static_cast<int64_t>(d.size())), A.out()));
    return A;
  }
};
SPC_ON_EVERY_FAMILY(CgOutcome);

const std::vector<double> spd2 = {4, 1, 1, 3};

TEST_P(CgOutcome, zero_right_hand_side) {
  const Solution s = cg(square<double>(ctx, spd2), vector<double>(ctx, {0, 0}), options());
  EXPECT_EQ(s.reason, SPC_REASON_RTOL);
  EXPECT_EQ(s.iterations, 0);
  EXPECT_EQ(s.applies, 0);
  EXPECT_EQ(values<double>(s.x), (std::vector<double>{0, 0}));
}

TEST_P(CgOutcome, negative_curvature_is_indefinite_and_counts_no_iteration) {
  const Solution s = cg(diagonal({-1, -2}), vector<double>(ctx, {1, 1}), options());
  EXPECT_EQ(s.reason, SPC_REASON_INDEFINITE);
  EXPECT_EQ(s.iterations, 0);
  EXPECT_EQ(values<double>(s.x), (std::vector<double>{0, 0}));
  EXPECT_DOUBLE_EQ(s.true_residual_norm, std::sqrt(2));
}

TEST_P(CgOutcome, indefinite_after_some_iterations_keeps_the_iterate) {
  const Solution s =
      cg(diagonal({10, 9, 8, 7, -.001}), vector<double>(ctx, {1, 1, 1, 1, 1}), options(1e-12));
  EXPECT_EQ(s.reason, SPC_REASON_INDEFINITE);
  EXPECT_GE(s.iterations, 1);
  EXPECT_LT(s.iterations, 5);
}

TEST_P(CgOutcome, zero_operator_breaks_down) {
  LinOp zero;
  const Space X = coordinate_space(ctx, 2);
  check(spc_linop_zero(X, X, zero.out()));
  const Solution s = cg(zero, vector<double>(ctx, {1, 2}), options());
  EXPECT_EQ(s.reason, SPC_REASON_BREAKDOWN);
  EXPECT_EQ(s.iterations, 0);
  EXPECT_EQ(values<double>(s.x), (std::vector<double>{0, 0}));
}

TEST_P(CgOutcome, flat_direction_breaks_down_whatever_the_scale) {
  for (double scale : {1e-200, 1.0, 1e100}) {
    const Solution s = cg(diagonal({scale, -scale}), vector<double>(ctx, {1, 1}), options());
    EXPECT_EQ(s.reason, SPC_REASON_BREAKDOWN) << scale;
    EXPECT_EQ(s.iterations, 0);
  }
}

TEST_P(CgOutcome, tiny_but_definite_operators_are_solved) {
  for (double scale : {1e-200, 1e-20, 1e20, 1e150}) {
    const Solution s =
        cg(diagonal({scale, 2 * scale}), vector<double>(ctx, {1, 1}), options(1e-12));
    EXPECT_GT(s.reason, 0) << scale;
    std::vector<double> x = values<double>(s.x);
    for (double &v : x) v *= scale;
    expect_close<double>(x, {1, .5}, 1e-12);
  }
}

TEST_P(CgOutcome, non_finite_right_hand_side) {
  for (double bad : {nan, inf, -inf}) {
    const Solution s = cg(square<double>(ctx, spd2), vector<double>(ctx, {bad, 1}), options());
    EXPECT_EQ(s.reason, SPC_REASON_NONFINITE);
    EXPECT_EQ(s.iterations, 0);
    EXPECT_FALSE(std::isfinite(s.residual_norm));
    EXPECT_EQ(values<double>(s.x), (std::vector<double>{0, 0}));
  }
}

TEST_P(CgOutcome, non_finite_operator_leaves_the_iterate_alone) {
  const Solution s = cg(diagonal({1, nan}), vector<double>(ctx, {1, 1}), options());
  EXPECT_EQ(s.reason, SPC_REASON_NONFINITE);
  EXPECT_EQ(s.iterations, 0);
  EXPECT_EQ(values<double>(s.x), (std::vector<double>{0, 0}));
}

TEST_P(CgOutcome, non_finite_start) {
  const Array x0 = vector<double>(ctx, {nan, 0});
  const Solution s = cg(square<double>(ctx, spd2), vector<double>(ctx, {1, 1}), options(), x0);
  EXPECT_EQ(s.reason, SPC_REASON_NONFINITE);
}

TEST_P(CgOutcome, relative_or_absolute_tolerance) {
  const LinOp A = square<double>(ctx, laplacian<double>(10));
  const Array b = vector<double>(ctx, std::vector<double>(10, 1));
  spc_solve_options o = options(0);
  o.atol = 1e-9;
  EXPECT_EQ(cg(A, b, o).reason, SPC_REASON_ATOL);
  EXPECT_EQ(cg(A, b, options(1e-9)).reason, SPC_REASON_RTOL);
  o = options(1e-3);
  o.atol = 1e6;
  const Solution s = cg(A, b, o);
  EXPECT_EQ(s.reason, SPC_REASON_ATOL);
  EXPECT_EQ(s.iterations, 0);
}

TEST_P(CgOutcome, zero_tolerance_ends_in_rounding_errors) {
  const Solution s = cg(square<double>(ctx, laplacian<double>(10)),
                        vector<double>(ctx, std::vector<double>(10, 1)), options(0));
  EXPECT_TRUE(s.reason == SPC_REASON_ROUNDOFF || s.reason == SPC_REASON_RTOL) << s.reason;
  EXPECT_LE(s.iterations, 12);
  EXPECT_LE(s.true_residual_norm, 1e-12);
}

TEST_P(CgOutcome, combiner_and_baseline) {
  const LinOp A = square<double>(ctx, spd2);
  const Array b = vector<double>(ctx, {3, 4}), x0 = vector<double>(ctx, {1, 0});
  spc_solve_options o = options(.1);
  o.atol = .25;
  EXPECT_DOUBLE_EQ(cg(A, b, o).threshold, .25 + .5);
  o.combiner = SPC_COMBINE_MAX;
  EXPECT_DOUBLE_EQ(cg(A, b, o).threshold, .5);
  // r0 = b - A (1, 0) = (-1, 3)
  o.baseline = SPC_BASELINE_INITIAL;
  const Solution s = cg(A, b, o, x0);
  EXPECT_DOUBLE_EQ(s.baseline_norm, std::sqrt(10));
  EXPECT_DOUBLE_EQ(s.threshold, .1 * std::sqrt(10) > .25 ? .1 * std::sqrt(10) : .25);
}

// An operator that lies: the recurrence converges, b - A x does not.
TEST_P(CgOutcome, loss_of_accuracy) {
  struct Drifting {
    spc_array shift;
    int calls = 0;
    static spc_status apply(void *user, spc_element x, spc_element *y) {
      auto &self = *static_cast<Drifting *>(user);
      // Right for the first step, another operator afterwards.
      const double factor = self.calls++ == 0 ? 1 : 3;
      Array s;
      spc_weak_f64(factor, s.out());
      return spc_multiply(s, x, y);
    }
  } state{nullptr};
  const Space X = coordinate_space(ctx, 3);
  LinOp A;
  check(spc_linop_matrix_free(Drifting::apply, Drifting::apply, &state, X, X, A.out()));
  const Solution s = cg(A, vector<double>(ctx, {1, 2, 3}), options(1e-10));
  EXPECT_EQ(s.reason, SPC_REASON_LOSS_OF_ACCURACY);
  EXPECT_LE(s.residual_norm, s.threshold);
  EXPECT_GT(s.true_residual_norm, 1);
}

TEST_P(CgOutcome, maxiter) {
  const LinOp A = square<double>(ctx, laplacian<double>(40));
  const Array b = vector<double>(ctx, std::vector<double>(40, 1));
  const Solution s = cg(A, b, options(1e-10, 7));
  EXPECT_EQ(s.reason, SPC_REASON_MAXITER);
  EXPECT_EQ(s.iterations, 7);
  EXPECT_NEAR(s.residual_norm, s.true_residual_norm, 1e-12 * s.residual_norm + 1e-13);
}

TEST_P(CgOutcome, preconditioner_that_is_not_positive) {
  const LinOp A = square<double>(ctx, spd2);
  LinOp M;
  check(spc_linop_diagonal(vector<double>(ctx, {-1, -1}), domain_of(A), M.out()));
  spc_solve_options o = options();
  o.precond = M;
  EXPECT_EQ(cg(A, vector<double>(ctx, {1, 2}), o).reason, SPC_REASON_INDEFINITE);
}

// ---- refusals

TEST_P(CgOutcome, refuses_operators_that_are_not_self_adjoint) {
  expect_cg_error(square<double>(ctx, {1, 2, 0, 3}), vector<double>(ctx, {1, 1}), options(),
                  SPC_E_VALUE, {"cg requires a self-adjoint LinOp"});
  const Context strict = context(GetParam(), SPC_FLOAT64, SPC_CHECK_STRICT);
  expect_cg_error(square<double>(strict, {1, 2, 0, 3}), vector<double>(strict, {1, 1}), options(),
                  SPC_E_VALUE, {"cg strict checks require A to be Hermitian/self-adjoint."});
  expect_cg_error(square<double>(strict, {1, 0, 0, -1}), vector<double>(strict, {1, 0}), options(),
                  SPC_E_VALUE,
                  {"cg strict checks require positive curvature on the probe vector."});
}

TEST_P(CgOutcome, refuses_operators_that_are_not_square) {
  const Space X = coordinate_space(ctx, 2), Y = coordinate_space(ctx, 3);
  const LinOp A = dense_linop<double>(ctx, X, Y, {3, 2}, {1, 0, 0, 1, 0, 0});
  expect_cg_error(A, vector<double>(ctx, {1, 1}), options(), SPC_E_VALUE,
                  {"cg requires a square LinOp; got", "(2,)", "(3,)"});
  const Space W = coordinate_space<double>(ctx, 2, {1, 2});
  const LinOp B = dense_linop<double>(ctx, X, W, {2, 2}, {1, 0, 0, 1});
  expect_cg_error(B, vector<double>(ctx, {1, 1}), options(), SPC_E_VALUE,
                  {"cg requires a square LinOp; got", "another geometry"});
}

TEST_P(CgOutcome, refuses_vectors_that_are_no_members) {
  const LinOp A = square<double>(ctx, spd2);
  const Array b = vector<double>(ctx, {1, 2});
  expect_cg_error(A, vector<double>(ctx, {1, 2, 3}), options(), SPC_E_VALIDATION,
                  {"Expected shape (2,), got (3,)"});
  expect_cg_error(A, array<double>(ctx, {4, 2}, {1, 2, 3, 4, 5, 6, 7, 8}), options(),
                  SPC_E_VALIDATION, {"Expected shape"});
  expect_cg_error(A, b, options(), SPC_E_VALIDATION, {"Expected dtype float64, got float32"},
                  vector<float>(ctx, {1, 2}));
  // Without membership checks the call still is safe.
  const Context loose = context(GetParam(), SPC_FLOAT64, SPC_CHECK_NONE);
  const LinOp B = square<double>(loose, spd2);
  expect_cg_error(B, vector<double>(loose, {1, 2, 3}), options(), SPC_E_VALUE,
                  {"cg: b has shape (3,)", "(2,)"});
  expect_cg_error(B, vector<float>(loose, {1, 2}), options(), SPC_E_TYPE,
                  {"cg: b has dtype float32", "float64"});
  expect_cg_error(B, weak(1), options(), SPC_E_TYPE, {"cg: b is a scalar"});
}

TEST_P(CgOutcome, refuses_bad_options) {
  const LinOp A = square<double>(ctx, spd2);
  const Array b = vector<double>(ctx, {1, 2});
  auto refuse = [&](auto change, const char *text) {
    spc_solve_options o = options();
    change(o);
    expect_cg_error(A, b, o, SPC_E_VALUE, {text});
  };
  refuse([](auto &o) { o.maxiter = -1; }, "maxiter must be nonnegative, got -1");
  refuse([](auto &o) { o.check_every = 0; }, "check_every must be at least 1, got 0");
  refuse([](auto &o) { o.rtol = -1; }, "rtol is -1");
  refuse([](auto &o) { o.rtol = nan; }, "rtol is nan");
  refuse([](auto &o) { o.atol = inf; }, "atol is inf");
  refuse([](auto &o) { o.norm = 9; }, "norm is 9");
  refuse([](auto &o) { o.baseline = 9; }, "baseline is 9");
  refuse([](auto &o) { o.combiner = 9; }, "combiner is 9");
  refuse([](auto &o) { o.struct_size = 8; }, "struct_size");
  double h;
  refuse([&](auto &o) { o.history = &h, o.history_capacity = -1; }, "history_capacity");
}

TEST_P(CgOutcome, refuses_bad_preconditioners) {
  const LinOp A = square<double>(ctx, spd2), larger = square<double>(ctx, laplacian<double>(3));
  const LinOp skew = square<double>(ctx, {1, 1, 0, 1});
  const Array b = vector<double>(ctx, {1, 2});
  spc_solve_options o = options();
  o.precond = larger;
  expect_cg_error(A, b, o, SPC_E_VALUE,
                  {"preconditioner maps shape (3,) to (3,), the space has shape (2,)"});
  o.precond = skew;
  expect_cg_error(A, b, o, SPC_E_VALUE, {"preconditioner", "not self-adjoint"});
}

TEST_P(CgOutcome, refuses_integers_and_bad_handles) {
  const Context c = context(GetParam(), SPC_INT32);
  const Space X = dense_space(c, {2});
  LinOp I;
  check(spc_linop_identity(X, I.out()));
  expect_cg_error(I, vector<int32_t>(c, {1, 2}), options(), SPC_E_TYPE,
                  {"floating dtype; got int32"});
  Array x;
  const Array b = vector<double>(ctx, {1, 2});
  expect_error(spc_cg(nullptr, b, nullptr, nullptr, x.out(), nullptr), SPC_E_HANDLE,
               {"operator handle is NULL"});
  expect_error(spc_cg(square<double>(ctx, spd2), b, nullptr, nullptr, nullptr, nullptr),
               SPC_E_VALUE, {"x is NULL"});
  // Options and result may be left out.
  check(spc_cg(square<double>(ctx, spd2), b, nullptr, nullptr, x.out(), nullptr));
  expect_close<double>(values<double>(x), {1. / 11, 7. / 11}, 1e-6);
}

TEST(CgReasons, words) {
  const char *text = nullptr;
  check(spc_reason_name(SPC_REASON_RTOL, &text));
  EXPECT_STREQ(text, "RTOL");
  check(spc_reason_name(SPC_REASON_CALLBACK, &text));
  EXPECT_STREQ(text, "CALLBACK");
  for (int32_t r = SPC_REASON_MAXAPPLIES; r <= SPC_REASON_STOPPED_BY_MONITOR; ++r) {
    if (r == 0) continue;
    check(spc_reason_name(r, &text));
  }
  check(spc_reason_name(SPC_REASON_TIMEOUT, &text));
  EXPECT_STREQ(text, "TIMEOUT");
  check(spc_reason_name(SPC_REASON_MAXAPPLIES, &text));
  EXPECT_STREQ(text, "MAXAPPLIES");
  expect_error(spc_reason_name(0, &text), SPC_E_VALUE, {"reason_name: 0"});
  expect_error(spc_reason_name(-11, &text), SPC_E_VALUE, {"reason_name: -11"});
}

}  // namespace
}  // namespace test
