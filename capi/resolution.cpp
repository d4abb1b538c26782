// SPDX-License-Identifier: Apache-2.0
// Contexts asked for, the default context, and the policies of conversion.
#include "core/context/resolution.hpp"

#include <vector>

#include "spacecore/api.h"

#include "capi/target.hpp"
#include "core/ops/ops.hpp"
#include "core/registry/registry.hpp"

using namespace spc;        // NOLINT(google-build-using-namespace): C bodies of this library
using namespace spc::capi;  // NOLINT(google-build-using-namespace)

namespace {

// The context that set_backend and use_backend mean: a family with its defaults.
Ref<Context> backend_context(const spc_target *target, const char *op) {
  const GivenTarget given(target, op);
  if (given.get() == nullptr || given.get()->names_nothing())
    fail(SPC_E_VALUE, "{}: the target has neither a name nor a context", op);
  const Ref<Context> ctx = normalized(given.get(), op);
  return make<Context>(ctx->family, Dtype::float64, CheckLevel::none);
}

// As everywhere, arrays of compatible families count as the context's own.
bool is_dense_of(const Value &x, Family &family) {
  return x.kind() == ValueKind::array &&
         interchangeable(*static_cast<const Array &>(x).family, family);
}
bool is_sparse_of(const Value &x, Family &family) {
  return x.kind() == ValueKind::sparse &&
         interchangeable(static_cast<const SparseArray &>(x).family(), family);
}

}  // namespace

extern "C" {

spc_status spc_target_init(spc_target *target) {
  return guard("target_init", [&] {
    require(target, "target_init", "target");
    if (target->struct_size < sizeof(spc_target))
      fail(SPC_E_VALUE, "target_init: struct_size is {}, expected at least {}", target->struct_size,
           sizeof(spc_target));
    const uint32_t size = target->struct_size;
    *target = {};
    target->struct_size = size;
    target->dtype = SPC_DTYPE_NONE;
    target->check_level = SPC_CHECK_UNSET;
    target->enable_checks = SPC_UNKNOWN;
  });
}

spc_status spc_context_normalize(const spc_target *target, spc_context *out) {
  return guard("context_normalize", [&] {
    require(out, "context_normalize", "out");
    const GivenTarget given(target, "context_normalize");
    *out = new_handle<Context>(normalized(given.get(), "context_normalize"));
  });
}

spc_status spc_context_infer(spc_value x, spc_context *out) {
  return guard("context_infer", [&] {
    require(out, "context_infer", "out");
    Ref<Context> ctx = inferred(get<Value>(x, "context_infer"));
    *out = ctx ? new_handle<Context>(std::move(ctx)) : nullptr;
  });
}

spc_status spc_context_resolve(const spc_target *target, int64_t n_contexts,
                               const spc_context *contexts, int64_t n_values,
                               const spc_value *values, spc_context *out) {
  return guard("context_resolve", [&] {
    const char *op = "context_resolve";
    require(out, op, "out");
    if (n_contexts < 0 || n_values < 0)
      fail(SPC_E_VALUE, "{}: {} contexts and {} values", op, n_contexts, n_values);
    if (n_contexts > 0) require(contexts, op, "contexts");
    if (n_values > 0) require(values, op, "values");
    const GivenTarget given(target, op);
    std::vector<Context *> sources;
    std::vector<Value *> raw;
    for (int64_t i = 0; i < n_contexts; ++i) sources.push_back(&get<Context>(contexts[i], op));
    for (int64_t i = 0; i < n_values; ++i) raw.push_back(&get<Value>(values[i], op));
    *out = new_handle<Context>(resolved(given.get(), sources, raw, op));
  });
}

spc_status spc_context_hash(spc_context ctx, uint64_t *out) {
  return guard("context_hash", [&] {
    require(out, "context_hash", "out");
    *out = hash_of(get<Context>(ctx, "context_hash"));
  });
}

spc_status spc_context_checks_enabled(spc_context ctx, int32_t *out) {
  return guard("context_checks_enabled", [&] {
    require(out, "context_checks_enabled", "out");
    *out = get<Context>(ctx, "context_checks_enabled").level == CheckLevel::none ? 0 : 1;
  });
}

spc_status spc_context_convert(spc_context ctx, spc_value x, spc_value *out) {
  return guard("context_convert", [&] {
    require(out, "context_convert", "out");
    Context &context = get<Context>(ctx, "context_convert");
    *out = new_handle<Value>(
        ops::convert(context, get<Value>(x, "context_convert"), "context_convert"));
  });
}

spc_status spc_context_assert_dense(spc_context ctx, spc_value x) {
  return guard("context_assert_dense", [&] {
    const Context &context = get<Context>(ctx, "context_assert_dense");
    Value &value = get<Value>(x, "context_assert_dense");
    if (!is_dense_of(value, context.family))
      fail(SPC_E_TYPE, "Expected dense array for {}, got {}", context.family.name(),
           describe(&value));
  });
}

spc_status spc_context_assert_sparse(spc_context ctx, spc_value x) {
  return guard("context_assert_sparse", [&] {
    const Context &context = get<Context>(ctx, "context_assert_sparse");
    Value &value = get<Value>(x, "context_assert_sparse");
    if (context.family.opaque()) fail(SPC_E_TYPE, "Sparse objects are disallowed by this backend.");
    if (!is_sparse_of(value, context.family))
      fail(SPC_E_TYPE, "Expected sparse array for {}, got {}", context.family.name(),
           describe(&value));
  });
}

spc_status spc_check_level_name(int32_t level, const char **out) {
  return guard("check_level_name", [&] {
    require(out, "check_level_name", "out");
    *out = name(checked_level(level));
  });
}

spc_status spc_check_level_from_name(const char *name, int32_t *out) {
  return guard("check_level_from_name", [&] {
    require(name, "check_level_from_name", "name");
    require(out, "check_level_from_name", "out");
    *out = static_cast<int32_t>(level_from_name(name));
  });
}

spc_status spc_set_context(const spc_target *target) {
  return guard("set_context", [&] {
    const GivenTarget given(target, "set_context");
    if (given.get() == nullptr || given.get()->names_nothing()) return;
    set_default_context(normalized(given.get(), "set_context"));
  });
}

spc_status spc_set_backend(const spc_target *target) {
  return guard("set_backend", [&] { set_default_context(backend_context(target, "set_backend")); });
}

spc_status spc_get_backend(const char *name, const char **out) {
  return guard("get_backend", [&] {
    require(out, "get_backend", "out");
    *out = name == nullptr ? default_context()->family.name().c_str()
                           : Registry::get().find_available(name).name().c_str();
  });
}

spc_status spc_use_backend_begin(const spc_target *target, int64_t *token) {
  return guard("use_backend_begin", [&] {
    require(token, "use_backend_begin", "token");
    *token = begin_scope(backend_context(target, "use_backend_begin"));
  });
}

spc_status spc_use_backend_end(int64_t token) {
  return guard("use_backend_end", [&] { end_scope(token); });
}

spc_status spc_set_resolution_policy(const char *policy) {
  return guard("set_resolution_policy", [&] {
    if (policy == nullptr) return set_resolution_policy(std::nullopt);
    set_resolution_policy(resolution_policy_from(policy));
  });
}

spc_status spc_get_resolution_policy(const char **out) {
  return guard("get_resolution_policy", [&] {
    require(out, "get_resolution_policy", "out");
    *out = name(resolution_policy());
  });
}

spc_status spc_set_dtype_resolution_policy(const char *policy) {
  return guard("set_dtype_resolution_policy", [&] {
    if (policy == nullptr) return set_dtype_policy(std::nullopt);
    set_dtype_policy(dtype_policy_from(policy));
  });
}

spc_status spc_get_dtype_resolution_policy(const char **out) {
  return guard("get_dtype_resolution_policy", [&] {
    require(out, "get_dtype_resolution_policy", "out");
    *out = name(dtype_policy());
  });
}

}  // extern "C"
