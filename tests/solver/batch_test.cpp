// SPDX-License-Identifier: Apache-2.0
// solve_batch: a status for every right-hand side.
#include <algorithm>

#include "tests/solver/solving.hpp"
#include "tests/support/matrix.hpp"

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
      const std::vector<double> x(xs.begin() + 3 * i, xs.begin() + 3 * (i + 1));
      // All columns of cg advance together: only their rounding differs.
      if (s.code != SPC_SOLVER_CG)
        EXPECT_EQ(x, values<double>(one.x));
      else
        expect_close(x, values<double>(one.x), 1e-13);
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
  for (int64_t i = 0; i < 3; ++i) {
    EXPECT_GT(r.list[i].reason, 0);
    EXPECT_EQ(std::count(seen.columns.begin(), seen.columns.end(), i), r.list[i].history_count);
    EXPECT_EQ(history[5 * i + std::min<int64_t>(r.list[i].history_count, 5) - 1],
              r.list[i].residual_norm);
  }
  // Check by check, the columns in order.
  EXPECT_EQ(std::vector<int64_t>(seen.columns.begin(), seen.columns.begin() + 5),
            (std::vector<int64_t>{0, 1, 2, 0, 2}));
  EXPECT_EQ(r.list[1].iterations, 0);
  const Array images = [&] {
    Array y;
    check(spc_linop_vapply(A, r.xs, y.out()));
    return y;
  }();
  expect_close<double>(values<double>(images), values<double>(bs), 1e-8);
}

// In every metric and dtype, with starts and a preconditioner.
TEST_P(Batch, columns_of_cg_are_what_single_solves_are) {
  for_floating([&]<class T>() {
    const Context c = context(GetParam(), dtype_of<T>());
    const int64_t n = 6, count = 5;
    const double rtol = sizeof(Real<T>) == 4 ? 1e-4 : 1e-10,
                 bound = sizeof(Real<T>) == 4 ? 1e-3 : 1e-9;
    for (const Metric metric : every_metric) {
      SCOPED_TRACE(name(metric));
      const MetricSpace<T> of_X = metric_space<T>(c, {2, 3}, metric, 1);
      const Space &X = of_X.space;
      const Matrix<T> S = Matrix<T>::definite(n, 2), m = of_X.G.inverse().times(S);
      const LinOp A = dense_linop<T>(c, X, X, {2, 3, 2, 3}, m.a);
      const LinOp M = dense_linop<T>(c, X, X, {2, 3, 2, 3},
                                     of_X.G.inverse().times(Matrix<T>::definite(n, 3)).a);
      std::vector<T> b = random<T>(count * n, 4u), x0 = random<T>(count * n, 5u);
      // Columns far apart in size, and one that is solved from its start.
      for (int64_t i = 0; i < n; ++i) b[i] *= T(1e15F), b[n + i] *= T(1e-15F), b[2 * n + i] = 0;
      const std::vector<T> image = m.times({x0.begin() + 3 * n, x0.begin() + 4 * n});
      std::copy(image.begin(), image.end(), b.begin() + 3 * n);
      const Array bs = array<T>(c, {count, 2, 3}, b), x0s = array<T>(c, {count, 2, 3}, x0);
      for (const bool starts : {false, true})
        for (const bool preconditioned : {false, true}) {
          spc_solve_options o = options(rtol, 40);
          if (preconditioned) o.precond = M;
          Results r(count);
          check(spc_solve_batch(SPC_SOLVER_CG, A, bs,
                                starts ? static_cast<spc_array>(x0s) : nullptr, &o, count,
                                r.xs.out(), r.list.data()));
          const std::vector<T> xs = values<T>(r.xs);
          for (int64_t k = 0; k < count; ++k) {
            SCOPED_TRACE(k);
            const auto item = [&](const std::vector<T> &v) {
              return array<T>(c, {2, 3}, {v.begin() + k * n, v.begin() + (k + 1) * n});
            };
            const Array rhs = item(b), start = item(x0);
            const Solution one =
                solve(spc_cg, A, rhs, o, starts ? static_cast<spc_array>(start) : nullptr);
            const spc_solve_result &column = r.list[k];
            EXPECT_EQ(column.reason > 0, one.reason > 0) << column.reason << ' ' << one.reason;
            // What ends at rounding ends when rounding has it.
            if (one.reason == SPC_REASON_RTOL) {
              EXPECT_NEAR(static_cast<double>(column.iterations),
                          static_cast<double>(one.iterations), 1);
            }
            EXPECT_DOUBLE_EQ(column.baseline_norm, one.baseline_norm);
            EXPECT_DOUBLE_EQ(column.threshold, one.threshold);
            if (column.reason == SPC_REASON_RTOL) {
              EXPECT_LE(column.true_residual_norm, 2 * column.threshold);
            }
            std::vector<T> x(xs.begin() + k * n, xs.begin() + (k + 1) * n), y = values<T>(one.x);
            // Relative to the size of the column, and of where it began.
            double size = starts ? 1 : 1e-300;
            for (const T &e : y) size = std::max(size, static_cast<double>(std::abs(e)));
            for (std::size_t i = 0; i < x.size(); ++i)
              EXPECT_LE(std::abs(x[i] - y[i]) / size, bound);
          }
        }
    }
  });
}

// A function of the program for whole batches: how often it is called, and for how many columns.
struct BatchedDiagonal {
  spc_linop op;
  std::vector<int64_t> columns;
  int fails_at = 1000;
  static spc_status apply(void *user, spc_element x, spc_element *y) {
    return spc_linop_apply(static_cast<BatchedDiagonal *>(user)->op, x, y);
  }
  static spc_status vapply(void *user, spc_element xs, spc_element *ys) {
    auto &self = *static_cast<BatchedDiagonal *>(user);
    self.columns.push_back(shape_of(xs)[0]);
    if (static_cast<int>(self.columns.size()) == self.fails_at) return 77;
    return spc_linop_vapply(self.op, xs, ys);
  }
};

TEST_P(Batch, a_status_for_every_column) {
  const LinOp D = diagonal(ctx, {1, 2, 3, -1, 0});
  BatchedDiagonal f{D, {}};
  LinOp A;
  const Space X = domain_of(D);
  check(spc_linop_matrix_free_batched(BatchedDiagonal::apply, BatchedDiagonal::apply,
                                      BatchedDiagonal::vapply, BatchedDiagonal::vapply, &f, X, X,
                                      A.out()));
  const std::vector<double> b = {1, 0,         0, 0, 0,  // one step
                                 1, 1,         0, 0, 0,  // two
                                 1, 1,         1, 0, 0,  // three: one too many
                                 0, 0,         0, 0, 0,  // none
                                 0, 0,         0, 1, 0,  // negative curvature
                                 0, 0,         0, 0, 1,  // none at all
                                 1, nan_value, 0, 0, 0};
  const Array bs = array<double>(ctx, {7, 5}, b);
  const int32_t reasons[] = {SPC_REASON_RTOL,     SPC_REASON_RTOL,       SPC_REASON_MAXITER,
                             SPC_REASON_RTOL,     SPC_REASON_INDEFINITE, SPC_REASON_BREAKDOWN,
                             SPC_REASON_NONFINITE};
  const int64_t iterations[] = {1, 2, 2, 0, 0, 0, 0};
  spc_solve_options o = options(1e-12, 2);
  Results r(7);
  check(spc_solve_batch(SPC_SOLVER_CG, A, bs, nullptr, &o, 7, r.xs.out(), r.list.data()));
  for (std::size_t k = 0; k < 7; ++k) {
    EXPECT_EQ(r.list[k].reason, reasons[k]) << k;
    EXPECT_EQ(r.list[k].iterations, iterations[k]) << k;
  }
  // Five columns begin, two go on.
  EXPECT_EQ(f.columns, (std::vector<int64_t>{5, 2}));
  const std::vector<double> x = values<double>(r.xs);
  expect_close<double>({x.begin(), x.begin() + 10}, {1, 0, 0, 0, 0, 1, .5, 0, 0, 0}, 1e-13);
  for (std::size_t i = 15; i < 35; ++i) EXPECT_EQ(x[i], 0);

  o.maxiter = 100;
  o.max_applies = 1;
  f.columns.clear();
  check(spc_solve_batch(SPC_SOLVER_CG, A, bs, nullptr, &o, 7, r.xs.out(), r.list.data()));
  EXPECT_EQ(r.list[0].reason, SPC_REASON_RTOL);
  EXPECT_EQ(r.list[1].reason, SPC_REASON_MAXAPPLIES);
  EXPECT_EQ(f.columns, (std::vector<int64_t>{5}));

  // A monitor may stop one of them.
  struct Second {
    static int32_t stop(void *, const spc_solve_info *info) {
      return info->column == 1 && info->iteration == 1 ? 1 : 0;
    }
    static int32_t fail(void *, const spc_solve_info *info) {
      return info->column == 1 && info->iteration == 1 ? -4 : 0;
    }
  };
  o = options(1e-12);
  o.monitor = Second::stop;
  check(spc_solve_batch(SPC_SOLVER_CG, A, bs, nullptr, &o, 7, r.xs.out(), r.list.data()));
  EXPECT_EQ(r.list[1].reason, SPC_REASON_STOPPED_BY_MONITOR);
  EXPECT_EQ(r.list[2].reason, SPC_REASON_RTOL);
  EXPECT_EQ(r.list[2].iterations, 3);
  // What fails ends all that are at work; those before have their results.
  o.monitor = Second::fail;
  Array none;
  expect_error(spc_solve_batch(SPC_SOLVER_CG, A, bs, nullptr, &o, 7, none.out(), r.list.data()),
               SPC_E_CALLBACK, {"solve_batch: the callback returned -4"});
  EXPECT_EQ(static_cast<spc_array>(none), nullptr);
  EXPECT_EQ(r.list[3].reason, SPC_REASON_RTOL);
  EXPECT_EQ(r.list[1].reason, SPC_REASON_CALLBACK);
  EXPECT_EQ(r.list[2].reason, SPC_REASON_CALLBACK);
  o.monitor = nullptr;
  f.columns.clear();
  f.fails_at = 2;
  expect_error(spc_solve_batch(SPC_SOLVER_CG, A, bs, nullptr, &o, 7, none.out(), r.list.data()),
               SPC_E_CALLBACK, {"returned 77"});
  EXPECT_EQ(r.list[0].reason, SPC_REASON_RTOL);
  EXPECT_EQ(r.list[1].reason, SPC_REASON_CALLBACK);
}

TEST_P(Batch, cg_on_trees_and_hermitian_matrices) {
  const Space E = coordinate_space(ctx, 2), W = coordinate_space<double>(ctx, 1, {3});
  const spc_space leaves[] = {E, W};
  Space X, H;
  check(spc_space_tree("{u: *, v: *}", 2, leaves, nullptr, X.out()));
  LinOp D;
  check(spc_linop_diagonal(vector<double>(ctx, {1, 2, 4}), X, D.out()));
  Array bs, x, flat;
  check(spc_space_unflatten_batch(X, array<double>(ctx, {2, 3}, {1, 2, 4, 3, 8, 20}), bs.out()));
  const spc_solve_options o = options(1e-12);
  Results r(2);
  check(spc_solve_batch(SPC_SOLVER_CG, D, bs, nullptr, &o, 2, r.xs.out(), r.list.data()));
  check(spc_space_flatten_batch(X, r.xs, flat.out()));
  expect_close<double>(values<double>(flat), {1, 1, 1, 3, 4, 5}, 1e-12);

  check(spc_space_hermitian(ctx, 2, 1e-12, 0, 1, H.out()));
  const Array M = array<double>(ctx, {2, 2}, {2, 0, 0, 3});
  Scripted anticommutator;
  anticommutator.apply = [&](spc_element in, spc_element *out) {
    Array left, right;
    spc_status status = spc_matmul(M, in, nullptr, left.out());
    if (status == SPC_OK) status = spc_matmul(in, M, nullptr, right.out());
    return status == SPC_OK ? spc_add(left, right, out) : status;
  };
  const LinOp L = anticommutator.on(H, H);
  check(spc_solve_batch(SPC_SOLVER_CG, L,
                        array<double>(ctx, {2, 2, 2}, {4, 5, 5, 12, 8, 10, 10, 24}), nullptr, &o, 2,
                        r.xs.out(), r.list.data()));
  expect_close<double>(values<double>(r.xs), {1, 1, 1, 2, 2, 2, 2, 4}, 1e-10);
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
