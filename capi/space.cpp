// SPDX-License-Identifier: Apache-2.0
#include "capi/space.hpp"

#include <algorithm>

#include "core/space/dense.hpp"

using namespace spc;        // NOLINT(google-build-using-namespace): C bodies of this library
using namespace spc::capi;  // NOLINT(google-build-using-namespace)

extern "C" {

// ---- spaces

spc_status spc_space_dense(spc_context ctx, int32_t ndim, const int64_t *shape,
                           spc_geometry geometry, spc_space *out) {
  return guard("space_dense", [&] {
    require(out, "space_dense", "out");
    *out = new_handle<Space>(DenseCoordinateSpace::create(
        context_or_default(ctx, "space_dense"), checked_shape(ndim, shape, "space_dense"),
        geometry_or_null(geometry, "space_dense")));
  });
}

spc_status spc_space_like(spc_context ctx, spc_element prototype, spc_geometry geometry,
                          spc_space *out) {
  return guard("space_like", [&] {
    require(out, "space_like", "out");
    Array &like = as_dense(&get<Value>(prototype, "space_like"), "space_like");
    *out = new_handle<Space>(DenseCoordinateSpace::like(context_or_default(ctx, "space_like"),
                                                        Ref<Array>::share(&like),
                                                        geometry_or_null(geometry, "space_like")));
  });
}

spc_status spc_space_retain(spc_space s) {
  return guard("space_retain", [&] { retain_handle<Space>(s, "space_retain"); });
}

spc_status spc_space_release(spc_space *s) {
  return release_handle<Space>(s);
}

spc_status spc_space_context(spc_space s, spc_context *out) {
  return guard("space_context", [&] {
    require(out, "space_context", "out");
    *out = new_handle<Context>(get<Space>(s, "space_context").ctx);
  });
}

spc_status spc_space_geometry(spc_space s, spc_geometry *out) {
  return guard("space_geometry", [&] {
    require(out, "space_geometry", "out");
    const Space &space = get<Space>(s, "space_geometry");
    Geometry *g = space.geometry();
    if (g == nullptr)
      fail(SPC_E_CAPABILITY, "space_geometry: a {} has no single geometry", space.kind());
    *out = new_handle<Geometry>(Ref<Geometry>::share(g));
  });
}

spc_status spc_space_ndim(spc_space s, int32_t *out) {
  return guard("space_ndim", [&] {
    require(out, "space_ndim", "out");
    *out = get<Space>(s, "space_ndim").shape().size();
  });
}

spc_status spc_space_shape(spc_space s, int64_t *out, int32_t capacity) {
  return guard("space_shape", [&] {
    const Dims &shape = get<Space>(s, "space_shape").shape();
    if (capacity < shape.size())
      fail(SPC_E_VALUE, "space_shape: capacity {} for {} axes", capacity, shape.size());
    if (!shape.empty()) require(out, "space_shape", "out");
    std::copy(shape.begin(), shape.end(), out);
  });
}

spc_status spc_space_size(spc_space s, int64_t *out) {
  return guard("space_size", [&] {
    require(out, "space_size", "out");
    *out = get<Space>(s, "space_size").size();
  });
}

spc_status spc_space_equal(spc_space a, spc_space b, int32_t *out) {
  return guard("space_equal", [&] {
    require(out, "space_equal", "out");
    *out = get<Space>(a, "space_equal").equals(get<Space>(b, "space_equal")) ? 1 : 0;
  });
}

spc_status spc_space_check_member(spc_space s, spc_element x) {
  return guard("space_check_member", [&] {
    get<Space>(s, "space_check_member").check_member(get<Value>(x, "space_check_member"));
  });
}

spc_status spc_space_zeros(spc_space s, spc_element *out) {
  return guard("space_zeros", [&] {
    require(out, "space_zeros", "out");
    *out = new_handle<Value>(get<Space>(s, "space_zeros").zeros_core());
  });
}

spc_status spc_space_add(spc_space s, spc_element x, spc_element y, spc_element *out) {
  return element_result("space_add", s, x, y, out,
                        [](const Space &space, Value &u, Value &v) { return space.add(u, v); });
}

spc_status spc_space_scale(spc_space s, spc_array a, spc_element x, spc_element *out) {
  return element_result("space_scale", s, a, x, out,
                        [](const Space &space, Value &k, Value &v) { return space.scale(k, v); });
}

spc_status spc_space_axpy(spc_space s, spc_array a, spc_element x, spc_element y,
                          spc_element *out) {
  return element_result("space_axpy", s, x, y, out, [&](const Space &space, Value &u, Value &v) {
    return space.axpy(get<Value>(a, "space_axpy"), u, v);
  });
}

spc_status spc_space_inner(spc_space s, spc_element x, spc_element y, spc_array *out) {
  return element_result("space_inner", s, x, y, out, [](const Space &space, Value &u, Value &v) {
    return Ref<Value>(space.inner(u, v));
  });
}

spc_status spc_space_norm(spc_space s, spc_element x, spc_array *out) {
  return element_result("space_norm", s, x, out,
                        [](const Space &space, Value &v) { return Ref<Value>(space.norm(v)); });
}

spc_status spc_space_riesz(spc_space s, spc_element x, spc_element *out) {
  return element_result("space_riesz", s, x, out,
                        [](const Space &space, Value &v) { return space.riesz(v); });
}

spc_status spc_space_riesz_inverse(spc_space s, spc_element x, spc_element *out) {
  return element_result("space_riesz_inverse", s, x, out,
                        [](const Space &space, Value &v) { return space.riesz_inverse(v); });
}

spc_status spc_space_flatten(spc_space s, spc_element x, spc_array *out) {
  return element_result("space_flatten", s, x, out,
                        [](const Space &space, Value &v) { return Ref<Value>(space.flatten(v)); });
}

spc_status spc_space_unflatten(spc_space s, spc_array v, spc_element *out) {
  return element_result("space_unflatten", s, v, out,
                        [](const Space &space, Value &c) { return space.unflatten(c); });
}

}  // extern "C"
