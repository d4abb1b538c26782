// SPDX-License-Identifier: Apache-2.0
// Functions that are being written; a function that has its file leaves this one.
#include "spacecore/api.h"

#include "capi/guard.hpp"

using namespace spc;        // NOLINT(google-build-using-namespace)
using namespace spc::capi;  // NOLINT(google-build-using-namespace)

namespace {
spc_status pending(const char *name) {
  return guard(name, [&] { fail(SPC_E_NOTIMPL, "{}: not offered by any family", name); });
}
}  // namespace

extern "C" {
spc_status spc_sanitize_dtype(spc_context, int32_t, int32_t *) {
  return pending("sanitize_dtype");
}
spc_status spc_is_complex_dtype(int32_t, int32_t *) {
  return pending("is_complex_dtype");
}
spc_status spc_real_dtype(int32_t, int32_t *) {
  return pending("real_dtype");
}
spc_status spc_eps(int32_t, double *) {
  return pending("eps");
}
spc_status spc_set_dtype(const char *) {
  return pending("set_dtype");
}
spc_status spc_array_from_value(spc_context, spc_value, int32_t, spc_array *) {
  return pending("array_from_value");
}
spc_status spc_is_dense(spc_context, spc_value, int32_t *) {
  return pending("is_dense");
}
spc_status spc_is_sparse(spc_context, spc_value, int32_t *) {
  return pending("is_sparse");
}
spc_status spc_is_array(spc_context, spc_value, int32_t *) {
  return pending("is_array");
}
spc_status spc_get_dtype(spc_context, spc_value, int32_t *) {
  return pending("get_dtype");
}
spc_status spc_fori_loop(int64_t, int64_t, spc_function_fn, void *, spc_value, spc_value *) {
  return pending("fori_loop");
}
spc_status spc_while_loop(spc_function_fn, void *, spc_function_fn, void *, spc_value,
                          spc_value *) {
  return pending("while_loop");
}
spc_status spc_scan(spc_function_fn, void *, spc_value, spc_value, int64_t, int32_t, spc_value *,
                    spc_value *) {
  return pending("scan");
}
spc_status spc_cond(spc_value, spc_function_fn, void *, spc_function_fn, void *, int32_t,
                    const spc_value *, spc_value *) {
  return pending("cond");
}
spc_status spc_vmap(spc_function_fn, void *, int32_t, const spc_value *, spc_value, spc_value,
                    spc_value *) {
  return pending("vmap");
}
spc_status spc_vectorize(spc_function_fn, void *, int32_t, const spc_value *, int32_t,
                         const int32_t *, const char *, spc_value *) {
  return pending("vectorize");
}
spc_status spc_vectorize_or_fallback(spc_function_fn, void *, const char *, int32_t,
                                     const spc_value *, spc_value *) {
  return pending("vectorize_or_fallback");
}
spc_status spc_safe_for_vectorization(spc_function_fn, void *, int32_t, const spc_value *,
                                      int32_t *) {
  return pending("safe_for_vectorization");
}
spc_status spc_requires_grad(spc_array, int32_t, spc_array *) {
  return pending("requires_grad");
}
spc_status spc_detach(spc_array, spc_array *) {
  return pending("detach");
}
spc_status spc_value_and_grad(spc_function_fn, void *, int32_t, const spc_value *, int32_t,
                              const int32_t *, spc_array *, spc_value *) {
  return pending("value_and_grad");
}
spc_status spc_jacfwd(spc_function_fn, void *, int32_t, const spc_value *, int32_t, spc_array *) {
  return pending("jacfwd");
}
spc_status spc_hessian(spc_function_fn, void *, int32_t, const spc_value *, int32_t, spc_array *) {
  return pending("hessian");
}
spc_status spc_free_memory_bytes(spc_context, int64_t *) {
  return pending("free_memory_bytes");
}
}
