// SPDX-License-Identifier: Apache-2.0
// Conversion of elements, star, Jordan algebra and spectra.
#include "capi/callback.hpp"
#include "capi/function.hpp"
#include "capi/space.hpp"
#include "core/ops/ops.hpp"
#include "core/space/element.hpp"
#include "core/space/hermitian.hpp"

namespace spc::capi {

namespace {

// f(space, x) of an element or a batch of elements.
template <class F>
spc_status of_spectrum(const char *op, spc_space s, spc_element x, spc_object **out, F &&f) {
  return element_result(op, s, x, out, [&](const Space &space, Value &v) {
    if (!space.has(Capability::jordan)) fail(SPC_E_CAPABILITY, "{} has no spectrum", space.kind());
    space.check_batch(v);
    space.batch_shape(v);
    return f(space, v);
  });
}

const HermitianSpace &as_hermitian(const Space &space, const char *op) {
  const auto *hermitian = dynamic_cast<const HermitianSpace *>(&space);
  if (hermitian == nullptr)
    fail(SPC_E_TYPE, "{}: expected a HermitianSpace, got {}", op, space.kind());
  return *hermitian;
}

// from_spectrum(f(eigenvalues), frame), both ends checked.
Ref<Value> spectral_apply(const Space &space, Value &x, const char *op,
                          const Space::SpectralFunction &f) {
  if (!space.has(Capability::jordan)) fail(SPC_E_CAPABILITY, "{} has no spectrum", space.kind());
  space.admit(x, op, "x");
  Ref<Value> y = space.spectral_apply_core(x, f);
  space.check_member(*y);
  return y;
}

}  // namespace

}  // namespace spc::capi

using namespace spc;        // NOLINT(google-build-using-namespace): C bodies of this library
using namespace spc::capi;  // NOLINT(google-build-using-namespace)

extern "C" {

spc_status spc_space_convert_element(spc_space s, spc_element x, spc_element *out) {
  return element_result("space_convert_element", s, x, out, [](const Space &space, Value &v) {
    return own_element(space, v, "space_convert_element", "x");
  });
}

spc_status spc_space_conj(spc_space s, spc_element x, spc_element *out) {
  return element_result("space_conj", s, x, out, [](const Space &space, Value &v) {
    space.admit(v, "space_conj", "x");
    return space.conj_core(v);
  });
}

spc_status spc_space_star(spc_space s, spc_element x, spc_element *out) {
  return element_result("space_star", s, x, out, [](const Space &space, Value &v) {
    if (space.has(Capability::star)) space.admit(v, "space_star", "x");
    return space.star_core(v);
  });
}

spc_status spc_space_jordan(spc_space s, spc_element x, spc_element y, spc_element *out) {
  return element_result("space_jordan", s, x, y, out, [](const Space &space, Value &u, Value &v) {
    if (space.has(Capability::jordan)) {
      space.admit(u, "space_jordan", "x");
      space.admit(v, "space_jordan", "y");
    }
    return space.jordan_core(u, v);
  });
}

spc_status spc_space_unit(spc_space s, spc_element *out) {
  return guard("space_unit", [&] {
    require(out, "space_unit", "out");
    *out = new_handle<Value>(get<Space>(s, "space_unit").unit());
  });
}

spc_status spc_space_spectrum(spc_space s, spc_element x, spc_array *out) {
  return of_spectrum("space_spectrum", s, x, out,
                     [](const Space &space, Value &v) { return space.spectrum_core(v); });
}

spc_status spc_space_spectra(spc_space s, spc_element x, spc_value *out) {
  return of_spectrum("space_spectra", s, x, out,
                     [](const Space &space, Value &v) { return space.spectra_core(v); });
}

spc_status spc_space_spectral_decompose(spc_space s, spc_element x, spc_value *eigenvalues,
                                        spc_value *frame) {
  const char *op = "space_spectral_decompose";
  return guard(op, [&] {
    require(eigenvalues, op, "eigenvalues");
    require(frame, op, "frame");
    const Space &space = get<Space>(s, op);
    Value &v = get<Value>(x, op);
    if (space.has(Capability::jordan)) {
      space.check_batch(v);
      space.batch_shape(v);
    }
    Space::SpectralDecomposition d = space.spectral_decompose_core(v);
    const Ref<Value> parts[] = {std::move(d.eigenvalues), std::move(d.frame)};
    give_handles<Value>(parts, {eigenvalues, frame});
  });
}

spc_status spc_space_from_spectrum(spc_space s, spc_value eigenvalues, spc_value frame,
                                   spc_element *out) {
  const char *op = "space_from_spectrum";
  return guard(op, [&] {
    require(out, op, "out");
    const Space &space = get<Space>(s, op);
    const Ref<Value> f = frame == nullptr ? Ref<Value>(make<None>()) : held<Value>(frame, op);
    Ref<Value> x = space.from_spectrum_core(get<Value>(eigenvalues, op), *f);
    space.check_batch(*x);
    *out = new_handle<Value>(std::move(x));
  });
}

spc_status spc_space_spectral_apply(spc_space s, spc_element x, spc_function_fn f, void *user,
                                    spc_element *out) {
  return element_result("space_spectral_apply", s, x, out, [&](const Space &space, Value &v) {
    const UserFunction function(f, user, "space_spectral_apply");
    return spectral_apply(space, v, "space_spectral_apply", [&](Array &values) {
      Value *const args[] = {&values};
      return function(args);
    });
  });
}

spc_status spc_space_trace(spc_space s, spc_element x, spc_array *out) {
  return of_spectrum("space_trace", s, x, out,
                     [](const Space &space, Value &v) { return space.trace_core(v); });
}

spc_status spc_space_determinant(spc_space s, spc_element x, spc_array *out) {
  return of_spectrum("space_determinant", s, x, out,
                     [](const Space &space, Value &v) { return space.determinant_core(v); });
}

spc_status spc_space_psd_project(spc_space s, spc_element x, spc_element *out) {
  return element_result("space_psd_project", s, x, out, [](const Space &space, Value &v) {
    return spectral_apply(space, v, "space_psd_project", [](Array &values) -> Ref<Value> {
      if (is_complex(values.dtype))
        fail(SPC_E_TYPE, "space_psd_project: eigenvalues have dtype {}, expected a real dtype",
             name(values.dtype));
      Scalar zero(SPC_WEAK_INT, 0, 0);
      return ops::call(Op::maximum, {&values, &zero});
    });
  });
}

spc_status spc_space_symmetrize(spc_space s, spc_array x, spc_element *out) {
  return element_result("space_symmetrize", s, x, out, [](const Space &space, Value &v) {
    return as_hermitian(space, "space_symmetrize").symmetrized(as_dense(&v, "space_symmetrize"));
  });
}

spc_status spc_space_is_hermitian(spc_space s, spc_array x, int32_t *out) {
  constexpr const char *op = "space_is_hermitian";
  return guard(op, [&] {
    require(out, op, "out");
    *out = as_hermitian(get<Space>(s, op), op).is_hermitian(get<Value>(x, op)) ? 1 : 0;
  });
}

}  // extern "C"
