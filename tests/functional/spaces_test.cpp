// SPDX-License-Identifier: Apache-2.0
// Functionals and sets on trees, Hermitian matrices, stacked spaces and full metrics.
#include "tests/support/spaces.hpp"

#include <cmath>

#include "tests/functional/functionals.hpp"

namespace test {
namespace {

class FunctionalSpaces : public Functionals {
 protected:
  Array element(spc_space X, const Numbers &coordinates) const {
    Array x;
    check(spc_space_unflatten(X, vec(coordinates), x.out()));
    return x;
  }
  void expect_coordinates(spc_space X, spc_element x, const Numbers &expected,
                          double tolerance = 1e-12) const {
    expect_close(coordinates<double>(X, x), expected, tolerance);
  }
  Array mat(const Numbers &data) const { return array<double>(ctx, {2, 2}, data); }
  Space gram(const Numbers &G) const {
    return dense_space(ctx, {2}, test::gram<double>(ctx, 2, G));
  }
};

TEST_P(FunctionalSpaces, SchattenAndNuclear) {
  const Space H = hermitian(ctx, 2);
  const Functional two = functional(spc_functional_spectral_lp, H, 2.);
  const Functional nuclear = functional(spc_functional_nuclear, H);
  const double size = std::sqrt(13.5);

  EXPECT_NEAR(number_of(two, mat({2, .5, .5, 3})), size, 1e-10);
  expect_numbers(grad(two, mat({2, .5, .5, 3})), {2 / size, .5 / size, .5 / size, 3 / size}, 1e-10);
  EXPECT_NEAR(number_of(nuclear, mat({2, 0, 0, -3})), 5, 1e-10);
  expect_numbers(grad(nuclear, mat({2, 0, 0, -3})), {1, 0, 0, -1}, 1e-10);
  EXPECT_EQ(kind_of(nuclear), "SpectralLpNormFunctional");
  EXPECT_EQ(text_of(two), "SpectralLpNormFunctional((2, 2), p=2)");
  EXPECT_TRUE(equal(nuclear, functional(spc_functional_spectral_lp, H, 1.)));
  EXPECT_FALSE(equal(nuclear, two));
  for (const double p : {1., 2., 3.})
    expect_laws(functional(spc_functional_spectral_lp, H, p), "H");
}

TEST_P(FunctionalSpaces, NuclearProx) {
  const Space H = hermitian(ctx, 2);
  const Functional nuclear = functional(spc_functional_nuclear, H);
  const Functional two = functional(spc_functional_spectral_lp, H, 2.);

  // Eigenvalues 3 and -1 in the frame (1, 1), (1, -1).
  expect_numbers(prox(nuclear, mat({1, 2, 2, 1}), 1), {1, 1, 1, 1}, 1e-10);
  expect_numbers(prox(nuclear, mat({1, 2, 2, 1}), 4), {0, 0, 0, 0}, 1e-10);
  expect_numbers(prox(two, mat({3, 0, 0, 4}), 1), {2.4, 0, 0, 3.2}, 1e-10);
  Array out;
  expect_error(spc_functional_prox(functional(spc_functional_spectral_lp, H, 3.), mat({1, 0, 0, 1}),
                                   1, out.out()),
               SPC_E_NOTIMPL, {"SpectralLpNormFunctional has no closed form: p is 3"});
}

TEST_P(FunctionalSpaces, ComplexHermitian) {
  const Context own = context(GetParam(), SPC_COMPLEX128);
  const Space H = hermitian(own, 2);
  const Array x = array<c128>(own, {2, 2}, {{2, 0}, {1, -1}, {1, 1}, {3, 0}});
  const Functional nuclear = functional(spc_functional_nuclear, H);

  EXPECT_NEAR(number_of(nuclear, x), 5, 1e-10);
  expect_close(values<c128>(grad(nuclear, x)), {{1, 0}, {0, 0}, {0, 0}, {1, 0}}, 1e-10);
}

TEST_P(FunctionalSpaces, SemidefiniteProjection) {
  const Space H = hermitian(ctx, 2);
  const Set S = set(spc_set_psd, H);

  expect_numbers(project(S, mat({1, 2, 2, 1})), {1.5, 1.5, 1.5, 1.5}, 1e-10);
  expect_numbers(project(S, mat({2, 1, 1, 2})), {2, 1, 1, 2}, 1e-10);
  EXPECT_TRUE(contains(S, mat({2, 1, 1, 2}), 1e-10));
  EXPECT_FALSE(contains(S, mat({1, 2, 2, 1}), 1e-2));
  expect_laws(functional(spc_functional_indicator, S), "psd");
  const Set orthant = set(spc_set_psd, elementwise(ctx, {3}));
  expect_numbers(project(orthant, vec({-1, 0, 2})), {0, 0, 2});
}

TEST_P(FunctionalSpaces, SpectralNormOfATree) {
  const Space X = tree(nullptr, {elementwise(ctx, {2}), hermitian(ctx, 2)});
  const Functional F = functional(spc_functional_spectral_lp, X, 2.);
  const Array x = element(X, {1, -2, 2, 1, 1, 2});
  const double size = std::sqrt(15.);

  EXPECT_NEAR(number_of(F, x), size, 1e-10);
  expect_coordinates(X, grad(F, x), {1 / size, -2 / size, 2 / size, 1 / size, 1 / size, 2 / size},
                     1e-10);
  // Leaf by leaf: the eigenvalues of the matrix are 1 and 3.
  expect_coordinates(X, prox(functional(spc_functional_nuclear, X), x, 1), {0, -1, 1, 1, 1, 1},
                     1e-10);
  expect_laws(F, "spectral norm of a tree");
  const Set S = set(spc_set_psd, X);
  expect_coordinates(X, project(S, element(X, {1, -2, 1, 2, 2, 1})), {1, 0, 1.5, 1.5, 1.5, 1.5},
                     1e-10);
}

TEST_P(FunctionalSpaces, SpectralNormOfAStackedSpace) {
  Space X;
  check(spc_space_stacked(hermitian(ctx, 2), 2, X.out()));
  const Functional F = functional(spc_functional_nuclear, X);
  const Array x = array<double>(ctx, {2, 2, 2}, {3, 0, 0, 1, -1, 0, 0, 5});

  EXPECT_NEAR(number_of(F, x), 10, 1e-10);
  expect_numbers(grad(F, x), {1, 0, 0, 1, -1, 0, 0, 1}, 1e-10);
  expect_laws(F, "nuclear norm of a stacked space");
}

// Members of a Hermitian space stay exactly Hermitian on every way.
TEST_P(FunctionalSpaces, EntriesOfHermitianMatrices) {
  const Space H = hermitian(ctx, 2);
  const Array x = mat({1, -.25, -.25, 3});
  for (const double p : {1., 2., 3.}) expect_laws(functional(spc_functional_lp, H, p), "entries");
  expect_laws(functional(spc_functional_huber, H, .8), "entries");
  for (const Set &S : {set(spc_set_nonnegative, H), set(spc_set_simplex, H, 2.),
                       set(spc_set_ball, H, nullptr, .1)})
    EXPECT_TRUE(contains(S, project(S, x), 1e-12));
  expect_numbers(project(set(spc_set_simplex, H, 2.), x), {0, 0, 0, 2});
}

TEST_P(FunctionalSpaces, EveryShape) {
  for (const Shape &shape : {Shape{}, Shape{3}, Shape{2, 3}, Shape{2, 2, 2}}) {
    const Space X = dense_space(ctx, shape);
    for (const double p : {1., 2., 3.}) expect_laws(functional(spc_functional_lp, X, p), "shape");
    expect_laws(functional(spc_functional_squared_l2, X), "shape");
    expect_laws(functional(spc_functional_entropy, X), "shape");
    Array ones;
    check(spc_space_ones(X, ones.out()));
    expect_laws(functional(spc_functional_kl, ones, X), "shape");
    expect_laws(functional(spc_functional_inner, ones, X), "shape");
    expect_laws(functional(spc_functional_indicator, set(spc_set_simplex, X, 1.)), "shape");
    EXPECT_EQ(shape_of(project(set(spc_set_simplex, X, 1.), ones)), shape);
  }
}

TEST_P(FunctionalSpaces, NoCoordinates) {
  const Space X = space(0);
  const Array none = vec({});

  for (const double p : {1., 2., 3.})
    EXPECT_EQ(number_of(functional(spc_functional_lp, X, p), none), 0);
  EXPECT_EQ(number_of(functional(spc_functional_kl, none, X), none), 0);
  EXPECT_EQ(number_of(functional(spc_functional_inner, none, X), none), 0);
  EXPECT_EQ(shape_of(grad(functional(spc_functional_lp, X, 2.), none)), (Shape{0}));
  EXPECT_EQ(shape_of(project(set(spc_set_box, X, none, none), none)), (Shape{0}));
}

TEST_P(FunctionalSpaces, StridedElements) {
  const Space X = space(3, {2, 5, 11});
  const Array every = vec({.5, 9, -1, 9, 2}), x = getitem(every, {slice(0, 5, 2)});
  const Array back = vec({2, -1, .5}), reversed = getitem(back, {slice(2, SPC_NONE_I64, -1)});
  const Functional huber = functional(spc_functional_huber, X, 1.);
  const Set simplex = set(spc_set_simplex, X, 1.);

  for (const spc_array v : {static_cast<spc_array>(x), static_cast<spc_array>(reversed)}) {
    EXPECT_NEAR(number_of(huber, v), .125 + .5 + 1.5, 1e-12);
    expect_numbers(grad(huber, v), {.25, -.2, 1. / 11});
    expect_numbers(project(simplex, v), values<double>(project(simplex, vec({.5, -1, 2}))));
  }
}

TEST_P(FunctionalSpaces, Trees) {
  const Space W = space(2, {2, 3});
  const Space X = tree("{b: *, a: *}", {space(1), W});
  const Array x = element(X, {1, -2, 3}), c = element(X, {2, .5, -1});
  const Functional inner = functional(spc_functional_inner, c, X);
  const Functional l1 = functional(spc_functional_l1, X);
  const Functional square = functional(spc_functional_squared_l2, X);
  const Functional kl = functional(spc_functional_kl, element(X, {1, 2, 3}), X);

  EXPECT_NEAR(number_of(inner, x), 2 - 2 - 9, 1e-12);
  EXPECT_NEAR(number_of(l1, x), 6, 1e-12);
  EXPECT_NEAR(number_of(square, x), .5 * (1 + 8 + 27), 1e-12);
  EXPECT_NEAR(number_of(kl, x), 0, 1e-12);
  expect_coordinates(X, grad(l1, x), {1, -.5, 1. / 3});
  expect_coordinates(X, prox(l1, x, 1), {0, -1.5, 3 - 1. / 3});
  expect_laws(inner, "inner");
  expect_laws(sum_functional({l1, square, inner}), "sum");
  expect_laws(functional(spc_functional_huber, X, .8), "huber");
  expect_laws(functional(spc_functional_entropy, X), "entropy");
  expect_laws(kl, "kl");
  const Context narrow = context(GetParam(), SPC_FLOAT32);
  EXPECT_TRUE(equal(converted(converted(inner, narrow), ctx), inner));
}

TEST_P(FunctionalSpaces, BatchesOfTrees) {
  const Space X = tree("{b: *, a: *}", {space(1), space(2, {2, 3})});
  Array xs;
  check(spc_space_unflatten_batch(X, array<double>(ctx, {2, 3}, {1, -2, 3, 0, 1, 1}), xs.out()));
  const Functional inner = functional(spc_functional_inner, element(X, {2, .5, -1}), X);
  const Functional square = functional(spc_functional_squared_l2, X);
  const Functional l1 = functional(spc_functional_l1, X);

  expect_numbers(vvalue(inner, xs), {-9, -2});
  expect_numbers(vvalue(square, xs), {18, 2.5});
  expect_numbers(vvalue(l1, xs), {6, 2});
  Array flat;
  check(spc_space_flatten_batch(X, vgrad(inner, xs), flat.out()));
  expect_numbers(flat, {2, .5, -1, 2, .5, -1});
  check(spc_space_flatten_batch(X, vgrad(l1, xs), flat.out()));
  expect_numbers(flat, {1, -.5, 1. / 3, 0, .5, 1. / 3});
}

TEST_P(FunctionalSpaces, SetsOfTrees) {
  const Space X = tree(nullptr, {space(1), space(2, {2, 4})});
  const Array x = element(X, {-1, .5, 3});
  const Set orthant = set(spc_set_nonnegative, X);
  const Set box = set(spc_set_box, X, element(X, {0, 0, 0}), element(X, {1, 1, 1}));
  const Set ball = set(spc_set_ball, X, nullptr, 1.);
  const Set simplex = set(spc_set_simplex, X, 1.);

  expect_coordinates(X, project(orthant, x), {0, .5, 3});
  expect_coordinates(X, project(box, x), {0, .5, 1});
  const double size = std::sqrt(1 + .5 + 36);
  expect_coordinates(X, project(ball, x), {-1 / size, .5 / size, 3 / size});
  // Only the last entry stays: 3 - theta / 4 = 1 with theta = 8 leaves .5 - 8 / 2 and -1 - 8 below 0.
  expect_coordinates(X, project(simplex, x), {0, 0, 1});
}

TEST_P(FunctionalSpaces, FullMetric) {
  const Space X = gram({2, 1, 1, 3});
  const Functional inner = functional(spc_functional_inner, vec({1, 2}), X);
  const Functional l1 = functional(spc_functional_l1, X);
  const Functional two = functional(spc_functional_lp, X, 2.);
  Array out;
  Set S;

  EXPECT_NEAR(number_of(inner, vec({3, -1})), 5, 1e-12);
  expect_numbers(grad(inner, vec({3, -1})), {1, 2});
  // G^-1 (1, -1) = (.8, -.6).
  expect_numbers(grad(l1, vec({3, -1})), {.8, -.6});
  for (const double p : {1.5, 2., 3.})
    expect_laws(functional(spc_functional_lp, X, p), "full metric");
  expect_laws(sum_functional({inner, functional(spc_functional_squared_l2, X)}), "full metric");
  expect_laws(functional(spc_functional_entropy, X), "entropy in a full metric");
  expect_error(spc_functional_prox(l1, vec({1, 2}), 1, out.out()), SPC_E_NOTIMPL,
               {"functional_prox: LpNormFunctional has no closed form: the geometry of "
                "DenseCoordinateSpace is not diagonal"});
  expect_error(spc_set_nonnegative(X, S.out()), SPC_E_VALUE,
               {"Nonnegative: the geometry of DenseCoordinateSpace is not diagonal"});
  expect_error(spc_set_box(X, nullptr, nullptr, S.out()), SPC_E_VALUE, {"Box: the geometry of "});
  expect_error(spc_set_simplex(X, 1, S.out()), SPC_E_VALUE, {"Simplex: the geometry of "});
  expect_error(spc_generalized_shrinkage(X, vec({1, 2}), vec({1, 2}), 1, 1, 0, out.out()),
               SPC_E_VALUE, {"generalized_shrinkage: the geometry ", " is not diagonal"});
  expect_numbers(project(set(spc_set_ball, X, nullptr, std::sqrt(18.) / 2), vec({1, 2})), {.5, 1});
}

TEST_P(FunctionalSpaces, AffineInAFullMetric) {
  const Space X = gram({2, 1, 1, 3}), Y = space(1, {5});
  const LinOp A = matrix(X, Y, 1, 2, {1, 1});
  const Set S = set(spc_set_affine, A, vec({2}));

  const std::vector<double> p = values<double>(project(S, vec({1, 2})));

  // p = (1, 2) + s G^-1 (1, 1) with the sum 2: G^-1 (1, 1) = (.4, .2).
  EXPECT_NEAR(p[0], 1 - .4 / .6, 1e-12);
  EXPECT_NEAR(p[1], 2 - .2 / .6, 1e-12);
}

TEST_P(FunctionalSpaces, ShrinkageNeedsAGeometry) {
  const Space X = tree(nullptr, {space(1), space(2)});
  const Array x = element(X, {1, 2, 3});
  Array out;

  expect_error(spc_generalized_shrinkage(X, x, x, 1, 1, 0, out.out()), SPC_E_TYPE,
               {"generalized_shrinkage: a TreeSpace has no geometry"});
}

TEST_P(FunctionalSpaces, LeastSquaresIntoATree) {
  const Space X = space(2), Y1 = space(2), Y2 = space(1, {2});
  const LinOp parts[] = {matrix(X, Y1, 2, 2, {1, 0, 0, 2}), matrix(X, Y2, 1, 2, {1, 1})};
  const spc_linop handles[] = {parts[0], parts[1]};
  LinOp A;
  check(spc_linop_stacked(nullptr, nullptr, 2, handles, A.out()));
  const Space Y = codomain_of(A);
  const Array b = element(Y, {1, 4, 2});
  const Functional F = functional(spc_functional_least_squares, A, b, nullptr, .5);

  // 1/2 ((x - 1)^2 + (2 y - 4)^2 + 2 (x + y - 2)^2)
  EXPECT_NEAR(number_of(F, vec({1, 1})), 2, 1e-12);
  EXPECT_NEAR(number_of(F, vec({2, 1})), .5 * (1 + 4 + 2), 1e-12);
  expect_laws(F, "least squares into a tree");
  expect_laws(functional(spc_functional_least_squares, A, b, element(Y, {1, 2, 3}), 1.),
              "weighted least squares into a tree");
}

SPC_ON_EVERY_FAMILY(FunctionalSpaces);

// Vectors that are handles: what needs no coordinates runs.
TEST(FunctionalOpaque, RunsOnSpaceOperations) {
  load_opaque();
  const Context own = context("opaque");
  const Array prototype = vector<double>(own, {0, 0}), x = vector<double>(own, {3, 4});
  Space X;
  check(spc_space_like(own, prototype, nullptr, X.out()));
  const Functional square = functional(spc_functional_squared_l2, X);
  const Functional inner = functional(spc_functional_inner, vector<double>(own, {1, 2}), X);
  LinOp identity;
  check(spc_linop_identity(X, identity.out()));
  const Functional q = functional(spc_functional_quadratic, identity, inner, weak(1));
  const Functional l1 = functional(spc_functional_l1, X);
  const Set ball = set(spc_set_ball, X, nullptr, 1.0);
  Array out;

  EXPECT_NEAR(number_of(square, x), 12.5, 1e-12);
  EXPECT_NEAR(number_of(q, x), 24.5, 1e-12);
  expect_close(values<double>(grad(q, x)), {4, 6}, 1e-12);
  expect_close(values<double>(prox(q, x, 1)), {1, 1}, 1e-12);
  expect_close(values<double>(project(ball, x)), {.6, .8}, 1e-12);
  // The diagonal operator A A# has no matrix here, so that cg solves.
  LinOp A;
  check(spc_linop_diagonal(vector<double>(own, {2, 4}), X, A.out()));
  const Set affine = set(spc_set_affine, A, vector<double>(own, {2, 12}));
  expect_close(values<double>(project(affine, x)), {1, 3}, 1e-10);
  EXPECT_EQ(spc_functional_value(l1, x, out.out()), SPC_E_NOTIMPL) << last_error();
}

}  // namespace
}  // namespace test
