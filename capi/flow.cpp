// SPDX-License-Identifier: Apache-2.0
#include "core/flow/flow.hpp"

#include "spacecore/api.h"

#include "capi/function.hpp"

namespace spc::capi {

namespace {

Ref<Value> held(spc_value v, const char *op) {
  return Ref<Value>::share(&get<Value>(v, op));
}

// NULL stays null.
Ref<Value> held_or_null(spc_value v, const char *op) {
  return Ref<Value>::share(get_or_null<Value>(v, op));
}

// f() as a new value handle.
template <class F>
spc_status value_result(const char *op, spc_value *out, F &&f) noexcept {
  return guard(op, [&] {
    require(out, op, "out");
    *out = new_handle<Value>(f());
  });
}

}  // namespace

}  // namespace spc::capi

using namespace spc;        // NOLINT(google-build-using-namespace): C bodies of this library
using namespace spc::capi;  // NOLINT(google-build-using-namespace)

extern "C" {

spc_status spc_fori_loop(int64_t lower, int64_t upper, spc_function_fn body, void *user,
                         spc_value init, spc_value *out) {
  const char *op = "fori_loop";
  return value_result(op, out, [&] {
    return flow::fori_loop(lower, upper, UserFunction(body, user, op, "body"), held(init, op));
  });
}

spc_status spc_while_loop(spc_function_fn cond, void *cond_user, spc_function_fn body,
                          void *body_user, spc_value init, spc_value *out) {
  const char *op = "while_loop";
  return value_result(op, out, [&] {
    return flow::while_loop(UserFunction(cond, cond_user, op, "cond"),
                            UserFunction(body, body_user, op, "body"), held(init, op));
  });
}

spc_status spc_scan(spc_function_fn f, void *user, spc_value init, spc_value xs, int64_t length,
                    int32_t reverse, spc_value *carry, spc_value *ys) {
  const char *op = "scan";
  return guard(op, [&] {
    require(carry, op, "carry");
    require(ys, op, "ys");
    const Ref<Value> tree = xs == nullptr ? make<None>() : held(xs, op);
    auto [last, stacked] =
        flow::scan(UserFunction(f, user, op), held(init, op), *tree, length, reverse != 0);
    const Ref<Value> results[] = {std::move(last), std::move(stacked)};
    give_handles(results, {carry, ys});
  });
}

spc_status spc_cond(spc_value pred, spc_function_fn true_fun, void *true_user,
                    spc_function_fn false_fun, void *false_user, int32_t n_operands,
                    const spc_value *operands, spc_value *out) {
  const char *op = "cond";
  return value_result(op, out, [&] {
    const HeldArgs args(n_operands, operands, op);
    return flow::cond(*held(pred, op), UserFunction(true_fun, true_user, op, "true_fun"),
                      UserFunction(false_fun, false_user, op, "false_fun"), args.get());
  });
}

spc_status spc_vmap(spc_function_fn f, void *user, int32_t n_args, const spc_value *args,
                    spc_value in_axes, spc_value out_axes, spc_value *out) {
  const char *op = "vmap";
  return value_result(op, out, [&] {
    const HeldArgs values(n_args, args, op);
    const Ref<Value> in = held_or_null(in_axes, op), to = held_or_null(out_axes, op);
    return flow::vmap(UserFunction(f, user, op), values.get(), in.get(), to.get());
  });
}

spc_status spc_vectorize(spc_function_fn f, void *user, int32_t n_args, const spc_value *args,
                         int32_t n_excluded, const int32_t *excluded, const char *signature,
                         spc_value *out) {
  const char *op = "vectorize";
  return value_result(op, out, [&] {
    const HeldArgs values(n_args, args, op);
    if (n_excluded < 0) fail(SPC_E_VALUE, "{}: negative count {}", op, n_excluded);
    if (n_excluded > 0) require(excluded, op, "excluded");
    return flow::vectorize(UserFunction(f, user, op), values.get(),
                           {excluded, static_cast<std::size_t>(n_excluded)}, signature);
  });
}

spc_status spc_vectorize_or_fallback(spc_function_fn f, void *user, const char *policy,
                                     int32_t n_args, const spc_value *args, spc_value *out) {
  const char *op = "vectorize_or_fallback";
  return value_result(op, out, [&] {
    require(policy, op, "policy");
    const HeldArgs values(n_args, args, op);
    return flow::vectorize_or_fallback(UserFunction(f, user, op), policy, values.get());
  });
}

spc_status spc_safe_for_vectorization(spc_function_fn f, void *user, int32_t n_args,
                                      const spc_value *args, int32_t *out) {
  const char *op = "safe_for_vectorization";
  return guard(op, [&] {
    require(out, op, "out");
    const HeldArgs values(n_args, args, op);
    *out = flow::safe_for_vectorization(UserFunction(f, user, op), values.get()) ? 1 : 0;
  });
}

}  // extern "C"
