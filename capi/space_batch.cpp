// SPDX-License-Identifier: Apache-2.0
// Batches of elements.
#include "capi/space.hpp"
#include "core/array/value.hpp"

namespace {

using namespace spc;

// What every level demands of a batch.
Value &admitted(const Space &space, Value &xs) {
  space.check_batch(xs);
  space.batch_shape(xs);
  return xs;
}

void require_same_leading(const Space &space, Value &xs, Value &ys, const char *op) {
  const Dims a = space.batch_shape(xs), b = space.batch_shape(ys);
  if (a != b) fail(SPC_E_VALUE, "{}: xs has leading axes {}, ys has {}", op, a, b);
}

}  // namespace

using namespace spc::capi;  // NOLINT(google-build-using-namespace): C bodies of this library

extern "C" {

spc_status spc_space_check_batch(spc_space s, spc_element xs) {
  return guard("space_check_batch", [&] {
    get<Space>(s, "space_check_batch").check_batch(get<Value>(xs, "space_check_batch"));
  });
}

spc_status spc_space_flatten_batch(spc_space s, spc_element xs, spc_array *out) {
  return element_result("space_flatten_batch", s, xs, out, [](const Space &space, Value &v) {
    return space.flatten_batch_core(admitted(space, v));
  });
}

spc_status spc_space_unflatten_batch(spc_space s, spc_array vs, spc_element *out) {
  return element_result("space_unflatten_batch", s, vs, out, [](const Space &space, Value &v) {
    return space.unflatten_batch_core(as_dense(&v, "space_unflatten_batch"));
  });
}

spc_status spc_space_add_batch(spc_space s, spc_element xs, spc_element ys, spc_element *out) {
  return element_result(
      "space_add_batch", s, xs, ys, out, [](const Space &space, Value &u, Value &v) {
        require_same_leading(space, admitted(space, u), admitted(space, v), "space_add_batch");
        return space.add_core(u, v);
      });
}

spc_status spc_space_scale_batch(spc_space s, spc_array a, spc_element xs, spc_element *out) {
  return element_result("space_scale_batch", s, a, xs, out,
                        [](const Space &space, Value &k, Value &v) {
                          require_scalar(k, "space_scale_batch");
                          return space.scale_core(k, admitted(space, v));
                        });
}

spc_status spc_space_inner_batch(spc_space s, spc_element xs, spc_element ys, spc_array *out) {
  return element_result(
      "space_inner_batch", s, xs, ys, out, [](const Space &space, Value &u, Value &v) {
        require_same_leading(space, admitted(space, u), admitted(space, v), "space_inner_batch");
        return space.inner_batch_core(u, v);
      });
}

}  // extern "C"
