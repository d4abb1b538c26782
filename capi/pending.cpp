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
spc_status spc_array_from_dlpack(spc_context , void *, int32_t , spc_array *) {
  return pending("array_from_dlpack");
}
spc_status spc_array_to_dlpack(spc_array , int32_t , void **) {
  return pending("array_to_dlpack");
}
spc_status spc_linop_explain(spc_linop , int32_t , char *, int64_t , int64_t *) {
  return pending("linop_explain");
}
spc_status spc_explain(const char *, int64_t , const spc_value *, char *, int64_t , int64_t *) {
  return pending("explain");
}
spc_status spc_disable_plugin_search(void) {
  return pending("disable_plugin_search");
}
}
