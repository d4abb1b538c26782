// SPDX-License-Identifier: Apache-2.0
#include "spacecore/api.h"

#include "capi/handles.hpp"
#include "core/random/rng.hpp"

namespace spc::capi {

namespace {

// make(rng, context) as a new array handle.
template <class F>
spc_status drawn(const char *op, spc_rng rng, spc_context ctx, spc_array *out, F &&make) noexcept {
  return guard(op, [&] {
    require(out, op, "out");
    Rng &generator = get<Rng>(rng, op);
    const Ref<Context> context = context_or_default(ctx, op);
    *out = new_handle<Value>(make(generator, *context));
  });
}

}  // namespace

}  // namespace spc::capi

using namespace spc;        // NOLINT(google-build-using-namespace): C bodies of this library
using namespace spc::capi;  // NOLINT(google-build-using-namespace)

extern "C" {

spc_status spc_rng_create(int64_t seed, spc_rng *out) {
  return guard("rng_create", [&] {
    require(out, "rng_create", "out");
    *out = new_handle<Rng>(Rng::create(seed));
  });
}

spc_status spc_rng_retain(spc_rng rng) {
  return guard("rng_retain", [&] { retain_handle<Rng>(rng, "rng_retain"); });
}

spc_status spc_rng_release(spc_rng *rng) {
  return release_handle<Rng>(rng);
}

spc_status spc_rng_uniform(spc_rng rng, spc_context ctx, int32_t ndim, const int64_t *shape,
                           int32_t dtype, spc_array *out) {
  return drawn("rng_uniform", rng, ctx, out, [&](Rng &generator, Context &context) {
    return generator.uniform(context, checked_shape(ndim, shape, "rng_uniform"), dtype);
  });
}

spc_status spc_rng_normal(spc_rng rng, spc_context ctx, int32_t ndim, const int64_t *shape,
                          int32_t dtype, spc_array *out) {
  return drawn("rng_normal", rng, ctx, out, [&](Rng &generator, Context &context) {
    return generator.normal(context, checked_shape(ndim, shape, "rng_normal"), dtype);
  });
}

spc_status spc_rng_choice(spc_rng rng, spc_context ctx, int64_t a, int64_t size, spc_array p,
                          spc_array *out) {
  return drawn("rng_choice", rng, ctx, out, [&](Rng &generator, Context &context) {
    return generator.choice(context, a, size, get_or_null<Value>(p, "rng_choice"));
  });
}

}  // extern "C"
