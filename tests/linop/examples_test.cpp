// SPDX-License-Identifier: Apache-2.0
// Worked examples of operators, applied and adjoint.
#include "tests/support/algebra.hpp"

namespace test {
namespace {

class LinOpExamples : public OnFamily {
 protected:
  /// The real 3 x 2 matrix that several examples share.
  const std::vector<double> m = {1, 0, .5, 3, 4, -1};

  LinOp generated(const std::vector<double> &wx = {}, const std::vector<double> &wy = {}) {
    return dense_linop<double>(ctx, coordinate_space<double>(ctx, 2, wx),
                               coordinate_space<double>(ctx, 3, wy), {3, 2}, m);
  }
  Array x() { return vector<double>(ctx, {.25, -1.5}); }
  Array y() { return vector<double>(ctx, {2, -.5, 1.25}); }
  Space complex_space(int64_t n, const std::vector<c128> &w = {}) {
    return coordinate_space<c128>(complex_context(), n, w);
  }
  spc_context complex_context() {
    if (static_cast<spc_context>(z_) == nullptr) z_ = context(GetParam(), SPC_COMPLEX128);
    return z_;
  }
  Array complex_vector(const std::vector<c128> &v) { return vector<c128>(complex_context(), v); }
  LinOp complex_dense(const std::vector<c128> &a, int64_t rows, int64_t cols) {
    return dense_linop<c128>(complex_context(), complex_space(cols), complex_space(rows),
                             {rows, cols}, a);
  }
  void expect(const Array &a, const std::vector<double> &v) {
    expect_close<double>(values<double>(a), v, 1e-13);
  }
  void expect_complex(const Array &a, const std::vector<c128> &v) {
    expect_close<c128>(values<c128>(a), v, 1e-13);
  }

 private:
  Context z_;
};
SPC_ON_EVERY_FAMILY(LinOpExamples);

TEST_P(LinOpExamples, dense) {
  const LinOp A = dense_linop<double>(ctx, coordinate_space(ctx, 2), coordinate_space(ctx, 3),
                                      {3, 2}, {1, 2, 3, 4, 5, 6});
  expect(apply(A, vector<double>(ctx, {7, 8})), {23, 53, 83});
  expect(rapply(A, vector<double>(ctx, {1, -1, 2})), {8, 10});
}

TEST_P(LinOpExamples, dense_with_inferred_codomain) {
  const Array a = array<double>(ctx, {3, 2}, {1, 2, 3, 4, 5, 6});
  LinOp A;
  check(spc_linop_dense(a, coordinate_space(ctx, 2), nullptr, A.out()));
  EXPECT_TRUE(equal(codomain_of(A), coordinate_space(ctx, 3)));
  // All axes may belong to the domain.
  check(spc_linop_dense(a, dense_space(ctx, {3, 2}), nullptr, A.out()));
  EXPECT_TRUE(equal(codomain_of(A), dense_space(ctx, {})));
  const Array s = apply(A, array<double>(ctx, {3, 2}, {1, 1, 1, 1, 1, 1}));
  EXPECT_EQ(shape_of(s), Shape{});
  expect(s, {21});
  EXPECT_EQ(shape_of(rapply(A, s)), (Shape{3, 2}));
}

TEST_P(LinOpExamples, complex_dense_adjoint) {
  const LinOp A = complex_dense({{1, 2}, {3, -1}, {0, -2}, {4, .5}}, 2, 2);
  expect_complex(rapply(A, complex_vector({{1, -1}, {2, .25}})), {c128(-1.5, 1), c128(12.125, -2)});
}

TEST_P(LinOpExamples, dense_and_sparse_agree) {
  const Space X = coordinate_space(ctx, 2), Y = coordinate_space(ctx, 3);
  const LinOp A = generated();
  expect(apply(A, x()), {.25, -4.375, 2.5});
  expect(rapply(A, y()), {6.75, -2.75});
  EXPECT_DOUBLE_EQ(value<double>(inner(Y, apply(A, x()), y())), 5.8125);
  for (const char *format : {"csr", "csc", "coo"}) {
    LinOp S;
    check(spc_linop_sparse(sparse<double>(ctx, 3, 2, m, format), X, Y, S.out()));
    expect(apply(S, x()), {.25, -4.375, 2.5});
    expect(rapply(S, y()), {6.75, -2.75});
  }
}

TEST_P(LinOpExamples, weighted_adjoint) {
  const LinOp A = generated({2, 5}, {3, 7, 11});
  expect(rapply(A, y()), {29.625, -4.85});
  EXPECT_NEAR(value<double>(inner(codomain_of(A), apply(A, x()), y())), 51.1875, 1e-12);
  const LinOp H = adjoint(A);
  // Columns of the adjoint.
  expect(apply(H, vector<double>(ctx, {1, 0, 0})), {1.5, 0});
  expect(apply(H, vector<double>(ctx, {0, 1, 0})), {1.75, 4.2});
  expect(apply(H, vector<double>(ctx, {0, 0, 1})), {22, -2.2});
  const LinOp gram = composed(H, A);
  expect(apply(gram, vector<double>(ctx, {1, 0})), {90.375, -6.7});
  expect(apply(gram, vector<double>(ctx, {0, 1})), {-16.75, 14.8});
  EXPECT_EQ(is_hermitian(gram), SPC_TRUE);
  for (const char *format : {"csr", "csc", "coo"}) {
    LinOp S;
    check(spc_linop_sparse(sparse<double>(ctx, 3, 2, m, format), domain_of(A), codomain_of(A),
                           S.out()));
    expect(rapply(S, y()), {29.625, -4.85});
  }
}

TEST_P(LinOpExamples, complex_weighted_adjoint) {
  const std::vector<c128> a = {{1, .5}, {0, -2}, {.5, 0}, {3, 0}, {4, 0}, {-1, 0}};
  const Array u = complex_vector({{.25, .5}, {-1.5, 0}}),
              v = complex_vector({{2, -.25}, {-.5, 0}, {1.25, .5}});
  const LinOp A = complex_dense(a, 3, 2);
  expect_complex(apply(A, u), {c128(0, 3.625), c128(-4.375, .25), c128(2.5, 2)});
  expect_complex(rapply(A, v), {c128(6.625, .75), c128(-2.25, 3.5)});
  EXPECT_LE(std::abs(value<c128>(inner(complex_space(3), apply(A, u), v)) - c128(5.40625, -8.375)),
            1e-12);
  const Space X = complex_space(2, {2, 5}), Y = complex_space(3, {3, 7, 11});
  const LinOp B = dense_linop<c128>(complex_context(), X, Y, {3, 2}, a);
  expect_complex(rapply(B, v), {c128(29.4375, 9.125), c128(-4.55, 1.3)});
  EXPECT_LE(std::abs(value<c128>(inner(Y, apply(B, u), v)) - c128(57.96875, -34.625)), 1e-12);
  LinOp S;
  check(spc_linop_sparse(sparse<c128>(complex_context(), 3, 2, a), X, Y, S.out()));
  expect_complex(rapply(S, v), {c128(29.4375, 9.125), c128(-4.55, 1.3)});
}

TEST_P(LinOpExamples, one_by_one_between_weighted_lines) {
  const LinOp A = dense_linop<double>(ctx, coordinate_space<double>(ctx, 1, {2}),
                                      coordinate_space<double>(ctx, 1, {3}), {1, 1}, {5});
  expect(rapply(A, vector<double>(ctx, {4})), {30});
}

TEST_P(LinOpExamples, diagonal) {
  LinOp D;
  check(
      spc_linop_diagonal(complex_vector({{2, .5}, {-1, 0}, {.5, -1}}), complex_space(3), D.out()));
  expect_complex(apply(D, complex_vector({{1, 1}, {-2, 0}, {.75, 0}})),
                 {c128(1.5, 2.5), c128(2), c128(.375, -.75)});
  expect_complex(rapply(D, complex_vector({{0, -.5}, {3, 0}, {1.25, 0}})),
                 {c128(-.25, -1), c128(-3), c128(.625, 1.25)});
  check(spc_linop_diagonal(vector<double>(ctx, {1, -2, .5}),
                           coordinate_space<double>(ctx, 3, {2, 5, 7}), D.out()));
  expect(rapply(D, y()), {2, 1, .625});
  // Without a space: that of d.
  check(spc_linop_diagonal(vector<float>(ctx, {1, 2}), nullptr, D.out()));
  const Context narrow = context(GetParam(), SPC_FLOAT32);
  EXPECT_TRUE(equal(domain_of(D), coordinate_space(narrow, 2)));
}

TEST_P(LinOpExamples, scaled) {
  const LinOp A = complex_dense({{1, 2}, {3, -1}, {0, -2}, {4, .5}}, 2, 2);
  expect_complex(rapply(scaled(weak(c128(2, 3)), A), complex_vector({{1, 0}, {0, 1}})),
                 {c128(-8, -1), c128(22, -.5)});
  const LinOp B = scaled(weak(1.25), generated());
  expect(apply(B, x()), {.3125, -5.46875, 3.125});
  expect(rapply(B, y()), {8.4375, -3.4375});
  // A strong 0-d scalar is read at construction.
  const LinOp C = scaled(array<double>(ctx, {}, {1.25}), generated());
  expect(apply(C, x()), {.3125, -5.46875, 3.125});
}

TEST_P(LinOpExamples, sum_and_composition) {
  const LinOp A = generated();
  const LinOp C =
      dense_linop<double>(ctx, domain_of(A), codomain_of(A), {3, 2}, {-.25, 2, 1, .5, 2.5, -1});
  const LinOp S = sum({A, C});
  expect(apply(S, x()), {-2.8125, -4.875, 4.625});
  expect(rapply(S, y()), {8.875, -.25});
  const LinOp B = dense_linop<double>(ctx, codomain_of(A), coordinate_space(ctx, 2), {2, 3},
                                      {2, -.5, 1, -1.5, .25, 3});
  const LinOp P = composed(B, A);
  expect(apply(P, x()), {5.1875, 6.03125});
  expect(rapply(P, vector<double>(ctx, {1.5, -.75})), {.65625, -2.0625});
}

TEST_P(LinOpExamples, sparse_complex) {
  for (const char *format : {"csr", "csc", "coo"}) {
    LinOp A;
    check(spc_linop_sparse(
        sparse<c128>(complex_context(), 3, 2, {{1, 2}, 0, 0, {3, -1}, {0, 1}, 0}, format),
        complex_space(2), complex_space(3), A.out()));
    expect_complex(apply(A, complex_vector({{1, 0}, {0, 1}})),
                   {c128(1, 2), c128(1, 3), c128(0, 1)});
    expect_complex(rapply(A, complex_vector({{1, 0}, {0, 1}, {2, 0}})), {c128(1, -4), c128(-1, 3)});
  }
}

TEST_P(LinOpExamples, identity_and_zero) {
  const Space X = coordinate_space(ctx, 2), Y = coordinate_space(ctx, 3);
  LinOp I, O;
  check(spc_linop_identity(X, I.out()));
  check(spc_linop_zero(X, Y, O.out()));
  const Array v = x(), u = apply(I, v);
  int32_t shares = 0;
  check(spc_array_is_view_of(u, v, &shares));
  EXPECT_EQ(shares, 1);
  expect(rapply(I, v), {.25, -1.5});
  expect(apply(O, v), {0, 0, 0});
  expect(rapply(O, y()), {0, 0});
}

TEST_P(LinOpExamples, kinds_and_endpoints) {
  const LinOp A = generated({2, 5}, {3, 7, 11});
  auto kind = [](spc_linop op) {
    const char *text = "";
    check(spc_linop_kind(op, &text));
    return std::string(text);
  };
  EXPECT_EQ(kind(A), "DenseLinOp");
  EXPECT_EQ(kind(adjoint(A)), "AdjointLinOp");
  EXPECT_EQ(kind(scaled(weak(2), A)), "ScaledLinOp");
  EXPECT_EQ(kind(sum({A, A})), "SumLinOp");
  EXPECT_EQ(kind(composed(adjoint(A), A)), "ComposedLinOp");
  const LinOp H = adjoint(A);
  EXPECT_TRUE(equal(domain_of(H), codomain_of(A)));
  EXPECT_TRUE(equal(codomain_of(H), domain_of(A)));
}

// Operators between spaces of one family chain; the results carry the family of their space.
TEST(LinOpAcross, compatible_families) {
  load_test_families();
  const Context cpu = context("cpu"), reference = context("reference");
  const Space X = coordinate_space(reference, 2), Y = coordinate_space(reference, 2);
  LinOp A;
  check(spc_linop_dense(array<double>(cpu, {2, 2}, {1, 2, 3, 4}), X, Y, A.out()));
  const Array x = vector<double>(cpu, {1, 1});
  Array y = apply(A, x);
  EXPECT_EQ(family_of(y), "reference");
  EXPECT_EQ(values<double>(y), (std::vector<double>{3, 7}));
  EXPECT_EQ(family_of(rapply(A, x)), "reference");
  // Into an array of the other family: its own.
  const Array into = vector<double>(cpu, {0, 0});
  check(spc_linop_apply_into(nullptr, A, x, nullptr, into, SPC_MODE_NONE));
  EXPECT_EQ(values<double>(into), (std::vector<double>{3, 7}));
  // One chain: the most derived family runs the operator.
  LinOp B;
  check(spc_linop_dense(array<double>(cpu, {2, 2}, {1, 2, 3, 4}), coordinate_space(cpu, 2), Y,
                        B.out()));
  EXPECT_EQ(family_of(apply(B, x)), "cpu");
  const LinOp C = composed(A, B), S = sum({A, B});
  EXPECT_EQ(family_of(apply(C, x)), "reference");
  EXPECT_EQ(values<double>(apply(S, x)), (std::vector<double>{6, 14}));
}

TEST(LinOpAcross, spaces_of_different_dtypes_meet_in_their_join) {
  const Context wide = context("reference"),
                narrow = context("reference", SPC_FLOAT32, SPC_CHECK_CHEAP);
  LinOp A;
  check(spc_linop_dense(array<double>(wide, {2, 2}, {1, 2, 3, 4}),
                        coordinate_space<float>(narrow, 2, {1, 2}), coordinate_space(wide, 2),
                        A.out()));
  const Space X = domain_of(A);
  EXPECT_TRUE(equal(X, coordinate_space<double>(wide, 2, {1, 2})));
  Context c;
  check(spc_space_context(X, c.out()));
  int32_t level = -1;
  check(spc_context_check_level(c, &level));
  EXPECT_EQ(level, SPC_CHECK_CHEAP);
}

}  // namespace
}  // namespace test
