// SPDX-License-Identifier: Apache-2.0
// Worked examples of functionals: numbers by hand.
#include <cmath>

#include "tests/functional/functionals.hpp"

namespace test {
namespace {

class FunctionalExamples : public Functionals {
 protected:
  const Numbers x = {.5, -1, 2}, c = {1.5, -.25, .75}, w = {2, 5, 11};
};

constexpr double close = 1e-10;

spc_status times_user(void *user, spc_element x, spc_element, spc_value *out) {
  return spc_vdot(static_cast<spc_array>(user), x, out);
}

TEST_P(FunctionalExamples, InnerProduct) {
  const Space plain = space(3), weighted = space(3, w);
  const Functional F = inner(plain, c), G = inner(weighted, c);

  EXPECT_NEAR(number_of(F, vec(x)), 2.5, close);
  EXPECT_NEAR(number_of(G, vec(x)), 19.25, close);
  expect_numbers(grad(F, vec(x)), c);
  expect_numbers(grad(G, vec(x)), c);
  expect_numbers(representer(G), c);
}

TEST_P(FunctionalExamples, MatrixFree) {
  const Space X = space(2);
  const Array coefficients = vec({2, 3});
  const Functional F = functional(spc_functional_linear, times_user, nullptr,
                                  static_cast<spc_array>(coefficients), X);

  EXPECT_NEAR(number_of(F, vec({4, 5})), 23, close);
}

TEST_P(FunctionalExamples, Quadratic) {
  const Space plain = space(3), weighted = space(3, w);
  const LinOp Q = diagonal(plain, {1.25, 2.5, 4}), QW = diagonal(weighted, {1.25, 2.5, 4});
  const Functional F = functional(spc_functional_quadratic, Q, inner(plain, c), weak(.75));
  const Functional G = functional(spc_functional_quadratic, QW, inner(weighted, c), weak(.75));

  EXPECT_NEAR(number_of(F, vec(x)), 12.65625, close);
  EXPECT_NEAR(number_of(G, vec(x)), 114.5625, close);
  expect_numbers(grad(F, vec(x)), {2.125, -2.75, 8.75});
  expect_numbers(grad(G, vec(x)), {2.125, -2.75, 8.75});
}

TEST_P(FunctionalExamples, QuadraticHessian) {
  const Space R2 = space(2), R3 = space(3);
  const Functional F =
      functional(spc_functional_quadratic, diagonal(R2, {2, 4}), inner(R2, {1, -1}), weak(3));
  const Functional G = functional(spc_functional_quadratic, diagonal(R3, {2, 3, 5}),
                                  inner(R3, {1, 0, -1}), weak(.5));

  EXPECT_NEAR(number_of(F, vec({2, -1})), 12, close);
  expect_numbers(grad(F, vec({2, -1})), {5, -5});
  expect_numbers(hess_apply(F, vec({0, 0}), vec({2, -1})), {4, -4});
  EXPECT_NEAR(number_of(G, vec({1, 2, 3})), 28, close);
  expect_numbers(grad(G, vec({1, 2, 3})), {3, 6, 14});
}

TEST_P(FunctionalExamples, PullBack) {
  const Numbers M = {1, .25, 0, -.5, 1.5, .25, 0, -.75, 1.25};
  const Space plain = space(3), weighted = space(3, w);
  for (const bool flat : {true, false}) {
    const Space &X = flat ? plain : weighted;
    const LinOp A = matrix(X, X, 3, 3, M);
    const Functional linear = functional(spc_functional_composed, inner(X, c), A);
    const Functional q =
        functional(spc_functional_quadratic, diagonal(X, {1.25, 2.5, 4}), inner(X, c), weak(.75));
    const Functional quadratic = functional(spc_functional_composed, q, A);

    EXPECT_EQ(kind_of(linear), "InnerProductFunctional");
    EXPECT_EQ(kind_of(quadratic), "LinOpQuadraticForm");
    EXPECT_NEAR(number_of(linear, vec(x)), flat ? 3.125 : 29.125, close);
    EXPECT_NEAR(number_of(quadratic, vec(x)), flat ? 26.9921875 : 272.09375, 1e-9);
    expect_numbers(grad(linear, vec(x)), flat ? Numbers{1.625, -.5625, .875}
                                              : Numbers{1.8125, -1.4625, .9090909090909091});
    if (flat) expect_numbers(grad(quadratic, vec(x)), {3.5, -14.921875, 16.34375});
  }
}

TEST_P(FunctionalExamples, PullBackBetweenSpaces) {
  const Space R2 = space(2), R3 = space(3);
  const LinOp A = matrix(R2, R3, 3, 2, {1, 2, 0, -1, 3, .5});
  const Functional linear = functional(spc_functional_composed, inner(R3, {2, -1, .5}), A);
  LinOp identity;
  check(spc_linop_identity(R3, identity.out()));
  const Functional q =
      functional(spc_functional_quadratic, identity, inner(R3, {1, -2, .5}), weak(1.25));
  const Functional pulled = functional(spc_functional_composed, q, A);

  expect_numbers(representer(linear), {3.5, 5.25});
  EXPECT_NEAR(number_of(linear, vec({4, -2})), 3.5, close);
  EXPECT_NEAR(number_of(pulled, vec({.5, -1.5})), .65625, close);
  expect_numbers(grad(pulled, vec({.5, -1.5})), {2.25, -1.875});
}

TEST_P(FunctionalExamples, Norms) {
  const Space plain = space(3), weighted = space(3, w);
  const Functional square = functional(spc_functional_squared_l2, plain);
  const Functional square_w = functional(spc_functional_squared_l2, weighted);
  const Functional p2 = functional(spc_functional_lp, plain, 2.0);
  const Functional p2_w = functional(spc_functional_lp, weighted, 2.0);
  const Functional p3 = functional(spc_functional_lp, plain, 3.0);
  const Functional l1 = functional(spc_functional_l1, plain);

  EXPECT_NEAR(number_of(square, vec(x)), 2.625, close);
  EXPECT_NEAR(number_of(square_w, vec(x)), 24.75, close);
  expect_numbers(grad(square_w, vec(x)), x);
  EXPECT_NEAR(number_of(p2, vec(x)), 2.29128784747792, close);
  EXPECT_NEAR(number_of(p2_w, vec(x)), 2.29128784747792, close);
  expect_numbers(grad(p2, vec(x)), {.2182178902, -.4364357805, .8728715609}, 1e-9);
  expect_numbers(grad(p2_w, vec(x)), {.2182178902 / 2, -.4364357805 / 5, .8728715609 / 11}, 1e-9);
  EXPECT_NEAR(number_of(p3, vec(x)), 2.089669598190616, close);
  EXPECT_NEAR(number_of(l1, vec(x)), 3.5, close);
  expect_numbers(grad(l1, vec(x)), {1, -1, 1});
  expect_numbers(grad(p3, vec({0, 0, 0})), {0, 0, 0});
  EXPECT_EQ(kind_of(l1), "LpNormFunctional");
}

TEST_P(FunctionalExamples, Entropies) {
  const Space plain = space(3), weighted = space(3, w);
  const Numbers at = {.5, 1, 2};
  const Functional entropy = functional(spc_functional_entropy, plain);
  const Functional entropy_w = functional(spc_functional_entropy, weighted);
  const Functional kl = functional(spc_functional_kl, vec({1, 2, .5}), plain);

  EXPECT_NEAR(number_of(entropy, vec(at)), 1.0397207708399179, close);
  expect_numbers(grad(entropy, vec(at)), {.3068528194, 1, 1.6931471806}, 1e-9);
  expect_numbers(grad(entropy_w, vec(at)), {.1534264097, .2, .1539224710}, 1e-9);
  EXPECT_NEAR(number_of(kl, vec(at)), 1.7328679513998633, close);
  expect_numbers(grad(kl, vec(at)), {.3068528194, .3068528194, 2.3862943611}, 1e-9);
  EXPECT_NEAR(number_of(entropy, vec({0, -1, 2})), 2 * std::log(2.), close);
  const std::vector<double> outside = values<double>(grad(entropy, vec({0, -1, 1})));
  EXPECT_EQ(outside[0], -INFINITY);
  EXPECT_TRUE(std::isnan(outside[1]));
}

TEST_P(FunctionalExamples, Huber) {
  const Functional F = functional(spc_functional_huber, space(3), 1.0);
  const Functional G = functional(spc_functional_huber, space(3, w), 1.0);

  EXPECT_NEAR(number_of(F, vec({.5, -1.5, 2})), 2.625, close);
  expect_numbers(grad(F, vec({.5, -1.5, 2})), {.5, -1, 1});
  expect_numbers(grad(G, vec({.5, -1.5, 2})), {.25, -.2, 1. / 11});
}

TEST_P(FunctionalExamples, Shrinkage) {
  const Space plain = space(3), weighted = space(3, w);
  const auto shrink = [&](spc_space X, const Numbers &slope, const Numbers &x0, double eps,
                          double lam, int nonneg = 0) {
    Array out;
    check(spc_generalized_shrinkage(X, vec(slope), vec(x0), eps, lam, nonneg, out.out()));
    return out;
  };

  expect_numbers(shrink(plain, {0, 0, 0}, {-3, .4, 2}, .5, 1), {-2, 0, 1});
  expect_numbers(shrink(weighted, {0, 0, 0}, {-3, .4, 2}, .5, 1), {-2.5, .2, 21. / 11});
  expect_numbers(shrink(plain, {1, 2, -1}, {-3, .4, 2}, 2, .5), {-3.125, 0, 2.125});
  expect_numbers(shrink(weighted, {0, 0, 0}, {3, .05, -2}, .5, 1, 1), {2.5, 0, 0});
}

TEST_P(FunctionalExamples, ComplexShrinkage) {
  const Context complex = context(GetParam(), SPC_COMPLEX128);
  const Space X = dense_space(complex, {1});
  const Functional F = functional(spc_functional_l1, X);

  const Array shrunk = prox(F, vector<c128>(complex, {{3, 4}}), 1);

  expect_close(values<c128>(shrunk), {c128(2.4, 3.2)}, 1e-12);
}

TEST_P(FunctionalExamples, Proximal) {
  const Space plain = space(3), weighted = space(3, w);
  const Functional l1 = functional(spc_functional_l1, weighted);
  const Functional square = functional(spc_functional_squared_l2, plain);
  const Set orthant = set(spc_set_nonnegative, plain);

  expect_numbers(prox(l1, vec({-3, .5, 2}), 1), {-2.5, .3, 21. / 11});
  expect_numbers(prox(square, vec({-3, .5, 2}), 3), {-.75, .125, .5});
  expect_numbers(project(orthant, vec({-3, .5, 2})), {0, .5, 2});
  expect_numbers(prox(l1, vec({3, -1.5, .2}), 1), {2.5, -1.3, .109090909}, 1e-9);
}

TEST_P(FunctionalExamples, LeastSquares) {
  const Space R2 = space(2), R3 = space(3);
  const LinOp A = matrix(R2, R3, 3, 2, {1, 0, 0, 2, 1, 1});
  const Array b = vec({1, 4, 2}), at = vec({1, 1}), zero = vec({0, 0});
  const Functional F = functional(spc_functional_least_squares, A, b, nullptr, .5);
  const Functional G = functional(spc_functional_least_squares, A, b, vec({1, 2, 3}), 1.0);

  EXPECT_EQ(kind_of(F), "LinOpQuadraticForm");
  EXPECT_NEAR(number_of(F, at), 2, close);
  expect_numbers(grad(F, at), {0, -4});
  expect_numbers(grad(F, zero), {-3, -10});
  EXPECT_NEAR(number_of(F, zero), 10.5, close);
  expect_numbers(hess_apply(F, at, vec({1, 0})), {2, 1});
  expect_numbers(hess_apply(F, at, vec({0, 1})), {1, 5});
  EXPECT_NEAR(number_of(G, at), 8, close);
  expect_numbers(grad(G, at), {0, -16});
  EXPECT_NEAR(number_of(G, zero), 45, close);
}

TEST_P(FunctionalExamples, Algebra) {
  const Space X = space(3);
  const Functional F = inner(X, {1, 2, 3}), minus = scaled_functional(weak(-1), F);
  const Functional difference = sum_functional({F, minus});
  const Functional shifted = shifted_functional(F, weak(3));
  const Array at = vec(x);

  EXPECT_NEAR(number_of(F, at), 4.5, close);
  EXPECT_NEAR(number_of(scaled_functional(weak(2), F), at), 9, close);
  EXPECT_NEAR(number_of(shifted_functional(F, weak(1.5)), at), 6, close);
  EXPECT_NEAR(number_of(difference, at), 0, close);
  EXPECT_EQ(kind_of(difference), "SumFunctional");
  EXPECT_NEAR(number_of(shifted_functional(minus, weak(3)), at), -1.5, close);
  EXPECT_EQ(kind_of(scaled_functional(weak(0), F)), "ZeroFunctional");
  EXPECT_EQ(text_of(shifted_functional(shifted, weak(2))),
            "ShiftedFunctional(InnerProductFunctional((3,)), 5)");
}

TEST_P(FunctionalExamples, ComplexFactor) {
  const Context complex = context(GetParam(), SPC_COMPLEX128);
  const Space X = dense_space(complex, {1});
  const Functional F = functional(spc_functional_inner, vector<c128>(complex, {{1, 1}}), X);
  const Functional G = scaled_functional(weak(c128(2, 3)), F);

  expect_close(values<c128>(grad(G, vector<c128>(complex, {{7, 7}}))), {c128(5, -1)}, 1e-12);
}

// min <c, x> over the simplex, by primal and dual steps: y <- y + sigma (A xbar - b),
// x <- prox of <c, .> over x >= 0 at x - tau A# y, xbar <- 2 x - x_old.
TEST_P(FunctionalExamples, LinearProgram) {
  const Space X = space(3), Y = space(1);
  const LinOp A = matrix(X, Y, 1, 3, {1, 1, 1});
  const Functional cost = inner(X, {2, 1, 3});
  const Functional orthant = functional(spc_functional_indicator, set(spc_set_nonnegative, X));
  const Functional F = sum_functional({cost, orthant});
  const double step = .9 / std::sqrt(3.);
  const Array tau = weak(-step), sigma = weak(step), minus = weak(-1), two = weak(2);
  const Array b = vec({1});
  Array x_now = vec({0, 0, 0}), x_bar = vec({0, 0, 0}), y = vec({0});
  for (int k = 0; k < 8000; ++k) {
    const Array image = apply(A, x_bar);
    Array excess, moved;
    check(spc_space_axpy(Y, minus, b, image, excess.out()));
    check(spc_space_axpy(Y, sigma, excess, y, moved.out()));
    y = std::move(moved);
    const Array back = rapply(A, y);
    Array center;
    check(spc_space_axpy(X, tau, back, x_now, center.out()));
    Array next = prox(F, center, step), negative;
    check(spc_space_scale(X, minus, x_now, negative.out()));
    check(spc_space_axpy(X, two, next, negative, x_bar.out()));
    x_now = std::move(next);
  }

  expect_numbers(x_now, {0, 1, 0}, 1e-6);
  EXPECT_NEAR(number_of(cost, x_now), 1, 1e-6);
}

SPC_ON_EVERY_FAMILY(FunctionalExamples);

}  // namespace
}  // namespace test
