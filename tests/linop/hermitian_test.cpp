// SPDX-License-Identifier: Apache-2.0
// What is known of self-adjointness, and that it follows the data.
#include "tests/support/algebra.hpp"

namespace test {
namespace {

class Hermitian : public OnFamily {
 protected:
  int32_t dense(const std::vector<double> &m, const std::vector<double> &w = {}) {
    const auto n = static_cast<int64_t>(std::llround(std::sqrt(static_cast<double>(m.size()))));
    const Space X = coordinate_space<double>(ctx, n, w);
    const int32_t verdict = is_hermitian(dense_linop<double>(ctx, X, X, {n, n}, m));
    for (const char *format : {"csr", "csc", "coo"}) {
      LinOp S;
      check(spc_linop_sparse(sparse<double>(ctx, n, n, m, format), X, X, S.out()));
      EXPECT_EQ(is_hermitian(S), verdict) << format;
    }
    return verdict;
  }
};
SPC_ON_EVERY_FAMILY(Hermitian);

TEST_P(Hermitian, matrices) {
  EXPECT_EQ(dense({1, 2, 2, 3}), SPC_TRUE);
  EXPECT_EQ(dense({1, 2, 0, 3}), SPC_FALSE);
  EXPECT_EQ(dense({1, 3, 2, 4}, {2, 3}), SPC_TRUE);
  EXPECT_EQ(dense({1, 1, 1, 4}, {2, 3}), SPC_FALSE);
  EXPECT_EQ(dense({6, 1, .5, 1, 5, -.25, .5, -.25, 4}, {2, 5, 11}), SPC_FALSE);
  // Close counts: rounding is no proof.
  EXPECT_EQ(dense({1, 2, 2 + 1e-9, 3}), SPC_TRUE);
}

TEST_P(Hermitian, complex_matrices) {
  const Context z = context(GetParam(), SPC_COMPLEX128);
  const Space X = coordinate_space<c128>(z, 2);
  EXPECT_EQ(is_hermitian(dense_linop<c128>(z, X, X, {2, 2}, {4, {1, 1}, {1, -1}, 3})), SPC_TRUE);
  EXPECT_EQ(is_hermitian(dense_linop<c128>(z, X, X, {2, 2}, {4, {1, 1}, {1, 1}, 3})), SPC_FALSE);
  EXPECT_EQ(is_hermitian(dense_linop<c128>(z, X, X, {2, 2}, {{4, 1}, 0, 0, 3})), SPC_FALSE);
  LinOp S;
  check(spc_linop_sparse(sparse<c128>(z, 2, 2, {4, {1, 1}, {1, -1}, 3}), X, X, S.out()));
  EXPECT_EQ(is_hermitian(S), SPC_TRUE);
  const Space W = coordinate_space<c128>(z, 2, {2, 3});
  // W^-1 S for a Hermitian S.
  const std::vector<c128> m = {2, {.5, .5}, c128(1, -1) / 3., 1};
  EXPECT_EQ(is_hermitian(dense_linop<c128>(z, W, W, {2, 2}, m)), SPC_TRUE);
  check(spc_linop_sparse(sparse<c128>(z, 2, 2, m), W, W, S.out()));
  EXPECT_EQ(is_hermitian(S), SPC_TRUE);
}

TEST_P(Hermitian, endpoints_that_differ) {
  const Space X = coordinate_space(ctx, 2), W = coordinate_space<double>(ctx, 2, {1, 2}),
              Y = coordinate_space(ctx, 3);
  EXPECT_EQ(is_hermitian(dense_linop<double>(ctx, X, W, {2, 2}, {1, 0, 0, 1})), SPC_FALSE);
  EXPECT_EQ(is_hermitian(dense_linop<double>(ctx, X, Y, {3, 2}, {1, 0, 0, 1, 0, 0})), SPC_FALSE);
  LinOp O;
  check(spc_linop_zero(X, Y, O.out()));
  EXPECT_EQ(is_hermitian(O), SPC_FALSE);
  check(spc_linop_zero(X, coordinate_space(ctx, 2), O.out()));
  EXPECT_EQ(is_hermitian(O), SPC_TRUE);
}

TEST_P(Hermitian, diagonal_in_any_diagonal_metric) {
  const Context z = context(GetParam(), SPC_COMPLEX128);
  LinOp D;
  check(spc_linop_diagonal(vector<double>(ctx, {1, -2}), coordinate_space<double>(ctx, 2, {2, 5}),
                           D.out()));
  EXPECT_EQ(is_hermitian(D), SPC_TRUE);
  check(spc_linop_diagonal(vector<c128>(z, {1, -2}), coordinate_space<c128>(z, 2), D.out()));
  EXPECT_EQ(is_hermitian(D), SPC_TRUE);
  check(spc_linop_diagonal(vector<c128>(z, {1, {-2, 1}}), coordinate_space<c128>(z, 2), D.out()));
  EXPECT_EQ(is_hermitian(D), SPC_FALSE);
}

TEST_P(Hermitian, algebra) {
  const Context z = context(GetParam(), SPC_COMPLEX128);
  const Space X = coordinate_space<c128>(z, 2, {2, 5});
  LinOp I;
  check(spc_linop_identity(X, I.out()));
  EXPECT_EQ(is_hermitian(I), SPC_TRUE);
  const LinOp B = dense_linop<c128>(z, X, X, {2, 2}, {1, {0, 2}, 3, 4});
  const LinOp BH = adjoint(B);
  EXPECT_EQ(is_hermitian(B), SPC_FALSE);
  EXPECT_EQ(is_hermitian(BH), SPC_FALSE);
  EXPECT_EQ(is_hermitian(adjoint(I)), SPC_TRUE);
  EXPECT_EQ(is_hermitian(composed(BH, B)), SPC_TRUE);
  EXPECT_EQ(is_hermitian(composed(B, BH)), SPC_TRUE);
  EXPECT_EQ(is_hermitian(composed(B, B)), SPC_UNKNOWN);
  // Equal in value, not the same object.
  const LinOp C = dense_linop<c128>(z, X, X, {2, 2}, {1, {0, 2}, 3, 4});
  EXPECT_EQ(is_hermitian(composed(adjoint(C), B)), SPC_TRUE);
  const LinOp D = dense_linop<c128>(z, X, X, {2, 2}, {1, {0, 2}, 3, 5});
  EXPECT_EQ(is_hermitian(composed(adjoint(D), B)), SPC_UNKNOWN);
  EXPECT_EQ(is_hermitian(scaled(weak(2), I)), SPC_TRUE);
  EXPECT_EQ(is_hermitian(scaled(weak(c128(2, 0)), I)), SPC_TRUE);
  EXPECT_EQ(is_hermitian(scaled(weak(c128(0, 1)), I)), SPC_UNKNOWN);
  EXPECT_EQ(is_hermitian(scaled(weak(2), B)), SPC_FALSE);
  const LinOp gram = composed(BH, B), shifted = scaled(weak(.5), I);
  EXPECT_EQ(is_hermitian(sum({gram, shifted})), SPC_TRUE);
  EXPECT_EQ(is_hermitian(sum({gram, B})), SPC_UNKNOWN);
}

// The verdict is remembered, and forgotten when the matrix is written. The weights are a
// copy: writes to the array that they came from change nothing.
TEST_P(Hermitian, follows_writes) {
  const Array m = array<double>(ctx, {2, 2}, {1, 2, 2, 3});
  const Space X = coordinate_space(ctx, 2);
  LinOp A;
  check(spc_linop_dense(m, X, X, A.out()));
  EXPECT_EQ(is_hermitian(A), SPC_TRUE);
  check(spc_array_set(m, array<double>(ctx, {2, 2}, {1, 2, 0, 3})));
  EXPECT_EQ(is_hermitian(A), SPC_FALSE);
  check(spc_array_set(m, array<double>(ctx, {2, 2}, {1, 3, 2, 4})));
  EXPECT_EQ(is_hermitian(A), SPC_FALSE);

  const Array w = vector<double>(ctx, {1, 1});
  Geometry g;
  check(spc_geometry_weighted(w, g.out()));
  const Space W = dense_space(ctx, {2}, g);
  LinOp B;
  check(spc_linop_dense(m, W, W, B.out()));
  EXPECT_EQ(is_hermitian(B), SPC_FALSE);
  check(spc_array_set(w, vector<double>(ctx, {2, 3})));
  EXPECT_EQ(is_hermitian(B), SPC_FALSE);

  const Array S = sparse<double>(ctx, 2, 2, {1, 2, 2, 3});
  Array data;
  check(spc_sparse_parts(S, nullptr, nullptr, data.out()));
  LinOp C;
  check(spc_linop_sparse(S, X, X, C.out()));
  EXPECT_EQ(is_hermitian(C), SPC_TRUE);
  check(spc_array_set(data, vector<double>(ctx, {1, 2, 5, 3})));
  EXPECT_EQ(is_hermitian(C), SPC_FALSE);
}

}  // namespace
}  // namespace test
