// SPDX-License-Identifier: Apache-2.0
// Functionals of the program, and objectives for optimizers outside.
#include <cmath>

#include "tests/functional/functionals.hpp"

namespace test {
namespace {

class FunctionalCallbacks : public Functionals {};

// user: the array c of sum c_i x_i.
spc_status linear_value(void *user, spc_element x, spc_element y, spc_value *out) {
  if (y != nullptr) return SPC_E_VALUE;
  return spc_vdot(static_cast<spc_array>(user), x, out);
}
spc_status linear_values(void *user, spc_element xs, spc_element, spc_value *out) {
  return spc_matmul(xs, static_cast<spc_array>(user), nullptr, out);
}
spc_status whole_element(void *, spc_element x, spc_element, spc_value *out) {
  *out = x;
  return spc_array_retain(x);
}
spc_status plain_number(void *, spc_element, spc_element, spc_value *out) {
  return spc_weak_f64(2.5, out);
}
spc_status nothing(void *, spc_element, spc_element, spc_value *) {
  return SPC_OK;
}
spc_status refuses(void *, spc_element, spc_element, spc_value *) {
  spc_callback_error("no value today");
  return 42;
}
spc_status squares(void *user, spc_element x, spc_element, spc_value *out) {
  return spc_space_inner(static_cast<spc_space>(user), x, x, out);
}
spc_status twice(void *user, spc_element x, spc_element *out) {
  spc_array two = nullptr;
  spc_status status = spc_weak_f64(2, &two);
  if (status == SPC_OK) status = spc_space_scale(static_cast<spc_space>(user), two, x, out);
  spc_array_release(&two);
  return status;
}
spc_status no_element(void *, spc_element, spc_element *) {
  return SPC_OK;
}
spc_status one_number(void *, spc_element, spc_element *out) {
  return spc_weak_f64(1, out);
}

TEST_P(FunctionalCallbacks, Linear) {
  const Space X = space(2);
  const Array c = vec({2, 3}), xs = array<double>(ctx, {2, 2}, {4, 5, 1, 0});
  void *const user = static_cast<spc_array>(c);
  const Functional one = functional(spc_functional_linear, linear_value, nullptr, user, X);
  const Functional both = functional(spc_functional_linear, linear_value, linear_values, user, X);
  Array out;

  EXPECT_NEAR(number_of(one, vec({4, 5})), 23, 1e-12);
  expect_numbers(vvalue(one, xs), {23, 2});
  expect_numbers(vvalue(both, xs), {23, 2});
  EXPECT_TRUE(equal(one, functional(spc_functional_linear, linear_value, nullptr, user, X)));
  EXPECT_FALSE(equal(one, both));
  expect_laws(both, "linear functional of the program");
  expect_error(spc_functional_representer(one, out.out()), SPC_E_NOTIMPL,
               {"functional_representer: MatrixFreeLinearFunctional has no representer"});
  const LinOp Q = diagonal(X, {1, 1});
  const Functional q = functional(spc_functional_quadratic, Q, one, nullptr);
  Functional pulled;
  expect_error(spc_functional_grad(q, c, out.out()), SPC_E_NOTIMPL, {"has no representer"});
  expect_error(spc_functional_composed(q, Q, pulled.out()), SPC_E_TYPE,
               {"LinOpQuadraticForm: the linear part is a MatrixFreeLinearFunctional, which has no "
                "representer to pull back"});
}

TEST_P(FunctionalCallbacks, ScalarOutput) {
  const Space X = space(2);
  const Array x = vec({1, 2});
  const Functional shaped = functional(spc_functional_linear, whole_element, nullptr, nullptr, X);
  const Functional batch =
      functional(spc_functional_linear, linear_value, whole_element, static_cast<spc_array>(x), X);
  Array out;

  expect_error(spc_functional_value(shaped, x, out.out()), SPC_E_VALUE,
               {"Expected scalar batch output with shape (), got (2,)."});
  expect_error(spc_functional_vvalue(batch, array<double>(ctx, {3, 2}, Numbers(6)), out.out()),
               SPC_E_VALUE, {"Expected scalar batch output with shape (3,), got (3, 2)."});
  const Context cheap = context(GetParam(), SPC_FLOAT64, SPC_CHECK_CHEAP);
  const Functional unchecked = functional(spc_functional_linear, whole_element, nullptr, nullptr,
                                          coordinate_space<double>(cheap, 2));
  check(spc_functional_value(unchecked, x, out.out()));
  EXPECT_EQ(shape_of(out), (Shape{2}));
}

TEST_P(FunctionalCallbacks, NumbersBecomeArrays) {
  const Functional F =
      functional(spc_functional_callback, plain_number, nullptr, nullptr, space(2));

  const Array y = value_of(F, vec({1, 2}));

  EXPECT_EQ(value<double>(y), 2.5);
}

TEST_P(FunctionalCallbacks, Gradient) {
  const Space X = space(3, {2, 5, 11});
  const Functional F =
      functional(spc_functional_callback, squares, twice, static_cast<spc_space>(X), X);
  const Array x = vec({.5, -1, 2});

  EXPECT_NEAR(number_of(F, x), 49.5, 1e-12);
  expect_numbers(grad(F, x), {1, -2, 4});
  EXPECT_EQ(kind_of(F), "CallbackFunctional");
  expect_laws(F, "functional of the program");
  expect_laws(scaled_functional(weak(3), F), "scaled functional of the program");
}

TEST_P(FunctionalCallbacks, Errors) {
  const Space X = space(2);
  const Array x = vec({1, 2});
  Array out;
  const auto with = [&](spc_scalar_fn value, spc_apply_fn gradient) {
    return functional(spc_functional_callback, value, gradient, nullptr, X);
  };

  expect_error(spc_functional_value(with(refuses, nullptr), x, out.out()), SPC_E_CALLBACK,
               {"CallbackFunctional.value: the callback returned 42: no value today"});
  expect_error(spc_functional_value(with(nothing, nullptr), x, out.out()), SPC_E_TYPE,
               {"CallbackFunctional.value: the callback returned no value"});
  expect_error(spc_functional_grad(with(plain_number, nullptr), x, out.out()), SPC_E_NOTIMPL,
               {"functional_grad: CallbackFunctional has no gradient"});
  expect_error(spc_functional_grad(with(plain_number, no_element), x, out.out()), SPC_E_TYPE,
               {"CallbackFunctional.grad: the callback returned no element"});
  expect_error(spc_functional_grad(with(plain_number, one_number), x, out.out()), SPC_E_VALIDATION,
               {"Expected dense array for ", ", got scalar"});
  expect_error(spc_test_functional(with(refuses, nullptr), 1, 1, nullptr, 0, nullptr, nullptr),
               SPC_E_CALLBACK, {"no value today"});
}

TEST_P(FunctionalCallbacks, Objective) {
  const Space X = space(3, {2, 5, 11});
  const Functional F = functional(spc_functional_quadratic, diagonal(X, {1.25, 2.5, 4}),
                                  inner(X, {1.5, -.25, .75}), weak(.75));
  const double v[] = {.5, -1, 2};
  double value = 0, only = 0, gradient[3] = {}, alone[3] = {};

  check(spc_functional_objective(F, 3, v, &value, gradient));
  check(spc_functional_objective(F, 3, v, &only, nullptr));
  check(spc_functional_objective(F, 3, v, nullptr, alone));

  EXPECT_NEAR(value, 114.5625, 1e-10);
  EXPECT_EQ(only, value);
  const double expected[] = {2.125 * 2, -2.75 * 5, 8.75 * 11};
  for (int i = 0; i < 3; ++i) {
    EXPECT_NEAR(gradient[i], expected[i], 1e-10);
    EXPECT_EQ(alone[i], gradient[i]);
  }
}

TEST_P(FunctionalCallbacks, ObjectiveInSinglePrecision) {
  const Context narrow = context(GetParam(), SPC_FLOAT32);
  const Functional F = functional(spc_functional_squared_l2, coordinate_space<float>(narrow, 2));
  const double v[] = {.5, -1};
  double value = 0, gradient[2] = {};

  check(spc_functional_objective(F, 2, v, &value, gradient));

  EXPECT_NEAR(value, .625, 1e-6);
  EXPECT_NEAR(gradient[1], -1, 1e-6);
}

SPC_ON_EVERY_FAMILY(FunctionalCallbacks);

}  // namespace
}  // namespace test
