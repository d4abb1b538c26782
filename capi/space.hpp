// SPDX-License-Identifier: Apache-2.0
// What the C functions of spaces share.
#pragma once

#include "spacecore/api.h"

#include "capi/handles.hpp"
#include "core/space/space.hpp"

namespace spc::capi {

inline Ref<Geometry> geometry_or_null(spc_geometry g, const char *op) {
  return g == nullptr ? nullptr : Ref<Geometry>::share(&get<Geometry>(g, op));
}

template <class T>
Ref<T> held(typename HandleOf<T>::type handle, const char *op) {
  return Ref<T>::share(&get<T>(handle, op));
}

/// f(space, x) as a new value handle. Space and operands are held: a geometry may run code of the
/// program, which may release what it likes.
template <class F>
spc_status element_result(const char *op, spc_space s, spc_element x, spc_object **out, F &&f) {
  return guard(op, [&] {
    require(out, op, "out");
    const Ref<Space> space = held<Space>(s, op);
    const Ref<Value> v = held<Value>(x, op);
    *out = new_handle<Value>(Ref<Value>(f(static_cast<const Space &>(*space), *v)));
  });
}

template <class F>
spc_status element_result(const char *op, spc_space s, spc_element x, spc_element y,
                          spc_object **out, F &&f) {
  return element_result(op, s, x, out, [&](const Space &space, Value &v) {
    const Ref<Value> w = held<Value>(y, op);
    return f(space, v, *w);
  });
}

}  // namespace spc::capi
