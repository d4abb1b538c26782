// SPDX-License-Identifier: Apache-2.0
// solve_batch: a status for every right-hand side.
#include "tests/solver/solving.hpp"

namespace test {
namespace {

class Batch : public OnFamily {};
SPC_ON_EVERY_FAMILY(Batch);

const std::vector<double> spd3 = {4, 1, 0, 1, 3, .5, 0, .5, 2};

struct Results {
  explicit Results(int64_t n) : list(static_cast<std::size_t>(n), spc_solve_result{}) {
    list.front().struct_size = sizeof(spc_solve_result);
  }
  std::vector<spc_solve_result> list;
  Array xs;
};

TEST_P(Batch, every_solver_gives_what_single_solves_give) {
  const LinOp A = square<double>(ctx, spd3);
  const std::vector<double> bs = {1, -2, 3, 0, 0, 0, nan_value, 1, 1, 4, 1, 0};
  const Array batch = array<double>(ctx, {4, 3}, bs);
  for (const NamedSolver &s : linear_solvers) {
    SCOPED_TRACE(s.name);
    const spc_solve_options o = options(1e-10);
    Results r(4);
    check(spc_solve_batch(s.code, A, batch, nullptr, &o, 4, r.xs.out(), r.list.data()));
    EXPECT_EQ(shape_of(r.xs), (Shape{4, 3}));
    const std::vector<double> xs = values<double>(r.xs);
    for (int64_t i = 0; i < 4; ++i) {
      const Solution one =
          solve(s.solve, A, vector<double>(ctx, {bs.begin() + 3 * i, bs.begin() + 3 * (i + 1)}), o);
      const spc_solve_result &column = r.list[i];
      EXPECT_EQ(column.struct_size, sizeof(spc_solve_result));
      EXPECT_EQ(column.reason, one.reason);
      EXPECT_EQ(column.iterations, one.iterations);
      EXPECT_EQ(column.applies, one.applies);
      if (i != 2) {
        EXPECT_EQ(column.threshold, one.threshold);
      }
      EXPECT_EQ(std::vector<double>(xs.begin() + 3 * i, xs.begin() + 3 * (i + 1)),
                values<double>(one.x));
    }
    EXPECT_EQ(r.list[1].iterations, 0);
    EXPECT_EQ(r.list[2].reason, SPC_REASON_NONFINITE);
    EXPECT_GT(r.list[3].reason, 0);
  }
}

TEST_P(Batch, starts_history_and_columns_of_the_monitor) {
  const LinOp A = square<double>(ctx, spd3);
  const Array bs = array<double>(ctx, {3, 3}, {1, -2, 3, 5, 4.5, 2.5, 1, 1, 1});
  // The solution of the second is ones.
  const Array x0s = array<double>(ctx, {3, 3}, {0, 0, 0, 1, 1, 1, 9, 9, 9});
  struct Seen {
    std::vector<int64_t> columns;
    static int32_t see(void *user, const spc_solve_info *info) {
      static_cast<Seen *>(user)->columns.push_back(info->column);
      return 0;
    }
  } seen;
  std::vector<double> history(15, -1);
  spc_solve_options o = options(1e-10);
  o.monitor = Seen::see;
  o.monitor_user = &seen;
  o.history = history.data();
  o.history_capacity = 5;
  Results r(3);
  check(spc_solve_batch(SPC_SOLVER_CG, A, bs, x0s, &o, 3, r.xs.out(), r.list.data()));
  std::vector<int64_t> expected;
  for (int64_t i = 0; i < 3; ++i) {
    EXPECT_GT(r.list[i].reason, 0);
    expected.insert(expected.end(), static_cast<std::size_t>(r.list[i].history_count), i);
    EXPECT_EQ(history[5 * i + std::min<int64_t>(r.list[i].history_count, 5) - 1],
              r.list[i].residual_norm);
  }
  EXPECT_EQ(seen.columns, expected);
  EXPECT_EQ(r.list[1].iterations, 0);
  const Array images = [&] {
    Array y;
    check(spc_linop_vapply(A, r.xs, y.out()));
    return y;
  }();
  expect_close<double>(values<double>(images), values<double>(bs), 1e-8);
}

TEST_P(Batch, least_squares_between_two_spaces) {
  const Space X = coordinate_space(ctx, 2), Y = coordinate_space(ctx, 3);
  const LinOp A = dense_linop<double>(ctx, X, Y, {3, 2}, {1, 0, 0, 1, 1, 1});
  const Array bs = array<double>(ctx, {2, 3}, {1, 2, 4, 1, 1, -1});
  const spc_solve_options o = options(1e-11);
  Results r(2);
  check(spc_solve_batch(SPC_SOLVER_LSMR, A, bs, nullptr, &o, 2, r.xs.out(), r.list.data()));
  expect_close<double>(values<double>(r.xs), {4. / 3, 7. / 3, 0, 0}, 1e-10);
}

TEST_P(Batch, a_failure_leaves_the_results_so_far) {
  const LinOp A = square<double>(ctx, spd3);
  struct Fail {
    static int32_t second(void *, const spc_solve_info *info) { return info->column == 1 ? -9 : 0; }
  };
  spc_solve_options o = options(1e-10);
  o.monitor = Fail::second;
  Results r(3);
  expect_error(
      spc_solve_batch(SPC_SOLVER_GMRES, A, array<double>(ctx, {3, 3}, {1, 2, 3, 4, 5, 6, 7, 8, 9}),
                      nullptr, &o, 3, r.xs.out(), r.list.data()),
      SPC_E_CALLBACK, {"solve_batch: the callback returned -9"});
  EXPECT_EQ(static_cast<spc_array>(r.xs), nullptr);
  EXPECT_GT(r.list[0].reason, 0);
  EXPECT_EQ(r.list[1].reason, SPC_REASON_CALLBACK);
  EXPECT_EQ(r.list[2].reason, 0);
}

TEST_P(Batch, refusals) {
  const LinOp A = square<double>(ctx, spd3);
  const Array bs = array<double>(ctx, {2, 3}, {1, 2, 3, 4, 5, 6});
  Array xs;
  auto refuse = [&](int32_t solver, spc_array b, spc_array x0, int64_t n, spc_status code,
                    const char *text) {
    expect_error(spc_solve_batch(solver, A, b, x0, nullptr, n, xs.out(), nullptr), code, {text});
  };
  refuse(7, bs, nullptr, 2, SPC_E_VALUE, "solve_batch: solver is 7, expected 0 (cg) to 6 (lsmr)");
  refuse(0, bs, nullptr, 3, SPC_E_VALUE, "solve_batch: bs has batch shape (2,), expected (3,)");
  refuse(0, bs, nullptr, -1, SPC_E_VALUE, "solve_batch: n is -1");
  refuse(0, bs, array<double>(ctx, {1, 3}, {1, 2, 3}), 2, SPC_E_VALUE,
         "solve_batch: x0s has batch shape (1,), expected (2,)");
  refuse(0, array<double>(ctx, {2, 2}, {1, 2, 3, 4}), nullptr, 2, SPC_E_VALIDATION, "(3,)");
  refuse(0, vector<double>(ctx, {1, 2, 3}), nullptr, 1, SPC_E_VALIDATION, "");
  expect_error(spc_solve_batch(0, A, bs, nullptr, nullptr, 2, nullptr, nullptr), SPC_E_VALUE,
               {"solve_batch: xs is NULL"});
  spc_solve_result small = {};
  small.struct_size = 8;
  expect_error(spc_solve_batch(0, A, bs, nullptr, nullptr, 2, xs.out(), &small), SPC_E_VALUE,
               {"solve_batch: struct_size of the result is 8"});
  // Nothing to solve.
  check(spc_solve_batch(0, A, array<double>(ctx, {0, 3}, {}), nullptr, nullptr, 0, xs.out(),
                        nullptr));
  EXPECT_EQ(shape_of(xs), (Shape{0, 3}));
}

}  // namespace
}  // namespace test
