// SPDX-License-Identifier: Apache-2.0
#include "capi/space.hpp"

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
