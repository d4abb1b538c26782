// SPDX-License-Identifier: Apache-2.0
#include "capi/space.hpp"

#include <algorithm>

#include "capi/text.hpp"
#include "core/space/dense.hpp"
#include "core/space/hermitian.hpp"
#include "core/space/jordan.hpp"
#include "core/space/laws.hpp"
#include "core/space/stacked.hpp"
#include "core/space/tree.hpp"
#include "core/space/vector.hpp"

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

spc_status spc_space_vector(spc_context ctx, int64_t n, spc_geometry geometry, spc_space *out) {
  return guard("space_vector", [&] {
    require(out, "space_vector", "out");
    *out = new_handle<Space>(DenseVectorSpace::create(context_or_default(ctx, "space_vector"), n,
                                                      geometry_or_null(geometry, "space_vector")));
  });
}

spc_status spc_space_elementwise(spc_context ctx, int32_t ndim, const int64_t *shape,
                                 spc_geometry geometry, spc_space *out) {
  const char *op = "space_elementwise";
  return guard(op, [&] {
    require(out, op, "out");
    *out = new_handle<Space>(ElementwiseJordanSpace::create(context_or_default(ctx, op),
                                                            checked_shape(ndim, shape, op),
                                                            geometry_or_null(geometry, op)));
  });
}

spc_status spc_space_euclidean_elementwise(spc_context ctx, int32_t ndim, const int64_t *shape,
                                           spc_geometry geometry, spc_space *out) {
  const char *op = "space_euclidean_elementwise";
  return guard(op, [&] {
    require(out, op, "out");
    *out = new_handle<Space>(ElementwiseJordanSpace::create_euclidean(
        context_or_default(ctx, op), checked_shape(ndim, shape, op),
        geometry_or_null(geometry, op)));
  });
}

spc_status spc_space_hermitian(spc_context ctx, int64_t n, double atol, double rtol,
                               int32_t enforce, spc_space *out) {
  return guard("space_hermitian", [&] {
    require(out, "space_hermitian", "out");
    *out = new_handle<Space>(HermitianSpace::create(context_or_default(ctx, "space_hermitian"), n,
                                                    {atol, rtol, enforce != 0}));
  });
}

spc_status spc_space_stacked(spc_space base, int64_t count, spc_space *out) {
  return guard("space_stacked", [&] {
    require(out, "space_stacked", "out");
    *out = new_handle<Space>(StackedSpace::create(held<Space>(base, "space_stacked"), count));
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

spc_status spc_space_kind(spc_space s, const char **out) {
  return guard("space_kind", [&] {
    require(out, "space_kind", "out");
    *out = get<Space>(s, "space_kind").kind();
  });
}

spc_status spc_space_has(spc_space s, int32_t capability, int32_t *out) {
  return guard("space_has", [&] {
    require(out, "space_has", "out");
    if (capability < SPC_CAN_VECTOR || capability > SPC_CAN_EUCLIDEAN_JORDAN)
      fail(SPC_E_VALUE, "space_has: capability is {}, expected {} to {}", capability,
           static_cast<int>(SPC_CAN_VECTOR), static_cast<int>(SPC_CAN_EUCLIDEAN_JORDAN));
    *out = get<Space>(s, "space_has").has(static_cast<Capability>(capability)) ? 1 : 0;
  });
}

spc_status spc_space_is_complex(spc_space s, int32_t *out) {
  return guard("space_is_complex", [&] {
    require(out, "space_is_complex", "out");
    *out = get<Space>(s, "space_is_complex").complex() ? 1 : 0;
  });
}

spc_status spc_space_is_euclidean(spc_space s, int32_t *out) {
  return guard("space_is_euclidean", [&] {
    require(out, "space_is_euclidean", "out");
    *out = get<Space>(s, "space_is_euclidean").is_euclidean() ? 1 : 0;
  });
}

spc_status spc_space_hash(spc_space s, uint64_t *out) {
  return guard("space_hash", [&] {
    require(out, "space_hash", "out");
    *out = get<Space>(s, "space_hash").hash();
  });
}

spc_status spc_space_text(spc_space s, char *buffer, int64_t capacity, int64_t *length) {
  return guard("space_text", [&] {
    give_text(get<Space>(s, "space_text").text(), buffer, capacity, length, "space_text");
  });
}

spc_status spc_space_leaf(spc_space s, int64_t i, spc_space *out) {
  return guard("space_leaf", [&] {
    require(out, "space_leaf", "out");
    const Space &space = get<Space>(s, "space_leaf");
    const auto *tree = dynamic_cast<const TreeSpace *>(&space);
    const auto *stacked = dynamic_cast<const StackedSpace *>(&space);
    if (tree == nullptr && stacked == nullptr)
      fail(SPC_E_TYPE, "space_leaf: expected a TreeSpace or a StackedSpace, got {}", space.kind());
    const auto n = tree == nullptr ? 1 : static_cast<int64_t>(tree->leaves().size());
    if (i < 0 || i >= n)
      fail(SPC_E_INDEX, "space_leaf: leaf {} of a {} with {} leaves", i, space.kind(), n);
    *out = new_handle<Space>(tree == nullptr ? Ref<Space>(stacked->base())
                                             : tree->leaves()[static_cast<std::size_t>(i)]);
  });
}

spc_status spc_space_random(spc_space s, spc_rng rng, spc_element *out) {
  return guard("space_random", [&] {
    require(out, "space_random", "out");
    *out = new_handle<Value>(
        random_element(get<Space>(s, "space_random"), get<Rng>(rng, "space_random")));
  });
}

spc_status spc_test_space(spc_space s, int64_t samples, int64_t seed, char *buffer,
                          int64_t capacity, int64_t *length, int64_t *failures) {
  return guard("test_space", [&] {
    require(failures, "test_space", "failures");
    if (samples < 1) fail(SPC_E_VALUE, "test_space: samples is {}, expected at least 1", samples);
    const Ref<Space> space = held<Space>(s, "test_space");
    const LawReport report = test_space(*space, samples, seed);
    give_text(report.text(), buffer, capacity, length, "test_space");
    *failures = report.failures();
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

spc_status spc_space_ones(spc_space s, spc_element *out) {
  return guard("space_ones", [&] {
    require(out, "space_ones", "out");
    *out = new_handle<Value>(get<Space>(s, "space_ones").coordinate_ones());
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
