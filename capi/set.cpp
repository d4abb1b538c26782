// SPDX-License-Identifier: Apache-2.0
#include "core/functional/set.hpp"

#include "spacecore/api.h"

#include "capi/handles.hpp"
#include "capi/target.hpp"

namespace spc::capi {

namespace {

template <class T>
Ref<T> held(typename HandleOf<T>::type handle, const char *op) {
  return Ref<T>::share(&get<T>(handle, op));
}

// f() as a new set handle.
template <class F>
spc_status set_result(const char *op, spc_set *out, F &&f) {
  return guard(op, [&] {
    require(out, op, "out");
    *out = new_handle<Set>(f());
  });
}

}  // namespace

}  // namespace spc::capi

using namespace spc;        // NOLINT(google-build-using-namespace): C bodies of this library
using namespace spc::capi;  // NOLINT(google-build-using-namespace)

extern "C" {

spc_status spc_set_nonnegative(spc_space X, spc_set *out) {
  return set_result("set_nonnegative", out,
                    [&] { return nonnegative_set(held<Space>(X, "set_nonnegative")); });
}

spc_status spc_set_box(spc_space X, spc_element lower, spc_element upper, spc_set *out) {
  return set_result("set_box", out, [&] {
    return box_set(held<Space>(X, "set_box"), get_or_null<Value>(lower, "set_box"),
                   get_or_null<Value>(upper, "set_box"));
  });
}

spc_status spc_set_ball(spc_space X, spc_element center, double radius, spc_set *out) {
  return set_result("set_ball", out, [&] {
    return ball_set(held<Space>(X, "set_ball"), get_or_null<Value>(center, "set_ball"), radius);
  });
}

spc_status spc_set_simplex(spc_space X, double total, spc_set *out) {
  return set_result("set_simplex", out,
                    [&] { return simplex_set(held<Space>(X, "set_simplex"), total); });
}

spc_status spc_set_affine(spc_linop A, spc_element b, spc_set *out) {
  return set_result("set_affine", out, [&] {
    const Ref<Value> right = held<Value>(b, "set_affine");
    return affine_set(held<LinOp>(A, "set_affine"), *right);
  });
}

spc_status spc_set_psd(spc_space X, spc_set *out) {
  return set_result("set_psd", out, [&] { return psd_set(held<Space>(X, "set_psd")); });
}

spc_status spc_set_retain(spc_set S) {
  return guard("set_retain", [&] { retain_handle<Set>(S, "set_retain"); });
}

spc_status spc_set_release(spc_set *S) {
  return release_handle<Set>(S);
}

spc_status spc_set_kind(spc_set S, const char **out) {
  return guard("set_kind", [&] {
    require(out, "set_kind", "out");
    *out = get<Set>(S, "set_kind").kind();
  });
}

spc_status spc_set_space(spc_set S, spc_space *out) {
  return guard("set_space", [&] {
    require(out, "set_space", "out");
    *out = new_handle<Space>(get<Set>(S, "set_space").space);
  });
}

spc_status spc_set_convert(spc_set S, const spc_target *target, spc_set *out) {
  return set_result("set_convert", out, [&] {
    const Ref<Set> own = held<Set>(S, "set_convert");
    const GivenTarget given(target, "set_convert");
    return own->convert(Conversion(given.get(), "set_convert"));
  });
}

spc_status spc_set_project(spc_set S, spc_element x, spc_element *out) {
  return guard("set_project", [&] {
    require(out, "set_project", "out");
    const Ref<Set> own = held<Set>(S, "set_project");
    const Ref<Value> operand = held<Value>(x, "set_project");
    *out = new_handle<Value>(own->project(*operand));
  });
}

spc_status spc_set_contains(spc_set S, spc_element x, double tol, int32_t *out) {
  return guard("set_contains", [&] {
    require(out, "set_contains", "out");
    const Ref<Set> own = held<Set>(S, "set_contains");
    const Ref<Value> operand = held<Value>(x, "set_contains");
    *out = own->contains(*operand, tol) ? 1 : 0;
  });
}

}  // extern "C"
