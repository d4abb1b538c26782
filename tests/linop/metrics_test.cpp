// SPDX-License-Identifier: Apache-2.0
// Operators where the metric is no diagonal, and where elements are no free coordinates.
#include <vector>

#include "tests/linop/operators.hpp"
#include "tests/support/matrix.hpp"
#include "tests/support/spaces.hpp"

namespace test {
namespace {

class Metrics : public OnFamily {
 protected:
  Space gram(const std::vector<double> &g, int64_t n) {
    return dense_space(ctx, {n}, test::gram<double>(ctx, n, g));
  }
  LinOp dense(const std::vector<double> &m, spc_space X, spc_space Y, int64_t rows, int64_t cols) {
    return dense_linop<double>(ctx, X, Y, {rows, cols}, m);
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

// Operators of every class between X of 4 coordinates and Y of 3.
template <class T>
struct EveryClass {
  EveryClass(spc_context c, spc_space X, spc_space Y) : ctx(c) {
    A = dense(X, Y, 1);
    S = dense(X, X, 2);
    functions = {A};
    const Array d = array<T>(ctx, shape_of_space(X), random<T>(4, 3u));
    LinOp op;
    const auto keep = [&](spc_status status) {
      check(status);
      all.push_back(std::move(op));
    };
    const auto kept = [&](LinOp made) { all.push_back(std::move(made)); };
    for (const char *format : {"csr", "csc", "coo"})
      keep(spc_linop_sparse(sparse<T>(ctx, 3, 4, random<T>(12, 4u), format), X, Y, op.out()));
    kept(diagonal(d, X));
    kept(identity(X));
    kept(zero(X, Y));
    kept(scaled(array<T>(ctx, {}, {number<T>(2.5, -1)}), A));
    kept(matrix_free(functions, X, Y));
    kept(matrix_free(functions, X, Y, true));
    kept(sum({A, all.back(), A}));
    kept(composed(A, S));
    kept(composed(adjoint(A), A));
    kept(adjoint(A));
    kept(transpose(A));
    kept(transpose(all[6]));
    kept(conjugate_of(A));
    kept(assume(A, SPC_IS_UNITARY, SPC_FALSE));
    kept(fuse(composed(adjoint(A), A), true));
    const Array U = array<T>(ctx, {3, 2}, random<T>(6, 5u)),
                V = array<T>(ctx, {4, 2}, random<T>(8, 6u));
    keep(spc_linop_low_rank(U, array<T>(ctx, {2}, random<T>(2, 7u)), V, X, Y, op.out()));
    keep(spc_linop_permutation(vector<int64_t>(ctx, {2, 0, 3, 1}), X, op.out()));
    keep(spc_linop_restriction(vector<int64_t>(ctx, {3, 0, 3}), X, Y, op.out()));
    keep(spc_linop_inverse(S, "lu", op.out()));
    keep(spc_linop_toeplitz(vector<T>(ctx, random<T>(3, 8u)), vector<T>(ctx, random<T>(4, 9u)), X,
                            Y, op.out()));
    keep(spc_linop_circulant(vector<T>(ctx, random<T>(4, 10u)), X, op.out()));
    keep(spc_linop_jacobi(S, op.out()));
    keep(spc_linop_block_jacobi(S, 2, op.out()));
    const spc_linop blocks[] = {A, all[6], A, all[7]};
    keep(spc_linop_block_diagonal("{b: [*, *], a: (*, *)}", 4, blocks, op.out()));
    keep(spc_linop_block_matrix(2, 2, blocks, op.out()));
    kept(adjoint(all.back()));
    keep(spc_linop_stacked(nullptr, nullptr, 2, blocks, op.out()));
    keep(spc_linop_sum_to_single(nullptr, nullptr, 2, blocks, op.out()));
    kept(adjoint(all.back()));
  }
  /// What only arrays have.
  void add_of_arrays(spc_space X) {
    LinOp op;
    const auto keep = [&](spc_status status) {
      check(status);
      all.push_back(std::move(op));
    };
    keep(spc_linop_difference(X, 0, 1, SPC_DIFF_CENTERED, SPC_BOUNDARY_PERIODIC, .5, op.out()));
    keep(spc_linop_difference(X, 0, 2, 0, SPC_BOUNDARY_ZERO, .5, op.out()));
    keep(spc_linop_laplacian(X, SPC_BOUNDARY_NEUMANN, nullptr, op.out()));
    keep(spc_linop_gradient(X, SPC_DIFF_FORWARD, SPC_BOUNDARY_ZERO, nullptr, op.out()));
    keep(spc_linop_kronecker(A, S, op.out()));
    keep(spc_linop_kronecker_sum(S, S, op.out()));
  }
  static Shape shape_of_space(spc_space s) {
    int32_t n = 0;
    check(spc_space_ndim(s, &n));
    Shape shape(static_cast<std::size_t>(n));
    check(spc_space_shape(s, shape.data(), n));
    return shape;
  }
  LinOp dense(spc_space X, spc_space Y, unsigned seed) {
    Shape shape = shape_of_space(Y), from = shape_of_space(X);
    shape.insert(shape.end(), from.begin(), from.end());
    int64_t n = 1;
    for (const int64_t k : shape) n *= k;
    std::vector<T> m = random<T>(n, seed);
    if (n == 16)
      for (std::size_t i = 0; i < 16; i += 5) m[i] += T(4);
    return dense_linop<T>(ctx, X, Y, shape, m);
  }

  spc_context ctx;
  LinOp A, S;
  Wrapped functions{};
  std::vector<LinOp> all;
};

// At level strict the constructors test the adjoints, too.
template <class T>
void expect_laws_between(spc_context ctx, spc_space X, spc_space Y, bool arrays) {
  EveryClass<T> classes(ctx, X, Y);
  if (arrays) classes.add_of_arrays(X);
  expect_operator_laws(classes.A, 1);
  for (const LinOp &op : classes.all) expect_operator_laws(op, 1);
}

constexpr int32_t levels[] = {SPC_CHECK_NONE, SPC_CHECK_CHEAP, SPC_CHECK_STANDARD,
                              SPC_CHECK_STRICT};

TEST_P(Metrics, every_class_in_every_metric) {
  for_floating([&]<class T>() {
    for (const int32_t level : levels)
      for (const Metric metric : every_metric) {
        SCOPED_TRACE(::testing::Message() << "level " << level << ' ' << name(metric));
        const Context c = context(GetParam(), dtype_of<T>(), level);
        const MetricSpace<T> X = metric_space<T>(c, {4}, metric, 1),
                             Y = metric_space<T>(c, {3}, metric, 2);
        expect_laws_between<T>(c, X.space, Y.space, true);
      }
  });
}

TEST_P(Metrics, every_class_between_trees_and_stacks) {
  for_floating([&]<class T>() {
    for (const int32_t level : levels) {
      const Context c = context(GetParam(), dtype_of<T>(), level);
      const auto leaf = [&](const Shape &shape, Metric metric) {
        return metric_space<T>(c, shape, metric, 3).space;
      };
      const Space w = leaf({2}, Metric::weighted), g = leaf({2, 1}, Metric::gram),
                  e = leaf({}, Metric::euclidean), two = leaf({2}, Metric::by_operator);
      const spc_space of_X[] = {w, g}, of_Y[] = {e, two};
      Space X, Y, pairs;
      check(spc_space_tree("{b: *, a: [*]}", 2, of_X, nullptr, X.out()));
      check(spc_space_tree("(*, *)", 2, of_Y, nullptr, Y.out()));
      check(spc_space_stacked(w, 2, pairs.out()));
      SCOPED_TRACE(::testing::Message() << "level " << level);
      expect_laws_between<T>(c, X, Y, false);
      expect_laws_between<T>(c, pairs, Y, false);
      expect_laws_between<T>(c, X, leaf({3}, Metric::gram), false);
    }
  });
}

TEST_P(Metrics, weighted_verdicts) {
  const Space W = coordinate_space<double>(ctx, 2, {2, 3}),
              V = coordinate_space<double>(ctx, 3, {2, 5, 11});
  EXPECT_EQ(is_hermitian(dense({1, 3, 2, 4}, W, W, 2, 2)), SPC_TRUE);
  EXPECT_EQ(is_hermitian(dense({1, 1, 1, 4}, W, W, 2, 2)), SPC_FALSE);
  const LinOp S = dense({6, 1, .5, 1, 5, -.25, .5, -.25, 4}, V, V, 3, 3);
  EXPECT_EQ(is_hermitian(S), SPC_FALSE);
  const LinOp gram = composed(adjoint(S), S), shift = scaled(weak(.5), identity(V));
  EXPECT_EQ(is_hermitian(gram), SPC_TRUE);
  EXPECT_EQ(is_hermitian(sum({gram, shift})), SPC_TRUE);
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
