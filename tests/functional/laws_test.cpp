// SPDX-License-Identifier: Apache-2.0
// The laws of functionals for every dtype, and what test_functional says of those that break them.
#include <cmath>

#include "tests/functional/functionals.hpp"
#include "tests/support/matrix.hpp"

namespace test {
namespace {

constexpr int32_t levels[] = {SPC_CHECK_NONE, SPC_CHECK_CHEAP, SPC_CHECK_STANDARD,
                              SPC_CHECK_STRICT};

spc_status vdot_with_user(void *user, spc_element x, spc_element, spc_value *out) {
  return spc_vdot(static_cast<spc_array>(user), x, out);
}

class FunctionalLaws : public OnFamily {
 protected:
  template <class T>
  static void on_arrays(spc_context own, Metric metric) {
    constexpr bool real = std::is_floating_point_v<T>;
    const MetricSpace<T> of_X = metric_space<T>(own, {3}, metric, 1);
    const Space &X = of_X.space;
    const bool diagonal = metric == Metric::euclidean || metric == Metric::weighted;
    const Array c = vector<T>(own, {number<T>(1.5, .5), number<T>(-.25, 1), number<T>(.75, -2)});
    const Array d = vector<T>(own, {number<T>(1.25), number<T>(2.5), number<T>(4)});
    const LinOp Q =
        dense_linop<T>(own, X, X, {3, 3}, of_X.G.inverse().times(Matrix<T>::definite(3, 2)).a);
    const LinOp A = dense_linop<T>(
        own, X, X, {3, 3},
        {number<T>(1, .5), number<T>(.25), number<T>(0), number<T>(-.5, -1), number<T>(1.5),
         number<T>(.25), number<T>(0), number<T>(-.75, .5), number<T>(1.25)});
    const Functional linear = functional(spc_functional_inner, c, X);
    const Functional q = functional(spc_functional_quadratic, Q, linear, weak(.75));
    const Functional square = functional(spc_functional_squared_l2, X);
    expect_laws(linear, "inner");
    expect_laws(
        functional(spc_functional_linear, vdot_with_user, nullptr, static_cast<spc_array>(c), X),
        "matrix-free");
    expect_laws(q, "quadratic");
    expect_laws(square, "squared l2");
    for (const double p : {1., 1.5, 2., 3., 4.})
      expect_laws(functional(spc_functional_lp, X, p), ("lp " + std::to_string(p)).c_str());
    expect_laws(functional(spc_functional_huber, X, .8), "huber");
    expect_laws(functional(spc_functional_zero, X), "zero");
    expect_laws(scaled_functional(weak(2.5), q), "scaled");
    expect_laws(shifted_functional(square, weak(1)), "shifted");
    expect_laws(sum_functional({linear, square, functional(spc_functional_l1, X)}), "sum");
    expect_laws(functional(spc_functional_composed, linear, A), "inner o A");
    expect_laws(functional(spc_functional_composed, q, A), "quadratic o A");
    expect_laws(functional(spc_functional_composed, functional(spc_functional_lp, X, 3.), A),
                "lp o A");
    expect_laws(functional(spc_functional_least_squares, A, c, nullptr, .5), "least squares");
    if (diagonal)
      expect_laws(functional(spc_functional_least_squares, A, c, d, 2.0), "weighted least squares");
    expect_laws(functional(spc_functional_indicator, set(spc_set_ball, X, c, 2.)), "ball");
    if constexpr (!real) {
      expect_laws(scaled_functional(weak(c128(.5, 2)), linear), "complex factor");
    } else {
      expect_laws(functional(spc_functional_entropy, X), "entropy");
      expect_laws(functional(spc_functional_kl, d, X), "kl");
      if (diagonal)
        expect_laws(functional(spc_functional_indicator, set(spc_set_nonnegative, X)), "orthant");
    }
  }
  // Of the spectrum, and leaf by leaf.
  template <class T>
  static void elsewhere(spc_context own) {
    Space H, tree;
    check(spc_space_hermitian(own, 2, 1e-5, 1e-5, 1, H.out()));
    const Space w = metric_space<T>(own, {2}, Metric::weighted, 3).space,
                g = metric_space<T>(own, {2}, Metric::gram, 4).space;
    const spc_space leaves[] = {w, g};
    check(spc_space_tree("{w: *, g: [*]}", 2, leaves, nullptr, tree.out()));
    for (const double p : {1., 2., 3.})
      expect_laws(functional(spc_functional_spectral_lp, H, p), "spectral lp");
    expect_laws(functional(spc_functional_indicator, set(spc_set_psd, H)), "psd");
    for (const Space *X : {&H, &tree}) {
      const Functional square = functional(spc_functional_squared_l2, *X);
      expect_laws(square, "squared l2");
      expect_laws(functional(spc_functional_huber, *X, .8), "huber");
      expect_laws(functional(spc_functional_lp, *X, 3.), "lp");
      expect_laws(sum_functional({square, functional(spc_functional_l1, *X)}), "sum");
    }
  }
  template <class T>
  void try_all() {
    for (const int32_t level : levels) {
      const Context own = context(GetParam(), dtype_of<T>(), level);
      for (const Metric metric : every_metric) {
        SCOPED_TRACE(::testing::Message() << "level " << level << ' ' << name(metric));
        on_arrays<T>(own, metric);
      }
      SCOPED_TRACE(::testing::Message() << "level " << level);
      elsewhere<T>(own);
    }
  }
};

TEST_P(FunctionalLaws, Float64) {
  try_all<double>();
}
TEST_P(FunctionalLaws, Float32) {
  try_all<float>();
}
TEST_P(FunctionalLaws, Complex128) {
  try_all<c128>();
}
TEST_P(FunctionalLaws, Complex64) {
  try_all<c64>();
}

// (F(x + eps h) - F(x - eps h)) / 2 eps = <grad F(x), h>, and a weighted gradient is not that of the
// coordinates.
TEST_P(FunctionalLaws, DirectionalDerivative) {
  const std::vector<double> x = {.5, 1, 2}, h = {.25, -.5, .75};
  constexpr double step = 1e-6;
  std::vector<double> above = x, below = x;
  for (std::size_t i = 0; i < 3; ++i) above[i] += step * h[i], below[i] -= step * h[i];
  const Array at = vector<double>(ctx, x), up = vector<double>(ctx, above),
              down = vector<double>(ctx, below), direction = vector<double>(ctx, h);
  for (const std::vector<double> &w : {std::vector<double>{}, std::vector<double>{2, 5, 11}}) {
    const Space X = coordinate_space<double>(ctx, 3, w);
    const Functional all[] = {functional(spc_functional_lp, X, 3.),
                              functional(spc_functional_lp, X, 2.),
                              functional(spc_functional_entropy, X),
                              functional(spc_functional_kl, vector<double>(ctx, {1, 2, .5}), X),
                              functional(spc_functional_huber, X, .8),
                              functional(spc_functional_squared_l2, X)};
    for (const Functional &F : all) {
      const double slope = (number_of(F, up) - number_of(F, down)) / (2 * step);
      EXPECT_NEAR(value<double>(inner(X, grad(F, at), direction)), slope,
                  2e-8 * (1 + std::abs(slope)))
          << text_of(F);
    }
  }
  const Functional plain = functional(spc_functional_entropy, coordinate_space<double>(ctx, 3));
  const Functional weighted =
      functional(spc_functional_entropy, coordinate_space<double>(ctx, 3, {2, 5, 11}));
  EXPECT_NE(values<double>(grad(plain, at)), values<double>(grad(weighted, at)));
}

spc_status squared_norm(void *user, spc_element x, spc_element, spc_value *out) {
  return spc_space_inner(static_cast<spc_space>(user), x, x, out);
}
// That of <x, x> is 2 x.
spc_status half_of_the_gradient(void *, spc_element x, spc_element *out) {
  *out = x;
  return spc_array_retain(x);
}
spc_status first_entry_squared(void *, spc_element x, spc_element, spc_value *out) {
  const spc_index index = {SPC_INDEX_INT, 0, 0, 0, 0, nullptr};
  spc_array first = nullptr;
  spc_status status = spc_getitem(x, 1, &index, &first);
  if (status == SPC_OK) status = spc_square(first, out);
  spc_array_release(&first);
  return status;
}

TEST_P(FunctionalLaws, AWrongGradientIsFound) {
  const Space X = coordinate_space<double>(ctx, 3);
  const Functional F = functional(spc_functional_callback, squared_norm, half_of_the_gradient,
                                  static_cast<spc_space>(X), X);

  int64_t failures = -1;
  const std::string text = report_of(F, 3, 1, &failures);

  EXPECT_EQ(failures, 1) << text;
  EXPECT_NE(text.find("FAILS: gradient against differences of values: error "), std::string::npos)
      << text;
  EXPECT_NE(text.find("holds: value_and_grad as value and grad: error 0,"), std::string::npos)
      << text;
}

TEST_P(FunctionalLaws, WhatIsNotLinearIsFound) {
  const Space X = coordinate_space<double>(ctx, 3);
  const Functional F = functional(spc_functional_linear, first_entry_squared, nullptr, nullptr, X);

  int64_t failures = -1;
  const std::string text = report_of(F, 3, 1, &failures);

  EXPECT_EQ(failures, 1) << text;
  EXPECT_NE(text.find("FAILS: linearity: "), std::string::npos) << text;
  EXPECT_NE(text.find("not tried: gradient against differences of values: functional_grad: "
                      "MatrixFreeLinearFunctional has no gradient"),
            std::string::npos)
      << text;
}

TEST_P(FunctionalLaws, ReportsRepeat) {
  const Functional F = functional(spc_functional_huber, coordinate_space<double>(ctx, 3), 1.);
  int64_t failures = -1;

  const std::string first = report_of(F, 2, 7, &failures);

  EXPECT_EQ(first, report_of(F, 2, 7, &failures));
  EXPECT_NE(first, report_of(F, 2, 8, &failures));
  EXPECT_NE(first.find("holds: prox minimises: error "), std::string::npos) << first;
  EXPECT_NE(first.find(" (2 samples)\n"), std::string::npos) << first;
}

TEST_P(FunctionalLaws, Errors) {
  const Functional F = functional(spc_functional_huber, coordinate_space<double>(ctx, 3), 1.);
  char buffer[4];
  int64_t length = 0, failures = -1;

  expect_error(spc_test_functional(F, 0, 1, nullptr, 0, &length, &failures), SPC_E_VALUE,
               {"test_functional: samples is 0, expected at least 1"});
  expect_error(spc_test_functional(F, 1, 1, buffer, 4, &length, &failures), SPC_E_VALUE,
               {"test_functional: capacity is 4, "});
  EXPECT_EQ(failures, -1);
}

SPC_ON_EVERY_FAMILY(FunctionalLaws);

}  // namespace
}  // namespace test
