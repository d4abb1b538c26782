// SPDX-License-Identifier: Apache-2.0
#include <cstdio>

#include "spacecore/api.h"
#include "spacecore/plugin.h"

#include "capi/guard.hpp"
#include "capi/handles.hpp"
#include "core/ops/ops.hpp"
#include "core/registry/memory.hpp"
#include "core/registry/registry.hpp"
#include "core/support/thread_pool.hpp"
#include "core/support/warning.hpp"

using namespace spc;        // NOLINT(google-build-using-namespace): C bodies of this library
using namespace spc::capi;  // NOLINT(google-build-using-namespace)

namespace {

template <class T, class V>
void set(T *out, V value) {
  if (out != nullptr) *out = static_cast<T>(value);
}

}  // namespace

extern "C" {

spc_status spc_version(int32_t *major, int32_t *minor, int32_t *patch) {
  return guard("version", [&] {
    int v[3] = {};
    std::sscanf(SPC_VERSION, "%d.%d.%d", &v[0], &v[1], &v[2]);
    set(major, v[0]);
    set(minor, v[1]);
    set(patch, v[2]);
  });
}

spc_status spc_abi_version(int32_t *major, int32_t *minor) {
  return guard("abi_version", [&] {
    set(major, SPC_ABI_MAJOR);
    set(minor, SPC_ABI_MINOR);
  });
}

spc_status spc_set_allocator(spc_alloc_fn alloc, spc_free_fn free, void *user) {
  return guard("set_allocator", [&] { set_host_allocator(alloc, free, user); });
}

spc_status spc_free_memory_bytes(spc_context ctx, int64_t *out) {
  return guard("free_memory_bytes", [&] {
    require(out, "free_memory_bytes", "out");
    const Family &family = context_or_default(ctx, "free_memory_bytes")->family;
    // Where the elements behind an opaque handle lie is the family's affair.
    *out = family.opaque() ? -1 : free_bytes(family.memory());
  });
}

spc_status spc_set_num_threads(int32_t n) {
  return guard("set_num_threads", [&] { set_num_threads(n); });
}

spc_status spc_set_interposer(spc_interposer_fn fn, void *user) {
  return guard("set_interposer", [&] { set_interposer(fn, user); });
}

spc_status spc_set_warning_handler(spc_warning_fn fn, void *user) {
  return guard("set_warning_handler", [&] { set_warning_handler(fn, user); });
}

spc_status spc_sync(void) {
  return guard("sync", [] { Registry::instance().sync_all(); });
}

spc_status spc_collect(int64_t *destroyed) {
  return guard("collect", [&] { set(destroyed, Registry::instance().collect_all()); });
}

}  // extern "C"
