// SPDX-License-Identifier: Apache-2.0
// What functionals refuse, at which level, and the texts.
#include <cmath>

#include "tests/functional/functionals.hpp"

namespace test {
namespace {

class FunctionalErrors : public Functionals {
 protected:
  Functional F;
};

TEST_P(FunctionalErrors, Constructors) {
  const Context complex = context(GetParam(), SPC_COMPLEX128);
  const Space X = space(2), Z = dense_space(complex, {2});
  const Array v = vec({1, 2}), z = vector<c128>(complex, {{1, 1}, {0, 1}});

  expect_error(spc_functional_inner(z, X, F.out()), SPC_E_TYPE,
               {"rejected complex-valued input for non-complex dtype float64"});
  expect_error(spc_functional_inner(vec({1, 2, 3}), X, F.out()), SPC_E_VALIDATION,
               {"Expected shape (2,), got (3,)"});
  expect_error(spc_functional_linear(nullptr, nullptr, nullptr, X, F.out()), SPC_E_TYPE,
               {"MatrixFreeLinearFunctional: value is not callable"});
  expect_error(spc_functional_callback(nullptr, nullptr, nullptr, X, F.out()), SPC_E_TYPE,
               {"CallbackFunctional: value is not callable"});
  expect_error(spc_functional_lp(X, .5, F.out()), SPC_E_VALUE,
               {"LpNormFunctional: p is 0.5, expected a finite number >= 1"});
  expect_error(spc_functional_lp(X, INFINITY, F.out()), SPC_E_VALUE,
               {"LpNormFunctional: p is inf"});
  expect_error(spc_functional_lp(X, NAN, F.out()), SPC_E_VALUE, {"LpNormFunctional: p is nan"});
  expect_error(spc_functional_huber(X, 0, F.out()), SPC_E_VALUE,
               {"HuberFunctional: delta is 0, expected a positive finite number"});
  expect_error(spc_functional_huber(X, INFINITY, F.out()), SPC_E_VALUE, {"delta is inf"});
  expect_error(spc_functional_entropy(Z, F.out()), SPC_E_TYPE,
               {"NegativeEntropyFunctional requires a real field, got complex128"});
  expect_error(spc_functional_kl(z, Z, F.out()), SPC_E_TYPE,
               {"KLDivergenceFunctional requires a real field, got complex128"});
  expect_error(spc_functional_kl(vec({1, 0}), X, F.out()), SPC_E_VALUE,
               {"KLDivergenceFunctional: the target must be positive; its least entry is 0"});
  expect_error(spc_functional_spectral_lp(X, 2, F.out()), SPC_E_TYPE,
               {"SpectralLpNormFunctional requires a Jordan algebra, got DenseCoordinateSpace"});
  expect_error(spc_functional_nuclear(X, F.out()), SPC_E_TYPE, {"requires a Jordan algebra"});
  expect_error(spc_functional_lp(nullptr, 2, F.out()), SPC_E_HANDLE,
               {"functional_lp: the space handle is NULL"});
  expect_error(spc_functional_lp(X, 2, nullptr), SPC_E_VALUE, {"functional_lp: out is NULL"});
}

TEST_P(FunctionalErrors, ZeroTargetsPassBelowStandard) {
  const Context cheap = context(GetParam(), SPC_FLOAT64, SPC_CHECK_CHEAP);
  const Space X = coordinate_space<double>(cheap, 2);

  const Functional kl = functional(spc_functional_kl, vector<double>(cheap, {1, 0}), X);

  EXPECT_EQ(number_of(kl, vector<double>(cheap, {1, 1})), INFINITY);
  EXPECT_EQ(number_of(kl, vector<double>(cheap, {1, 0})), 0);
}

TEST_P(FunctionalErrors, Quadratic) {
  const Space X = space(2), Y = space(3);
  const LinOp Q = matrix(X, X, 2, 2, {2, 1, 1, 2}), skew = matrix(X, X, 2, 2, {0, 1, -1, 0}),
              A = matrix(X, Y, 3, 2, {1, 0, 0, 1, 1, 1});
  const Functional square = functional(spc_functional_squared_l2, X), c = inner(Y, {1, 2, 3});

  expect_error(spc_functional_quadratic(Q, square, nullptr, F.out()), SPC_E_TYPE,
               {"LinOpQuadraticForm: linear must be a LinearFunctional, got "
                "SquaredL2NormFunctional"});
  expect_error(spc_functional_quadratic(A, nullptr, nullptr, F.out()), SPC_E_VALUE,
               {"LinOpQuadraticForm requires a square LinOp; got ", "(2,)", "(3,)"});
  expect_error(spc_functional_quadratic(skew, nullptr, nullptr, F.out()), SPC_E_VALUE,
               {"LinOpQuadraticForm requires a self-adjoint LinOp; DenseLinOp", " is not"});
  expect_error(spc_functional_quadratic(Q, c, nullptr, F.out()), SPC_E_VALUE,
               {"LinOpQuadraticForm requires linear.domain == Q.domain; got ", "(3,)", "(2,)"});
  expect_error(spc_functional_quadratic(Q, nullptr, vec({1, 2}), F.out()), SPC_E_VALUE,
               {"LinOpQuadraticForm: a has shape (2,), expected a scalar"});
  expect_error(spc_functional_quadratic(Q, nullptr, weak(c128(1, 2)), F.out()), SPC_E_TYPE,
               {"LinOpQuadraticForm: a complex scalar in a context of dtype float64"});
}

TEST_P(FunctionalErrors, Algebra) {
  const Space X = space(2), W = space(2, {1, 2});
  const Functional f = functional(spc_functional_squared_l2, X);
  const Functional g = functional(spc_functional_squared_l2, W);
  const spc_functional pair[] = {f, g};
  const LinOp A = matrix(W, W, 2, 2, {1, 0, 0, 1});

  expect_error(spc_functional_sum(0, nullptr, F.out()), SPC_E_VALUE,
               {"SumFunctional requires at least one functional, got 0"});
  expect_error(spc_functional_sum(-1, nullptr, F.out()), SPC_E_VALUE, {"functional_sum: n is -1"});
  expect_error(spc_functional_sum(2, pair, F.out()), SPC_E_VALUE,
               {"SumFunctional requires equal domains; got DenseCoordinateSpace"});
  // Zero functionals are looked at, too.
  const Functional zero = functional(spc_functional_zero, W);
  const spc_functional with_zero[] = {f, zero};
  expect_error(spc_functional_sum(2, with_zero, F.out()), SPC_E_VALUE, {"equal domains"});
  expect_error(spc_functional_scaled(vec({1, 2}), f, F.out()), SPC_E_TYPE,
               {"ScaledFunctional: expected a scalar or a 0-d array, got array of family "});
  expect_error(spc_functional_scaled(weak(c128(0, 1)), f, F.out()), SPC_E_TYPE,
               {"ScaledFunctional: a complex scalar in a context of dtype float64"});
  expect_error(spc_functional_shifted(f, vec({1, 2}), F.out()), SPC_E_TYPE,
               {"ShiftedFunctional: expected a scalar or a 0-d array"});
  expect_error(spc_functional_composed(f, A, F.out()), SPC_E_VALUE,
               {"ComposedFunctional requires A.codomain == F.domain; got "});
}

TEST_P(FunctionalErrors, LeastSquares) {
  const Space X = space(2), Y = space(3);
  const LinOp A = matrix(X, Y, 3, 2, {1, 0, 0, 1, 1, 1});
  const Array b = vec({1, 2, 3});

  for (const double scale : {0., -1., static_cast<double>(INFINITY), static_cast<double>(NAN)})
    expect_error(spc_functional_least_squares(A, b, nullptr, scale, F.out()), SPC_E_VALUE,
                 {"least_squares: scale is ", "expected a positive finite number"});
  expect_error(spc_functional_least_squares(A, b, vec({1, 2}), 1, F.out()), SPC_E_VALUE,
               {"least_squares: weights are no element of the codomain: Expected shape (3,), got "
                "(2,)"});
  expect_error(spc_functional_least_squares(A, b, vec({1, 0, 2}), 1, F.out()), SPC_E_VALUE,
               {"least_squares: weights must be strictly positive; the least is 0"});
  expect_error(spc_functional_least_squares(A, b, vec({1, NAN, 2}), 1, F.out()), SPC_E_VALUE,
               {"least_squares: weights must be finite; they range from nan to nan"});
  expect_error(spc_functional_least_squares(A, vec({1, 2}), nullptr, 1, F.out()), SPC_E_VALIDATION,
               {"Expected shape (3,), got (2,)"});
}

TEST_P(FunctionalErrors, Membership) {
  const Space X = space(2);
  const Functional f = functional(spc_functional_squared_l2, X);
  const Array wrong = vec({1, 2, 3}), x = vec({1, 2});
  Array out;

  expect_error(spc_functional_value(f, wrong, out.out()), SPC_E_VALIDATION,
               {"Expected shape (2,), got (3,)"});
  expect_error(spc_functional_grad(f, wrong, out.out()), SPC_E_VALIDATION, {"Expected shape (2,)"});
  expect_error(spc_functional_hess_apply(f, x, wrong, out.out()), SPC_E_VALIDATION,
               {"Expected shape (2,)"});
  expect_error(spc_functional_prox(f, wrong, 1, out.out()), SPC_E_VALIDATION,
               {"Expected shape (2,)"});
  expect_error(spc_functional_vvalue(f, array<double>(ctx, {4, 3}, Numbers(12)), out.out()),
               SPC_E_VALIDATION, {"Batched value trailing shape must be (2,), got (4, 3)."});
  expect_error(spc_functional_vvalue(f, x, out.out()), SPC_E_VALIDATION,
               {"functional_vvalue: xs has no leading batch axis"});
  expect_error(spc_functional_vgrad(f, x, out.out()), SPC_E_VALIDATION,
               {"functional_vgrad: xs has no leading batch axis"});
  const Context none = context(GetParam(), SPC_FLOAT64, SPC_CHECK_NONE);
  const Functional unchecked =
      functional(spc_functional_squared_l2, coordinate_space<double>(none, 2));
  expect_error(spc_functional_value(unchecked, wrong, out.out()), SPC_E_VALUE,
               {"functional_value: x has shape (3,), the space has shape (2,)"});
  expect_error(spc_functional_vvalue(unchecked, x, out.out()), SPC_E_VALIDATION,
               {"no leading batch axis"});
}

TEST_P(FunctionalErrors, NotImplemented) {
  const Space X = space(2);
  const Array x = vec({1, 2});
  const Functional indicator = functional(spc_functional_indicator, set(spc_set_nonnegative, X));
  const Functional l1 = functional(spc_functional_l1, X);
  Array out;

  expect_error(spc_functional_grad(indicator, x, out.out()), SPC_E_NOTIMPL,
               {"functional_grad: IndicatorFunctional has no gradient"});
  expect_error(spc_functional_vgrad(indicator, array<double>(ctx, {1, 2}, {1, 2}), out.out()),
               SPC_E_NOTIMPL, {"functional_grad: IndicatorFunctional has no gradient"});
  expect_error(spc_functional_hess_apply(l1, x, x, out.out()), SPC_E_NOTIMPL,
               {"functional_hess_apply: LpNormFunctional with p = 1 has no Hessian, p >= 2 has"});
  expect_error(spc_functional_hess_apply(indicator, x, x, out.out()), SPC_E_NOTIMPL,
               {"functional_hess_apply: IndicatorFunctional has no Hessian"});
  expect_error(spc_functional_representer(l1, out.out()), SPC_E_NOTIMPL,
               {"functional_representer: LpNormFunctional has no representer"});
}

TEST_P(FunctionalErrors, ProxStep) {
  const Functional f = functional(spc_functional_l1, space(2));
  Array out;

  for (const double t : {-1., static_cast<double>(NAN), static_cast<double>(INFINITY)})
    expect_error(spc_functional_prox(f, vec({1, 2}), t, out.out()), SPC_E_VALUE,
                 {"functional_prox: t is ", ", expected a finite number >= 0"});
}

TEST_P(FunctionalErrors, Shrinkage) {
  const Context complex = context(GetParam(), SPC_COMPLEX128);
  const Space X = space(2), Z = dense_space(complex, {2});
  const Array v = vec({1, 2}), z = vector<c128>(complex, {{1, 1}, {0, 1}});
  Array out;

  expect_error(spc_generalized_shrinkage(X, v, v, 0, 1, 0, out.out()), SPC_E_VALUE,
               {"generalized_shrinkage: eps is 0, expected a positive finite number"});
  expect_error(spc_generalized_shrinkage(X, v, v, NAN, -1, 0, out.out()), SPC_E_VALUE,
               {"eps is nan"});
  expect_error(spc_generalized_shrinkage(X, v, v, 1, -1, 0, out.out()), SPC_E_VALUE,
               {"generalized_shrinkage: lam is -1, expected a finite number >= 0"});
  expect_error(spc_generalized_shrinkage(X, vec({1}), v, 1, 1, 0, out.out()), SPC_E_VALUE,
               {"generalized_shrinkage: c has shape (1,), the space has shape (2,)"});
  expect_error(spc_generalized_shrinkage(X, v, vec({1}), 1, 1, 0, out.out()), SPC_E_VALUE,
               {"generalized_shrinkage: x0 has shape (1,), the space has shape (2,)"});
  expect_error(spc_generalized_shrinkage(Z, z, z, 1, 1, 1, out.out()), SPC_E_VALUE,
               {"generalized_shrinkage: nonneg on complex data: c has dtype complex128, x0 has "
                "dtype complex128"});
}

TEST_P(FunctionalErrors, Objective) {
  const Context complex = context(GetParam(), SPC_COMPLEX128);
  const Functional f = functional(spc_functional_squared_l2, space(2));
  const Functional g = functional(spc_functional_squared_l2, dense_space(complex, {2}));
  const double v[] = {1, 2, 3};
  double value = -1;

  expect_error(spc_functional_objective(f, 3, v, &value, nullptr), SPC_E_VALUE,
               {"functional_objective: n is 3, the domain has 2 coordinates"});
  expect_error(spc_functional_objective(f, 2, nullptr, &value, nullptr), SPC_E_VALUE,
               {"functional_objective: v is NULL"});
  expect_error(spc_functional_objective(g, 2, v, &value, nullptr), SPC_E_VALUE,
               {"functional_objective: the domain has dtype complex128, flat vectors are for real "
                "ones"});
  EXPECT_EQ(value, -1);
}

SPC_ON_EVERY_FAMILY(FunctionalErrors);

}  // namespace
}  // namespace test
