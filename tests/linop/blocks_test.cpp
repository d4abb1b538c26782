// SPDX-License-Identifier: Apache-2.0
// Operators of blocks between trees.
#include <vector>

#include "tests/linop/operators.hpp"

namespace test {
namespace {

class Blocks : public OnFamily {
 protected:
  Space space(int64_t n, const std::vector<double> &w = {}) {
    return coordinate_space<double>(ctx, n, w);
  }
  LinOp dense(spc_space X, spc_space Y, const Shape &shape, const std::vector<double> &m) {
    return dense_linop<double>(ctx, X, Y, shape, m);
  }
  Array vec(const std::vector<double> &v) { return vector<double>(ctx, v); }
  Array tuple(std::initializer_list<std::vector<double>> leaves) {
    std::vector<Array> own;
    std::vector<spc_value> items;
    for (const auto &leaf : leaves) {
      own.push_back(vec(leaf));
      items.push_back(own.back());
    }
    Array out;
    check(spc_value_tuple(static_cast<int64_t>(items.size()), items.data(), out.out()));
    return out;
  }
  void expect_tree(const Array &x, const std::vector<std::vector<double>> &leaves) {
    int64_t n = 0;
    check(spc_value_count(x, &n));
    ASSERT_EQ(n, static_cast<int64_t>(leaves.size()));
    for (int64_t i = 0; i < n; ++i) {
      Array leaf;
      check(spc_value_item(x, i, leaf.out()));
      expect_close(values<double>(leaf), leaves[static_cast<std::size_t>(i)], 1e-12);
    }
  }
  double pair(spc_space s, const Array &x, const Array &y) { return value<double>(inner(s, x, y)); }
  static LinOp block_matrix(int64_t rows, int64_t cols, std::initializer_list<spc_linop> blocks) {
    LinOp out;
    check(spc_linop_block_matrix(rows, cols, blocks.begin(), out.out()));
    return out;
  }
  static LinOp block_diagonal(std::initializer_list<spc_linop> blocks,
                              const char *structure = nullptr) {
    LinOp out;
    check(spc_linop_block_diagonal(structure, static_cast<int64_t>(blocks.size()), blocks.begin(),
                                   out.out()));
    return out;
  }
  static LinOp stacked(std::initializer_list<spc_linop> parts, spc_space X = nullptr,
                       spc_space Y = nullptr) {
    LinOp out;
    check(spc_linop_stacked(X, Y, static_cast<int64_t>(parts.size()), parts.begin(), out.out()));
    return out;
  }
  static LinOp sum_to_single(std::initializer_list<spc_linop> parts, spc_space X = nullptr,
                             spc_space Y = nullptr) {
    LinOp out;
    check(spc_linop_sum_to_single(X, Y, static_cast<int64_t>(parts.size()), parts.begin(),
                                  out.out()));
    return out;
  }
  // E35, E36
  LinOp two_by_two(const Space &X0, const Space &X1, const Space &Y0, const Space &Y1) {
    return block_matrix(2, 2,
                        {dense(X0, Y0, {1, 2}, {1, 2}), dense(X1, Y0, {1, 1}, {4}),
                         dense(X0, Y1, {2, 2}, {1, 0, 0, 2}), dense(X1, Y1, {2, 1}, {3, -1})});
  }
};
SPC_ON_EVERY_FAMILY(Blocks);

TEST_P(Blocks, matrix_of_blocks) {
  const LinOp A = two_by_two(space(2), space(1), space(1), space(2));
  expect_tree(apply(A, tuple({{1, 2}, {3}})), {{17}, {10, 1}});
  expect_tree(rapply(A, tuple({{2}, {1, -2}})), {{3, 0}, {13}});
  expect_close(values<double>(matrix_of(A)), {1, 2, 4, 1, 0, 3, 0, 2, -1}, 1e-13);
  expect_operator_laws(A);
}

TEST_P(Blocks, matrix_of_blocks_in_metrics) {
  const LinOp A = two_by_two(space(2, {2, 5}), space(1, {3}), space(1, {7}), space(2, {11, 13}));
  const Array x = tuple({{1, -2}, {3}}), y = tuple({{.5}, {2, -1}});
  const Array Ax = apply(A, x), Hy = rapply(A, y);
  expect_tree(Ax, {{9}, {10, -7}});
  expect_tree(Hy, {{12.75, -3.8}, {31}});
  EXPECT_NEAR(pair(codomain_of(A), Ax, y), 342.5, 1e-10);
  EXPECT_NEAR(pair(domain_of(A), x, Hy), 342.5, 1e-10);
  expect_operator_laws(A);
  expect_operator_laws(adjoint(A));
  expect_operator_laws(transpose(A));
}

TEST_P(Blocks, missing_blocks_are_zero) {
  const Space X0 = space(2), X1 = space(1);
  const LinOp A = block_matrix(
      2, 2, {dense(X0, X0, {2, 2}, {1, 2, 3, 4}), nullptr, nullptr, dense(X1, X1, {1, 1}, {5})});
  expect_tree(apply(A, tuple({{1, 1}, {2}})), {{3, 7}, {10}});
  EXPECT_EQ(parts_of(A), 4);
  EXPECT_EQ(kind_of(part_of(A, 1)), "ZeroLinOp");
  expect_operator_laws(A);
  const LinOp L = block_matrix(2, 2,
                               {dense(X0, X0, {2, 2}, {1, 2, 3, 4}), nullptr,
                                dense(X0, X1, {1, 2}, {1, 1}), dense(X1, X1, {1, 1}, {5})});
  expect_tree(rapply(L, tuple({{1, 1}, {2}})), {{6, 8}, {10}});
  expect_operator_laws(L);
}

TEST_P(Blocks, diagonal) {
  const LinOp A = block_diagonal({dense(space(2), space(2), {2, 2}, {1, 2, 3, 4}),
                                  dense(space(3), space(1), {1, 3}, {5, 6, 7})});
  const Array Ax = apply(A, tuple({{10, 20}, {1, 2, 3}}));
  expect_tree(Ax, {{50, 110}, {38}});
  expect_tree(rapply(A, tuple({{2, -1}, {3}})), {{-1, 0}, {15, 18, 21}});
  expect_tree(apply(adjoint(A), Ax), {{380, 540}, {190, 228, 266}});
  EXPECT_EQ(kind_of(adjoint(A)), "BlockDiagonalLinOp");
  expect_operator_laws(A);
}

TEST_P(Blocks, diagonal_over_a_map) {
  const Space R3 = space(3), R1 = space(1);
  const LinOp I = identity(R3), two = scaled(weak(2), I), half = scaled(weak(.5), identity(R1));
  // Leaves: position, twist.angular, twist.linear.
  const LinOp A = block_diagonal({I, half, two}, "{position: *, twist: {linear: *, angular: *}}");
  const Space X = domain_of(A);
  Array x;
  const Array coordinates = vec({1, 0, 0, 4, 1, 1, 1});
  check(spc_space_unflatten(X, coordinates, x.out()));
  EXPECT_EQ(pair(X, x, x), 20);
  Array y;
  const Array Ax = apply(A, x);
  check(spc_space_flatten(codomain_of(A), Ax, y.out()));
  EXPECT_EQ(values<double>(y), (std::vector<double>{1, 0, 0, 2, 2, 2, 2}));
  expect_operator_laws(A);
}

TEST_P(Blocks, stacked_operators) {
  const Space X = space(2);
  const LinOp A =
      stacked({dense(X, space(2), {2, 2}, {1, 2, 3, 4}), dense(X, space(1), {1, 2}, {5, 6})});
  const Array Ax = apply(A, vec({10, 20}));
  expect_tree(Ax, {{50, 110}, {170}});
  expect_close(values<double>(rapply(A, tuple({{2, -1}, {3}}))), {14, 18}, 1e-13);
  expect_close(values<double>(apply(adjoint(A), Ax)), {1230, 1560}, 1e-12);
  expect_operator_laws(A);
  const Space W = space(2, {2, 5});
  const LinOp B = stacked({dense(W, space(3, {3, 7, 11}), {3, 2}, {1, -2, .5, 3, 4, -1}),
                           dense(W, space(1, {13}), {1, 2}, {2, -.25})});
  expect_tree(apply(B, vec({.25, -1.5})), {{3.25, -4.375, 2.5}, {.875}});
  expect_close(values<double>(rapply(B, tuple({{2, -.5, 1.25}, {-.75}}))), {19.875, -6.7625},
               1e-12);
  expect_operator_laws(B);
}

TEST_P(Blocks, sum_to_single) {
  const Space Y = space(2);
  const LinOp A = sum_to_single(
      {dense(space(2), Y, {2, 2}, {1, 2, 3, 4}), dense(space(3), Y, {2, 3}, {5, 6, 7, 8, 9, 10})});
  expect_close(values<double>(apply(A, tuple({{10, 20}, {1, 2, 3}}))), {88, 166}, 1e-12);
  expect_tree(rapply(A, vec({2, -1})), {{-1, 0}, {2, 3, 4}});
  expect_tree(apply(adjoint(A), vec({88, 166})), {{586, 840}, {1768, 2022, 2276}});
  expect_operator_laws(A);
  const Space V = space(2, {7, 11});
  const LinOp B = sum_to_single({dense(space(2, {2, 5}), V, {2, 2}, {1, 2, 3, -1}),
                                 dense(space(1, {3}), V, {2, 1}, {.5, 4})});
  expect_close(values<double>(apply(B, tuple({{1, -2}, {3}}))), {-1.5, 17}, 1e-12);
  expect_tree(rapply(B, vec({.5, 3})), {{51.25, -5.2}, {44.583333333333336}});
  expect_operator_laws(B);
}

TEST_P(Blocks, structural_adjoints) {
  const LinOp A = dense(space(2), space(2), {2, 2}, {1, 2, 3, 4});
  for (const LinOp &B : {block_diagonal({A, A}), block_matrix(1, 2, {A, A})}) {
    const LinOp H = adjoint(B);
    EXPECT_EQ(kind_of(H), kind_of(B));
    EXPECT_TRUE(same(adjoint(B), H));
    EXPECT_TRUE(same(adjoint(H), B));
    EXPECT_TRUE(same(part_of(H, 0), adjoint(A)));
  }
  LinOp H;
  {
    const LinOp B = block_diagonal({A, A});
    H = adjoint(B);
  }
  expect_tree(apply(H, tuple({{1, 0}, {0, 1}})), {{1, 2}, {3, 4}});
  EXPECT_EQ(kind_of(adjoint(stacked({A, A}))), "AdjointLinOp");
}

TEST_P(Blocks, nested_trees) {
  const LinOp A = dense(space(2), space(2), {2, 2}, {1, 2, 3, 4}),
              B = dense(space(1), space(1), {1, 1}, {5});
  // The leaves of inner trees are those of the outer one.
  const LinOp inner = block_diagonal({A, B}), outer = block_diagonal({inner, B});
  int64_t arity = 0;
  check(spc_space_arity(domain_of(outer), &arity));
  EXPECT_EQ(arity, 3);
  expect_close(values<double>(matrix_of(outer)), {1, 2, 0, 0, 3, 4, 0, 0, 0, 0, 5, 0, 0, 0, 0, 5},
               1e-13);
  expect_operator_laws(outer);
  expect_operator_laws(stacked({inner, scaled(weak(2), inner)}));
}

TEST_P(Blocks, operators_of_other_kinds_on_trees) {
  const LinOp A = dense(space(2, {2, 5}), space(1, {3}), {1, 2}, {1, 2}),
              B = dense(space(1), space(2), {2, 1}, {5, 6});
  const LinOp D = block_diagonal({A, B});
  const Space X = domain_of(D), Y = codomain_of(D);
  const std::vector<double> m = {1, 2, 0, 0, 0, 5, 0, 0, 6};
  expect_operator_laws(dense_linop<double>(ctx, X, Y, {3, 3}, m));
  LinOp S;
  check(spc_linop_sparse(sparse<double>(ctx, 3, 3, m), X, Y, S.out()));
  expect_operator_laws(S);
  expect_close(values<double>(matrix_of(S)), m, 1e-13);
  expect_operator_laws(diagonal(vec({1, 2, 3}), X));
  EXPECT_EQ(is(diagonal(vec({1, 2, 3}), X), SPC_IS_POSITIVE_DEFINITE), SPC_TRUE);
  expect_operator_laws(identity(X));
  expect_operator_laws(zero(X, Y));
  expect_operator_laws(sum({D, S, zero(X, Y)}));
  expect_operator_laws(scaled(weak(-2), D));
  expect_operator_laws(composed(adjoint(D), D));
  expect_operator_laws(assume(D, SPC_IS_REAL));
  Wrapped functions{D};
  expect_operator_laws(matrix_free(functions, X, Y));
  expect_operator_laws(matrix_free(functions, X, Y, true));
}

TEST_P(Blocks, in_place_with_shared_leaves) {
  const Space R2 = space(2);
  const LinOp A = dense(R2, R2, {2, 2}, {1, 2, 3, 4}), I = identity(R2);
  const LinOp M = block_matrix(2, 2, {A, I, I, A});
  const Array a = vec({1, -1}), b = vec({2, .5});
  const spc_value both[] = {a, b};
  Array x;
  check(spc_value_tuple(2, both, x.out()));
  const Array expected = apply(M, x);
  // Every block of the second row still needs what the first row has written.
  check(spc_linop_apply_into(nullptr, M, x, nullptr, x, SPC_MODE_NONE));
  std::vector<std::vector<double>> leaves;
  for (int64_t i : {0, 1}) {
    Array leaf;
    check(spc_value_item(expected, i, leaf.out()));
    leaves.push_back(values<double>(leaf));
  }
  expect_tree(x, leaves);
}

TEST_P(Blocks, failing_blocks_leave_the_result_alone) {
  const Space R2 = space(2);
  const LinOp A = identity(R2);
  const auto failing = [](void *, spc_element, spc_element *) -> spc_status { return 9; };
  LinOp F;
  check(spc_linop_matrix_free(failing, failing, nullptr, R2, R2, F.out()));
  for (const LinOp &op : {block_diagonal({A, F}), block_matrix(2, 1, {A, F})}) {
    const bool square = kind_of(op) == "BlockDiagonalLinOp";
    const Array x = square ? tuple({{1, 2}, {3, 4}}) : tuple({{1, 2}}), y = tuple({{7, 7}, {7, 7}});
    expect_error(spc_linop_apply_into(nullptr, op, x, nullptr, y, SPC_MODE_NONE), SPC_E_CALLBACK,
                 {"the callback returned 9"});
    expect_tree(y, {{7, 7}, {7, 7}});
  }
  const LinOp S = sum({A, F});
  const Array y = vec({7, 7});
  expect_error(spc_linop_apply_into(nullptr, S, vec({1, 2}), nullptr, y, SPC_MODE_NONE),
               SPC_E_CALLBACK, {"the callback returned 9"});
  EXPECT_EQ(values<double>(y), (std::vector<double>{7, 7}));
}

TEST_P(Blocks, structure) {
  const Space R2 = space(2);
  const LinOp S = dense(R2, R2, {2, 2}, {2, 1, 1, 2}), N = dense(R2, R2, {2, 2}, {1, 2, 0, 3});
  EXPECT_EQ(is_hermitian(block_diagonal({S, S})), SPC_TRUE);
  EXPECT_EQ(is_hermitian(block_diagonal({S, N})), SPC_FALSE);
  Wrapped functions{S};
  EXPECT_EQ(is_hermitian(block_diagonal({S, matrix_free(functions, R2, R2)})), SPC_UNKNOWN);
  const LinOp D = diagonal(vec({1, 3}), R2);
  EXPECT_EQ(is(block_diagonal({D, identity(R2)}), SPC_IS_POSITIVE_DEFINITE), SPC_TRUE);
  EXPECT_EQ(is(block_diagonal({D, identity(R2)}), SPC_IS_DIAGONAL), SPC_TRUE);
  EXPECT_EQ(is(block_diagonal({D, identity(R2)}), SPC_IS_UNITARY), SPC_FALSE);
  EXPECT_EQ(is(block_diagonal({N, D}), SPC_IS_UPPER_TRIANGULAR), SPC_TRUE);
  EXPECT_EQ(is_hermitian(block_matrix(2, 2, {S, N, adjoint(N), S})), SPC_TRUE);
  EXPECT_EQ(is_hermitian(block_matrix(2, 2, {S, N, N, S})), SPC_UNKNOWN);
  EXPECT_EQ(is_hermitian(block_matrix(2, 2, {S, nullptr, nullptr, S})), SPC_TRUE);
  EXPECT_EQ(
      text_of(block_matrix(1, 2, {S, D})),
      "BlockMatrixLinOp((4,) -> (2,): [DenseLinOp((2,) -> (2,)), DiagonalLinOp((2,) -> (2,))])");
}

TEST_P(Blocks, fusion_and_conversion) {
  const Space R2 = space(2);
  const LinOp S = dense(R2, R2, {2, 2}, {2, 1, 1, 2});
  const LinOp B = block_diagonal({composed(S, S), identity(R2)});
  const LinOp fused = fuse(B);
  EXPECT_EQ(kind_of(fused), "BlockDiagonalLinOp");
  EXPECT_EQ(kind_of(part_of(fused, 0)), "DenseLinOp");
  EXPECT_EQ(kind_of(part_of(fused, 1)), "IdentityLinOp");
  EXPECT_EQ(kind_of(part_of(fuse(B, true), 1)), "DenseLinOp");
  const LinOp plain = block_diagonal({S, S});
  EXPECT_TRUE(same(fuse(plain), plain));
  const Context single = context(GetParam(), SPC_FLOAT32);
  spc_target target = {};
  target.struct_size = sizeof target;
  spc_target_init(&target);
  target.context = single;
  for (const LinOp &op : {block_diagonal({S, S}), block_matrix(1, 2, {S, S}), stacked({S, S}),
                          sum_to_single({S, S})}) {
    LinOp out;
    check(spc_linop_convert(op, &target, out.out()));
    EXPECT_EQ(kind_of(out), kind_of(op));
    expect_operator_laws(out);
    EXPECT_TRUE(equal(op, op));
  }
  EXPECT_FALSE(equal(block_matrix(1, 2, {S, S}), block_matrix(2, 1, {S, S})));
  EXPECT_TRUE(equal(block_diagonal({S, S}), block_diagonal({S, S})));
}

// A rotation: all-ones alone cannot tell it from its adjoint. Honest until it is asked to lie.
struct Rotation {
  spc_linop quarter;
  bool honest = true;
  static spc_status turn(void *user, spc_element x, spc_element *y) {
    return spc_linop_apply(static_cast<Rotation *>(user)->quarter, x, y);
  }
  static spc_status turn_back(void *user, spc_element y, spc_element *x) {
    const auto &self = *static_cast<Rotation *>(user);
    return (self.honest ? spc_linop_rapply : spc_linop_apply)(self.quarter, y, x);
  }
};

TEST_P(Blocks, wrong_adjoints_are_caught_at_level_strict) {
  const Context strict = context(GetParam(), SPC_FLOAT64, SPC_CHECK_STRICT);
  const Space P = coordinate_space(ctx, 2), X = coordinate_space(strict, 2);
  const LinOp quarter = dense_linop<double>(ctx, P, P, {2, 2}, {0, -1, 1, 0}), I = identity(X),
              S = dense_linop<double>(strict, X, X, {2, 2}, {2, 1, 1, 3});
  Rotation rotation{quarter};
  LinOp R, out;
  const auto make = [&] {
    return spc_linop_matrix_free(Rotation::turn, Rotation::turn_back, &rotation, X, X, out.out());
  };
  check(make());
  R = std::move(out);
  Space T;
  const spc_space leaves[] = {X, X};
  check(spc_space_tree("[*, *]", 2, leaves, nullptr, T.out()));
  const spc_linop two[] = {I, R}, four[] = {I, R, nullptr, I};
  const auto status_of = [&](int which) {
    switch (which) {
      case 0:
        return make();
      case 1:
        return spc_linop_scaled(weak(2), R, out.out());
      case 2:
        return spc_linop_make_scaled(weak(2), R, out.out());
      case 3:
        return spc_linop_sum(2, two, out.out());
      case 4:
        return spc_linop_make_sum(2, two, out.out());
      case 5:
        return spc_linop_composed(I, R, out.out());
      case 6:
        return spc_linop_make_composed(R, S, out.out());
      case 7:
        return spc_linop_block_diagonal(nullptr, 2, two, out.out());
      case 8:
        return spc_linop_block_diagonal_on(T, T, 2, two, out.out());
      case 9:
        return spc_linop_block_matrix(2, 2, four, out.out());
      case 10:
        return spc_linop_stacked(nullptr, nullptr, 2, two, out.out());
      case 11:
        return spc_linop_sum_to_single(nullptr, nullptr, 2, two, out.out());
      case 12:
        return spc_linop_kronecker(I, R, out.out());
      default:
        return spc_linop_kronecker_sum(R, I, out.out());
    }
  };
  const char *const kinds[] = {"matrix-free",      "ScaledLinOp",        "ScaledLinOp",
                               "SumLinOp",         "SumLinOp",           "ComposedLinOp",
                               "ComposedLinOp",    "BlockDiagonalLinOp", "BlockDiagonalLinOp",
                               "BlockMatrixLinOp", "StackedLinOp",       "SumToSingleLinOp",
                               "KroneckerLinOp",   "KroneckerLinOp"};
  for (int which = 0; which < 14; ++which) {
    SCOPED_TRACE(which);
    rotation.honest = true;
    check(status_of(which));
    rotation.honest = false;
    expect_error(
        status_of(which), SPC_E_VALUE,
        {(std::string("Strict ") + kinds[which] + " adjoint consistency check failed").c_str()});
  }
}

// What the library applies itself has a wrong adjoint where the metric is wrong: R^-1 is not the
// inverse of R.
TEST_P(Blocks, wrong_metrics_are_caught_at_level_strict) {
  const Context strict = context(GetParam(), SPC_FLOAT64, SPC_CHECK_STRICT);
  const auto twice = [](void *, spc_element x, spc_element *y) { return spc_add(x, x, y); };
  const auto same_map = [](void *, spc_element x, spc_element *y) { return spc_copy(x, y); };
  Geometry crooked;
  check(spc_geometry_custom(nullptr, twice, same_map, nullptr, crooked.out()));
  const Space X = dense_space(strict, {3}, crooked), Y = coordinate_space(strict, 3);
  const std::vector<double> m = {4, 1, 0, 1, 3, 2, 0, 1, 5};
  const Array M = array<double>(strict, {3, 3}, m), column = vector<double>(strict, {1, 2, 3});
  const Array d = vector<double>(strict, {1, 2, 3});
  const LinOp A = dense_linop<double>(strict, Y, Y, {3, 3}, m);
  LinOp out;
  const auto caught = [&](spc_status status, const char *kind) {
    expect_error(status, SPC_E_VALUE,
                 {(std::string("Strict ") + kind + " adjoint consistency check failed").c_str()});
  };
  caught(spc_linop_dense(M, X, Y, out.out()), "DenseLinOp");
  caught(spc_linop_dense(M, X, X, out.out()), "DenseLinOp");
  for (const char *format : {"csr", "csc", "coo"})
    caught(spc_linop_sparse(sparse<double>(strict, 3, 3, m, format), X, Y, out.out()),
           "SparseLinOp");
  caught(spc_linop_diagonal(d, X, out.out()), "DiagonalLinOp");
  caught(spc_linop_low_rank(M, nullptr, M, X, Y, out.out()), "LowRankLinOp");
  caught(spc_linop_permutation(vector<int64_t>(strict, {2, 0, 1}), X, out.out()),
         "PermutationLinOp");
  caught(spc_linop_restriction(vector<int64_t>(strict, {0, 2}), X, nullptr, out.out()),
         "RestrictionLinOp");
  caught(spc_linop_toeplitz(column, nullptr, X, Y, out.out()), "ToeplitzLinOp");
  caught(spc_linop_circulant(column, X, out.out()), "CirculantLinOp");
  caught(spc_linop_difference(X, 0, 1, SPC_DIFF_FORWARD, SPC_BOUNDARY_ZERO, 1, out.out()),
         "SparseLinOp");
  const auto times = [](void *user, spc_element x, spc_element *y) {
    return spc_linop_apply(static_cast<spc_linop>(user), x, y);
  };
  const auto back = [](void *user, spc_element y, spc_element *x) {
    return spc_linop_rapply(static_cast<spc_linop>(user), y, x);
  };
  const spc_linop user = A;
  caught(spc_linop_from_coordinate_adjoint(times, back, nullptr, nullptr, user, X, Y, out.out()),
         "matrix-free");
  // 2 <A x, y> = 2 <x, A^T y>: right, as the program does not ask for R^-1.
  LinOp honest;
  check(spc_linop_matrix_free(times, back, user, X, X, honest.out()));
  caught(spc_linop_inverse(honest, "lu", out.out()), "InverseLinOp");
  caught(spc_linop_jacobi(honest, out.out()), "DiagonalLinOp");
  caught(spc_linop_block_jacobi(honest, 2, out.out()), "BlockJacobiLinOp");
}

TEST_P(Blocks, errors) {
  const Space R1 = space(1), R2 = space(2), R3 = space(3);
  const LinOp A = dense(R2, R1, {1, 2}, {1, 2}), B = dense(R3, R1, {1, 3}, {1, 2, 3}),
              C = dense(R2, R3, {3, 2}, {1, 2, 3, 4, 5, 6});
  const spc_linop two[] = {A, B};
  LinOp out;
  expect_error(spc_linop_block_diagonal(nullptr, 0, nullptr, out.out()), SPC_E_VALUE,
               {"BlockDiagonalLinOp requires at least one block, got 0"});
  expect_error(spc_linop_block_diagonal("(*, *, *)", 2, two, out.out()), SPC_E_VALUE,
               {"BlockDiagonalLinOp: the structure has 3 leaves, 2 blocks given"});
  const Context single = context(GetParam(), SPC_FLOAT32),
                none = context(GetParam(), SPC_FLOAT64, SPC_CHECK_NONE);
  const LinOp narrow = identity(coordinate_space<float>(single, 2)),
              loose = identity(coordinate_space(none, 2));
  const spc_linop contexts[] = {A, narrow}, levels[] = {A, loose};
  expect_error(spc_linop_block_diagonal(nullptr, 2, contexts, out.out()), SPC_E_VALUE,
               {"BlockDiagonalLinOp operands must have the same ctx"});
  expect_error(spc_linop_block_diagonal(nullptr, 2, levels, out.out()), SPC_E_VALUE,
               {"BlockDiagonalLinOp blocks must have the same check level; got standard and none"});
  Space X, Y;
  const spc_space xs[] = {R2, R3}, ys[] = {R1, R2};
  check(spc_space_tree("(*, *)", 2, xs, nullptr, X.out()));
  check(spc_space_tree("(*, *)", 2, ys, nullptr, Y.out()));
  expect_error(spc_linop_block_diagonal_on(X, Y, 2, two, out.out()), SPC_E_TYPE,
               {"BlockDiagonalLinOp: block 1 has codomain DenseCoordinateSpace(shape=(1,)",
                "the leaf at $[1] is DenseCoordinateSpace(shape=(2,)"});
  expect_error(spc_linop_block_diagonal_on(X, Y, 1, two, out.out()), SPC_E_VALUE,
               {"BlockDiagonalLinOp: the domain has 2 leaves, the blocks have 1"});
  expect_error(spc_linop_block_diagonal_on(R2, Y, 2, two, out.out()), SPC_E_TYPE,
               {"BlockDiagonalLinOp: the domain is a DenseCoordinateSpace, expected a TreeSpace"});

  const spc_linop rows[] = {A, B, C, B}, empty_row[] = {nullptr, nullptr, C, nullptr},
                  empty_column[] = {A, nullptr, C, nullptr}, columns[] = {A, B};
  expect_error(spc_linop_block_matrix(2, 2, rows, out.out()), SPC_E_VALUE,
               {"BlockMatrixLinOp: row 1 has codomains"});
  expect_error(spc_linop_block_matrix(2, 1, columns, out.out()), SPC_E_VALUE,
               {"BlockMatrixLinOp: column 0 has domains"});
  expect_error(spc_linop_block_matrix(2, 2, empty_row, out.out()), SPC_E_VALUE,
               {"BlockMatrixLinOp: row 0 has no block"});
  expect_error(spc_linop_block_matrix(2, 2, empty_column, out.out()), SPC_E_VALUE,
               {"BlockMatrixLinOp: column 1 has no block"});
  expect_error(spc_linop_block_matrix(0, 2, rows, out.out()), SPC_E_VALUE,
               {"BlockMatrixLinOp requires at least one row and column, got 0 and 2"});

  expect_error(spc_linop_block_matrix(-1, 2, rows, out.out()), SPC_E_VALUE,
               {"linop_block_matrix: -1 rows and 2 columns"});
  expect_error(spc_linop_block_matrix(2, 2, nullptr, out.out()), SPC_E_VALUE,
               {"linop_block_matrix: blocks is NULL"});
  expect_error(spc_linop_stacked(nullptr, nullptr, 2, two, out.out()), SPC_E_TYPE,
               {"StackedLinOp: block 1 has domain DenseCoordinateSpace(shape=(3,)",
                "expected DenseCoordinateSpace(shape=(2,)"});
  const spc_linop down[] = {A, C};
  expect_error(spc_linop_stacked(nullptr, Y, 2, down, out.out()), SPC_E_TYPE,
               {"StackedLinOp: block 1 has codomain"});
  expect_error(spc_linop_stacked(nullptr, Y, 1, down, out.out()), SPC_E_VALUE,
               {"StackedLinOp: the codomain has 2 leaves, the blocks have 1"});
  expect_error(spc_linop_sum_to_single(nullptr, nullptr, 2, down, out.out()), SPC_E_TYPE,
               {"SumToSingleLinOp: block 1 has codomain"});
  expect_error(spc_linop_sum_to_single(Y, nullptr, 2, two, out.out()), SPC_E_TYPE,
               {"SumToSingleLinOp: block 0 has domain"});
  expect_error(spc_linop_sum_to_single(nullptr, nullptr, 0, nullptr, out.out()), SPC_E_VALUE,
               {"SumToSingleLinOp requires at least one block, got 0"});
}

TEST_P(Blocks, elements_are_checked) {
  const Space R2 = space(2);
  const LinOp A = dense(R2, R2, {2, 2}, {1, 2, 3, 4}), B = block_diagonal({A, A});
  Array out;
  expect_error(spc_linop_apply(B, vec({1, 2, 3, 4}), out.out()), SPC_E_VALIDATION,
               {"TreeSpace structure mismatch"});
  expect_error(spc_linop_apply(B, tuple({{1, 2}, {1, 2, 3}}), out.out()), SPC_E_VALIDATION,
               {"Invalid leaf at $[1]", "Expected shape (2,), got (3,)"});
  const Context none = context(GetParam(), SPC_FLOAT64, SPC_CHECK_NONE);
  const Space N = coordinate_space(none, 2);
  const LinOp loose = identity(N), L = block_diagonal({loose, loose});
  EXPECT_EQ(spc_linop_apply(L, vec({1, 2}), out.out()), SPC_E_TYPE) << last_error();
}

}  // namespace
}  // namespace test
