// SPDX-License-Identifier: Apache-2.0
// Sets: projections by hand, against their optimality conditions, and conversion.
#include <algorithm>
#include <cmath>
#include <cstring>

#include "tests/functional/functionals.hpp"

namespace test {
namespace {

class Sets : public Functionals {};

double dot(const Numbers &w, const Numbers &a, const Numbers &b) {
  double sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += w[i] * a[i] * b[i];
  return sum;
}

Numbers minus(const Numbers &a, const Numbers &b) {
  Numbers d(a.size());
  for (std::size_t i = 0; i < a.size(); ++i) d[i] = a[i] - b[i];
  return d;
}

// p is the projection of v if <v - p, z - p>_w <= 0 for every z of the set; for a polytope its
// corners suffice.
void expect_nearest(const Numbers &w, const Numbers &v, const Numbers &p,
                    const std::vector<Numbers> &corners) {
  for (const Numbers &z : corners) EXPECT_LE(dot(w, minus(v, p), minus(z, p)), 1e-10);
}

TEST_P(Sets, Nonnegative) {
  const Set S = set(spc_set_nonnegative, space(3, {2, 5, 11}));

  expect_numbers(project(S, vec({-1, 0, 2})), {0, 0, 2});
  EXPECT_TRUE(contains(S, vec({0, 1, 2}), 0));
  EXPECT_FALSE(contains(S, vec({-1e-3, 1, 2}), 1e-6));
  EXPECT_TRUE(contains(S, vec({-1e-3, 1, 2}), 1e-2));
}

TEST_P(Sets, Box) {
  const Space X = space(3);
  const Set both = set(spc_set_box, X, vec({-1, 0, 2}), vec({1, 0, 3}));
  const Set above = set(spc_set_box, X, vec({-1, 0, 2}), nullptr);
  const Set none = set(spc_set_box, X, nullptr, nullptr);

  expect_numbers(project(both, vec({-5, 5, 2.5})), {-1, 0, 2.5});
  expect_numbers(project(above, vec({-5, 5, 1})), {-1, 5, 2});
  expect_numbers(project(none, vec({-5, 5, 1})), {-5, 5, 1});
}

TEST_P(Sets, Ball) {
  const Space X = space(2, {1, 4});
  const Set centered = set(spc_set_ball, X, nullptr, 2.0);
  const Set moved = set(spc_set_ball, X, vec({1, 1}), 5.0);
  const Set point = set(spc_set_ball, X, vec({1, 1}), 0.0);

  expect_numbers(project(centered, vec({0, 4})), {0, 1});
  expect_numbers(project(centered, vec({1, .5})), {1, .5});
  expect_numbers(project(moved, vec({1 + 6, 1 + 4})), {4, 3});
  expect_numbers(project(point, vec({7, 5})), {1, 1});
}

TEST_P(Sets, Simplex) {
  const Set unit = set(spc_set_simplex, space(3), 1.0);
  const Set two = set(spc_set_simplex, space(3), 2.0);

  expect_numbers(project(unit, vec({.2, .3, .5})), {.2, .3, .5});
  expect_numbers(project(unit, vec({5, 0, 0})), {1, 0, 0});
  expect_numbers(project(unit, vec({1, 1, 1})), {1. / 3, 1. / 3, 1. / 3});
  expect_numbers(project(unit, vec({.5, .5, -7})), {.5, .5, 0});
  expect_numbers(project(two, vec({2, 1, 0})), {1.5, .5, 0});
  expect_numbers(project(unit, vec({-5, -5.5, -9})), {.75, .25, 0});
}

TEST_P(Sets, SimplexInAWeightedMetric) {
  const Numbers w = {2, .5, 11, 1, 1, 3};
  const Space X = space(6, w);
  for (const double total : {.1, 1., 4., 100.}) {
    const Set S = set(spc_set_simplex, X, total);
    std::vector<Numbers> corners;
    for (std::size_t i = 0; i < w.size(); ++i) {
      corners.emplace_back(w.size(), 0);
      corners.back()[i] = total;
    }
    for (const Numbers &v : {Numbers{1, -2, .3, 4, 4, 0}, Numbers{0, 0, 0, 0, 0, 0},
                             Numbers{-9, -8, -7, -6, -5, -4}, Numbers{3, 3, 3, 3, 3, 3}}) {
      const std::vector<double> p = values<double>(project(S, vec(v)));
      double sum = 0;
      for (const double x : p) {
        EXPECT_GE(x, 0);
        sum += x;
      }
      EXPECT_NEAR(sum, total, 1e-12 * (1 + total));
      expect_nearest(w, v, p, corners);
    }
  }
}

TEST_P(Sets, SimplexOfOne) {
  const Set S = set(spc_set_simplex, space(1), 3.0);

  expect_numbers(project(S, vec({-7})), {3});
}

TEST_P(Sets, Affine) {
  const Space X = space(3), Y = space(1);
  const Set S = set(spc_set_affine, matrix(X, Y, 1, 3, {1, 1, 1}), vec({3}));

  expect_numbers(project(S, vec({0, 0, 0})), {1, 1, 1});
  expect_numbers(project(S, vec({4, 1, 1})), {3, 0, 0});
  EXPECT_TRUE(contains(S, vec({1, 2, 0}), 1e-12));
  EXPECT_FALSE(contains(S, vec({1, 2, 1}), 1e-3));
}

// Weighted on both sides: A p = b, and v - p is orthogonal to the kernel of A.
TEST_P(Sets, AffineInWeightedMetrics) {
  const Numbers w = {2, 5, 11};
  const Space X = space(3, w), Y = space(2, {3, 7});
  const LinOp A = matrix(X, Y, 2, 3, {1, 2, 0, 0, 1, -1});
  const Set S = set(spc_set_affine, A, vec({1, 2}));
  const Numbers v = {.5, -1, 2}, kernel = {-2, 1, 1};

  const Array p = project(S, vec(v));

  expect_numbers(apply(A, p), {1, 2});
  EXPECT_NEAR(dot(w, minus(v, values<double>(p)), kernel), 0, 1e-12);
}

TEST_P(Sets, AffineWithRedundantRows) {
  const Space X = space(2), Y = space(3);
  const Set S = set(spc_set_affine, matrix(X, Y, 3, 2, {1, 1, 2, 2, 0, 0}), vec({2, 4, 0}));

  expect_numbers(project(S, vec({0, 0})), {1, 1});
}

// More rows than a matrix is made for.
TEST_P(Sets, AffineByConjugateGradients) {
  const int64_t n = 2100;
  const Space X = space(n);
  Numbers d(static_cast<std::size_t>(n)), b(d.size()), x(d.size());
  for (std::size_t i = 0; i < d.size(); ++i) d[i] = 1 + static_cast<double>(i % 5), b[i] = d[i] * 2;
  const Set S = set(spc_set_affine, diagonal(X, d), vec(b));
  Numbers none = d, one(d.size(), 0);
  none[7] = 0;
  one[7] = 1;
  const Set empty = set(spc_set_affine, diagonal(X, none), vec(one));
  Array out;

  expect_numbers(project(S, vec(x)), Numbers(d.size(), 2), 1e-11);
  expect_error(spc_set_project(empty, vec(x), out.out()), SPC_E_RUNTIME,
               {"Affine: cg stopped with ", " iterations, residual 1 of "});
}

TEST_P(Sets, AffineWithoutSolution) {
  const Space X = space(2), Y = space(2);
  Set S;

  expect_error(spc_set_affine(matrix(X, Y, 2, 2, {1, 1, 2, 2}), vec({1, 1}), S.out()), SPC_E_LINALG,
               {"Affine: A x = b has no solution: the least ||A x - b|| is ", ", ||b|| is 1.414"});
}

TEST_P(Sets, Convert) {
  const Context narrow = context(GetParam(), SPC_FLOAT32);
  const spc_target target = target_of(narrow);
  const Space X = space(3), Y = space(1);
  const Set all[] = {set(spc_set_nonnegative, X),
                     set(spc_set_box, X, vec({0, 0, 0}), vec({1, 1, 1})),
                     set(spc_set_ball, X, vec({1, 0, 0}), .5), set(spc_set_simplex, X, 1.0),
                     set(spc_set_affine, matrix(X, Y, 1, 3, {1, 2, 2}), vec({3}))};
  const char *const kinds[] = {"Nonnegative", "Box", "Ball", "Simplex", "Affine"};
  for (std::size_t i = 0; i < 5; ++i) {
    const Set S = set(spc_set_convert, all[i], &target);
    const char *kind = "";
    check(spc_set_kind(S, &kind));
    Space own;
    check(spc_set_space(S, own.out()));
    EXPECT_STREQ(kind, kinds[i]);
    const std::vector<float> there = values<float>(project(S, vector<float>(narrow, {2, -1, .5f})));
    const std::vector<double> here = values<double>(project(all[i], vec({2, -1, .5})));
    for (std::size_t k = 0; k < 3; ++k) EXPECT_NEAR(there[k], here[k], 1e-5) << kinds[i];
  }
}

TEST_P(Sets, IndicatorAndProjectionAgree) {
  const Space X = space(3), Y = space(1);
  const Set all[] = {set(spc_set_nonnegative, X),
                     set(spc_set_box, X, vec({0, 0, 0}), vec({1, 1, 1})),
                     set(spc_set_ball, X, vec({1, 0, 0}), .5), set(spc_set_simplex, X, 1.0),
                     set(spc_set_affine, matrix(X, Y, 1, 3, {1, 2, 2}), vec({3}))};
  const Array v = vec({2, -1, .5});
  for (const Set &S : all) {
    const Functional F = functional(spc_functional_indicator, S);
    const Array p = project(S, v);
    EXPECT_EQ(number_of(F, v), INFINITY);
    EXPECT_EQ(number_of(F, p), 0);
    expect_numbers(prox(F, v, 2), values<double>(p));
    expect_numbers(project(S, p), values<double>(p));
    expect_laws(F, text_of(F).c_str());
  }
}

TEST_P(Sets, Errors) {
  const Context complex = context(GetParam(), SPC_COMPLEX128);
  const Space X = space(2), Z = dense_space(complex, {2}), none = space(0);
  const Array v = vec({1, 2}), nan = vec({NAN, 0});
  Set S;
  int32_t inside = -1;
  const Set orthant = set(spc_set_nonnegative, X);
  Array out;

  expect_error(spc_set_nonnegative(Z, S.out()), SPC_E_TYPE,
               {"Nonnegative requires a real field, got complex128"});
  expect_error(spc_set_box(Z, nullptr, nullptr, S.out()), SPC_E_TYPE,
               {"Box requires a real field, got complex128"});
  expect_error(spc_set_box(X, vec({0, 3}), v, S.out()), SPC_E_VALUE,
               {"Box: lower > upper at 1 of 2 coordinates"});
  expect_error(spc_set_box(X, nan, nullptr, S.out()), SPC_E_VALUE, {"Box: lower has a NaN"});
  expect_error(spc_set_box(X, nullptr, nan, S.out()), SPC_E_VALUE, {"Box: upper has a NaN"});
  expect_error(spc_set_box(X, vec({1, 2, 3}), nullptr, S.out()), SPC_E_VALIDATION,
               {"Expected shape (2,), got (3,)"});
  expect_error(spc_set_ball(X, nullptr, -1, S.out()), SPC_E_VALUE,
               {"Ball: radius is -1, expected a finite number >= 0"});
  expect_error(spc_set_ball(X, nullptr, INFINITY, S.out()), SPC_E_VALUE, {"Ball: radius is inf"});
  expect_error(spc_set_simplex(X, 0, S.out()), SPC_E_VALUE,
               {"Simplex: total is 0, expected a positive finite number"});
  expect_error(spc_set_simplex(Z, 1, S.out()), SPC_E_TYPE, {"Simplex requires a real field"});
  expect_error(spc_set_simplex(none, 1, S.out()), SPC_E_VALUE,
               {"Simplex: the space of shape (0,) has no coordinates"});
  expect_error(spc_set_psd(X, S.out()), SPC_E_TYPE,
               {"PositiveSemidefinite requires a Euclidean Jordan algebra, got "
                "DenseCoordinateSpace"});
  expect_error(spc_set_contains(orthant, v, -1, &inside), SPC_E_VALUE,
               {"set_contains: tol is -1, expected a number >= 0"});
  expect_error(spc_set_contains(orthant, v, NAN, &inside), SPC_E_VALUE,
               {"set_contains: tol is nan"});
  expect_error(spc_set_project(orthant, vec({1, 2, 3}), out.out()), SPC_E_VALIDATION,
               {"Expected shape (2,), got (3,)"});
  expect_error(spc_set_nonnegative(X, nullptr), SPC_E_VALUE, {"set_nonnegative: out is NULL"});
  expect_error(spc_set_project(nullptr, v, out.out()), SPC_E_HANDLE,
               {"set_project: the set handle is NULL"});
  EXPECT_EQ(inside, -1);
}

TEST_P(Sets, HandlesCount) {
  spc_set S = nullptr;
  check(spc_set_nonnegative(space(2), &S));
  check(spc_set_retain(S));
  spc_set other = S;
  check(spc_set_release(&other));
  expect_numbers(project(S, vec({-1, 1})), {0, 1});
  check(spc_set_release(&S));
  EXPECT_EQ(S, nullptr);
}

SPC_ON_EVERY_FAMILY(Sets);

}  // namespace
}  // namespace test
