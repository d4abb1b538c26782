// SPDX-License-Identifier: Apache-2.0
#include "spacecore/api.h"

#include "capi/function.hpp"
#include "core/autodiff/differences.hpp"

using namespace spc;        // NOLINT(google-build-using-namespace): C bodies of this library
using namespace spc::capi;  // NOLINT(google-build-using-namespace)

namespace spc::capi {

namespace {

// A new reference to x: no family tracks.
spc_status same_value(const char *op, spc_array x, spc_array *out) noexcept {
  return guard(op, [&] {
    require(out, op, "out");
    *out = new_handle<Value>(Ref<Value>::share(&get<Value>(x, op)));
  });
}

// derivative(f, args) as a new array handle.
template <class F>
spc_status derived(const char *op, spc_function_fn f, void *user, int32_t n_args,
                   const spc_value *args, spc_array *out, F &&derivative) noexcept {
  return guard(op, [&] {
    require(out, op, "out");
    const HeldArgs values(n_args, args, op);
    *out = new_handle<Value>(derivative(UserFunction(f, user, op), values.get()));
  });
}

}  // namespace

}  // namespace spc::capi

extern "C" {

spc_status spc_requires_grad(spc_array x, int32_t, spc_array *out) {
  return same_value("requires_grad", x, out);
}

spc_status spc_detach(spc_array x, spc_array *out) {
  return same_value("detach", x, out);
}

spc_status spc_value_and_grad(spc_function_fn f, void *user, int32_t n_args, const spc_value *args,
                              int32_t n_argnums, const int32_t *argnums, spc_array *value,
                              spc_value *grad) {
  const char *op = "value_and_grad";
  return guard(op, [&] {
    require(value, op, "value");
    require(grad, op, "grad");
    const HeldArgs values(n_args, args, op);
    if (n_argnums < 0) fail(SPC_E_VALUE, "{}: negative count {}", op, n_argnums);
    const int32_t first = 0;
    const std::span<const int32_t> asked =
        argnums == nullptr ? std::span(&first, 1)
                           : std::span(argnums, static_cast<std::size_t>(n_argnums));
    auto [v, g] = autodiff::value_and_grad(UserFunction(f, user, op), values.get(), asked);
    const Ref<Value> results[] = {std::move(v), std::move(g)};
    give_handles(results, {value, grad});
  });
}

spc_status spc_jacfwd(spc_function_fn f, void *user, int32_t n_args, const spc_value *args,
                      int32_t argnum, spc_array *out) {
  return derived("jacfwd", f, user, n_args, args, out,
                 [&](const Function &function, Function::Args values) {
                   return autodiff::jacfwd(function, values, argnum);
                 });
}

spc_status spc_hessian(spc_function_fn f, void *user, int32_t n_args, const spc_value *args,
                       int32_t argnum, spc_array *out) {
  return derived("hessian", f, user, n_args, args, out,
                 [&](const Function &function, Function::Args values) {
                   return autodiff::hessian(function, values, argnum);
                 });
}

}  // extern "C"
