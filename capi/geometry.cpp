// SPDX-License-Identifier: Apache-2.0
#include "capi/callback.hpp"
#include "capi/space.hpp"
#include "core/space/custom.hpp"
#include "core/space/gram.hpp"
#include "core/space/sparse_gram.hpp"

namespace spc::capi {

namespace {

CustomGeometry::Product product_of(spc_scalar_fn fn, const Ref<UserData> &user) {
  if (fn == nullptr) return nullptr;
  return [fn, user](Value &x, Value &y) {
    const LentHandle<Value> left(x), right(y);
    return run_callback("CustomInnerProduct.inner", [&](spc_value *result) {
      return fn(user->get(), left.get(), right.get(), result);
    });
  };
}

}  // namespace

}  // namespace spc::capi

using namespace spc;        // NOLINT(google-build-using-namespace): C bodies of this library
using namespace spc::capi;  // NOLINT(google-build-using-namespace)

extern "C" {

spc_status spc_geometry_euclidean(spc_geometry *out) {
  return guard("geometry_euclidean", [&] {
    require(out, "geometry_euclidean", "out");
    *out = new_handle<Geometry>(euclidean_geometry());
  });
}

spc_status spc_geometry_weighted(spc_array weights, spc_geometry *out) {
  return guard("geometry_weighted", [&] {
    require(out, "geometry_weighted", "out");
    *out = new_handle<Geometry>(make<WeightedGeometry>(get<Value>(weights, "geometry_weighted")));
  });
}

spc_status spc_geometry_gram(spc_array G, spc_geometry *out) {
  return guard("geometry_gram", [&] {
    require(out, "geometry_gram", "out");
    Value &gram = get<Value>(G, "geometry_gram");
    *out = gram.kind() == ValueKind::sparse
               ? new_handle<Geometry>(make<SparseGramGeometry>(static_cast<SparseArray &>(gram)))
               : new_handle<Geometry>(make<GramGeometry>(gram));
  });
}

spc_status spc_geometry_custom(spc_scalar_fn inner, spc_apply_fn riesz, spc_apply_fn riesz_inverse,
                               void *user, spc_geometry *out) {
  return guard("geometry_custom", [&] {
    require(out, "geometry_custom", "out");
    const CustomGeometry::Id id = {reinterpret_cast<const void *>(inner),
                                   reinterpret_cast<const void *>(riesz),
                                   reinterpret_cast<const void *>(riesz_inverse)};
    const Ref<UserData> shared = make<UserData>(user);
    *out = new_handle<Geometry>(make<CustomGeometry>(
        product_of(inner, shared), element_function(riesz, shared, "CustomInnerProduct.riesz"),
        element_function(riesz_inverse, shared, "CustomInnerProduct.riesz_inverse"), id, shared));
  });
}

spc_status spc_geometry_own_user(spc_geometry g, spc_destroy_fn destroy) {
  return own_user<Geometry>(g, destroy, "geometry_own_user");
}

spc_status spc_geometry_equal(spc_geometry a, spc_geometry b, int32_t *out) {
  return guard("geometry_equal", [&] {
    require(out, "geometry_equal", "out");
    *out = get<Geometry>(a, "geometry_equal").equals(get<Geometry>(b, "geometry_equal")) ? 1 : 0;
  });
}

spc_status spc_geometry_kind(spc_geometry g, const char **out) {
  return guard("geometry_kind", [&] {
    require(out, "geometry_kind", "out");
    *out = get<Geometry>(g, "geometry_kind").kind();
  });
}

spc_status spc_geometry_retain(spc_geometry g) {
  return guard("geometry_retain", [&] { retain_handle<Geometry>(g, "geometry_retain"); });
}

spc_status spc_geometry_release(spc_geometry *g) {
  return release_handle<Geometry>(g);
}

spc_status spc_geometry_is_euclidean(spc_geometry g, int32_t *out) {
  return guard("geometry_is_euclidean", [&] {
    require(out, "geometry_is_euclidean", "out");
    *out = get<Geometry>(g, "geometry_is_euclidean").is_euclidean() ? 1 : 0;
  });
}

}  // extern "C"
