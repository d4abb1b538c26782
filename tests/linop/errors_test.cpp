// SPDX-License-Identifier: Apache-2.0
// What operators refuse when they are made and when they are applied.
#include "tests/support/algebra.hpp"

namespace test {
namespace {

class LinOpErrors : public OnFamily {
 protected:
  LinOp op;
};
SPC_ON_EVERY_FAMILY(LinOpErrors);

// Invariants of construction hold at every level.
TEST_P(LinOpErrors, dense) {
  for (int32_t level : {SPC_CHECK_NONE, SPC_CHECK_STRICT}) {
    const Context c = context(GetParam(), SPC_FLOAT64, level);
    const Space X = coordinate_space(c, 3), Y = coordinate_space(c, 2);
    const Array square = array<double>(c, {2, 2}, {1, 2, 3, 4});
    expect_error(spc_linop_dense(square, X, Y, op.out()), SPC_E_TYPE,
                 {"Expected A.shape == cod.shape + dom.shape == (2, 3), got (2, 2)"});
    expect_error(spc_linop_dense(square, X, nullptr, op.out()), SPC_E_TYPE,
                 {"Expected A.shape", "(2, 3)"});
    expect_error(spc_linop_dense(square, dense_space(c, {1, 2, 2}), nullptr, op.out()), SPC_E_TYPE,
                 {"(1, 2, 2)", "(2, 2)"});
    expect_error(spc_linop_dense(sparse<double>(c, 2, 3, {1, 2, 3, 4, 5, 6}), X, Y, op.out()),
                 SPC_E_TYPE, {"DenseLinOp: expected a dense array, got sparse array"});
    expect_error(spc_linop_dense(weak(1), X, Y, op.out()), SPC_E_TYPE, {"got scalar"});
    expect_error(spc_linop_dense(array<c128>(c, {2, 3}, {1, 2, 3, 4, 5, 6}), X, Y, op.out()),
                 SPC_E_TYPE, {"complex128", "float64"});
  }
}

TEST_P(LinOpErrors, sparse_and_diagonal) {
  const Space X = coordinate_space(ctx, 3), Y = coordinate_space(ctx, 2);
  expect_error(spc_linop_sparse(sparse<double>(ctx, 2, 2, {1, 2, 3, 4}), X, Y, op.out()),
               SPC_E_TYPE, {"Expected A.shape", "(2, 3), got (2, 2)"});
  expect_error(spc_linop_sparse(array<double>(ctx, {2, 3}, {1, 2, 3, 4, 5, 6}), X, Y, op.out()),
               SPC_E_TYPE, {"SparseLinOp: expected a sparse array, got array of family"});
  expect_error(spc_linop_sparse(sparse<c128>(ctx, 2, 3, {1, 2, 3, 4, 5, 6}), X, Y, op.out()),
               SPC_E_TYPE, {"complex128", "float64"});
  expect_error(spc_linop_diagonal(vector<double>(ctx, {1, 2}), X, op.out()), SPC_E_TYPE,
               {"d.shape == space.shape == (3,), got (2,)"});
  expect_error(spc_linop_diagonal(weak(1), X, op.out()), SPC_E_TYPE, {"DiagonalLinOp", "scalar"});
  expect_error(spc_linop_diagonal(vector<c128>(ctx, {1, 2, 3}), X, op.out()), SPC_E_TYPE,
               {"complex128"});
}

TEST(LinOpErrorsAcross, families) {
  load_test_families();
  const Context host = context("reference"), device = context("fakedev");
  const Space X = coordinate_space(host, 2), D = coordinate_space(device, 2);
  LinOp op;
  expect_error(spc_linop_dense(array<double>(device, {2, 2}, {1, 2, 3, 4}), X, X, op.out()),
               SPC_E_TYPE, {"family reference", "array of family fakedev"});
  expect_error(spc_linop_sparse(sparse<double>(device, 2, 2, {1, 2, 3, 4}), X, X, op.out()),
               SPC_E_TYPE, {"sparse array of family fakedev"});
  expect_error(spc_linop_diagonal(vector<double>(device, {1, 2}), X, op.out()), SPC_E_TYPE,
               {"fakedev"});
  expect_error(spc_linop_zero(X, D, op.out()), SPC_E_VALUE, {"ZeroLinOp", "reference", "fakedev"});
  LinOp a, b;
  check(spc_linop_identity(X, a.out()));
  check(spc_linop_identity(D, b.out()));
  expect_error(spc_linop_composed(a, b, op.out()), SPC_E_VALUE,
               {"same ctx", "reference", "fakedev"});
}

TEST_P(LinOpErrors, algebra) {
  const Space X = coordinate_space(ctx, 2), Y = coordinate_space(ctx, 3),
              W = coordinate_space<double>(ctx, 2, {1, 2});
  const LinOp A = dense_linop<double>(ctx, X, Y, {3, 2}, {1, 2, 3, 4, 5, 6});
  LinOp I, IW;
  check(spc_linop_identity(X, I.out()));
  check(spc_linop_identity(W, IW.out()));
  expect_error(spc_linop_sum(0, nullptr, op.out()), SPC_E_VALUE, {"at least one operator"});
  expect_error(spc_linop_sum(-1, nullptr, op.out()), SPC_E_VALUE, {"n is -1"});
  const spc_linop different[] = {A, I}, metric[] = {I, IW};
  expect_error(spc_linop_sum(2, different, op.out()), SPC_E_VALUE,
               {"SumLinOp requires equal codomains"});
  expect_error(spc_linop_sum(2, metric, op.out()), SPC_E_VALUE,
               {"SumLinOp requires equal domains", "WeightedInnerProduct"});
  expect_error(spc_linop_composed(A, A, op.out()), SPC_E_VALUE,
               {"ComposedLinOp requires right.codomain == left.domain", "(3,)", "(2,)"});
  expect_error(spc_linop_composed(I, IW, op.out()), SPC_E_VALUE, {"WeightedInnerProduct"});
  const Context narrow = context(GetParam(), SPC_FLOAT32);
  LinOp N;
  check(spc_linop_identity(coordinate_space(narrow, 2), N.out()));
  expect_error(spc_linop_composed(I, N, op.out()), SPC_E_VALUE, {"same ctx", "float64", "float32"});
  expect_error(spc_linop_scaled(vector<double>(ctx, {1}), A, op.out()), SPC_E_TYPE,
               {"ScaledLinOp: expected a scalar or a 0-d array"});
  expect_error(spc_linop_scaled(weak(c128(1, 0)), A, op.out()), SPC_E_TYPE,
               {"complex scalar", "float64"});
  // Different levels are fine: the first operand's context holds.
  const Context loose = context(GetParam(), SPC_FLOAT64, SPC_CHECK_NONE);
  LinOp L;
  check(spc_linop_identity(coordinate_space(loose, 2), L.out()));
  check(spc_linop_composed(A, L, op.out()));
}

TEST_P(LinOpErrors, application) {
  const Space X = coordinate_space(ctx, 2), Y = coordinate_space(ctx, 3);
  const LinOp A = dense_linop<double>(ctx, X, Y, {3, 2}, {1, 2, 3, 4, 5, 6});
  const LinOp H = adjoint(A);
  const Array x = vector<double>(ctx, {1, 2}), y = vector<double>(ctx, {1, 2, 3});
  Array out;
  expect_error(spc_linop_apply(A, y, out.out()), SPC_E_VALIDATION,
               {"Expected shape (2,), got (3,)"});
  expect_error(spc_linop_rapply(A, x, out.out()), SPC_E_VALIDATION,
               {"Expected shape (3,), got (2,)"});
  expect_error(spc_linop_apply(H, x, out.out()), SPC_E_VALIDATION,
               {"Expected shape (3,), got (2,)"});
  expect_error(spc_linop_apply(A, vector<float>(ctx, {1, 2}), out.out()), SPC_E_VALIDATION,
               {"Expected dtype float64, got float32"});
  expect_error(spc_linop_apply(A, array<double>(ctx, {2, 2}, {1, 2, 3, 4}), out.out()),
               SPC_E_VALIDATION, {"Expected shape (2,), got (2, 2)"});
  expect_error(spc_linop_apply(nullptr, x, out.out()), SPC_E_HANDLE, {"operator handle is NULL"});
  expect_error(spc_linop_apply(A, nullptr, out.out()), SPC_E_HANDLE, {"array handle is NULL"});
  expect_error(spc_linop_apply(A, x, nullptr), SPC_E_VALUE, {"out is NULL"});
  // Results are looked at too: a wider matrix leaves the codomain.
  const Context narrow = context(GetParam(), SPC_FLOAT32);
  const Space N = coordinate_space(narrow, 2);
  LinOp wide;
  check(spc_linop_dense(array<double>(narrow, {2, 2}, {1, 2, 3, 4}), N, N, wide.out()));
  expect_error(spc_linop_apply(wide, vector<float>(narrow, {1, 2}), out.out()), SPC_E_VALIDATION,
               {"Expected dtype float32, got float64"});
}

TEST_P(LinOpErrors, handles) {
  const Space X = coordinate_space(ctx, 2);
  check(spc_linop_identity(X, op.out()));
  spc_linop stale = op;
  check(spc_linop_retain(stale));
  check(spc_linop_release(&stale));
  EXPECT_EQ(stale, nullptr);
  stale = op;
  { LinOp gone = std::move(op); }
  const char *kind = nullptr;
  EXPECT_EQ(spc_linop_kind(stale, &kind), SPC_E_HANDLE);
  EXPECT_EQ(spc_linop_release(&stale), SPC_E_HANDLE);
  spc_linop null = nullptr;
  check(spc_linop_release(&null));
}

}  // namespace
}  // namespace test
