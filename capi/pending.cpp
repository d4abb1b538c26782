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
spc_status spc_free_memory_bytes(spc_context, int64_t *) {
  return pending("free_memory_bytes");
}
}
