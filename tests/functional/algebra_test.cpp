// SPDX-License-Identifier: Apache-2.0
// Sums, factors, offsets, pull-backs: what they simplify to, equality, text, batches, conversion.
#include <cmath>

#include "tests/functional/functionals.hpp"

namespace test {
namespace {

class FunctionalAlgebra : public Functionals {
 protected:
  void SetUp() override {
    Functionals::SetUp();
    X = space(3);
    F = functional(spc_functional_inner, vec({1, 2, 3}), X);
    G = functional(spc_functional_squared_l2, X);
    zero = functional(spc_functional_zero, X);
  }
  Space X;
  Functional F, G, zero;
};

bool same_object(spc_functional a, spc_functional b) {
  return equal(a, b) && kind_of(a) == kind_of(b);
}

TEST_P(FunctionalAlgebra, FactorsSimplify) {
  const Functional sixfold = scaled_functional(weak(2), scaled_functional(weak(3), G));

  EXPECT_EQ(text_of(sixfold), "ScaledFunctional(6, SquaredL2NormFunctional((3,)))");
  EXPECT_TRUE(same_object(scaled_functional(weak(1), G), G));
  EXPECT_TRUE(same_object(scaled_functional(weak(.5), scaled_functional(weak(2), G)), G));
  EXPECT_EQ(kind_of(scaled_functional(weak(0), G)), "ZeroFunctional");
  EXPECT_EQ(kind_of(scaled_functional(weak(5), zero)), "ZeroFunctional");
  EXPECT_NEAR(number_of(scaled_functional(array<double>(ctx, {}, {2.5}), G), vec({1, 0, 1})), 2.5,
              1e-12);
}

TEST_P(FunctionalAlgebra, SumsSimplify) {
  const Functional inner_sum = sum_functional({F, G});
  const Functional nested = sum_functional({inner_sum, zero, F});

  EXPECT_EQ(text_of(nested),
            "SumFunctional(InnerProductFunctional((3,)), SquaredL2NormFunctional((3,)), "
            "InnerProductFunctional((3,)))");
  EXPECT_TRUE(same_object(sum_functional({zero, G, zero}), G));
  EXPECT_EQ(kind_of(sum_functional({zero, zero})), "ZeroFunctional");
  EXPECT_FALSE(equal(sum_functional({F, G}), sum_functional({G, F})));
  EXPECT_TRUE(equal(sum_functional({F, G}), inner_sum));
}

TEST_P(FunctionalAlgebra, OffsetsSimplify) {
  EXPECT_TRUE(same_object(shifted_functional(G, weak(0)), G));
  EXPECT_TRUE(same_object(shifted_functional(shifted_functional(G, weak(2)), weak(-2)), G));
  EXPECT_NEAR(
      number_of(shifted_functional(shifted_functional(G, weak(2)), weak(.5)), vec({2, 0, 0})), 4.5,
      1e-12);
}

TEST_P(FunctionalAlgebra, NanFactorEqualsItself) {
  const double nan = std::nan("");

  EXPECT_TRUE(equal(scaled_functional(weak(nan), G), scaled_functional(weak(nan), G)));
  EXPECT_FALSE(equal(scaled_functional(weak(nan), G), scaled_functional(weak(2), G)));
}

TEST_P(FunctionalAlgebra, EqualityIsStructural) {
  const Space same = space(3), other = space(3, {1, 1, 2});
  const Array t = vec({1, 2, 3});

  EXPECT_TRUE(equal(F, functional(spc_functional_inner, t, same)));
  EXPECT_FALSE(equal(F, functional(spc_functional_inner, t, other)));
  EXPECT_FALSE(equal(F, functional(spc_functional_inner, vec({1, 2, 3.5}), X)));
  EXPECT_TRUE(
      equal(functional(spc_functional_lp, X, 3.0), functional(spc_functional_lp, same, 3.0)));
  EXPECT_FALSE(equal(functional(spc_functional_lp, X, 3.0), functional(spc_functional_lp, X, 2.0)));
  EXPECT_TRUE(equal(functional(spc_functional_l1, X), functional(spc_functional_lp, X, 1.0)));
  EXPECT_TRUE(equal(functional(spc_functional_kl, t, X), functional(spc_functional_kl, t, X)));
  EXPECT_FALSE(
      equal(functional(spc_functional_kl, t, X), functional(spc_functional_kl, vec({1, 2, 4}), X)));
  EXPECT_FALSE(
      equal(functional(spc_functional_huber, X, 1.0), functional(spc_functional_huber, X, 2.0)));
  EXPECT_TRUE(equal(functional(spc_functional_indicator, set(spc_set_ball, X, nullptr, 2.0)),
                    functional(spc_functional_indicator, set(spc_set_ball, X, nullptr, 2.0))));
  EXPECT_FALSE(equal(functional(spc_functional_indicator, set(spc_set_ball, X, nullptr, 2.0)),
                     functional(spc_functional_indicator, set(spc_set_ball, X, t, 2.0))));
  const LinOp Q = diagonal(X, {1, 2, 3});
  EXPECT_TRUE(equal(functional(spc_functional_quadratic, Q, F, weak(1)),
                    functional(spc_functional_quadratic, diagonal(same, {1, 2, 3}), F, weak(1))));
  EXPECT_FALSE(equal(functional(spc_functional_quadratic, Q, F, weak(1)),
                     functional(spc_functional_quadratic, Q, nullptr, weak(1))));
  EXPECT_FALSE(equal(functional(spc_functional_quadratic, Q, F, weak(1)),
                     functional(spc_functional_quadratic, Q, F, nullptr)));
}

TEST_P(FunctionalAlgebra, Text) {
  const LinOp Q = diagonal(X, {1, 2, 3});
  const Set ball = set(spc_set_ball, X, nullptr, 2.0);

  EXPECT_EQ(text_of(functional(spc_functional_lp, X, 1.5)), "LpNormFunctional((3,), p=1.5)");
  EXPECT_EQ(text_of(functional(spc_functional_huber, X, .5)), "HuberFunctional((3,), delta=0.5)");
  EXPECT_EQ(text_of(functional(spc_functional_indicator, ball)),
            "IndicatorFunctional(Ball((3,), radius=2))");
  EXPECT_NE(text_of(functional(spc_functional_quadratic, Q, F, weak(1)))
                .find("InnerProductFunctional((3,)), 1)"),
            std::string::npos);
}

TEST_P(FunctionalAlgebra, ComposedWithAnything) {
  const Space Y = space(2);
  const LinOp A = matrix(Y, X, 3, 2, {1, 0, 0, 2, 1, 1});
  const Functional l3 = functional(spc_functional_lp, X, 3.0);
  const Functional pulled = functional(spc_functional_composed, l3, A);
  const Array x = vec({1, -2});

  EXPECT_EQ(kind_of(pulled), "ComposedFunctional");
  EXPECT_NEAR(number_of(pulled, x), std::cbrt(1. + 64 + 1), 1e-12);
  const Array outer = grad(l3, apply(A, x)), chained = rapply(A, outer);
  expect_numbers(grad(pulled, x), values<double>(chained));
  expect_laws(pulled, "l3 o A");
  EXPECT_EQ(kind_of(functional(spc_functional_composed, zero, A)), "ZeroFunctional");
  EXPECT_TRUE(equal(pulled, functional(spc_functional_composed, l3, A)));
}

TEST_P(FunctionalAlgebra, QuadraticAcceptsAnyLinearPart) {
  const LinOp Q = diagonal(X, {1, 2, 3});
  const Functional twice = scaled_functional(weak(2), F), both = sum_functional({F, twice});
  const Functional q = functional(spc_functional_quadratic, Q, both, nullptr);

  expect_numbers(grad(q, vec({1, 1, 1})), {4, 8, 12});
  expect_laws(q, "quadratic with a sum as linear part");
  const LinOp A = matrix(X, X, 3, 3, {1, 1, 0, 0, 1, 0, 0, 0, 1});
  expect_numbers(grad(functional(spc_functional_composed, q, A), vec({0, 0, 0})), {3, 9, 9});
}

TEST_P(FunctionalAlgebra, Batches) {
  const Array xs = array<double>(ctx, {2, 3}, {1, 0, 0, 0, 1, 2});
  const LinOp Q = diagonal(X, {1, 2, 3});
  const Functional q = functional(spc_functional_quadratic, Q, F, weak(1));
  const Functional sum = sum_functional({scaled_functional(weak(2), F), G});
  const Functional shifted = shifted_functional(G, weak(1));

  expect_numbers(vvalue(F, xs), {1, 8});
  expect_numbers(vgrad(F, xs), {1, 2, 3, 1, 2, 3});
  expect_numbers(vvalue(q, xs), {2.5, 16});
  expect_numbers(vgrad(q, xs), {2, 2, 3, 1, 4, 9});
  expect_numbers(vvalue(sum, xs), {2.5, 18.5});
  expect_numbers(vgrad(sum, xs), {3, 4, 6, 2, 5, 8});
  expect_numbers(vvalue(shifted, xs), {1.5, 3.5});
  expect_numbers(vgrad(shifted, xs), {1, 0, 0, 0, 1, 2});
  expect_numbers(vvalue(zero, xs), {0, 0});
  expect_numbers(vgrad(zero, xs), {0, 0, 0, 0, 0, 0});
  expect_numbers(vvalue(functional(spc_functional_indicator, set(spc_set_nonnegative, X)), xs),
                 {0, 0});
}

TEST_P(FunctionalAlgebra, BatchesKeepAllLeadingAxes) {
  const Array xs = array<double>(ctx, {2, 2, 3}, {1, 0, 0, 0, 1, 0, 0, 0, 1, 1, 1, 1});
  const Functional l1 = functional(spc_functional_l1, X);
  const Functional boundary = functional(spc_functional_indicator, set(spc_set_nonnegative, X));

  for (const spc_functional f : {static_cast<spc_functional>(F), static_cast<spc_functional>(l1),
                                 static_cast<spc_functional>(boundary)})
    EXPECT_EQ(shape_of(vvalue(f, xs)), (Shape{2, 2}));
  expect_numbers(vvalue(F, xs), {1, 2, 3, 6});
  EXPECT_EQ(shape_of(vgrad(F, xs)), (Shape{2, 2, 3}));
  EXPECT_EQ(shape_of(vgrad(l1, xs)), (Shape{2, 2, 3}));
}

TEST_P(FunctionalAlgebra, EmptyBatch) {
  const Array xs = array<double>(ctx, {0, 3}, {});

  EXPECT_EQ(shape_of(vvalue(F, xs)), (Shape{0}));
  EXPECT_EQ(shape_of(vvalue(functional(spc_functional_l1, X), xs)), (Shape{0}));
  EXPECT_EQ(shape_of(vgrad(G, xs)), (Shape{0, 3}));
  EXPECT_EQ(shape_of(vvalue(functional(spc_functional_indicator, set(spc_set_nonnegative, X)), xs)),
            (Shape{0}));
}

TEST_P(FunctionalAlgebra, ValueAndGradTogether) {
  const Functional q = functional(spc_functional_quadratic, diagonal(X, {1, 2, 3}), F, weak(1));
  const Functional sum =
      sum_functional({scaled_functional(weak(2), q), shifted_functional(G, weak(1))});
  const Array x = vec({1, -1, 2});

  Array value, gradient;
  check(spc_functional_value_and_grad(sum, x, value.out(), gradient.out()));

  EXPECT_NEAR(test::value<double>(value), number_of(sum, x), 1e-12);
  expect_numbers(gradient, values<double>(grad(sum, x)));
}

TEST_P(FunctionalAlgebra, Conversion) {
  const Context narrow = context(GetParam(), SPC_FLOAT32);
  const LinOp A = matrix(X, X, 3, 3, {1, 1, 0, 0, 1, 0, 0, 0, 1});
  const Functional q = functional(spc_functional_quadratic, diagonal(X, {1, 2, 3}), F, weak(1));
  const Functional all[] = {
      functional(spc_functional_composed, q, A),
      sum_functional({scaled_functional(weak(2), F), G}),
      shifted_functional(
          functional(spc_functional_composed, functional(spc_functional_lp, X, 3.0), A), weak(.5)),
      functional(spc_functional_kl, vec({1, 2, 3}), X),
      functional(spc_functional_entropy, X),
      functional(spc_functional_huber, X, .75),
      functional(spc_functional_indicator, set(spc_set_box, X, vec({0, 0, 0}), vec({3, 3, 3}))),
  };
  const Array x = vec({1, .5, 2}), x32 = vector<float>(narrow, {1, .5f, 2});

  for (const Functional &f : all) {
    const Functional g = converted(f, narrow);
    EXPECT_EQ(kind_of(g), kind_of(f));
    EXPECT_NEAR(number_of<float>(g, x32), number_of(f, x), 1e-5) << text_of(f);
    EXPECT_FALSE(equal(f, g));
    EXPECT_TRUE(equal(converted(g, ctx), f)) << text_of(f);
    EXPECT_TRUE(same_object(converted(f, ctx), f));
  }
}

TEST_P(FunctionalAlgebra, ConversionToAnotherFamily) {
  const Context elsewhere = context("reference", SPC_FLOAT64);
  spc_target target = target_of(elsewhere);
  target.resolution_policy = "silent";
  const Functional sum = sum_functional({scaled_functional(weak(2), F), G});

  const Functional there = functional(spc_functional_convert, sum, &target);

  const Array x = vector<double>(elsewhere, {1, -1, 2});
  EXPECT_NEAR(number_of(there, x), 13, 1e-12);
  EXPECT_EQ(family_of(grad(there, x)), "reference");
  Context own;
  check(spc_functional_context(there, own.out()));
  const char *name = "";
  check(spc_context_family(own, &name));
  EXPECT_STREQ(name, "reference");
}

// One element does as a batch of one does, and what is not native follows the join at level none.
TEST_P(FunctionalAlgebra, LevelNoneFollowsTheJoin) {
  const Context none = context(GetParam(), SPC_FLOAT64, SPC_CHECK_NONE);
  const Space Y = coordinate_space<double>(none, 2);
  const Functional square = functional(spc_functional_squared_l2, Y);
  const Functional huber = functional(spc_functional_huber, Y, 1.0);
  const Array narrow = vector<float>(none, {3, 4});

  EXPECT_NEAR(number_of<float>(square, narrow), 12.5, 1e-6);
  EXPECT_NEAR(number_of<float>(huber, narrow), 6, 1e-6);
}

SPC_ON_EVERY_FAMILY(FunctionalAlgebra);

}  // namespace
}  // namespace test
