// SPDX-License-Identifier: Apache-2.0
#include "core/context/context.hpp"

#include <string_view>

#include "spacecore/api.h"

#include "capi/handles.hpp"
#include "capi/text.hpp"
#include "core/ops/ops.hpp"
#include "core/registry/registry.hpp"

using namespace spc;        // NOLINT(google-build-using-namespace): C bodies of this library
using namespace spc::capi;  // NOLINT(google-build-using-namespace)

extern "C" {

spc_status spc_context_create(const char *family, int32_t dtype, int32_t check_level,
                              spc_context *out) {
  return guard("context_create", [&] {
    require(family, "context_create", "family");
    require(out, "context_create", "out");
    const CheckLevel level = checked_level(check_level);
    const Dtype d = dtype_or(dtype, Dtype::float64, "context_create");
    *out = new_handle<Context>(make<Context>(Registry::get().find_available(family), d, level));
  });
}

spc_status spc_context_default(spc_context *out) {
  return guard("context_default", [&] {
    require(out, "context_default", "out");
    *out = new_handle<Context>(default_context());
  });
}

spc_status spc_set_dtype(const char *name) {
  return guard("set_dtype", [&] {
    require(name, "set_dtype", "name");
    const std::string_view complex = name;
    if (complex != "complex64" && complex != "complex128")
      fail(SPC_E_VALUE, "set_dtype: got '{}', expected 'complex64' or 'complex128'", complex);
    set_default_dtype(real_of(dtype_from_name(complex)));
  });
}

spc_status spc_context_retain(spc_context ctx) {
  return guard("context_retain", [&] { retain_handle<Context>(ctx, "context_retain"); });
}

spc_status spc_context_release(spc_context *ctx) {
  return release_handle<Context>(ctx);
}

spc_status spc_context_family(spc_context ctx, const char **out) {
  return guard("context_family", [&] {
    require(out, "context_family", "out");
    *out = get<Context>(ctx, "context_family").family.name().c_str();
  });
}

spc_status spc_context_dtype(spc_context ctx, int32_t *out) {
  return guard("context_dtype", [&] {
    require(out, "context_dtype", "out");
    *out = static_cast<int32_t>(get<Context>(ctx, "context_dtype").dtype);
  });
}

spc_status spc_context_check_level(spc_context ctx, int32_t *out) {
  return guard("context_check_level", [&] {
    require(out, "context_check_level", "out");
    *out = static_cast<int32_t>(get<Context>(ctx, "context_check_level").level);
  });
}

spc_status spc_context_equal(spc_context a, spc_context b, int32_t *out) {
  return guard("context_equal", [&] {
    require(out, "context_equal", "out");
    *out = get<Context>(a, "context_equal") == get<Context>(b, "context_equal") ? 1 : 0;
  });
}

spc_status spc_context_text(spc_context ctx, char *buffer, int64_t capacity, int64_t *length) {
  return guard("context_text", [&] {
    give_text(to_string(get<Context>(ctx, "context_text")), buffer, capacity, length,
              "context_text");
  });
}

spc_status spc_context_asarray(spc_context ctx, spc_value x, spc_array *out) {
  return guard("context_asarray", [&] {
    require(out, "context_asarray", "out");
    Context &context = get<Context>(ctx, "context_asarray");
    *out =
        new_handle<Value>(ops::asarray(context, get<Value>(x, "context_asarray"), context.dtype));
  });
}

spc_status spc_context_assparse(spc_context ctx, spc_value x, spc_array *out) {
  return guard("context_assparse", [&] {
    require(out, "context_assparse", "out");
    Context &context = get<Context>(ctx, "context_assparse");
    *out = new_handle<Value>(
        ops::assparse(context, get<Value>(x, "context_assparse"), "csr", context.dtype));
  });
}

}  // extern "C"
