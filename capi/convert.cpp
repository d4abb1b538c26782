// SPDX-License-Identifier: Apache-2.0
// Conversion of objects to another context.
#include "spacecore/api.h"

#include "capi/target.hpp"
#include "core/linop/linop.hpp"
#include "core/ops/ops.hpp"
#include "core/space/space.hpp"

using namespace spc;        // NOLINT(google-build-using-namespace): C bodies of this library
using namespace spc::capi;  // NOLINT(google-build-using-namespace)

namespace {

// Hands the object and the conversion to convert, and its result to *out.
template <class T, class F>
spc_status run(const char *op, typename HandleOf<T>::type object, const spc_target *target,
               typename HandleOf<T>::type *out, F &&convert) {
  return guard(op, [&] {
    require(out, op, "out");
    T &own = get<T>(object, op);
    const GivenTarget given(target, op);
    *out = new_handle<T>(convert(own, Conversion(given.get(), op)));
  });
}

}  // namespace

extern "C" {

spc_status spc_array_convert(spc_array x, const spc_target *target, spc_array *out) {
  return run<Value>("array_convert", x, target, out, [](Value &v, const Conversion &c) {
    return ops::transfer(c.context(), v, "array_convert");
  });
}

spc_status spc_geometry_convert(spc_geometry g, const spc_target *target, spc_geometry *out) {
  return run<Geometry>("geometry_convert", g, target, out, [](Geometry &own, const Conversion &c) {
    return own.converted_to(c.context());
  });
}

spc_status spc_space_convert(spc_space s, const spc_target *target, spc_space *out) {
  return run<Space>("space_convert", s, target, out,
                    [](Space &own, const Conversion &c) { return own.convert(c); });
}

spc_status spc_linop_context(spc_linop A, spc_context *out) {
  return guard("linop_context", [&] {
    require(out, "linop_context", "out");
    *out = new_handle<Context>(get<LinOp>(A, "linop_context").ctx);
  });
}

spc_status spc_linop_convert(spc_linop A, const spc_target *target, spc_linop *out) {
  return run<LinOp>("linop_convert", A, target, out,
                    [](LinOp &own, const Conversion &c) { return own.convert(c); });
}

}  // extern "C"
