// SPDX-License-Identifier: Apache-2.0
// What structure and the program say of operators; their equality, operands and texts.
#include <vector>

#include "tests/linop/operators.hpp"

namespace test {
namespace {

constexpr int32_t every_property[] = {
    SPC_IS_HERMITIAN,        SPC_IS_POSITIVE_DEFINITE, SPC_IS_POSITIVE_SEMIDEFINITE,
    SPC_IS_UNITARY,          SPC_IS_DIAGONAL,          SPC_IS_REAL,
    SPC_IS_LOWER_TRIANGULAR, SPC_IS_UPPER_TRIANGULAR};
constexpr int32_t T = SPC_TRUE, F = SPC_FALSE, U = SPC_UNKNOWN;

class StructureOf : public OnFamily {
 protected:
  // Hermitian, definite, semidefinite, unitary, diagonal, real, lower, upper.
  static std::vector<int32_t> all(spc_linop A) {
    std::vector<int32_t> v;
    for (int32_t p : every_property) v.push_back(is(A, p));
    return v;
  }
  LinOp dense(const std::vector<double> &m, spc_space X = nullptr) {
    return dense_linop<double>(ctx, X == nullptr ? E : X, X == nullptr ? E : X, {2, 2}, m);
  }
  LinOp diag(const std::vector<double> &d, spc_space X) {
    return diagonal(vector<double>(ctx, d), X);
  }
  void SetUp() override {
    OnFamily::SetUp();
    E = coordinate_space(ctx, 2);
    W = coordinate_space<double>(ctx, 2, {2, 3});
  }
  Space E, W;
};
SPC_ON_EVERY_FAMILY(StructureOf);

TEST_P(StructureOf, leaves) {
  const std::vector<int32_t> unit = {T, T, T, T, T, T, T, T};
  EXPECT_EQ(all(identity(W)), unit);
  EXPECT_EQ(all(zero(W, W)), (std::vector<int32_t>{T, F, T, F, T, T, T, T}));
  EXPECT_EQ(all(zero(W, E)), (std::vector<int32_t>{F, F, F, F, T, T, T, T}));
  EXPECT_EQ(all(diag({1, 2}, W)), (std::vector<int32_t>{T, T, T, F, T, T, T, T}));
  EXPECT_EQ(all(diag({0, 2}, E)), (std::vector<int32_t>{T, F, T, F, T, T, T, T}));
  EXPECT_EQ(all(diag({1, -1}, E)), (std::vector<int32_t>{T, F, F, T, T, T, T, T}));
  EXPECT_EQ(all(dense({1, 2, 2, 3})), (std::vector<int32_t>{T, U, U, U, F, T, F, F}));
  EXPECT_EQ(all(dense({1, 0, 2, 3})), (std::vector<int32_t>{F, F, F, U, F, T, T, F}));
  EXPECT_EQ(all(dense({1, 0, 0, 3}, W)), (std::vector<int32_t>{T, U, U, U, T, T, T, T}));
  for (const char *format : {"csr", "csc", "coo"}) {
    LinOp S;
    check(spc_linop_sparse(sparse<double>(ctx, 2, 2, {1, 2, 0, 3}, format), E, E, S.out()));
    EXPECT_EQ(all(S), (std::vector<int32_t>{F, F, F, U, F, T, F, T})) << format;
  }
  const LinOp A = dense({1, 2, 3, 4});
  Wrapped functions{A};
  EXPECT_EQ(all(matrix_free(functions, E, E)), (std::vector<int32_t>{U, U, U, U, U, T, U, U}));
}

TEST_P(StructureOf, complex_leaves) {
  const Context z = context(GetParam(), SPC_COMPLEX128);
  const Space X = coordinate_space<c128>(z, 2);
  EXPECT_EQ(is(dense_linop<c128>(z, X, X, {2, 2}, {1, 2, 3, 4}), SPC_IS_REAL), T);
  EXPECT_EQ(is(dense_linop<c128>(z, X, X, {2, 2}, {1, {2, 1}, 3, 4}), SPC_IS_REAL), F);
  LinOp S;
  check(spc_linop_sparse(sparse<c128>(z, 2, 2, {1, {0, 1}, 0, 4}), X, X, S.out()));
  EXPECT_EQ(is(S, SPC_IS_REAL), F);
  EXPECT_EQ(is(S, SPC_IS_UPPER_TRIANGULAR), T);
  const LinOp D = diagonal(vector<c128>(z, {{0, 1}, {.6, .8}}), X);
  EXPECT_EQ(all(D), (std::vector<int32_t>{F, F, F, T, T, F, T, T}));
  EXPECT_EQ(all(adjoint(D)), (std::vector<int32_t>{F, F, F, T, T, F, T, T}));
}

TEST_P(StructureOf, algebra) {
  const LinOp A = dense({1, 2, 0, 3}, W), I = identity(W), S = diag({2, 5}, W);
  const LinOp gram = composed(adjoint(A), A);
  EXPECT_EQ(all(gram), (std::vector<int32_t>{T, U, T, U, U, T, U, U}));
  EXPECT_EQ(is(composed(A, adjoint(A)), SPC_IS_POSITIVE_SEMIDEFINITE), T);
  const LinOp shifted = sum({gram, scaled(weak(.5), I)});
  EXPECT_EQ(is(shifted, SPC_IS_HERMITIAN), T);
  EXPECT_EQ(is(shifted, SPC_IS_POSITIVE_DEFINITE), T);
  EXPECT_EQ(is(sum({gram, scaled(weak(-.5), I)}), SPC_IS_POSITIVE_DEFINITE), U);
  EXPECT_EQ(is(scaled(weak(3), shifted), SPC_IS_POSITIVE_DEFINITE), T);
  EXPECT_EQ(is(scaled(weak(-3), shifted), SPC_IS_POSITIVE_DEFINITE), U);
  EXPECT_EQ(is(scaled(weak(0), gram), SPC_IS_POSITIVE_SEMIDEFINITE), T);
  // A# S A with S > 0, and nested compositions.
  const LinOp weighted_gram = composed(adjoint(A), composed(S, A));
  EXPECT_EQ(is(weighted_gram, SPC_IS_HERMITIAN), T);
  EXPECT_EQ(is(weighted_gram, SPC_IS_POSITIVE_SEMIDEFINITE), T);
  EXPECT_EQ(is(composed(composed(adjoint(A), diag({2, -5}, W)), A), SPC_IS_POSITIVE_SEMIDEFINITE),
            U);
  EXPECT_EQ(is(composed(composed(adjoint(A), diag({2, -5}, W)), A), SPC_IS_HERMITIAN), T);
  EXPECT_EQ(is(composed(S, S), SPC_IS_POSITIVE_DEFINITE), T);
  EXPECT_EQ(is(composed(A, S), SPC_IS_HERMITIAN), U);
  // Unitary products; one factor that is none leaves it open.
  const LinOp Q = diag({1, -1}, W);
  EXPECT_EQ(is(composed(Q, composed(I, Q)), SPC_IS_UNITARY), T);
  EXPECT_EQ(is(composed(Q, A), SPC_IS_UNITARY), U);
  EXPECT_EQ(is(scaled(weak(-1), Q), SPC_IS_UNITARY), T);
  EXPECT_EQ(is(scaled(weak(2), Q), SPC_IS_UNITARY), F);
  // Triangles.
  EXPECT_EQ(is(A, SPC_IS_UPPER_TRIANGULAR), T);
  EXPECT_EQ(is(adjoint(A), SPC_IS_LOWER_TRIANGULAR), T);
  EXPECT_EQ(is(transpose(A), SPC_IS_LOWER_TRIANGULAR), T);
  EXPECT_EQ(is(transpose(A), SPC_IS_UPPER_TRIANGULAR), F);
  EXPECT_EQ(is(composed(A, S), SPC_IS_UPPER_TRIANGULAR), T);
  EXPECT_EQ(is(sum({A, S, I}), SPC_IS_UPPER_TRIANGULAR), T);
  EXPECT_EQ(is(sum({A, S}), SPC_IS_DIAGONAL), F);
  EXPECT_EQ(is(sum({S, I}), SPC_IS_DIAGONAL), T);
  // The transpose keeps symmetry in Euclidean geometry only.
  EXPECT_EQ(is(transpose(dense({1, 2, 2, 3})), SPC_IS_HERMITIAN), T);
  EXPECT_EQ(is(transpose(dense({1, 3, 2, 4}, W)), SPC_IS_HERMITIAN), U);
  EXPECT_EQ(is(adjoint(dense({1, 3, 2, 4}, W)), SPC_IS_HERMITIAN), T);
  EXPECT_EQ(is(adjoint(dense({1, 1, 1, 4}, W)), SPC_IS_HERMITIAN), F);
}

TEST_P(StructureOf, assumptions) {
  const LinOp A = dense({1, 2, 3, 4});
  Wrapped functions{A};
  const LinOp M = matrix_free(functions, E, E);
  const LinOp P = assume(M, SPC_IS_POSITIVE_DEFINITE);
  EXPECT_EQ(all(P), (std::vector<int32_t>{T, T, T, U, U, T, U, U}));
  EXPECT_EQ(is_hermitian(P), SPC_TRUE);
  EXPECT_EQ(all(adjoint(P)), all(P));
  EXPECT_TRUE(same(adjoint(adjoint(P)), P));
  EXPECT_EQ(is(sum({P, identity(E)}), SPC_IS_POSITIVE_DEFINITE), T);
  EXPECT_EQ(all(assume(M, SPC_IS_HERMITIAN, SPC_FALSE)),
            (std::vector<int32_t>{F, F, F, U, U, T, U, U}));
  EXPECT_EQ(all(assume(P, SPC_IS_DIAGONAL)), (std::vector<int32_t>{T, T, T, U, T, T, T, T}));
  EXPECT_EQ(is(adjoint(assume(M, SPC_IS_LOWER_TRIANGULAR)), SPC_IS_UPPER_TRIANGULAR), T);
  const Array x = vector<double>(ctx, {1, -1});
  EXPECT_EQ(values<double>(apply(P, x)), values<double>(apply(A, x)));
  EXPECT_EQ(parts_of(assume(P, SPC_IS_UNITARY)), 1);
  EXPECT_TRUE(same(part_of(assume(P, SPC_IS_UNITARY), 0), M));
  expect_operator_laws(P);
  LinOp out;
  expect_error(
      spc_linop_assume(dense({1, 2, 0, 3}), SPC_IS_POSITIVE_DEFINITE, SPC_TRUE, out.out()),
      SPC_E_VALUE,
      {"linop_assume: DenseLinOp is not Hermitian, the verdict given is positive definite"});
  expect_error(spc_linop_assume(identity(E), SPC_IS_UNITARY, SPC_FALSE, out.out()), SPC_E_VALUE,
               {"linop_assume: IdentityLinOp is unitary, the verdict given is not unitary"});
  expect_error(spc_linop_assume(P, SPC_IS_HERMITIAN, SPC_FALSE, out.out()), SPC_E_VALUE,
               {"AssumedLinOp is Hermitian"});
  expect_error(spc_linop_assume(M, 8, SPC_TRUE, out.out()), SPC_E_VALUE,
               {"linop_assume: property is 8, expected 0 to 7"});
  expect_error(spc_linop_assume(M, SPC_IS_REAL, SPC_UNKNOWN, out.out()), SPC_E_VALUE,
               {"linop_assume: value is -1, expected SPC_FALSE (0) or SPC_TRUE (1)"});
  int32_t verdict = 0;
  expect_error(spc_linop_is(M, -1, &verdict), SPC_E_VALUE, {"linop_is: property is -1"});
  expect_error(spc_linop_is(M, 0, nullptr), SPC_E_VALUE, {"linop_is: out is NULL"});
}

TEST_P(StructureOf, probes) {
  const LinOp symmetric = dense({1, 2, 2, 3}), other = dense({1, 2, 0, 3});
  Wrapped good{symmetric}, bad{other};
  const LinOp A = matrix_free(good, E, E), B = matrix_free(bad, E, E);
  int32_t verdict = -2;
  check(spc_linop_probe_hermitian(A, 3, 5, &verdict));
  EXPECT_EQ(verdict, U);
  check(spc_linop_probe_hermitian(B, 3, 5, &verdict));
  EXPECT_EQ(verdict, F);
  check(spc_linop_probe_hermitian(zero(E, W), 3, 5, &verdict));
  EXPECT_EQ(verdict, F);
  // In the metric, not in coordinates.
  check(spc_linop_probe_hermitian(dense({1, 3, 2, 4}, W), 3, 5, &verdict));
  EXPECT_EQ(verdict, U);
  EXPECT_EQ(is_hermitian(B), U);
  expect_error(spc_linop_probe_hermitian(A, 0, 5, &verdict), SPC_E_VALUE,
               {"linop_probe_hermitian: n is 0, expected at least 1"});
}

TEST_P(StructureOf, equality) {
  const LinOp A = dense({1, 2, 3, 4}), B = dense({1, 2, 3, 4}), C = dense({1, 2, 3, 5});
  EXPECT_TRUE(equal(A, B));
  EXPECT_FALSE(equal(A, C));
  EXPECT_FALSE(equal(A, dense({1, 2, 3, 4}, W)));
  EXPECT_FALSE(equal(A, dense({1, 2, 3, 4 + 1e-12})));
  EXPECT_TRUE(equal(sum({A, C}), sum({B, C})));
  EXPECT_FALSE(equal(sum({A, C}), sum({C, A})));
  EXPECT_FALSE(equal(sum({A, C}), sum({A, C, A})));
  EXPECT_TRUE(equal(composed(A, C), composed(B, C)));
  EXPECT_FALSE(equal(composed(A, C), composed(C, A)));
  EXPECT_TRUE(equal(scaled(weak(2), A), scaled(weak(2.), B)));
  EXPECT_FALSE(equal(scaled(weak(2), A), scaled(weak(3), A)));
  EXPECT_TRUE(equal(adjoint(A), adjoint(B)));
  EXPECT_TRUE(equal(transpose(A), transpose(B)));
  EXPECT_FALSE(equal(transpose(A), adjoint(A)));
  EXPECT_TRUE(equal(identity(E), identity(E)));
  EXPECT_FALSE(equal(identity(E), identity(W)));
  EXPECT_TRUE(equal(assume(A, SPC_IS_UNITARY), assume(B, SPC_IS_UNITARY)));
  EXPECT_FALSE(equal(assume(A, SPC_IS_UNITARY), A));
  Wrapped one{A}, two{A};
  EXPECT_TRUE(equal(matrix_free(one, E, E), matrix_free(one, E, E)));
  EXPECT_FALSE(equal(matrix_free(one, E, E), matrix_free(two, E, E)));
  // The check level is no part of it.
  const Context none = context(GetParam(), SPC_FLOAT64, SPC_CHECK_NONE);
  EXPECT_TRUE(equal(identity(E), identity(coordinate_space(none, 2))));
}

TEST_P(StructureOf, operands_and_texts) {
  const LinOp A = dense({1, 2, 3, 4}), I = identity(E);
  const LinOp S = sum({A, I}), C = composed(A, S), M = scaled(weak(2.5), A);
  EXPECT_EQ(parts_of(A), 0);
  EXPECT_EQ(parts_of(S), 2);
  EXPECT_TRUE(same(part_of(S, 1), I));
  EXPECT_TRUE(same(part_of(C, 0), A));
  EXPECT_TRUE(same(part_of(C, 1), S));
  EXPECT_TRUE(same(part_of(M, 0), A));
  EXPECT_TRUE(same(part_of(adjoint(A), 0), A));
  LinOp out;
  expect_error(spc_linop_part(S, 2, out.out()), SPC_E_INDEX,
               {"linop_part: i is 2, the operator has 2 parts"});
  expect_error(spc_linop_part(A, -1, out.out()), SPC_E_INDEX, {"has 0 parts"});
  EXPECT_EQ(text_of(A), "DenseLinOp((2,) -> (2,))");
  EXPECT_EQ(text_of(S),
            "SumLinOp((2,) -> (2,): DenseLinOp((2,) -> (2,)), IdentityLinOp((2,) -> (2,)))");
  EXPECT_EQ(text_of(M), "ScaledLinOp((2,) -> (2,): 2.5, DenseLinOp((2,) -> (2,)))");
  EXPECT_EQ(text_of(scaled(weak(-3), A)),
            "ScaledLinOp((2,) -> (2,): -3, DenseLinOp((2,) -> (2,)))");
  EXPECT_EQ(text_of(assume(A, SPC_IS_UNITARY)),
            "AssumedLinOp((2,) -> (2,): DenseLinOp((2,) -> (2,)), unitary)");
  char little[4];
  expect_error(spc_linop_text(A, little, 4, nullptr), SPC_E_VALUE, {"linop_text: capacity is 4"});
}

}  // namespace
}  // namespace test
