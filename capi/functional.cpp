// SPDX-License-Identifier: Apache-2.0
#include "core/functional/functional.hpp"

#include <vector>

#include "spacecore/api.h"

#include "capi/callback.hpp"
#include "capi/handles.hpp"
#include "capi/target.hpp"
#include "capi/text.hpp"
#include "core/functional/algebra.hpp"
#include "core/functional/composed.hpp"
#include "core/functional/indicator.hpp"
#include "core/functional/laws.hpp"
#include "core/functional/linear.hpp"
#include "core/functional/quadratic.hpp"
#include "core/functional/spectral.hpp"
#include "core/functional/toolbox.hpp"

namespace spc::capi {

namespace {

template <class T>
Ref<T> held(typename HandleOf<T>::type handle, const char *op) {
  return Ref<T>::share(&get<T>(handle, op));
}

// Numbers that a function of the program gives for an element; empty for NULL.
ElementFunction scalar_function(spc_scalar_fn fn, const Ref<UserData> &user, const char *who) {
  if (fn == nullptr) return nullptr;
  return [fn, user, who](Value &x) {
    const LentHandle<Value> lent(x);
    return run_callback(who, [&](spc_value *y) { return fn(user->get(), lent.get(), nullptr, y); });
  };
}

template <class F>
const void *address(F *fn) {
  return reinterpret_cast<const void *>(fn);
}

// f() as a new functional handle.
template <class F>
spc_status functional_result(const char *op, spc_functional *out, F &&f) {
  return guard(op, [&] {
    require(out, op, "out");
    *out = new_handle<Functional>(f());
  });
}

// f(F, x) as a new value handle; both are alive for the call, during which the program may release
// their handles.
template <class F>
spc_status value_result(const char *op, spc_functional functional, spc_element x, spc_object **out,
                        F &&f) {
  return guard(op, [&] {
    require(out, op, "out");
    const Ref<Functional> own = held<Functional>(functional, op);
    const Ref<Value> operand = held<Value>(x, op);
    *out = new_handle<Value>(Ref<Value>(f(*own, *operand)));
  });
}

}  // namespace

}  // namespace spc::capi

using namespace spc;        // NOLINT(google-build-using-namespace): C bodies of this library
using namespace spc::capi;  // NOLINT(google-build-using-namespace)

extern "C" {

// ---- constructors

spc_status spc_functional_inner(spc_element c, spc_space domain, spc_functional *out) {
  constexpr const char *op = "functional_inner";
  return functional_result(op, out, [&] {
    return InnerProductFunctional::create(held<Space>(domain, op), *held<Value>(c, op));
  });
}

spc_status spc_functional_linear(spc_scalar_fn value, spc_scalar_fn vvalue, void *user,
                                 spc_space domain, spc_functional *out) {
  constexpr const char *op = "functional_linear";
  return functional_result(op, out, [&] {
    const Ref<UserData> shared = make<UserData>(user);
    return MatrixFreeLinearFunctional::create(
        held<Space>(domain, op), scalar_function(value, shared, "MatrixFreeLinearFunctional.value"),
        scalar_function(vvalue, shared, "MatrixFreeLinearFunctional.vvalue"),
        {address(value), address(vvalue), shared});
  });
}

spc_status spc_functional_callback(spc_scalar_fn value, spc_apply_fn grad, void *user,
                                   spc_space domain, spc_functional *out) {
  constexpr const char *op = "functional_callback";
  return functional_result(op, out, [&] {
    const Ref<UserData> shared = make<UserData>(user);
    return CallbackFunctional::create(held<Space>(domain, op),
                                      scalar_function(value, shared, "CallbackFunctional.value"),
                                      element_function(grad, shared, "CallbackFunctional.grad"),
                                      {address(value), address(grad), shared});
  });
}

spc_status spc_functional_own_user(spc_functional F, spc_destroy_fn destroy) {
  return own_user<Functional>(F, destroy, "functional_own_user");
}

spc_status spc_functional_quadratic(spc_linop Q, spc_functional linear, spc_array a,
                                    spc_functional *out) {
  constexpr const char *op = "functional_quadratic";
  return functional_result(op, out, [&] {
    return LinOpQuadraticForm::create(held<LinOp>(Q, op),
                                      Ref<Functional>::share(get_or_null<Functional>(linear, op)),
                                      get_or_null<Value>(a, op));
  });
}

spc_status spc_functional_squared_l2(spc_space X, spc_functional *out) {
  constexpr const char *op = "functional_squared_l2";
  return functional_result(op, out,
                           [&] { return SquaredL2NormFunctional::create(held<Space>(X, op)); });
}

spc_status spc_functional_lp(spc_space X, double p, spc_functional *out) {
  constexpr const char *op = "functional_lp";
  return functional_result(op, out,
                           [&] { return LpNormFunctional::create(held<Space>(X, op), p); });
}

spc_status spc_functional_l1(spc_space X, spc_functional *out) {
  constexpr const char *op = "functional_l1";
  return functional_result(op, out,
                           [&] { return LpNormFunctional::create(held<Space>(X, op), 1); });
}

spc_status spc_functional_entropy(spc_space X, spc_functional *out) {
  constexpr const char *op = "functional_entropy";
  return functional_result(op, out,
                           [&] { return NegativeEntropyFunctional::create(held<Space>(X, op)); });
}

spc_status spc_functional_kl(spc_element target, spc_space X, spc_functional *out) {
  constexpr const char *op = "functional_kl";
  return functional_result(op, out, [&] {
    return KLDivergenceFunctional::create(held<Space>(X, op), *held<Value>(target, op));
  });
}

spc_status spc_functional_huber(spc_space X, double delta, spc_functional *out) {
  constexpr const char *op = "functional_huber";
  return functional_result(op, out,
                           [&] { return HuberFunctional::create(held<Space>(X, op), delta); });
}

spc_status spc_functional_spectral_lp(spc_space X, double p, spc_functional *out) {
  constexpr const char *op = "functional_spectral_lp";
  return functional_result(op, out,
                           [&] { return SpectralLpNormFunctional::create(held<Space>(X, op), p); });
}

spc_status spc_functional_nuclear(spc_space X, spc_functional *out) {
  constexpr const char *op = "functional_nuclear";
  return functional_result(op, out,
                           [&] { return SpectralLpNormFunctional::create(held<Space>(X, op), 1); });
}

spc_status spc_functional_least_squares(spc_linop A, spc_element b, spc_element weights,
                                        double scale, spc_functional *out) {
  constexpr const char *op = "functional_least_squares";
  return functional_result(op, out, [&] {
    return least_squares(held<LinOp>(A, op), *held<Value>(b, op), get_or_null<Value>(weights, op),
                         scale);
  });
}

spc_status spc_functional_indicator(spc_set set, spc_functional *out) {
  constexpr const char *op = "functional_indicator";
  return functional_result(
      op, out, [&] { return Ref<Functional>(make<IndicatorFunctional>(held<Set>(set, op))); });
}

spc_status spc_functional_zero(spc_space X, spc_functional *out) {
  constexpr const char *op = "functional_zero";
  return functional_result(
      op, out, [&] { return Ref<Functional>(make<ZeroFunctional>(held<Space>(X, op))); });
}

spc_status spc_functional_scaled(spc_array s, spc_functional F, spc_functional *out) {
  constexpr const char *op = "functional_scaled";
  return functional_result(
      op, out, [&] { return make_scaled_functional(get<Value>(s, op), held<Functional>(F, op)); });
}

spc_status spc_functional_sum(int64_t n, const spc_functional *terms, spc_functional *out) {
  constexpr const char *op = "functional_sum";
  return functional_result(op, out, [&] {
    if (n < 0) fail(SPC_E_VALUE, "functional_sum: n is {}, expected a count", n);
    if (n > 0) require(terms, op, "terms");
    std::vector<Ref<Functional>> parts;
    for (int64_t i = 0; i < n; ++i) parts.push_back(held<Functional>(terms[i], op));
    return make_functional_sum(parts);
  });
}

spc_status spc_functional_shifted(spc_functional F, spc_array c, spc_functional *out) {
  constexpr const char *op = "functional_shifted";
  return functional_result(
      op, out, [&] { return make_shifted_functional(held<Functional>(F, op), get<Value>(c, op)); });
}

spc_status spc_functional_composed(spc_functional F, spc_linop A, spc_functional *out) {
  constexpr const char *op = "functional_composed";
  return functional_result(op, out, [&] {
    return make_functional_composed(held<Functional>(F, op), held<LinOp>(A, op));
  });
}

// ---- what it is

spc_status spc_functional_retain(spc_functional F) {
  return guard("functional_retain", [&] { retain_handle<Functional>(F, "functional_retain"); });
}

spc_status spc_functional_release(spc_functional *F) {
  return release_handle<Functional>(F);
}

spc_status spc_functional_kind(spc_functional F, const char **out) {
  return guard("functional_kind", [&] {
    require(out, "functional_kind", "out");
    *out = get<Functional>(F, "functional_kind").kind();
  });
}

spc_status spc_functional_domain(spc_functional F, spc_space *out) {
  return guard("functional_domain", [&] {
    require(out, "functional_domain", "out");
    *out = new_handle<Space>(get<Functional>(F, "functional_domain").domain);
  });
}

spc_status spc_functional_context(spc_functional F, spc_context *out) {
  return guard("functional_context", [&] {
    require(out, "functional_context", "out");
    *out = new_handle<Context>(get<Functional>(F, "functional_context").ctx);
  });
}

spc_status spc_functional_convert(spc_functional F, const spc_target *target, spc_functional *out) {
  constexpr const char *op = "functional_convert";
  return functional_result(op, out, [&] {
    const Ref<Functional> own = held<Functional>(F, op);
    const GivenTarget given(target, op);
    return own->convert(Conversion(given.get(), op));
  });
}

spc_status spc_functional_equal(spc_functional F, spc_functional G, int32_t *out) {
  constexpr const char *op = "functional_equal";
  return guard(op, [&] {
    require(out, op, "out");
    *out = get<Functional>(F, op).equals(get<Functional>(G, op)) ? 1 : 0;
  });
}

spc_status spc_functional_text(spc_functional F, char *buffer, int64_t capacity, int64_t *length) {
  constexpr const char *op = "functional_text";
  return guard(op, [&] { give_text(get<Functional>(F, op).text(), buffer, capacity, length, op); });
}

// ---- values and derivatives

spc_status spc_functional_value(spc_functional F, spc_element x, spc_array *out) {
  return value_result("functional_value", F, x, out,
                      [](const Functional &own, Value &v) { return own.value(v); });
}

spc_status spc_functional_grad(spc_functional F, spc_element x, spc_element *out) {
  return value_result("functional_grad", F, x, out,
                      [](const Functional &own, Value &v) { return own.grad(v); });
}

spc_status spc_functional_value_and_grad(spc_functional F, spc_element x, spc_array *value,
                                         spc_element *grad) {
  constexpr const char *op = "functional_value_and_grad";
  return guard(op, [&] {
    require(value, op, "value");
    require(grad, op, "grad");
    const Ref<Functional> own = held<Functional>(F, op);
    const Ref<Value> operand = held<Value>(x, op);
    const Functional::ValueAndGrad both = own->value_and_grad(*operand);
    const Ref<Value> results[] = {both.value, both.grad};
    give_handles(results, {value, grad});
  });
}

spc_status spc_functional_vvalue(spc_functional F, spc_element xs, spc_array *out) {
  return value_result("functional_vvalue", F, xs, out,
                      [](const Functional &own, Value &v) { return own.vvalue(v); });
}

spc_status spc_functional_vgrad(spc_functional F, spc_element xs, spc_element *out) {
  return value_result("functional_vgrad", F, xs, out,
                      [](const Functional &own, Value &v) { return own.vgrad(v); });
}

spc_status spc_functional_hess_apply(spc_functional F, spc_element x, spc_element h,
                                     spc_element *out) {
  constexpr const char *op = "functional_hess_apply";
  return value_result(op, F, x, out, [&](const Functional &own, Value &v) {
    const Ref<Value> direction = held<Value>(h, op);
    return own.hess_apply(v, *direction);
  });
}

spc_status spc_functional_prox(spc_functional F, spc_element v, double t, spc_element *out) {
  return value_result("functional_prox", F, v, out,
                      [&](const Functional &own, Value &x) { return own.prox(x, t); });
}

spc_status spc_functional_representer(spc_functional F, spc_element *out) {
  return guard("functional_representer", [&] {
    require(out, "functional_representer", "out");
    *out = new_handle<Value>(get<Functional>(F, "functional_representer").representer());
  });
}

spc_status spc_functional_objective(spc_functional F, int64_t n, const double *v, double *value,
                                    double *gradient) {
  return guard("functional_objective", [&] {
    const Ref<Functional> own = held<Functional>(F, "functional_objective");
    objective(*own, n, v, value, gradient);
  });
}

spc_status spc_test_functional(spc_functional F, int64_t samples, int64_t seed, char *buffer,
                               int64_t capacity, int64_t *length, int64_t *failures) {
  constexpr const char *op = "test_functional";
  return guard(op, [&] {
    const Ref<Functional> own = held<Functional>(F, op);
    const FunctionalReport report = test_functional(own, samples, seed);
    give_text(report.text, buffer, capacity, length, op);
    if (failures != nullptr) *failures = report.failures;
  });
}

spc_status spc_generalized_shrinkage(spc_space X, spc_element c, spc_element x0, double eps,
                                     double lam, int32_t nonneg, spc_element *out) {
  constexpr const char *op = "generalized_shrinkage";
  return guard(op, [&] {
    require(out, op, "out");
    *out = new_handle<Value>(generalized_shrinkage(get<Space>(X, op), get<Value>(c, op),
                                                   get<Value>(x0, op), eps, lam, nonneg != 0));
  });
}

}  // extern "C"
