// SPDX-License-Identifier: Apache-2.0
// Gram matrices, operators and functions of the program as geometries.
#include <cmath>
#include <limits>

#include "tests/support/spaces.hpp"

namespace test {
namespace {

class Geometries : public OnFamily {
 protected:
  Array v(std::vector<double> x) const { return vector<double>(ctx, x); }
  Space over(const Geometry &g, int64_t n = 2) const { return dense_space(ctx, {n}, g); }
  Geometry operator_geometry(spc_linop R, spc_linop inverse = nullptr, double rtol = 0) const {
    Geometry g;
    check(spc_geometry_operator(R, inverse, rtol, g.out()));
    return g;
  }
};
SPC_ON_EVERY_FAMILY(Geometries);

std::string kind_of(spc_geometry g) {
  const char *k = "";
  check(spc_geometry_kind(g, &k));
  return k;
}
bool same_geometry(spc_geometry a, spc_geometry b) {
  int32_t out = -1;
  check(spc_geometry_equal(a, b, &out));
  return out == 1;
}
Array riesz(spc_space s, spc_element x) {
  return result(spc_space_riesz, s, x);
}
Array riesz_inverse(spc_space s, spc_element x) {
  return result(spc_space_riesz_inverse, s, x);
}

TEST_P(Geometries, gram_matrix) {
  const Geometry g = gram<double>(ctx, 2, {2, 1, 1, 3});
  EXPECT_EQ(kind_of(g), "GramInnerProduct");
  const Space s = over(g);
  EXPECT_FALSE(is_euclidean(s));
  EXPECT_EQ(value<double>(inner(s, v({1, 2}), v({3, -1}))), 5);
  EXPECT_NEAR(value<double>(norm(s, v({1, 2}))), std::sqrt(18), 1e-14);
  EXPECT_EQ(values<double>(riesz(s, v({1, 2}))), (std::vector<double>{4, 7}));
  expect_close<double>(values<double>(riesz_inverse(s, v({4, 7}))), {1, 2}, 1e-14);
  const Array batch = array<double>(ctx, {2, 2}, {1, 2, 0, 1});
  EXPECT_EQ(values<double>(riesz(s, batch)), (std::vector<double>{4, 7, 1, 3}));
  expect_close<double>(values<double>(riesz_inverse(s, riesz(s, batch))), {1, 2, 0, 1}, 1e-14);
  const Space three = over(gram<double>(ctx, 3, {2, .6, 0, .6, 1, 0, 0, 0, 1.3}), 3);
  EXPECT_NEAR(value<double>(inner(three, v({1, 0, 1}), v({0, 1, 1}))), 1.9, 1e-15);
  // On coordinates, whatever the shape of an element.
  const Space square = dense_space(ctx, {2, 1}, g);
  EXPECT_EQ(values<double>(riesz(square, array<double>(ctx, {2, 1}, {1, 2}))),
            (std::vector<double>{4, 7}));
  EXPECT_TRUE(same_geometry(g, gram<double>(ctx, 2, {2, 1, 1, 3})));
  EXPECT_FALSE(same_geometry(g, gram<double>(ctx, 2, {2, 1, 1, 4})));
  EXPECT_TRUE(equal(s, over(gram<double>(ctx, 2, {2, 1, 1, 3}))));
  expect_laws(s);
  // Of the operators' adjoint: G^-1 A^T G.
  const LinOp A = dense_linop<double>(ctx, s, s, {2, 2}, {1, 2, 0, 1});
  expect_close<double>(values<double>(rapply(A, v({1, -1}))), {.6, -.2}, 1e-14);
}

TEST_P(Geometries, complex_gram_matrix) {
  const Context c = context(GetParam(), SPC_COMPLEX128);
  const Space s = dense_space(c, {2}, gram<c128>(c, 2, {2, {0, 1}, {0, -1}, 3}));
  const Array x = vector<c128>(c, {1, {0, 1}});
  EXPECT_EQ(values<c128>(riesz(s, x)), (std::vector<c128>{1, {0, 2}}));
  EXPECT_EQ(value<c128>(inner(s, x, x)), c128(3));
  expect_laws(s);
}

TEST_P(Geometries, gram_matrices_are_validated) {
  for (int32_t level : {SPC_CHECK_NONE, SPC_CHECK_STRICT}) {
    const Context c = context(GetParam(), SPC_FLOAT64, level);
    const int64_t shape[] = {2};
    Space s;
    auto refuse = [&](const Geometry &g, spc_status code, const char *part) {
      expect_error(spc_space_dense(c, 1, shape, g, s.out()), code, {"GramInnerProduct", part});
    };
    refuse(gram<double>(c, 3, std::vector<double>(9, 1)), SPC_E_VALUE,
           "has shape (3, 3), the space of 2 coordinates needs (2, 2)");
    refuse(gram<float>(c, 2, {2, 1, 1, 3}), SPC_E_TYPE,
           "dtype float32, the space has dtype float64");
    refuse(gram<double>(c, 2, {2, 1, 0, 3}), SPC_E_VALUE, "must be Hermitian");
    refuse(gram<double>(c, 2, {2, 3, 3, 1}), SPC_E_LINALG, "must be positive definite");
    refuse(gram<double>(c, 2, {std::nan(""), 1, 1, 3}), SPC_E_VALUE, "must be finite");
    refuse(gram<double>(c, 2, {std::numeric_limits<double>::infinity(), 1, 1, 3}), SPC_E_VALUE,
           "must be finite");
    Geometry g;
    check(spc_geometry_gram(weak(1), g.out()));
    refuse(g, SPC_E_TYPE, "expected dense array");
  }
}

TEST_P(Geometries, operators) {
  const Space E = coordinate_space(ctx, 2);
  const LinOp R = dense_linop<double>(ctx, E, E, {2, 2}, {2, 1, 1, 3});
  const LinOp inverse = dense_linop<double>(ctx, E, E, {2, 2}, {.6, -.2, -.2, .4});
  for (const Geometry &g : {operator_geometry(R), operator_geometry(R, inverse)}) {
    EXPECT_EQ(kind_of(g), "OperatorInnerProduct");
    const Space s = over(g);
    EXPECT_EQ(value<double>(inner(s, v({1, 2}), v({3, -1}))), 5);
    EXPECT_EQ(values<double>(riesz(s, v({1, 2}))), (std::vector<double>{4, 7}));
    expect_close<double>(values<double>(riesz_inverse(s, v({4, 7}))), {1, 2}, 1e-12);
    const Array batch = array<double>(ctx, {2, 2}, {4, 7, 1, 3});
    expect_close<double>(values<double>(riesz_inverse(s, batch)), {1, 2, 0, 1}, 1e-12);
    expect_laws(s);
  }
  EXPECT_TRUE(same_geometry(operator_geometry(R), operator_geometry(R)));
  EXPECT_FALSE(same_geometry(operator_geometry(R), operator_geometry(R, inverse)));
  EXPECT_FALSE(same_geometry(operator_geometry(R), gram<double>(ctx, 2, {2, 1, 1, 3})));
}

TEST_P(Geometries, operators_are_validated) {
  const Space E = coordinate_space(ctx, 2), F = coordinate_space(ctx, 3);
  Geometry g;
  const LinOp tall = dense_linop<double>(ctx, E, F, {3, 2}, std::vector<double>(6, 1));
  expect_error(spc_geometry_operator(tall, nullptr, 0, g.out()), SPC_E_VALUE,
               {"geometry_operator: R is not square"});
  const LinOp skew = dense_linop<double>(ctx, E, E, {2, 2}, {1, 2, 0, 1});
  expect_error(spc_geometry_operator(skew, nullptr, 0, g.out()), SPC_E_VALUE,
               {"R, a DenseLinOp, is not self-adjoint"});
  const Space w = coordinate_space<double>(ctx, 2, {1, 2});
  LinOp I, J;
  check(spc_linop_identity(w, I.out()));
  expect_error(spc_geometry_operator(I, nullptr, 0, g.out()), SPC_E_VALUE, {"is not Euclidean"});
  check(spc_linop_identity(E, I.out()));
  check(spc_linop_identity(F, J.out()));
  expect_error(spc_geometry_operator(I, J, 0, g.out()), SPC_E_VALUE,
               {"R acts on shape (2,), R_inverse on shape (3,)"});
  const Geometry three = operator_geometry(J);
  const int64_t shape[] = {2};
  Space s;
  expect_error(spc_space_dense(ctx, 1, shape, three, s.out()), SPC_E_VALUE,
               {"OperatorInnerProduct acts on shape (3,), the space has shape (2,)"});
  const Context narrow = context(GetParam(), SPC_FLOAT32);
  expect_error(spc_space_dense(narrow, 1, shape, operator_geometry(I), s.out()), SPC_E_TYPE,
               {"OperatorInnerProduct acts on dtype float64, the space has dtype float32"});
  const Space t = tree(nullptr, {E});
  check(spc_linop_identity(t, I.out()));
  expect_error(spc_geometry_operator(I, nullptr, 0, g.out()), SPC_E_TYPE,
               {"acts on a TreeSpace, expected a space of dense arrays"});
  const LinOp indefinite = dense_linop<double>(ctx, E, E, {2, 2}, {1, 0, 0, -1});
  expect_error(spc_geometry_operator(indefinite, nullptr, 0, g.out()), SPC_E_LINALG,
               {"geometry_operator: R, a DenseLinOp, is not positive definite"});
  LinOp negative;
  check(spc_linop_diagonal(vector<double>(ctx, {1, -1}), E, negative.out()));
  expect_error(spc_geometry_operator(negative, nullptr, 0, g.out()), SPC_E_LINALG,
               {"geometry_operator: R, a DiagonalLinOp, is not positive definite"});
}

// A function of the program is no matrix: conjugate gradients, to the tolerance that was asked for.
TEST_P(Geometries, operators_are_inverted_by_factors_or_by_cg) {
  const Space E = coordinate_space(ctx, 2);
  const Array matrix = array<double>(ctx, {2, 2}, {2, 1, 1, 3});
  LinOp R, F, out;
  check(spc_linop_dense(matrix, E, E, R.out()));
  // A tolerance that conjugate gradients would meet at once.
  const Space factored = over(operator_geometry(R, nullptr, .9));
  expect_close<double>(values<double>(riesz_inverse(factored, v({4, 7}))), {1, 2}, 1e-14);
  // It follows what is written into R.
  check(spc_array_set(matrix, array<double>(ctx, {2, 2}, {4, 0, 0, 2})));
  EXPECT_EQ(values<double>(riesz(factored, v({1, 2}))), (std::vector<double>{4, 4}));
  expect_close<double>(values<double>(riesz_inverse(factored, v({4, 4}))), {1, 2}, 1e-14);
  check(spc_array_set(matrix, array<double>(ctx, {2, 2}, {2, 1, 1, 3})));

  Wrapped counted{R};
  F = matrix_free(counted, E, E);
  const Space solved = over(operator_geometry(F)), rough = over(operator_geometry(F, nullptr, .9));
  EXPECT_EQ(counted.calls, 0);
  expect_close<double>(values<double>(riesz_inverse(solved, v({4, 7}))), {1, 2}, 1e-11);
  EXPECT_GE(counted.calls, 2);
  counted.calls = 0;
  static_cast<void>(riesz_inverse(rough, v({4, 7})));
  EXPECT_LE(counted.calls, 2);
  expect_laws(solved);
  // So does R + 1: its matrix would take the function, too.
  LinOp I;
  check(spc_linop_identity(E, I.out()));
  const spc_linop terms[] = {F, I};
  check(spc_linop_sum(2, terms, out.out()));
  counted.calls = 0;
  const Space shifted = over(operator_geometry(out));
  EXPECT_EQ(counted.calls, 0);
  expect_close<double>(values<double>(riesz_inverse(shifted, v({5, 9}))), {1, 2}, 1e-11);

  // There, what is not positive shows where it is inverted.
  const LinOp indefinite = dense_linop<double>(ctx, E, E, {2, 2}, {1, 0, 0, -1});
  Wrapped wrong{indefinite};
  F = matrix_free(wrong, E, E);
  Array x;
  expect_error(spc_space_riesz_inverse(over(operator_geometry(F)), v({1, 2}), x.out()),
               SPC_E_RUNTIME,
               {"OperatorInnerProduct: R^-1 x by conjugate gradients: ", "INDEFINITE"});
}

// ---- functions of the program

spc_status twice(void *user, spc_element x, spc_element *y) {
  ++*static_cast<int *>(user);
  return spc_multiply(x, weak(2.0), y);
}
spc_status half(void *, spc_element x, spc_element *y) {
  return spc_multiply(x, weak(0.5), y);
}
spc_status twice_vdot(void *, spc_element x, spc_element y, spc_value *out) {
  Array p;
  const spc_status status = spc_vdot(x, y, p.out());
  return status != SPC_OK ? status : spc_multiply(p, weak(2.0), out);
}
spc_status total(void *, spc_element x, spc_element *y) {
  return spc_sum(x, SPC_ALL_AXES, nullptr, 0, SPC_DTYPE_NONE, y);
}
spc_status no_number(void *, spc_element x, spc_element, spc_value *out) {
  return half(nullptr, x, out);
}
spc_status refusing(void *, spc_element, spc_element *) {
  spc_callback_error("no such map");
  return 5;
}
spc_status forgetting(void *, spc_element, spc_element *) {
  return SPC_OK;
}

TEST_P(Geometries, functions_of_the_program) {
  int calls = 0;
  Geometry g, same, other;
  check(spc_geometry_custom(twice_vdot, twice, half, &calls, g.out()));
  check(spc_geometry_custom(twice_vdot, twice, half, &calls, same.out()));
  check(spc_geometry_custom(nullptr, twice, half, &calls, other.out()));
  EXPECT_EQ(kind_of(g), "CustomInnerProduct");
  EXPECT_TRUE(same_geometry(g, same));
  EXPECT_FALSE(same_geometry(g, other));
  const Space s = over(g), t = over(other);
  EXPECT_TRUE(equal(s, over(same)));
  EXPECT_FALSE(equal(s, t));
  EXPECT_EQ(value<double>(inner(s, v({1, 2}), v({3, 4}))), 22);
  EXPECT_EQ(calls, 0);
  EXPECT_EQ(value<double>(inner(t, v({1, 2}), v({3, 4}))), 22);
  EXPECT_EQ(calls, 1);
  EXPECT_EQ(values<double>(riesz(s, v({1, 2}))), (std::vector<double>{2, 4}));
  EXPECT_EQ(values<double>(riesz_inverse(s, v({1, 2}))), (std::vector<double>{.5, 1}));
  expect_laws(s);
  expect_laws(stacked(s, 2));

  Array out;
  expect_error(spc_geometry_custom(nullptr, nullptr, half, nullptr, g.out()), SPC_E_TYPE,
               {"CustomInnerProduct: riesz is not callable"});
  expect_error(spc_geometry_custom(nullptr, twice, nullptr, nullptr, g.out()), SPC_E_TYPE,
               {"CustomInnerProduct: riesz_inverse is not callable"});
  check(spc_geometry_custom(no_number, total, refusing, nullptr, g.out()));
  const Space wrong = over(g);
  expect_error(spc_space_inner(wrong, v({1, 2}), v({1, 2}), out.out()), SPC_E_VALUE,
               {"CustomInnerProduct: inner gave shape (2,), expected a scalar"});
  expect_error(spc_space_riesz(wrong, v({1, 2}), out.out()), SPC_E_VALUE,
               {"CustomInnerProduct: riesz of shape (2,) gave shape ()"});
  expect_error(spc_space_riesz_inverse(wrong, v({1, 2}), out.out()), SPC_E_CALLBACK,
               {"CustomInnerProduct.riesz_inverse: the callback returned 5: no such map"});
  check(spc_geometry_custom(nullptr, forgetting, half, nullptr, g.out()));
  expect_error(spc_space_riesz(over(g), v({1, 2}), out.out()), SPC_E_TYPE,
               {"CustomInnerProduct: riesz gave nothing"});
}

TEST_P(Geometries, conversion) {
  const Context narrow = context(GetParam(), SPC_FLOAT32);
  const Space E = coordinate_space(ctx, 2);
  const LinOp R = dense_linop<double>(ctx, E, E, {2, 2}, {2, 1, 1, 3});
  for (const Geometry &g : {gram<double>(ctx, 2, {2, 1, 1, 3}), operator_geometry(R)}) {
    const Space s = converted(over(g), narrow);
    EXPECT_EQ(value<float>(inner(s, vector<float>(narrow, {1, 2}), vector<float>(narrow, {3, -1}))),
              5);
    EXPECT_TRUE(equal(converted(s, ctx), over(g)));
    expect_laws(s);
  }
}

TEST_P(Geometries, geometries_convert_by_themselves) {
  const Context narrow = context(GetParam(), SPC_FLOAT32);
  const spc_target to = of(narrow);
  Geometry out;
  const Geometry g = gram<double>(ctx, 2, {2, 1, 1, 3});
  check(spc_geometry_convert(g, &to, out.out()));
  EXPECT_TRUE(same_geometry(out, gram<float>(narrow, 2, {2, 1, 1, 3})));
  const Context z = context(GetParam(), SPC_COMPLEX128);
  const Geometry complex = gram<c128>(z, 2, {2, {0, 1}, {0, -1}, 3});
  expect_error(spc_geometry_convert(complex, &to, out.out()), SPC_E_TYPE,
               {"complex-valued input", "float32"});
}

// Targets that have no flat view.
TEST_P(Geometries, gram_matrix_in_place_on_strided_elements) {
  const Space s = dense_space(
      ctx, {2, 2}, gram<double>(ctx, 4, {2, 1, 0, 0, 1, 3, 0, 0, 0, 0, 1, 0, 0, 0, 0, 4}));
  const Array wide = array<double>(ctx, {2, 4}, {4, 9, 7, 9, 3, 9, 8, 9});
  const Array x = getitem(wide, {all(), slice(SPC_NONE_I64, SPC_NONE_I64, 2)});
  const LinOp A = dense_linop<double>(ctx, s, s, {2, 2, 2, 2},
                                      {1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1});
  check(spc_linop_apply_into(nullptr, A, x, nullptr, x, SPC_MODE_ADJOINT));
  expect_close<double>(values<double>(wide), {4, 9, 7, 9, 3, 9, 8, 9}, 1e-14);
  expect_close<double>(values<double>(riesz_inverse(s, x)), {1, 2, 3, 2}, 1e-14);
}

}  // namespace
}  // namespace test
