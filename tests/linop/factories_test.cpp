// SPDX-License-Identifier: Apache-2.0
// Factories that simplify, and fusion.
#include <vector>

#include "tests/linop/operators.hpp"

namespace test {
namespace {

class Factories : public OnFamily {
 protected:
  void SetUp() override {
    OnFamily::SetUp();
    X = coordinate_space(ctx, 2);
    Y = coordinate_space(ctx, 3);
    A = dense_linop<double>(ctx, X, X, {2, 2}, {1, 2, 3, 4});
    B = dense_linop<double>(ctx, X, X, {2, 2}, {0, 1, -1, .5});
    S = dense_linop<double>(ctx, X, X, {2, 2}, {2, 1, 1, 2});
    O = zero(X, X);
    I = identity(X);
  }
  void expect_fused(spc_linop fused, const char *kind, const std::vector<double> &m) {
    EXPECT_EQ(kind_of(fused), kind);
    expect_close(values<double>(matrix_of(fused)), m, 1e-12);
  }
  Space X, Y;
  LinOp A, B, S, O, I;
};
SPC_ON_EVERY_FAMILY(Factories);

TEST_P(Factories, identities) {
  EXPECT_TRUE(same(make_composed(I, A), A));
  EXPECT_TRUE(same(make_composed(A, I), A));
  EXPECT_TRUE(same(make_sum({A, O}), A));
  EXPECT_TRUE(same(make_sum({O, A}), A));
  EXPECT_TRUE(same(make_sum({A}), A));
  EXPECT_TRUE(same(make_scaled(weak(1), A), A));
  EXPECT_TRUE(same(make_scaled(weak(1.), A), A));
  EXPECT_TRUE(same(make_scaled(array<double>(ctx, {}, {1}), A), A));
  EXPECT_EQ(kind_of(make_scaled(weak(0), A)), "ZeroLinOp");
  EXPECT_EQ(kind_of(make_composed(A, O)), "ZeroLinOp");
  EXPECT_EQ(kind_of(make_composed(O, A)), "ZeroLinOp");
  EXPECT_EQ(kind_of(make_sum({O, O})), "ZeroLinOp");
  EXPECT_TRUE(same(make_scaled(weak(2), O), O));
  EXPECT_TRUE(same(make_scaled(weak(.5), make_scaled(weak(2), A)), A));
  EXPECT_TRUE(same(make_scaled(weak(-1), make_scaled(weak(-1), A)), A));
  const LinOp six = make_scaled(weak(2), make_scaled(weak(3), A));
  EXPECT_EQ(text_of(six), "ScaledLinOp((2,) -> (2,): 6, DenseLinOp((2,) -> (2,)))");
  EXPECT_TRUE(same(part_of(six, 0), A));
  EXPECT_TRUE(same(adjoint(adjoint(A)), A));
  EXPECT_EQ(parts_of(make_sum({make_sum({A, B}), S})), 3);
  EXPECT_EQ(parts_of(make_sum({make_sum({A, O, sum({B, O})}), S})), 3);
  EXPECT_FALSE(equal(make_sum({A, B}), make_sum({B, A})));
  // Like terms stay, a product is not associated anew.
  EXPECT_EQ(kind_of(make_sum({A, make_scaled(weak(-1), A)})), "SumLinOp");
  EXPECT_TRUE(same(part_of(make_composed(A, make_composed(B, S)), 0), A));
  EXPECT_EQ(kind_of(make_scaled(weak(std::nan("")), A)), "ScaledLinOp");
  // Direct constructors never simplify.
  EXPECT_EQ(kind_of(composed(I, A)), "ComposedLinOp");
  EXPECT_EQ(kind_of(sum({A})), "SumLinOp");
  EXPECT_EQ(kind_of(scaled(weak(1), A)), "ScaledLinOp");
  // The product of two large integers is a number, too.
  const int64_t large = int64_t{1} << 40;
  const LinOp huge = make_scaled(weak(large), make_scaled(weak(large), I));
  EXPECT_EQ(values<double>(apply(huge, vector<double>(ctx, {1, 0}))),
            (std::vector<double>{0x1p80, 0}));
}

TEST_P(Factories, checks_come_first) {
  const Space W = coordinate_space<double>(ctx, 2, {2, 3});
  const LinOp OW = zero(W, W), OY = zero(X, Y);
  const Context single = context(GetParam(), SPC_FLOAT32);
  const LinOp narrow = identity(coordinate_space<float>(single, 2));
  LinOp out;
  const spc_linop sums[][2] = {{A, OW}, {A, OY}, {A, narrow}};
  const char *texts[] = {"SumLinOp requires equal domains", "SumLinOp requires equal codomains",
                         "SumLinOp operands must have the same ctx"};
  for (int i = 0; i < 3; ++i)
    expect_error(spc_linop_make_sum(2, sums[i], out.out()), SPC_E_VALUE, {texts[i]});
  expect_error(spc_linop_make_sum(0, nullptr, out.out()), SPC_E_VALUE,
               {"SumLinOp requires at least one operator, got 0"});
  expect_error(spc_linop_make_sum(-1, nullptr, out.out()), SPC_E_VALUE,
               {"linop_make_sum: n is -1, expected a count"});
  expect_error(spc_linop_make_composed(A, identity(W), out.out()), SPC_E_VALUE,
               {"ComposedLinOp requires right.codomain == left.domain"});
  expect_error(spc_linop_make_composed(A, narrow, out.out()), SPC_E_VALUE,
               {"ComposedLinOp operands must have the same ctx"});
  expect_error(spc_linop_make_scaled(vector<double>(ctx, {0}), A, out.out()), SPC_E_TYPE,
               {"ScaledLinOp: expected a scalar or a 0-d array"});
  expect_error(spc_linop_make_scaled(weak(c128(0, 0)), A, out.out()), SPC_E_TYPE,
               {"ScaledLinOp: a complex scalar in a context of dtype float64"});
  expect_error(spc_linop_make_scaled(nullptr, A, out.out()), SPC_E_HANDLE, {"linop_make_scaled"});
  // Levels may differ; the result has that of the first.
  const Context none = context(GetParam(), SPC_FLOAT64, SPC_CHECK_NONE);
  const LinOp I0 = identity(coordinate_space(none, 2));
  check(spc_linop_make_sum(2, std::initializer_list<spc_linop>{A, I0}.begin(), out.out()));
  EXPECT_EQ(kind_of(out), "SumLinOp");
}

TEST_P(Factories, fusion) {
  expect_fused(fuse(composed(S, S)), "DenseLinOp", {5, 4, 4, 5});
  expect_fused(fuse(scaled(weak(3), S)), "DenseLinOp", {6, 3, 3, 6});
  expect_fused(fuse(sum({scaled(weak(2), S), scaled(weak(3), S)})), "DenseLinOp", {10, 5, 5, 10});
  const LinOp mixed = fuse(sum({S, I, S}));
  EXPECT_EQ(kind_of(mixed), "SumLinOp");
  EXPECT_EQ(parts_of(mixed), 2);
  expect_fused(part_of(mixed, 0), "DenseLinOp", {4, 2, 2, 4});
  EXPECT_TRUE(same(part_of(mixed, 1), I));
  // The adjoint of what fused; nothing to do gives the operator itself.
  const LinOp H = fuse(adjoint(composed(A, B)));
  expect_fused(H, "AdjointLinOp", {-2, -4, 2, 5});
  EXPECT_EQ(kind_of(adjoint(H)), "DenseLinOp");
  for (spc_linop op : {spc_linop(A), spc_linop(I), spc_linop(O)}) EXPECT_TRUE(same(fuse(op), op));
  const LinOp gram = composed(adjoint(A), A), single = sum({S, I});
  EXPECT_TRUE(same(fuse(gram), gram));
  EXPECT_TRUE(same(fuse(single), single));
  Wrapped functions{A};
  const LinOp F = matrix_free(functions, X, X), lazy = composed(F, A);
  EXPECT_TRUE(same(fuse(F), F));
  EXPECT_TRUE(same(fuse(lazy), lazy));
}

TEST_P(Factories, fusion_into_matrices) {
  const Space W = coordinate_space<double>(ctx, 2, {2, 5}),
              V = coordinate_space<double>(ctx, 3, {3, 7, 11});
  const LinOp G = dense_linop<double>(ctx, W, V, {3, 2}, {1, 0, .5, 3, 4, -1});
  const LinOp IW = identity(W), D = diagonal(vector<double>(ctx, {1, -2}), W);
  Wrapped functions{G};
  const LinOp F = matrix_free(functions, W, V);
  LinOp P;
  check(spc_linop_sparse(sparse<double>(ctx, 2, 2, {0, 1, 2, 0}), W, W, P.out()));
  expect_fused(fuse(IW, true), "DenseLinOp", {1, 0, 0, 1});
  expect_fused(fuse(D, true), "DenseLinOp", {1, 0, 0, -2});
  EXPECT_TRUE(same(fuse(P, true), P));
  expect_fused(fuse(F, true), "DenseLinOp", {1, 0, .5, 3, 4, -1});
  expect_fused(fuse(adjoint(G), true), "DenseLinOp", {1.5, 1.75, 22, 0, 4.2, -2.2});
  const LinOp gram = fuse(composed(adjoint(G), G), true);
  expect_fused(gram, "DenseLinOp", {90.375, -16.75, -6.7, 14.8});
  EXPECT_EQ(is_hermitian(gram), SPC_TRUE);
  EXPECT_TRUE(equal(domain_of(gram), W));
  expect_fused(fuse(sum({composed(adjoint(F), F), scaled(weak(.5), IW), zero(W, W)}), true),
               "DenseLinOp", {90.875, -16.75, -6.7, 15.3});
  expect_fused(fuse(transpose(G), true), "DenseLinOp", {1, .5, 4, 0, 3, -1});
  // Where an adjoint is fused, so is the metric.
  const Array y = vector<double>(ctx, {2, -.5, 1.25}), z = vector<double>(ctx, {1, 2});
  const LinOp FG = fuse(F, true);
  expect_close(values<double>(rapply(FG, y)), {29.625, -4.85}, 1e-12);
  expect_close(values<double>(apply(gram, z)), values<double>(apply(composed(adjoint(G), G), z)),
               1e-12);
}

// What is sparse by structure stays sparse: the matrices are those of the dense way.
TEST_P(Factories, fusion_into_sparse_matrices) {
  const Space W = coordinate_space<double>(ctx, 2, {2, 5}),
              V = coordinate_space<double>(ctx, 3, {3, 7, 11});
  LinOp P, Q;
  check(spc_linop_sparse(sparse<double>(ctx, 2, 2, {0, 1, 2, 0}), W, W, P.out()));
  check(spc_linop_sparse(sparse<double>(ctx, 3, 2, {1, 0, 0, 3, 4, 0}), W, V, Q.out()));
  const LinOp D = diagonal(vector<double>(ctx, {1, -2}), W), I2 = identity(W), Z = zero(W, W);
  const auto expect_sparse = [&](spc_linop op) {
    const LinOp fused = fuse(op, true);
    EXPECT_EQ(kind_of(fused), "SparseLinOp") << text_of(op);
    EXPECT_TRUE(equal(domain_of(fused), domain_of(op)));
    EXPECT_TRUE(equal(codomain_of(fused), codomain_of(op)));
    expect_close(values<double>(matrix_of(fused)), values<double>(matrix_of(op)), 1e-12);
    // The reference fuses dense operands only.
    EXPECT_TRUE(same(fuse(op), op)) << text_of(op);
  };
  expect_sparse(composed(P, P));
  expect_sparse(composed(Q, P));
  expect_sparse(composed(Q, composed(D, P)));
  expect_sparse(sum({P, I2, D, Z}));
  expect_sparse(scaled(weak(-3), P));
  expect_sparse(adjoint(Q));
  expect_sparse(transpose(Q));
  expect_sparse(composed(adjoint(Q), Q));
  expect_sparse(sum({scaled(weak(2), composed(adjoint(Q), Q)), scaled(weak(.5), P)}));
  LinOp K;
  check(spc_linop_kronecker(P, D, K.out()));
  expect_sparse(K);
  Array stored, dense;
  check(spc_linop_to_sparse(K, stored.out()));
  check(spc_asarray(nullptr, stored, SPC_DTYPE_NONE, dense.out()));
  EXPECT_EQ(values<double>(dense),
            std::vector<double>({0, 0, 1, 0, 0, 0, 0, -2, 2, 0, 0, 0, 0, -4, 0, 0}));
  check(spc_linop_kronecker_sum(P, D, K.out()));
  expect_sparse(K);

  // Beside a dense operand it is as good as dense; without a stored matrix nothing is sparse.
  const LinOp G = dense_linop<double>(ctx, W, W, {2, 2}, {1, 2, 3, 4});
  expect_fused(fuse(sum({P, G, D}), true), "DenseLinOp", {2, 3, 5, 2});
  expect_fused(fuse(composed(P, G), true), "DenseLinOp", {3, 4, 2, 4});
  expect_fused(fuse(composed(G, P), true), "DenseLinOp", {4, 1, 8, 3});
  expect_fused(fuse(composed(D, D), true), "DenseLinOp", {1, 0, 0, 4});
  check(spc_linop_kronecker(P, G, K.out()));
  expect_error(spc_linop_to_sparse(K, stored.out()), SPC_E_NOTIMPL,
               {"to_sparse: KroneckerLinOp of a SparseLinOp and a DenseLinOp, one of which is not "
                "sparse by structure"});
  // A function of the program is no matrix before it is asked for.
  Wrapped functions{G};
  const LinOp F = matrix_free(functions, W, W);
  EXPECT_EQ(kind_of(fuse(sum({F, P}))), "SumLinOp");
  expect_fused(fuse(sum({F, P}), true), "DenseLinOp", {1, 3, 5, 4});
}

TEST_P(Factories, fusion_of_complex_and_moving_operators) {
  const Context c = context(GetParam(), SPC_COMPLEX128);
  const Space W = coordinate_space<c128>(c, 2, {2, 5}), U = coordinate_space(c, 2);
  LinOp Q, R, p;
  check(spc_linop_sparse(sparse<c128>(c, 2, 2, {c128(1, 2), 0, c128(0, 1), 3}), W, W, Q.out()));
  check(spc_linop_sparse(sparse<c128>(c, 2, 2, {0, c128(2, -1), 1, 0}), U, U, R.out()));
  check(spc_linop_permutation(vector<int64_t>(c, {1, 0}), U, p.out()));
  std::vector<LinOp> ops;
  ops.push_back(adjoint(Q));
  ops.push_back(conjugate_of(Q));
  ops.push_back(transpose(Q));
  ops.push_back(composed(R, p));
  ops.push_back(composed(composed(p, R), adjoint(p)));
  ops.push_back(composed(adjoint(Q), Q));
  for (const LinOp &op : ops) {
    const LinOp fused = fuse(op, true);
    EXPECT_EQ(kind_of(fused), "SparseLinOp") << text_of(op);
    expect_close(values<c128>(matrix_of(fused)), values<c128>(matrix_of(op)), 1e-12);
  }
}

}  // namespace
}  // namespace test
