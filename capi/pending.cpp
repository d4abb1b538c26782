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
spc_status spc_target_init(spc_target *) {
  return pending("target_init");
}
spc_status spc_context_normalize(const spc_target *, spc_context *) {
  return pending("context_normalize");
}
spc_status spc_context_infer(spc_value , spc_context *) {
  return pending("context_infer");
}
spc_status spc_context_resolve(const spc_target *, int64_t , const spc_context *, int64_t , const spc_value *, spc_context *) {
  return pending("context_resolve");
}
spc_status spc_context_hash(spc_context , uint64_t *) {
  return pending("context_hash");
}
spc_status spc_context_checks_enabled(spc_context , int32_t *) {
  return pending("context_checks_enabled");
}
spc_status spc_context_convert(spc_context , spc_value , spc_value *) {
  return pending("context_convert");
}
spc_status spc_context_assert_dense(spc_context , spc_value ) {
  return pending("context_assert_dense");
}
spc_status spc_context_assert_sparse(spc_context , spc_value ) {
  return pending("context_assert_sparse");
}
spc_status spc_check_level_name(int32_t , const char **) {
  return pending("check_level_name");
}
spc_status spc_check_level_from_name(const char *, int32_t *) {
  return pending("check_level_from_name");
}
spc_status spc_set_context(const spc_target *) {
  return pending("set_context");
}
spc_status spc_set_backend(const spc_target *) {
  return pending("set_backend");
}
spc_status spc_get_backend(const char *, const char **) {
  return pending("get_backend");
}
spc_status spc_use_backend_begin(const spc_target *, int64_t *) {
  return pending("use_backend_begin");
}
spc_status spc_use_backend_end(int64_t ) {
  return pending("use_backend_end");
}
spc_status spc_set_resolution_policy(const char *) {
  return pending("set_resolution_policy");
}
spc_status spc_get_resolution_policy(const char **) {
  return pending("get_resolution_policy");
}
spc_status spc_set_dtype_resolution_policy(const char *) {
  return pending("set_dtype_resolution_policy");
}
spc_status spc_get_dtype_resolution_policy(const char **) {
  return pending("get_dtype_resolution_policy");
}
spc_status spc_array_convert(spc_array , const spc_target *, spc_array *) {
  return pending("array_convert");
}
spc_status spc_array_from_dlpack(spc_context , void *, int32_t , spc_array *) {
  return pending("array_from_dlpack");
}
spc_status spc_array_to_dlpack(spc_array , int32_t , void **) {
  return pending("array_to_dlpack");
}
spc_status spc_geometry_convert(spc_geometry , const spc_target *, spc_geometry *) {
  return pending("geometry_convert");
}
spc_status spc_space_convert(spc_space , const spc_target *, spc_space *) {
  return pending("space_convert");
}
spc_status spc_linop_context(spc_linop , spc_context *) {
  return pending("linop_context");
}
spc_status spc_linop_convert(spc_linop , const spc_target *, spc_linop *) {
  return pending("linop_convert");
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
