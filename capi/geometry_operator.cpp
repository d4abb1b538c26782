// SPDX-License-Identifier: Apache-2.0
#include "capi/space.hpp"
#include "core/solver/operator_geometry.hpp"

using namespace spc;        // NOLINT(google-build-using-namespace): C bodies of this library
using namespace spc::capi;  // NOLINT(google-build-using-namespace)

extern "C" {

spc_status spc_geometry_operator(spc_linop R, spc_linop R_inverse, double rtol, spc_geometry *out) {
  const char *op = "geometry_operator";
  return guard(op, [&] {
    require(out, op, "out");
    *out = new_handle<Geometry>(OperatorGeometry::create(
        held<LinOp>(R, op), R_inverse == nullptr ? Ref<LinOp>() : held<LinOp>(R_inverse, op),
        rtol));
  });
}

}  // extern "C"
