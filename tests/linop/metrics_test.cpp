// SPDX-License-Identifier: Apache-2.0
// Operators where the metric is no diagonal, and where elements are no free coordinates.
#include <vector>

#include "tests/linop/operators.hpp"

namespace test {
namespace {

class Metrics : public OnFamily {
 protected:
  Space gram(const std::vector<double> &g, int64_t n) {
    const Array matrix = array<double>(ctx, {n, n}, g);
    Geometry geometry;
    check(spc_geometry_gram(matrix, geometry.out()));
    return dense_space(ctx, {n}, geometry);
  }
  LinOp dense(const std::vector<double> &m, spc_space X, spc_space Y, int64_t rows, int64_t cols) {
    return dense_linop<double>(ctx, X, Y, {rows, cols}, m);
  }
  // Every class between two spaces of vectors of lengths 2 and 3.
  void expect_laws_of_every_class(spc_space X, spc_space Y) {
    const std::vector<double> m = {1, -.5, .25, 3, 2, -1};
    const LinOp A = dense(m, X, Y, 3, 2);
    expect_operator_laws(A);
    for (const char *format : {"csr", "csc", "coo"}) {
      LinOp S;
      check(spc_linop_sparse(sparse<double>(ctx, 3, 2, m, format), X, Y, S.out()));
      expect_operator_laws(S);
      EXPECT_TRUE(equal(S, S));
    }
    const LinOp D = diagonal(vector<double>(ctx, {1, -2}), X);
    Wrapped functions{A};
    const LinOp F = matrix_free(functions, X, Y);
    for (const LinOp &op :
         {diagonal(vector<double>(ctx, {1, -2}), X), identity(X), zero(X, Y), scaled(weak(2.5), A),
          sum({A, F, A}), composed(A, D), composed(adjoint(A), A), adjoint(A), transpose(A),
          transpose(F), assume(F, SPC_IS_REAL), fuse(composed(adjoint(A), A), true)})
      expect_operator_laws(op);
    expect_operator_laws(F);
    EXPECT_EQ(is_hermitian(composed(adjoint(A), A)), SPC_TRUE);
    EXPECT_EQ(is_hermitian(fuse(composed(adjoint(A), A), true)), SPC_TRUE);
  }
};
SPC_ON_EVERY_FAMILY(Metrics);

TEST_P(Metrics, full_metric_on_both_sides) {
  const Space X = gram({2, 1, 1, 3}, 2);
  const LinOp A = dense({1, 2, 0, 1}, X, X, 2, 2);
  expect_close(values<double>(rapply(A, vector<double>(ctx, {1, -1}))), {.6, -.2}, 1e-12);
  expect_close(values<double>(matrix_of(adjoint(A))), {.2, -.4, 1.6, 1.8}, 1e-12);
  EXPECT_EQ(is_hermitian(A), SPC_FALSE);
  // G^-1 S for a symmetric S.
  const double det = 5;
  const LinOp B = dense({(3 * 1 - 1 * 2) / det, (3 * 2 - 1 * 4) / det, (-1 * 1 + 2 * 2) / det,
                         (-1 * 2 + 2 * 4) / det},
                        X, X, 2, 2);
  EXPECT_EQ(is_hermitian(B), SPC_TRUE);
  EXPECT_EQ(is_hermitian(adjoint(B)), SPC_TRUE);
  EXPECT_EQ(is_hermitian(diagonal(vector<double>(ctx, {1, 2}), X)), SPC_FALSE);
  EXPECT_EQ(is_hermitian(diagonal(vector<double>(ctx, {2, 2}), X)), SPC_TRUE);
  EXPECT_EQ(is(diagonal(vector<double>(ctx, {2, 2}), X), SPC_IS_POSITIVE_DEFINITE), SPC_TRUE);
  EXPECT_EQ(is(diagonal(vector<double>(ctx, {1, -1}), X), SPC_IS_UNITARY), SPC_UNKNOWN);
}

TEST_P(Metrics, every_class_in_full_metrics) {
  const Space X = gram({2, 1, 1, 3}, 2), Y = gram({2, .6, 0, .6, 1, 0, 0, 0, 1.3}, 3);
  expect_laws_of_every_class(X, Y);
  expect_laws_of_every_class(X, coordinate_space<double>(ctx, 3, {3, 7, 11}));
  expect_laws_of_every_class(coordinate_space(ctx, 2), Y);
}

TEST_P(Metrics, weighted_verdicts) {
  const Space W = coordinate_space<double>(ctx, 2, {2, 3}),
              V = coordinate_space<double>(ctx, 3, {2, 5, 11});
  EXPECT_EQ(is_hermitian(dense({1, 3, 2, 4}, W, W, 2, 2)), SPC_TRUE);
  EXPECT_EQ(is_hermitian(dense({1, 1, 1, 4}, W, W, 2, 2)), SPC_FALSE);
  EXPECT_EQ(is_hermitian(dense({6, 1, .5, 1, 5, -.25, .5, -.25, 4}, V, V, 3, 3)), SPC_FALSE);
}

TEST_P(Metrics, symmetric_matrices_as_elements) {
  Space H;
  check(spc_space_hermitian(ctx, 2, 0, 0, 1, H.out()));
  // Applied to matrices, results are symmetrised, in apply as in batches and in place.
  const LinOp A = dense_linop<double>(ctx, H, H, {2, 2, 2, 2},
                                      {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16});
  const Array x = array<double>(ctx, {2, 2}, {1, 2, 2, 3});
  const Array y = apply(A, x);
  expect_close(values<double>(y), {23, (55 + 87) / 2., (55 + 87) / 2., 119}, 1e-12);
  const Array target = array<double>(ctx, {2, 2}, {1, 0, 0, 1});
  check(spc_linop_apply_into(nullptr, A, x, nullptr, target, SPC_MODE_NONE));
  EXPECT_EQ(values<double>(target), values<double>(y));
  const Array batch = array<double>(ctx, {1, 2, 2}, {1, 2, 2, 3});
  EXPECT_EQ(values<double>(vapply(A, batch)), values<double>(y));
  // The matrix is that of the map on symmetric matrices: a projection for the identity.
  const std::vector<double> projector = {1, 0, 0, 0, 0, .5, .5, 0, 0, .5, .5, 0, 0, 0, 0, 1};
  EXPECT_EQ(values<double>(matrix_of(identity(H))), projector);
  EXPECT_EQ(is(identity(H), SPC_IS_DIAGONAL), SPC_UNKNOWN);
  const Array flat = array<double>(ctx, {4}, {1, 2, 2, 3});
  Array image;
  check(spc_matmul(matrix_of(A), flat, nullptr, image.out()));
  expect_close(values<double>(image), values<double>(y), 1e-12);
  LinOp S;
  check(spc_linop_sparse(sparse<double>(ctx, 4, 4, values<double>(matrix_of(A))), H, H, S.out()));
  expect_operator_laws(A);
  expect_operator_laws(S);
  expect_operator_laws(identity(H));
  expect_operator_laws(adjoint(A));
  expect_operator_laws(fuse(composed(A, A), true));
  expect_close(values<double>(apply(fuse(composed(A, A)), x)), values<double>(apply(A, y)), 1e-10);
}

TEST_P(Metrics, stacked_spaces_as_endpoints) {
  const Space W = coordinate_space<double>(ctx, 2, {2, 5});
  Space X;
  check(spc_space_stacked(W, 2, X.out()));
  const LinOp A = dense_linop<double>(ctx, X, X, {2, 2, 2, 2},
                                      {1, 2, 0, 0, 3, 4, 0, 1, 0, 0, 2, 1, -1, 0, 0, 3});
  expect_operator_laws(A);
  const LinOp D = diagonal(array<double>(ctx, {2, 2}, {1, 2, 3, 4}), X);
  expect_operator_laws(D);
  EXPECT_EQ(is_hermitian(D), SPC_TRUE);
  expect_operator_laws(composed(adjoint(A), A));
}

}  // namespace
}  // namespace test
