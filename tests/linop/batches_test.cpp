// SPDX-License-Identifier: Apache-2.0
// A and A# of batches: equal to the results one by one, all leading axes kept.
#include <vector>

#include "tests/linop/operators.hpp"

namespace test {
namespace {

class Batches : public OnFamily {
 protected:
  static std::vector<double> counted(std::size_t n) {
    std::vector<double> v(n);
    for (std::size_t i = 0; i < n; ++i) v[i] = .5 * static_cast<double>(i % 7) - 1;
    return v;
  }
  // Items of length `from` under leading axes, against one application an item.
  void expect_items(spc_linop A, const Shape &leading, const Shape &from, const Shape &to,
                    bool backward = false) {
    SCOPED_TRACE(kind_of(A));
    int64_t n = 1, length = 1;
    Shape shape = leading, expected = leading;
    for (int64_t k : leading) n *= k;
    for (int64_t k : from) {
      length *= k;
      shape.push_back(k);
    }
    expected.insert(expected.end(), to.begin(), to.end());
    const std::vector<double> data = counted(static_cast<std::size_t>(n * length));
    const Array xs = array<double>(ctx, shape, data);
    const Array ys = backward ? rvapply(A, xs) : vapply(A, xs);
    EXPECT_EQ(shape_of(ys), expected);
    std::vector<double> items;
    for (int64_t i = 0; i < n; ++i) {
      const Array x =
          array<double>(ctx, from, {data.begin() + i * length, data.begin() + (i + 1) * length});
      const std::vector<double> y = values<double>(backward ? rapply(A, x) : apply(A, x));
      items.insert(items.end(), y.begin(), y.end());
    }
    expect_close(values<double>(ys), items, 1e-12);
  }
};
SPC_ON_EVERY_FAMILY(Batches);

TEST_P(Batches, rows_of_ones) {
  const LinOp A = dense_linop<double>(ctx, coordinate_space(ctx, 2), coordinate_space(ctx, 3),
                                      {3, 2}, {1, 2, 3, 4, 5, 6});
  const Array ys = vapply(A, array<double>(ctx, {4, 2}, std::vector<double>(8, 1)));
  EXPECT_EQ(shape_of(ys), (Shape{4, 3}));
  EXPECT_EQ(values<double>(ys), (std::vector<double>{3, 7, 11, 3, 7, 11, 3, 7, 11, 3, 7, 11}));
}

TEST_P(Batches, every_class_and_all_leading_axes) {
  const std::vector<double> w = {1, 2, .5, 4};
  for (const bool with_weights : {false, true}) {
    SCOPED_TRACE(with_weights);
    const Space X = with_weights ? dense_space(ctx, {2, 2}, weighted<double>(ctx, {2, 2}, w))
                                 : dense_space(ctx, {2, 2}),
                Y = with_weights ? coordinate_space<double>(ctx, 3, {3, .25, 1})
                                 : coordinate_space(ctx, 3);
    const LinOp A = dense_linop<double>(ctx, X, Y, {3, 2, 2}, counted(12));
    const LinOp D = diagonal(array<double>(ctx, {2, 2}, {1, -2, 3, .5}), X);
    Wrapped functions{A}, batched{A};
    const LinOp F = matrix_free(functions, X, Y), G = matrix_free(batched, X, Y, true);
    for (const Shape &leading : {Shape{1}, Shape{3}, Shape{2, 3}, Shape{0}, Shape{2, 0, 1}}) {
      const auto rectangular = [&](spc_linop op) {
        expect_items(op, leading, {2, 2}, {3});
        expect_items(op, leading, {3}, {2, 2}, true);
      };
      rectangular(A);
      for (const char *format : {"csr", "csc", "coo"}) {
        LinOp S;
        check(spc_linop_sparse(sparse<double>(ctx, 3, 4, counted(12), format), X, Y, S.out()));
        rectangular(S);
      }
      rectangular(zero(X, Y));
      rectangular(scaled(weak(-1.5), A));
      rectangular(sum({A, F, A}));
      rectangular(composed(A, D));
      rectangular(F);
      rectangular(G);
      rectangular(adjoint(adjoint(A)));
      rectangular(conjugate_of(A));
      rectangular(assume(A, SPC_IS_REAL));
      expect_items(adjoint(A), leading, {3}, {2, 2});
      expect_items(transpose(A), leading, {3}, {2, 2});
      expect_items(transpose(A), leading, {2, 2}, {3}, true);
      expect_items(transpose(F), leading, {3}, {2, 2});
      for (const LinOp &square : {identity(X), diagonal(array<double>(ctx, {2, 2}, w), X)}) {
        expect_items(square, leading, {2, 2}, {2, 2});
        expect_items(square, leading, {2, 2}, {2, 2}, true);
      }
    }
  }
}

TEST_P(Batches, complex_numbers) {
  const Context z = context(GetParam(), SPC_COMPLEX128);
  const Space X = coordinate_space<c128>(z, 2, {2, 5}), Y = coordinate_space<c128>(z, 2, {3, 7});
  const LinOp A = dense_linop<c128>(z, X, Y, {2, 2}, {{1, 2}, {3, -1}, {0, -2}, {4, .5}});
  LinOp S;
  check(spc_linop_sparse(sparse<c128>(z, 2, 2, {{1, 2}, {3, -1}, {0, -2}, {4, .5}}, "csc"), X, Y,
                         S.out()));
  const std::vector<c128> x = {{1, -1}, {2, .25}, {0, 3}, {-.5, 1}};
  const Array batch = array<c128>(z, {2, 2}, x);
  for (spc_linop op : {spc_linop(A), spc_linop(S)}) {
    for (int i : {0, 1}) {
      const Array item = vector<c128>(z, {x[2 * i], x[2 * i + 1]});
      const auto row = [&](const Array &rows) {
        const std::vector<c128> v = values<c128>(rows);
        return std::vector<c128>{v[2 * i], v[2 * i + 1]};
      };
      expect_close(row(vapply(op, batch)), values<c128>(apply(op, item)), 1e-13);
      expect_close(row(rvapply(op, batch)), values<c128>(rapply(op, item)), 1e-13);
      const LinOp T = transpose(op), C = conjugate_of(op);
      expect_close(row(vapply(T, batch)), values<c128>(apply(T, item)), 1e-13);
      expect_close(row(rvapply(T, batch)), values<c128>(rapply(T, item)), 1e-13);
      expect_close(row(vapply(C, batch)), values<c128>(apply(C, item)), 1e-13);
      expect_close(row(rvapply(C, batch)), values<c128>(rapply(C, item)), 1e-13);
    }
  }
}

TEST_P(Batches, one_element_is_no_batch_at_any_level) {
  for (int32_t level : {SPC_CHECK_NONE, SPC_CHECK_CHEAP, SPC_CHECK_STANDARD, SPC_CHECK_STRICT}) {
    const Context c = context(GetParam(), SPC_FLOAT64, level);
    const Space X = coordinate_space(c, 2), Y = coordinate_space(c, 3);
    const LinOp A = dense_linop<double>(c, X, Y, {3, 2}, {1, 2, 3, 4, 5, 6});
    Array out;
    expect_error(spc_linop_vapply(A, vector<double>(c, {1, 2}), out.out()), SPC_E_VALIDATION,
                 {"vapply: xs has no leading batch axis"});
    expect_error(spc_linop_rvapply(A, vector<double>(c, {1, 2, 3}), out.out()), SPC_E_VALIDATION,
                 {"rvapply: ys has no leading batch axis"});
    EXPECT_NE(spc_linop_vapply(A, array<double>(c, {2, 3}, counted(6)), out.out()), SPC_OK);
    if (level != SPC_CHECK_NONE)
      expect_error(spc_linop_vapply(A, array<double>(c, {2, 3}, counted(6)), out.out()),
                   SPC_E_VALIDATION, {"trailing shape", "(2,)", "(2, 3)"});
  }
}

struct Warnings {
  std::vector<std::string> texts;
  static spc_status note(void *user, const char *category, const char *message) {
    static_cast<Warnings *>(user)->texts.push_back(std::string(category) + ": " + message);
    return SPC_OK;
  }
};

TEST(BatchesOnce, long_loops_warn_once_a_class_and_method) {
  const Context c = context("reference");
  const Space X = coordinate_space(c, 2);
  const LinOp I = identity(X);
  Wrapped functions{I};
  const LinOp F = matrix_free(functions, X, X);
  Warnings warnings;
  check(spc_set_warning_handler(Warnings::note, &warnings));
  const auto batch = [&](int64_t n) {
    return array<double>(c, {n, 2}, std::vector<double>(static_cast<std::size_t>(2 * n), 1));
  };
  vapply(F, batch(32));
  EXPECT_TRUE(warnings.texts.empty());
  for (int i = 0; i < 2; ++i) {
    vapply(F, batch(33));
    rvapply(F, batch(40));
  }
  check(spc_set_warning_handler(nullptr, nullptr));
  EXPECT_EQ(warnings.texts,
            (std::vector<std::string>{
                "RuntimeWarning: MatrixFreeLinOp.vapply: 33 items run one by one",
                "RuntimeWarning: MatrixFreeLinOp.rvapply: 40 items run one by one"}));
}

TEST_P(Batches, functions_for_batches_are_called_once) {
  const Space X = coordinate_space(ctx, 2);
  const LinOp A = dense_linop<double>(ctx, X, X, {2, 2}, {1, 2, 3, 4});
  Wrapped functions{A};
  const LinOp F = matrix_free(functions, X, X, true);
  vapply(F, array<double>(ctx, {3, 2}, counted(6)));
  EXPECT_EQ(functions.calls, 1);
  rvapply(F, array<double>(ctx, {3, 2}, counted(6)));
  EXPECT_EQ(functions.calls, 2);
  // One of the two may be missing.
  LinOp half;
  check(spc_linop_matrix_free_batched(Wrapped::forward, Wrapped::backward, nullptr,
                                      Wrapped::backward_batch, &functions, X, X, half.out()));
  functions.calls = 0;
  vapply(half, array<double>(ctx, {3, 2}, counted(6)));
  EXPECT_EQ(functions.calls, 3);
  rvapply(half, array<double>(ctx, {3, 2}, counted(6)));
  EXPECT_EQ(functions.calls, 4);
}

TEST_P(Batches, results_of_functions_are_looked_at) {
  const Space X = coordinate_space(ctx, 2);
  const LinOp I = identity(X);
  Wrapped functions{I};
  const auto shorter = [](void *, spc_element x, spc_element *y) {
    const spc_index first = slice(0, 1);
    return spc_getitem(x, 1, &first, y);
  };
  const auto nothing = [](void *, spc_element, spc_element *) -> spc_status { return SPC_OK; };
  const auto failing = [](void *, spc_element, spc_element *) -> spc_status { return 7; };
  const Array xs = array<double>(ctx, {3, 2}, counted(6));
  Array out;
  LinOp F;
  check(spc_linop_matrix_free_batched(Wrapped::forward, Wrapped::backward, shorter, nothing,
                                      &functions, X, X, F.out()));
  expect_error(
      spc_linop_vapply(F, xs, out.out()), SPC_E_VALUE,
      {"MatrixFreeLinOp.vapply: the callback's result has leading axes (1,), expected (3,)"});
  expect_error(spc_linop_rvapply(F, xs, out.out()), SPC_E_TYPE,
               {"MatrixFreeLinOp.rvapply: the callback returned no batch"});
  check(spc_linop_matrix_free_batched(Wrapped::forward, Wrapped::backward, failing, nullptr,
                                      &functions, X, X, F.out()));
  expect_error(spc_linop_vapply(F, xs, out.out()), SPC_E_CALLBACK,
               {"MatrixFreeLinOp.vapply: the callback returned 7"});
}

TEST_P(Batches, coordinate_adjoint) {
  const Space X = coordinate_space<double>(ctx, 2, {2, 3}),
              Y = coordinate_space<double>(ctx, 2, {5, 7});
  const Space E = coordinate_space(ctx, 2);
  const LinOp I = identity(E);
  Wrapped functions{I};
  LinOp A;
  check(spc_linop_from_coordinate_adjoint(Wrapped::forward, Wrapped::backward, nullptr, nullptr,
                                          &functions, X, Y, A.out()));
  expect_close(values<double>(rapply(A, vector<double>(ctx, {3, 4}))), {7.5, 28. / 3}, 1e-13);
  LinOp B;
  check(spc_linop_from_coordinate_adjoint(Wrapped::forward, Wrapped::backward,
                                          Wrapped::forward_batch, Wrapped::backward_batch,
                                          &functions, X, Y, B.out()));
  const Array ys = array<double>(ctx, {2, 2}, {3, 4, 1, 0});
  expect_close(values<double>(rvapply(A, ys)), {7.5, 28. / 3, 2.5, 0}, 1e-13);
  expect_close(values<double>(rvapply(B, ys)), {7.5, 28. / 3, 2.5, 0}, 1e-13);
  EXPECT_FALSE(equal(A, B));
  expect_operator_laws(A);
  LinOp out;
  expect_error(spc_linop_from_coordinate_adjoint(Wrapped::forward, nullptr, nullptr, nullptr,
                                                 &functions, X, Y, out.out()),
               SPC_E_TYPE, {"MatrixFreeLinOp: rapply is not callable"});
}

TEST_P(Batches, coordinate_adjoint_that_is_wrong) {
  const Context strict = context(GetParam(), SPC_FLOAT64, SPC_CHECK_STRICT);
  const Space X = coordinate_space<double>(strict, 2, {2, 3});
  const LinOp A = dense_linop<double>(strict, X, X, {2, 2}, {1, 2, 3, 4});
  // The metric adjoint where that of the coordinates is asked for.
  Wrapped functions{A};
  LinOp out;
  expect_error(spc_linop_from_coordinate_adjoint(Wrapped::forward, Wrapped::backward, nullptr,
                                                 nullptr, &functions, X, X, out.out()),
               SPC_E_VALUE, {"Strict matrix-free adjoint consistency check failed"});
}

}  // namespace
}  // namespace test
