// SPDX-License-Identifier: Apache-2.0
// Proximal points: against a search for the minimum, Moreau's identity, and by hand.
#include <cmath>
#include <functional>

#include "tests/functional/functionals.hpp"
#include "tests/support/matrix.hpp"

namespace test {
namespace {

class Prox : public Functionals {};

using Function = std::function<double(double)>;

// The least point of a convex function on the line, by golden sections.
double minimum(const Function &f, double low, double high) {
  const double ratio = (std::sqrt(5.) - 1) / 2;
  double a = high - ratio * (high - low), b = low + ratio * (high - low);
  double fa = f(a), fb = f(b);
  for (int i = 0; i < 200; ++i) {
    if (fa < fb) {
      high = b;
      b = a, fb = fa;
      a = high - ratio * (high - low), fa = f(a);
    } else {
      low = a;
      a = b, fa = fb;
      b = low + ratio * (high - low), fb = f(b);
    }
  }
  return (low + high) / 2;
}

// Separable functionals: each entry minimises t f(x) + w/2 (x - v)^2.
void expect_separable(const Array &p, const Function &f, const Numbers &v, const Numbers &w,
                      double t, double low = -20) {
  const std::vector<double> found = values<double>(p);
  for (std::size_t i = 0; i < v.size(); ++i) {
    const double best =
        minimum([&](double x) { return t * f(x) + w[i] / 2 * (x - v[i]) * (x - v[i]); }, low, 20);
    EXPECT_NEAR(found[i], best, 2e-7) << "entry " << i;
  }
}

const Numbers weights = {2, .5, 11, 1}, ones = {1, 1, 1, 1}, points = {-3, .5, 2, 1.1};

TEST_P(Prox, L1) {
  const auto f = [](double x) { return std::abs(x); };
  const Functional plain = functional(spc_functional_l1, space(4));
  const Functional weighted = functional(spc_functional_l1, space(4, weights));

  expect_separable(prox(plain, vec(points), .75), f, points, ones, .75);
  expect_separable(prox(weighted, vec(points), .75), f, points, weights, .75);
  expect_numbers(prox(plain, vec(points), 0), points);
}

TEST_P(Prox, Huber) {
  const auto f = [](double x) { return std::abs(x) <= .8 ? x * x / 2 : .8 * (std::abs(x) - .4); };
  const Functional plain = functional(spc_functional_huber, space(4), .8);
  const Functional weighted = functional(spc_functional_huber, space(4, weights), .8);

  expect_separable(prox(plain, vec(points), 1.5), f, points, ones, 1.5);
  expect_separable(prox(weighted, vec(points), 1.5), f, points, weights, 1.5);
}

TEST_P(Prox, Entropy) {
  const auto f = [](double x) { return x * std::log(x); };
  const Functional plain = functional(spc_functional_entropy, space(4));
  const Functional weighted = functional(spc_functional_entropy, space(4, weights));

  expect_separable(prox(plain, vec(points), .75), f, points, ones, .75, 1e-300);
  expect_separable(prox(weighted, vec(points), .75), f, points, weights, .75, 1e-300);
}

// Far from the origin on either side: the equation itself is the test.
TEST_P(Prox, EntropyAtTheEdges) {
  const Numbers v = {-700, -50, -40, -1e-3, 0, 1e-3, 1, 30, 1e6, 1e12};
  const Functional F = functional(spc_functional_entropy, space(static_cast<int64_t>(v.size())));

  const std::vector<double> x = values<double>(prox(F, vec(v), 1));

  for (std::size_t i = 0; i < v.size(); ++i) {
    ASSERT_GT(x[i], 0) << v[i];
    EXPECT_NEAR(x[i] + std::log(x[i]) + 1, v[i], 1e-13 * (1 + std::abs(v[i]))) << v[i];
  }
}

TEST_P(Prox, KLDivergence) {
  const Functional F = functional(spc_functional_kl, vec({3, 3, 3, 3}), space(4, weights));
  const auto f = [](double x) { return x * std::log(x / 3); };

  expect_separable(prox(F, vec(points), .5), f, points, weights, .5, 1e-300);
}

TEST_P(Prox, EuclideanNorm) {
  const Functional F = functional(spc_functional_lp, space(2), 2.0);

  expect_numbers(prox(F, vec({3, 4}), 1), {2.4, 3.2});
  expect_numbers(prox(F, vec({3, 4}), 5), {0, 0});
  expect_numbers(prox(F, vec({3, 4}), 50), {0, 0});
  expect_numbers(prox(F, vec({0, 0}), 1), {0, 0});
}

TEST_P(Prox, Quadratics) {
  const Space X = space(3, {2, 5, 11});
  const Functional c = inner(X, {1, 2, -1});
  const Functional q = functional(spc_functional_quadratic, diagonal(X, {1, 0, 3}), c, weak(7));
  LinOp identity;
  check(spc_linop_identity(X, identity.out()));
  const Functional simple = functional(spc_functional_quadratic, identity, c, nullptr);

  expect_numbers(prox(c, vec({1, 1, 1}), .5), {.5, 0, 1.5});
  expect_numbers(prox(simple, vec({1, 1, 1}), .5), {.5 / 1.5, 0, 1});
  expect_numbers(prox(functional(spc_functional_zero, X), vec({1, 2, 3}), 4), {1, 2, 3});
  expect_numbers(prox(q, vec({1, 1, 1}), .5), {.5 / 1.5, 0, 1.5 / 2.5});
}

// (1 + t Q) x = v - t c, in the metric; by factors that are kept, and by conjugate gradients.
TEST_P(Prox, QuadraticsOfMatrices) {
  for_floating([&]<class T>() {
    const Context own = context(GetParam(), dtype_of<T>());
    for (const Metric metric : every_metric) {
      SCOPED_TRACE(name(metric));
      const MetricSpace<T> of_X = metric_space<T>(own, {3}, metric, 1);
      const Space &X = of_X.space;
      const Matrix<T> Q = of_X.G.inverse().times(Matrix<T>::definite(3, 2));
      const std::vector<T> c = random<T>(3, 3u), v = random<T>(3, 4u);
      const Array at = vector<T>(own, v);
      const LinOp op = dense_linop<T>(own, X, X, {3, 3}, Q.a);
      Wrapped applied{op};
      const LinOp F = matrix_free(applied, X, X);
      const Functional linear = functional(spc_functional_inner, vector<T>(own, c), X);
      const Functional by_factors = functional(spc_functional_quadratic, op, linear, nullptr);
      const Functional by_cg = functional(spc_functional_quadratic, F, linear, nullptr);
      for (const double t : {.5, 2., .5}) {
        Matrix<T> shifted = Matrix<T>::identity(3);
        std::vector<T> right = v;
        for (std::size_t i = 0; i < 9; ++i) shifted.a[i] += number<T>(t) * Q.a[i];
        for (std::size_t i = 0; i < 3; ++i) right[i] -= number<T>(t) * c[i];
        const std::vector<T> x = shifted.inverse().times(right);
        const double bound = sizeof(Real<T>) == 4 ? 1e-4 : 1e-10;
        expect_close(values<T>(prox(by_factors, at, t)), x, bound, "factors");
        applied.calls = 0;
        expect_close(values<T>(prox(by_cg, at, t)), x, bound, "cg");
        EXPECT_GE(applied.calls, 1);
      }
      EXPECT_EQ(values<T>(prox(by_factors, at, 0)), v);
      expect_laws(by_factors, "factors");
      expect_laws(by_cg, "cg");
    }
  });
}

TEST_P(Prox, QuadraticsFollowTheirMatrix) {
  const Space X = space(2);
  const Array m = array<double>(ctx, {2, 2}, {3, 1, 1, 3});
  LinOp Q;
  check(spc_linop_dense(m, X, X, Q.out()));
  const Functional q = functional(spc_functional_quadratic, Q, nullptr, nullptr);

  expect_numbers(prox(q, vec({5, 5}), 1), {1, 1});
  check(spc_array_set(m, array<double>(ctx, {2, 2}, {1, 0, 0, 4})));
  expect_numbers(prox(q, vec({4, 10}), 1), {2, 2});
}

// Least squares: prox of scale ||A x - b||^2 is a Tikhonov problem around v; of trees and of
// Hermitian matrices, too.
TEST_P(Prox, LeastSquares) {
  const Space X = space(2, {2, 5}), Y = space(3, {3, 7, 11});
  const LinOp A = matrix(X, Y, 3, 2, {1, 0, .5, 3, 4, -1});
  const Functional F =
      functional(spc_functional_least_squares, A, vec({2, -.5, 1.25}), nullptr, .5);

  // (A# A + .5) x = A# b at v = 0, t = 2.
  expect_numbers(prox(F, vec({0, 0}), 2), {.291062364918389, -.189534781375608}, 1e-12);

  Space tree, H;
  const spc_space leaves[] = {X, Y};
  check(spc_space_tree("{x: *, y: *}", 2, leaves, nullptr, tree.out()));
  const Array d = vec({1, 2, 3, 4, 5});
  LinOp D, W;
  check(spc_linop_diagonal(d, tree, D.out()));
  const Functional on_tree = functional(spc_functional_quadratic, D, nullptr, nullptr);
  Array v, x, flat;
  check(spc_space_unflatten(tree, vec({2, 3, 4, 5, 6}), v.out()));
  x = prox(on_tree, v, 1);
  check(spc_space_flatten(tree, x, flat.out()));
  expect_numbers(flat, {1, 1, 1, 1, 1});
  expect_laws(on_tree, "tree");

  check(spc_space_hermitian(ctx, 2, 1e-12, 0, 1, H.out()));
  const LinOp L = dense_linop<double>(ctx, H, H, {2, 2, 2, 2},
                                      {4, 0, 0, 0, 0, 5, 0, 0, 0, 0, 5, 0, 0, 0, 0, 6});
  const Functional on_H = functional(spc_functional_quadratic, L, nullptr, nullptr);
  expect_numbers(prox(on_H, array<double>(ctx, {2, 2}, {5, 6, 6, 7}), 1), {1, 1, 1, 1}, 1e-10);
}

// t (s F) at v; t (F + c); t (F + alpha/2 |x|^2 + <c, x>): completed squares.
TEST_P(Prox, OfTheAlgebra) {
  const Space X = space(4, weights);
  const Functional l1 = functional(spc_functional_l1, X);
  const Functional square = functional(spc_functional_squared_l2, X);
  const Functional mixed = sum_functional(
      {scaled_functional(weak(2), l1), scaled_functional(weak(3), square), inner(X, ones)});
  const double t = .75;

  expect_numbers(prox(scaled_functional(weak(3), l1), vec(points), t),
                 values<double>(prox(l1, vec(points), 3 * t)));
  expect_numbers(prox(shifted_functional(l1, weak(3)), vec(points), t),
                 values<double>(prox(l1, vec(points), t)));
  const std::vector<double> found = values<double>(prox(mixed, vec(points), t));
  for (std::size_t i = 0; i < points.size(); ++i) {
    const double w = weights[i], v = points[i];
    const double best = minimum(
        [&](double x) {
          return t * (2 * std::abs(x) + w * (1.5 * x * x + x)) + w / 2 * (x - v) * (x - v);
        },
        -20, 20);
    EXPECT_NEAR(found[i], best, 2e-7);
  }
}

TEST_P(Prox, ThroughAUnitaryOperator) {
  const Space X = space(2);
  LinOp identity;
  check(spc_linop_identity(X, identity.out()));
  int32_t unitary = SPC_UNKNOWN;
  if (spc_linop_is(identity, SPC_IS_UNITARY, &unitary) != SPC_OK || unitary != SPC_TRUE)
    GTEST_SKIP() << "no operator is known to be unitary";
  const Functional l1 = functional(spc_functional_l1, X);

  expect_numbers(prox(functional(spc_functional_composed, l1, identity), vec({2, -.5}), 1), {1, 0});
}

// v = prox_f(v) + prox_f*(v), where f* of the 1-norm is the indicator of the box [-1, 1], and that
// of the 2-norm the one of the unit ball.
TEST_P(Prox, Moreau) {
  const Space X = space(4);
  const Set box = set(spc_set_box, X, vec({-1, -1, -1, -1}), vec(ones));
  const Set ball = set(spc_set_ball, X, nullptr, 1.0);
  const Functional duals[] = {functional(spc_functional_indicator, box),
                              functional(spc_functional_indicator, ball)};
  const Functional norms[] = {functional(spc_functional_l1, X),
                              functional(spc_functional_lp, X, 2.0)};

  for (int k = 0; k < 2; ++k) {
    const std::vector<double> p = values<double>(prox(norms[k], vec(points), 1));
    const std::vector<double> d = values<double>(prox(duals[k], vec(points), 1));
    for (std::size_t i = 0; i < points.size(); ++i) EXPECT_NEAR(p[i] + d[i], points[i], 1e-12);
  }
}

TEST_P(Prox, OfIndicatorsIsTheProjection) {
  const Space X = space(3);
  const Set simplex = set(spc_set_simplex, X, 1.0);
  const Functional F = functional(spc_functional_indicator, simplex);
  const Array v = vec({.2, 3, -1});

  expect_numbers(prox(F, v, 0), values<double>(project(simplex, v)));
  expect_numbers(prox(F, v, 10), values<double>(project(simplex, v)));
  EXPECT_EQ(number_of(F, v), INFINITY);
  EXPECT_EQ(number_of(F, prox(F, v, 1)), 0);
}

TEST_P(Prox, NotOffered) {
  const Space X = space(2), W = space(2, {1, 2});
  const Array v = vec({1, 2});
  Array p;
  const LinOp Q = matrix(X, X, 2, 2, {2, 1, 1, 2});
  const Functional l1 = functional(spc_functional_l1, X);

  expect_error(spc_functional_prox(functional(spc_functional_lp, X, 3.0), v, 1, p.out()),
               SPC_E_NOTIMPL,
               {"functional_prox: LpNormFunctional has no closed form: p is 3, 1 and 2 have one"});
  expect_error(spc_functional_prox(functional(spc_functional_lp, W, 2.0), v, 1, p.out()),
               SPC_E_NOTIMPL, {"p is 2, and the geometry is not Euclidean"});
  const LinOp concave = matrix(X, X, 2, 2, {-2, 1, 1, -2});
  expect_error(spc_functional_prox(functional(spc_functional_quadratic, concave, nullptr, nullptr),
                                   v, 1, p.out()),
               SPC_E_NOTIMPL,
               {"functional_prox: LinOpQuadraticForm with t = 1 has no minimum: 1 + t Q is not "
                "positive definite"});
  expect_error(spc_functional_prox(
                   functional(spc_functional_quadratic, diagonal(X, {1, -3}), nullptr, nullptr), v,
                   1, p.out()),
               SPC_E_NOTIMPL,
               {"LinOpQuadraticForm with t = 1 has no minimum: the least entry of 1 + t Q is -2"});
  // A function of the program has no factors: its curvature tells, and the text is the same.
  for (const int32_t level : {SPC_CHECK_STANDARD, SPC_CHECK_STRICT}) {
    const Context own = context(GetParam(), SPC_FLOAT64, level);
    const Space Y = dense_space(own, {2});
    const LinOp negative = dense_linop<double>(own, Y, Y, {2, 2}, {-2, 1, 1, -2});
    Wrapped applied{negative};
    const LinOp unknown = matrix_free(applied, Y, Y);
    expect_error(
        spc_functional_prox(functional(spc_functional_quadratic, unknown, nullptr, nullptr),
                            vector<double>(own, {1, 2}), 1, p.out()),
        SPC_E_NOTIMPL,
        {"functional_prox: LinOpQuadraticForm with t = 1 has no minimum: 1 + t Q is not positive "
         "definite"});
  }
  expect_error(
      spc_functional_prox(scaled_functional(weak(-2), l1), v, 1, p.out()), SPC_E_NOTIMPL,
      {"ScaledFunctional has no closed form: the factor is -2, expected a positive number"});
  expect_error(spc_functional_prox(sum_functional({l1, functional(spc_functional_huber, X, 1.0)}),
                                   v, 1, p.out()),
               SPC_E_NOTIMPL,
               {"more than one term is neither linear nor a multiple of the squared norm"});
  expect_error(spc_functional_prox(functional(spc_functional_composed, l1, Q), v, 1, p.out()),
               SPC_E_NOTIMPL, {"DenseLinOp is not known to be unitary"});
  expect_error(
      spc_functional_prox(scaled_functional(weak(-2), functional(spc_functional_squared_l2, X)), v,
                          1, p.out()),
      SPC_E_NOTIMPL, {"ScaledFunctional with t = 1 has no minimum: 1 + t alpha is -1"});
}

SPC_ON_EVERY_FAMILY(Prox);

}  // namespace
}  // namespace test
