// SPDX-License-Identifier: Apache-2.0
// Vector, elementwise, Hermitian and stacked spaces.
#include <cmath>

#include "tests/support/spaces.hpp"

namespace test {
namespace {

class Algebras : public OnFamily {};
SPC_ON_EVERY_FAMILY(Algebras);

constexpr double tol = 1e-10;

spc_status positive_part(void *, int32_t, const spc_value *args, spc_value *out) {
  return spc_maximum(args[0], weak(0), out);
}
spc_status exponential(void *, int32_t, const spc_value *args, spc_value *out) {
  return spc_exp(args[0], out);
}
spc_status first_only(void *, int32_t, const spc_value *args, spc_value *out) {
  const spc_index index[] = {slice(0, 1)};
  return spc_getitem(args[0], 1, index, out);
}
spc_status failing(void *, int32_t, const spc_value *, spc_value *) {
  return 7;
}

Array spectral_apply(spc_space s, spc_element x, spc_function_fn f) {
  Array out;
  check(spc_space_spectral_apply(s, x, f, nullptr, out.out()));
  return out;
}
Array jordan(spc_space s, spc_element x, spc_element y) {
  return result(spc_space_jordan, s, x, y);
}

TEST_P(Algebras, vector_space_is_a_class_of_its_own) {
  const Context c = context(GetParam(), SPC_COMPLEX128);
  const Space s = vector_space(c, 2);
  EXPECT_EQ(kind(s), "DenseVectorSpace");
  EXPECT_TRUE(has(s, SPC_CAN_STAR));
  EXPECT_FALSE(has(s, SPC_CAN_JORDAN));
  EXPECT_FALSE(equal(s, coordinate_space(c, 2)));
  EXPECT_TRUE(equal(s, vector_space(c, 2)));
  const Array x = vector<c128>(c, {{1, 2}, {3, -4}});
  EXPECT_EQ(values<c128>(result(spc_space_star, s, x)), (std::vector<c128>{{1, -2}, {3, 4}}));
  EXPECT_EQ(values<c128>(result(spc_space_conj, s, x)), (std::vector<c128>{{1, -2}, {3, 4}}));
  Space bad;
  expect_error(spc_space_vector(c, -1, nullptr, bad.out()), SPC_E_VALUE,
               {"DenseVectorSpace", "-1"});
  Array out;
  expect_error(spc_space_star(coordinate_space(c, 2), x, out.out()), SPC_E_CAPABILITY,
               {"DenseCoordinateSpace has no star"});
  expect_error(spc_space_jordan(s, x, x, out.out()), SPC_E_CAPABILITY,
               {"DenseVectorSpace has no Jordan product"});
  expect_error(spc_space_spectrum(s, x, out.out()), SPC_E_CAPABILITY,
               {"DenseVectorSpace has no spectrum"});
  expect_error(spc_space_unit(s, out.out()), SPC_E_CAPABILITY, {"no Jordan product"});
  expect_laws(s);
}

TEST_P(Algebras, elementwise) {
  const Space s = elementwise(ctx, {3});
  EXPECT_EQ(kind(s), "EuclideanElementwiseJordanSpace");
  EXPECT_TRUE(has(s, SPC_CAN_EUCLIDEAN_JORDAN));
  const Array x = vector<double>(ctx, {-1, 2, -3});
  EXPECT_EQ(values<double>(spectral_apply(s, x, positive_part)), (std::vector<double>{0, 2, 0}));
  EXPECT_EQ(values<double>(spectral_apply(s, vector<double>(ctx, {.7, -.4, .2}), positive_part)),
            (std::vector<double>{.7, 0, .2}));
  EXPECT_EQ(values<double>(result(spc_space_psd_project, s, x)), (std::vector<double>{0, 2, 0}));

  const Space m = elementwise(ctx, {2, 3});
  EXPECT_EQ(
      value<double>(result(spc_space_trace, m, array<double>(ctx, {2, 3}, {0, 1, 2, 3, 4, 5}))),
      15);
  EXPECT_EQ(value<double>(
                result(spc_space_determinant, m, array<double>(ctx, {2, 3}, {1, 2, 3, 4, 5, 6}))),
            720);
  // Leading batch axes are kept.
  const Array batch = array<double>(ctx, {2, 2, 3}, {1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 2});
  EXPECT_EQ(values<double>(result(spc_space_trace, m, batch)), (std::vector<double>{6, 12}));
  EXPECT_EQ(values<double>(result(spc_space_determinant, m, batch)), (std::vector<double>{1, 64}));

  const Context c = context(GetParam(), SPC_COMPLEX128);
  const Space z = elementwise(c, {2});
  EXPECT_EQ(kind(z), "ElementwiseJordanSpace");
  EXPECT_FALSE(has(z, SPC_CAN_EUCLIDEAN_JORDAN));
  EXPECT_TRUE(has(z, SPC_CAN_JORDAN));
  const Array u = vector<c128>(c, {{0, 1}, 2});
  EXPECT_EQ(values<c128>(jordan(z, u, u)), (std::vector<c128>{-1, 4}));
  EXPECT_EQ(values<c128>(result(spc_space_star, z, u)), (std::vector<c128>{{0, -1}, 2}));
  EXPECT_EQ(value<c128>(result(spc_space_trace, z, u)), c128(2, 1));
  Array out;
  expect_error(spc_space_psd_project(z, u, out.out()), SPC_E_TYPE,
               {"space_psd_project", "complex128"});
  // A weighted one is no Euclidean algebra.
  const Space w = elementwise(ctx, {3}, weighted<double>(ctx, {3}, {1, 2, 3}));
  EXPECT_EQ(kind(w), "ElementwiseJordanSpace");
  EXPECT_FALSE(equal(w, s));
  expect_laws(w);
}

TEST_P(Algebras, euclidean_elementwise_has_conditions) {
  const int64_t shape[] = {2};
  Space s;
  check(spc_space_euclidean_elementwise(ctx, 1, shape, nullptr, s.out()));
  EXPECT_TRUE(equal(s, elementwise(ctx, {2})));
  const Context c = context(GetParam(), SPC_COMPLEX128);
  expect_error(
      spc_space_euclidean_elementwise(c, 1, shape, weighted<c128>(c, {2}, {1, 2}), s.out()),
      SPC_E_VALUE, {"EuclideanElementwiseJordanSpace requires a real scalar field."});
  expect_error(
      spc_space_euclidean_elementwise(ctx, 1, shape, weighted<double>(ctx, {2}, {1, 2}), s.out()),
      SPC_E_TYPE, {"EuclideanElementwiseJordanSpace requires EuclideanInnerProduct."});
}

TEST_P(Algebras, spectral_functions_are_checked) {
  for (int32_t level : {SPC_CHECK_NONE, SPC_CHECK_STRICT}) {
    const Context c = context(GetParam(), SPC_FLOAT64, level);
    const Space s = elementwise(c, {3}), h = hermitian(c, 2);
    const Array x = vector<double>(c, {1, 2, 3}), y = array<double>(c, {2, 2}, {1, 0, 0, 1});
    Array out;
    expect_error(spc_space_spectral_apply(s, x, first_only, nullptr, out.out()), SPC_E_VALUE,
                 {"Function application changed shape."});
    expect_error(spc_space_spectral_apply(h, y, first_only, nullptr, out.out()), SPC_E_VALUE,
                 {"Function application changed shape."});
    expect_error(spc_space_spectral_apply(h, y, failing, nullptr, out.out()), SPC_E_CALLBACK,
                 {"space_spectral_apply: the callback returned 7"});
    expect_error(spc_space_spectral_apply(s, x, nullptr, nullptr, out.out()), SPC_E_VALUE,
                 {"f is NULL"});
    EXPECT_EQ(static_cast<spc_array>(out), nullptr);
  }
  const Space s = elementwise(ctx, {3});
  Array out;
  expect_error(spc_space_from_spectrum(s, vector<double>(ctx, {1, 2, 3}), weak(1), out.out()),
               SPC_E_VALUE, {"from_spectrum: the frame", "got scalar"});
  expect_error(spc_space_spectrum(s, vector<double>(ctx, {1, 2}), out.out()), SPC_E_VALIDATION,
               {"Batched value trailing shape must be (3,), got (2,)."});
}

TEST_P(Algebras, hermitian_matrices) {
  const Space s = hermitian(ctx, 2);
  EXPECT_EQ(kind(s), "HermitianSpace");
  auto matrix = [&](std::vector<double> v) { return array<double>(ctx, {2, 2}, v); };
  const Array x = matrix({1, 2, 2, 3});
  EXPECT_EQ(values<double>(jordan(s, x, matrix({0, 1, 1, 4}))), (std::vector<double>{2, 6, 6, 14}));
  EXPECT_EQ(value<double>(result(spc_space_trace, s, x)), 4);
  EXPECT_NEAR(value<double>(result(spc_space_determinant, s, x)), -1, tol);
  const Array unit = result(spc_space_unit, s);
  EXPECT_EQ(values<double>(unit), (std::vector<double>{1, 0, 0, 1}));
  EXPECT_EQ(value<double>(inner(s, unit, x)), 4);

  expect_close<double>(values<double>(result(spc_space_spectrum, s, matrix({2, 1, 1, 2}))), {1, 3},
                       tol);
  expect_close<double>(values<double>(result(spc_space_psd_project, s, matrix({1, 2, 2, 1}))),
                       {1.5, 1.5, 1.5, 1.5}, tol);
  expect_close<double>(
      values<double>(spectral_apply(s, matrix({0, 1, 1, 0}), exponential)),
      {1.5430806348152437, 1.1752011936438014, 1.1752011936438014, 1.5430806348152437}, tol);
  const Array a = matrix({1, .25, .25, 2}), b = matrix({.5, -.75, -.75, 3}),
              c = matrix({2, 1, 1, -1});
  EXPECT_NEAR(value<double>(inner(s, jordan(s, a, b), c)), -6.5625, tol);
  EXPECT_NEAR(value<double>(inner(s, b, jordan(s, a, c))), -6.5625, tol);

  EXPECT_EQ(values<double>(unflatten(s, vector<double>(ctx, {1, 2, 4, 3}))),
            (std::vector<double>{1, 3, 3, 3}));
  EXPECT_EQ(values<double>(
                result(spc_space_unflatten_batch, s, array<double>(ctx, {1, 4}, {1, 2, 4, 3}))),
            (std::vector<double>{1, 3, 3, 3}));
  EXPECT_EQ(values<double>(result(spc_space_symmetrize, s, matrix({1, 0, 2, 1}))),
            (std::vector<double>{1, 1, 1, 1}));
  Array out;
  expect_error(spc_space_symmetrize(elementwise(ctx, {2}), x, out.out()), SPC_E_TYPE,
               {"space_symmetrize", "EuclideanElementwiseJordanSpace"});
}

TEST_P(Algebras, complex_hermitian_matrices) {
  const Context c = context(GetParam(), SPC_COMPLEX128);
  const Space s = hermitian(c, 2);
  auto matrix = [&](std::vector<c128> v) { return array<c128>(c, {2, 2}, v); };
  const Array x = matrix({2, {1, -1}, {1, 1}, 3});
  const Array spectrum = result(spc_space_spectrum, s, x);
  EXPECT_EQ(dtype_of(spectrum), SPC_FLOAT64);
  expect_close<double>(values<double>(spectrum), {1, 4}, tol);
  EXPECT_EQ(value<c128>(inner(s, x, x)), c128(17));
  EXPECT_NEAR(value<double>(norm(s, x)), std::sqrt(17), tol);
  EXPECT_EQ(value<double>(result(spc_space_trace, s, x)), 5);
  expect_close<c128>(
      values<c128>(result(spc_space_psd_project, s, matrix({1, {0, 2}, {0, -2}, 1}))),
      {1.5, {0, 1.5}, {0, -1.5}, 1.5}, tol);
  expect_close<c128>(values<c128>(jordan(s, matrix({1, {0, 1}, {0, -1}, 2}), matrix({0, 1, 1, 3}))),
                     {0, {1.5, 1.5}, {1.5, -1.5}, 6}, tol);
}

TEST_P(Algebras, hermitian_membership) {
  const double gap = 2.3e-16;
  auto status = [&](int32_t level, std::vector<double> v, double atol, int32_t enforce = 1) {
    const Context c = context(GetParam(), SPC_FLOAT64, level);
    return spc_space_check_member(hermitian(c, 2, atol, 0, enforce), array<double>(c, {2, 2}, v));
  };
  for (int32_t level : {SPC_CHECK_STANDARD, SPC_CHECK_STRICT}) {
    expect_error(status(level, {1, 1, 1 + gap, 1}, 0), SPC_E_VALIDATION,
                 {"Expected Hermitian matrix; input is not Hermitian."});
    expect_error(status(level, {1, 2, 0, 1}, 0), SPC_E_VALIDATION, {"Expected Hermitian matrix"});
    EXPECT_EQ(status(level, {1, 1, 1 + 5e-9, 1}, 1e-8), SPC_OK);
    EXPECT_EQ(status(level, {1, 2, 0, 1}, 0, 0), SPC_OK);
    expect_error(status(level, {std::nan(""), 1, 1, 1}, 1e-8), SPC_E_VALIDATION, {"Hermitian"});
  }
  for (int32_t level : {SPC_CHECK_NONE, SPC_CHECK_CHEAP})
    EXPECT_EQ(status(level, {1, 2, 3, 4}, 0), SPC_OK);

  const Context z = context(GetParam(), SPC_COMPLEX128);
  expect_error(spc_space_check_member(hermitian(z, 1), array<c128>(z, {1, 1}, {{1, 1e-300}})),
               SPC_E_VALIDATION, {"Hermitian"});
  // The test alone, whatever the level.
  const Context loose = context(GetParam(), SPC_FLOAT64, SPC_CHECK_NONE);
  const auto is_hermitian = [&](spc_space s, const Shape &shape, const std::vector<double> &m) {
    int32_t out = -1;
    check(spc_space_is_hermitian(s, array<double>(loose, shape, m), &out));
    return out == 1;
  };
  const Space tolerant = hermitian(loose, 2, 1e-8, 0, 0);
  EXPECT_TRUE(is_hermitian(tolerant, {2, 2}, {1, 1, 1 + 5e-9, 1}));
  EXPECT_FALSE(is_hermitian(tolerant, {2, 2}, {1, 2, 0, 1}));
  EXPECT_FALSE(is_hermitian(hermitian(loose, 2), {2, 2}, {1, 1, 1 + gap, 1}));
  EXPECT_TRUE(is_hermitian(tolerant, {2, 3, 3}, std::vector<double>(18, 1)));
  int32_t verdict = -1;
  expect_error(
      spc_space_is_hermitian(tolerant, array<double>(loose, {2, 3}, {1, 2, 3, 4, 5, 6}), &verdict),
      SPC_E_VALUE, {"space_is_hermitian: x has shape (2, 3), expected square matrices"});
  expect_error(
      spc_space_is_hermitian(elementwise(loose, {2}), array<double>(loose, {1, 1}, {1}), &verdict),
      SPC_E_TYPE, {"space_is_hermitian: expected a HermitianSpace"});
  // Tolerances take no part in equality.
  EXPECT_TRUE(equal(hermitian(ctx, 2), hermitian(ctx, 2, 1e-8, 1e-8, 0)));
  EXPECT_EQ(hash(hermitian(ctx, 2)), hash(hermitian(ctx, 2, 1e-8, 1e-8, 0)));
  Space s;
  expect_error(spc_space_hermitian(ctx, 0, 0, 0, 1, s.out()), SPC_E_VALUE, {"n must be positive."});
  expect_error(spc_space_hermitian(ctx, 2, -1, 0, 1, s.out()), SPC_E_VALUE, {"atol -1"});
  expect_error(spc_space_hermitian(ctx, 2, 0, std::nan(""), 1, s.out()), SPC_E_VALUE, {"rtol nan"});
}

TEST_P(Algebras, hermitian_spectra) {
  const Space s = hermitian(ctx, 2);
  const Array x = array<double>(ctx, {2, 2}, {2, 1, 1, 2});
  Array eigenvalues, frame, out;
  check(spc_space_spectral_decompose(s, x, eigenvalues.out(), frame.out()));
  EXPECT_EQ(shape_of(frame), (Shape{2, 2}));
  expect_close<double>(values<double>(result(spc_space_from_spectrum, s, eigenvalues, frame)),
                       {2, 1, 1, 2}, tol);
  expect_error(spc_space_from_spectrum(s, eigenvalues, nullptr, out.out()), SPC_E_TYPE,
               {"from_spectrum: expected a dense array of eigenvectors, got null"});
  expect_error(spc_space_from_spectrum(s, weak(1), frame, out.out()), SPC_E_TYPE,
               {"from_spectrum: expected a dense array of eigenvalues, got scalar"});
  expect_error(spc_space_from_spectrum(s, vector<double>(ctx, {1, 2, 3}), frame, out.out()),
               SPC_E_VALUE, {"eigenvalues have shape (3,), the frame has shape (2, 2)"});
  // Batches keep their leading axes.
  const Array batch = array<double>(ctx, {2, 2, 2}, {2, 1, 1, 2, 3, 0, 0, 5});
  const Array spectra = result(spc_space_spectrum, s, batch);
  EXPECT_EQ(shape_of(spectra), (Shape{2, 2}));
  expect_close<double>(values<double>(spectra), {1, 3, 3, 5}, tol);
  EXPECT_EQ(values<double>(result(spc_space_trace, s, batch)), (std::vector<double>{4, 8}));
  expect_error(spc_space_spectrum(s, array<double>(ctx, {3, 3}, std::vector<double>(9)), out.out()),
               SPC_E_VALIDATION, {"Batched value trailing shape must be (2, 2), got (3, 3)."});
}

TEST_P(Algebras, stacked_spaces) {
  const Space base = coordinate_space<double>(ctx, 3, {2, 5, 11}), s = stacked(base, 2);
  EXPECT_EQ(kind(s), "StackedSpace");
  const Array x = array<double>(ctx, {2, 3}, {1, -2, .5, 3, 1.5, -1});
  const Array y = array<double>(ctx, {2, 3}, {.25, 2, -1, -2, .5, 4});
  EXPECT_EQ(value<double>(inner(s, x, y)), -77.25);
  EXPECT_EQ(value<double>(norm(s, result(spc_space_ones, s))), 6);
  EXPECT_EQ(values<double>(result(spc_space_inner_batch, base, x, y)),
            (std::vector<double>{-25, -52.25}));
  EXPECT_FALSE(is_euclidean(s));
  EXPECT_EQ(values<double>(result(spc_space_riesz, s, x)),
            (std::vector<double>{2, -10, 5.5, 6, 7.5, -11}));
  Geometry g;
  expect_error(spc_space_geometry(s, g.out()), SPC_E_CAPABILITY, {"StackedSpace"});

  // No nesting.
  const Space six = stacked(s, 3);
  EXPECT_TRUE(equal(six, stacked(base, 6)));
  EXPECT_TRUE(equal(leaf(six, 0), base));
  EXPECT_EQ(hash(six), hash(stacked(base, 6)));
  EXPECT_FALSE(equal(six, s));
  EXPECT_FALSE(equal(s, stacked(coordinate_space(ctx, 3), 2)));
  EXPECT_NE(text_of(spc_space_text, s).find("count=2"), std::string::npos);
  Space bad;
  expect_error(spc_space_stacked(base, -1, bad.out()), SPC_E_VALUE, {"count must be nonnegative."});
  const Space none = stacked(base, 0);
  EXPECT_EQ(value<double>(norm(none, result(spc_space_zeros, none))), 0);
  expect_error(spc_space_leaf(base, 0, bad.out()), SPC_E_TYPE,
               {"space_leaf", "DenseCoordinateSpace"});
  expect_error(spc_space_leaf(s, 1, bad.out()), SPC_E_INDEX, {"leaf 1 of a StackedSpace"});
}

TEST_P(Algebras, stacked_hermitian_matrices) {
  const Space s = stacked(hermitian(ctx, 2), 2);
  EXPECT_TRUE(has(s, SPC_CAN_EUCLIDEAN_JORDAN));
  const Array x = array<double>(ctx, {2, 2, 2}, {3, 0, 0, 1, -1, 0, 0, 5});
  const Array spectrum = result(spc_space_spectrum, s, x);
  EXPECT_EQ(shape_of(spectrum), (Shape{2, 2}));
  expect_close<double>(values<double>(spectrum), {1, 3, -1, 5}, tol);
  EXPECT_EQ(value<double>(result(spc_space_trace, s, x)), 8);
  EXPECT_NEAR(value<double>(result(spc_space_determinant, s, x)), -15, tol);
  EXPECT_EQ(values<double>(result(spc_space_unit, s)),
            (std::vector<double>{1, 0, 0, 1, 1, 0, 0, 1}));
  // Every copy is a member of the base, and unflatten projects.
  expect_error(spc_space_check_member(s, array<double>(ctx, {2, 2, 2}, {3, 0, 0, 1, -1, 0, 2, 5})),
               SPC_E_VALIDATION, {"Expected Hermitian matrix"});
  EXPECT_EQ(values<double>(unflatten(s, vector<double>(ctx, {3, 0, 0, 1, -1, 0, 2, 5}))),
            (std::vector<double>{3, 0, 0, 1, -1, 1, 1, 5}));
}

TEST_P(Algebras, conversion_recomputes_capabilities) {
  const Context z = context(GetParam(), SPC_COMPLEX128);
  const Space real = elementwise(ctx, {2}), complex = converted(real, z);
  EXPECT_EQ(kind(complex), "ElementwiseJordanSpace");
  EXPECT_TRUE(equal(converted(complex, ctx), real));
  const Space many = stacked(real, 2);
  EXPECT_TRUE(has(many, SPC_CAN_EUCLIDEAN_JORDAN));
  EXPECT_FALSE(has(converted(many, z), SPC_CAN_EUCLIDEAN_JORDAN));
  const Space h = hermitian(ctx, 2, .5);
  check(spc_space_check_member(converted(h, z), array<c128>(z, {2, 2}, {1, 1.2, 1, 1})));
}

}  // namespace
}  // namespace test
