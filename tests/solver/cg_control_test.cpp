// SPDX-License-Identifier: Apache-2.0
// Starts, monitors, histories and callbacks that fail.
#include "tests/solver/solving.hpp"

namespace test {
namespace {

class CgControl : public OnFamily {
 protected:
  void SetUp() override {
    OnFamily::SetUp();
    A = square<double>(ctx, laplacian<double>(30));
    b = vector<double>(ctx, std::vector<double>(30, 1));
  }
  LinOp A;
  Array b;
};
SPC_ON_EVERY_FAMILY(CgControl);

struct Watch {
  std::vector<spc_solve_info> seen;
  int64_t stop_at = -1;
  int32_t answer = 0;

  static int32_t see(void *user, const spc_solve_info *info) {
    auto &self = *static_cast<Watch *>(user);
    self.seen.push_back(*info);
    if (info->iteration != self.stop_at) return 0;
    if (self.answer < 0) spc_callback_error("the watch is broken");
    return self.answer;
  }
};

TEST_P(CgControl, monitor_sees_every_check) {
  Watch watch;
  spc_solve_options o = options(1e-10);
  o.monitor = Watch::see;
  o.monitor_user = &watch;
  const Solution s = cg(A, b, o);
  ASSERT_EQ(static_cast<int64_t>(watch.seen.size()), s.iterations + 1);
  EXPECT_EQ(s.history_count, s.iterations + 1);
  for (std::size_t k = 0; k < watch.seen.size(); ++k) {
    EXPECT_EQ(watch.seen[k].iteration, static_cast<int64_t>(k));
    EXPECT_EQ(watch.seen[k].threshold, s.threshold);
    EXPECT_EQ(watch.seen[k].struct_size, sizeof(spc_solve_info));
    EXPECT_GE(watch.seen[k].seconds, k == 0 ? 0 : watch.seen[k - 1].seconds);
  }
  EXPECT_DOUBLE_EQ(watch.seen.front().residual_norm, std::sqrt(30));
  EXPECT_EQ(watch.seen.back().residual_norm, s.residual_norm);
}

TEST_P(CgControl, monitor_stops_politely) {
  Watch watch;
  watch.stop_at = 5;
  watch.answer = 1;
  spc_solve_options o = options(1e-10);
  o.monitor = Watch::see;
  o.monitor_user = &watch;
  const Solution s = cg(A, b, o);
  EXPECT_EQ(s.reason, SPC_REASON_STOPPED_BY_MONITOR);
  EXPECT_EQ(s.iterations, 5);
  EXPECT_EQ(values<double>(s.x), values<double>(cg(A, b, options(1e-10, 5)).x));
  watch.stop_at = 0;
  EXPECT_EQ(cg(A, b, o).iterations, 0);
}

TEST_P(CgControl, monitor_fails_the_solve) {
  Watch watch;
  watch.stop_at = 3;
  watch.answer = -17;
  spc_solve_options o = options(1e-10);
  o.monitor = Watch::see;
  o.monitor_user = &watch;
  spc_solve_result r = {};
  r.struct_size = sizeof r;
  Array x;
  expect_error(spc_cg(A, b, nullptr, &o, x.out(), &r), SPC_E_CALLBACK,
               {"cg: the callback returned -17: the watch is broken"});
  spc_error_info info = {};
  info.struct_size = sizeof info;
  check(spc_last_error(&info));
  EXPECT_EQ(info.native, -17);
  EXPECT_EQ(static_cast<spc_array>(x), nullptr);
  EXPECT_EQ(r.reason, SPC_REASON_CALLBACK);
  EXPECT_EQ(r.iterations, 3);
}

TEST_P(CgControl, check_every_thins_out_the_checks) {
  Watch watch;
  spc_solve_options o = options(1e-10, 13);
  o.check_every = 5;
  o.monitor = Watch::see;
  o.monitor_user = &watch;
  const Solution s = cg(A, b, o);
  EXPECT_EQ(s.reason, SPC_REASON_MAXITER);
  std::vector<int64_t> at;
  for (const spc_solve_info &i : watch.seen) at.push_back(i.iteration);
  EXPECT_EQ(at, (std::vector<int64_t>{0, 5, 10, 13}));
  o = options(1e-10);
  o.check_every = 4;
  const Solution all = cg(A, b, options(1e-10)), some = cg(A, b, o);
  EXPECT_GT(some.reason, 0);
  EXPECT_GE(some.iterations, all.iterations);
  EXPECT_LT(some.iterations, all.iterations + 4);
}

TEST_P(CgControl, history_of_residual_norms) {
  std::vector<double> full(100, -1);
  spc_solve_options o = options(1e-10);
  o.history = full.data();
  o.history_capacity = static_cast<int64_t>(full.size());
  const Solution s = cg(A, b, o);
  ASSERT_EQ(s.history_count, s.iterations + 1);
  EXPECT_DOUBLE_EQ(full[0], std::sqrt(30));
  EXPECT_EQ(full[s.iterations], s.residual_norm);
  EXPECT_EQ(full[s.iterations + 1], -1);

  std::vector<double> few(4, -1);
  o.history = few.data();
  o.history_capacity = 3;
  EXPECT_EQ(cg(A, b, o).history_count, s.history_count);
  EXPECT_EQ(few[2], full[2]);
  EXPECT_EQ(few[3], -1);
}

TEST_P(CgControl, start_at_the_solution) {
  const Solution first = cg(A, b, options(1e-12));
  const Solution again = cg(A, b, options(1e-10), first.x);
  EXPECT_GT(again.reason, 0);
  EXPECT_EQ(again.iterations, 0);
  EXPECT_EQ(again.applies, 1);
  EXPECT_EQ(values<double>(again.x), values<double>(first.x));
  // A new element, not the start.
  int32_t shares = -1;
  check(spc_array_is_view_of(again.x, first.x, &shares));
  EXPECT_EQ(shares, 0);
}

TEST_P(CgControl, start_elsewhere_and_inputs_stay_as_they_are) {
  std::vector<double> start(30);
  for (int i = 0; i < 30; ++i) start[i] = std::sin(i);
  const Array x0 = vector<double>(ctx, start);
  const Solution s = cg(A, b, options(1e-12), x0), zero = cg(A, b, options(1e-12));
  EXPECT_GT(s.reason, 0);
  expect_close<double>(values<double>(s.x), values<double>(zero.x), 1e-9);
  EXPECT_EQ(values<double>(x0), start);
  EXPECT_EQ(values<double>(b), std::vector<double>(30, 1));
}

struct Failing {
  int fail_at;
  int calls = 0;
  static spc_status apply(void *user, spc_element x, spc_element *y) {
    auto &self = *static_cast<Failing *>(user);
    if (self.calls++ == self.fail_at) {
      spc_callback_error("sensor offline");
      return 42;
    }
    return spc_copy(x, y);
  }
};

// A monitor that gives back the last handles of what the solve works on.
struct Dropping {
  spc_linop A, M;
  spc_array b, x0;
  static int32_t see(void *user, const spc_solve_info *) {
    auto &self = *static_cast<Dropping *>(user);
    spc_linop_release(&self.A);
    spc_linop_release(&self.M);
    spc_array_release(&self.b);
    spc_array_release(&self.x0);
    return 0;
  }
};

TEST_P(CgControl, monitor_may_release_the_operands) {
  const std::vector<double> expected = values<double>(cg(A, b, options(1e-12)).x);
  Dropping d{};
  const Array matrix = array<double>(ctx, {30, 30}, laplacian<double>(30));
  const Space X = coordinate_space(ctx, 30);
  check(spc_linop_dense(matrix, X, X, &d.A));
  check(spc_linop_identity(X, &d.M));
  check(spc_copy(b, &d.b));
  check(spc_copy(b, &d.x0));
  spc_solve_options o = options(1e-12);
  o.precond = d.M;
  o.monitor = Dropping::see;
  o.monitor_user = &d;
  const Solution s = cg(d.A, d.b, o, d.x0);
  EXPECT_EQ(d.b, nullptr);
  EXPECT_GT(s.reason, 0);
  expect_close<double>(values<double>(s.x), expected, 1e-9);
}

TEST_P(CgControl, operator_that_fails) {
  const Space X = coordinate_space(ctx, 30);
  for (int at : {0, 1}) {
    Failing state{at};
    LinOp op;
    check(spc_linop_matrix_free(Failing::apply, Failing::apply, &state, X, X, op.out()));
    spc_solve_result r = {};
    r.struct_size = sizeof r;
    Array x;
    expect_error(spc_cg(op, b, nullptr, nullptr, x.out(), &r), SPC_E_CALLBACK,
                 {"42", "sensor offline"});
    EXPECT_EQ(r.reason, SPC_REASON_CALLBACK);
  }
}

TEST_P(CgControl, nested_solve_in_a_callback) {
  struct Inner {
    spc_linop M;
    static spc_status apply(void *user, spc_element r, spc_element *z) {
      return spc_cg(static_cast<Inner *>(user)->M, r, nullptr, nullptr, z, nullptr);
    }
  } inner{A};
  // Preconditioning with a solve of A itself: one step.
  const Space X = coordinate_space(ctx, 30);
  LinOp M;
  check(spc_linop_matrix_free(Inner::apply, Inner::apply, &inner, X, X, M.out()));
  spc_solve_options o = options(1e-4);
  o.precond = M;
  const Solution s = cg(A, b, o);
  EXPECT_GT(s.reason, 0);
  EXPECT_LE(s.iterations, 2);
}

TEST(CgOptions, defaults) {
  spc_solve_options o;
  std::memset(&o, 0x5a, sizeof o);
  o.struct_size = sizeof o;
  check(spc_solve_options_init(&o));
  EXPECT_EQ(o.struct_size, sizeof o);
  EXPECT_EQ(o.norm, SPC_NORM_SPACE);
  EXPECT_EQ(o.baseline, SPC_BASELINE_RHS);
  EXPECT_EQ(o.combiner, SPC_COMBINE_SUM);
  EXPECT_EQ(o.rtol, 1e-6);
  EXPECT_EQ(o.atol, 0);
  EXPECT_EQ(o.maxiter, SPC_NONE_I64);
  EXPECT_EQ(o.check_every, 1);
  EXPECT_EQ(o.precond, nullptr);
  EXPECT_EQ(o.monitor, nullptr);
  EXPECT_EQ(o.history, nullptr);
  o.struct_size = 4;
  expect_error(spc_solve_options_init(&o), SPC_E_VALUE, {"struct_size is 4"});
}

}  // namespace
}  // namespace test
