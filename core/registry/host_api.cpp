// SPDX-License-Identifier: Apache-2.0
// The functions that the core hands to plugins. None of them throws: the frames above are foreign.
#include <new>

#include "core/registry/exec.hpp"
#include "core/registry/host_pool.hpp"
#include "core/registry/registry.hpp"
#include "core/registry/transaction.hpp"
#include "core/support/thread_pool.hpp"
#include "core/support/warning.hpp"

struct spc_host_s {
  std::uint32_t magic;  // so that every host has its own address
};

namespace spc {
namespace {

void set_error(spc_exec exec, spc_status code, std::int64_t native, const char *where,
               const char *text) {
  if (exec != nullptr) store_error(*exec, code, native, where, text == nullptr ? "" : text);
}

spc_status scratch_for(spc_exec exec, std::uint64_t mem, std::uint64_t bytes, void **out) {
  if (exec == nullptr || out == nullptr) return SPC_E_VALUE;
  MemorySpace *const space = Registry::instance().memory_by_id(mem);
  if (space == nullptr) {
    store_error(*exec, SPC_E_VALUE, 0, "scratch", "unknown memory space");
    return SPC_E_VALUE;
  }
  try {
    *out = scratch(*exec, *space, bytes);
    return SPC_OK;
  } catch (const Error &e) {
    store_error(*exec, e.code(), e.native(), nullptr, e.message());
    return e.code();
  } catch (const std::bad_alloc &) {
    return SPC_E_MEMORY;
  }
}

spc_status parallel_for(spc_exec, std::int64_t n_parts, spc_part_fn fn, void *arg) {
  return fn == nullptr ? static_cast<spc_status>(SPC_E_VALUE) : parallel(n_parts, fn, arg);
}

void *host_alloc(spc_host, std::uint64_t bytes, std::uint64_t align) {
  return host_pool::allocate_aligned(bytes, align);
}

void host_free(spc_host, void *data, std::uint64_t) {
  host_pool::release(data);
}

void warn_from_plugin(spc_host, const char *category, const char *text) {
  if (category == nullptr || text == nullptr) return;
  try {
    warn(category, text);
  } catch (...) {  // a plugin cannot be told that the handler refused
  }
}

const char *called_op(spc_exec exec) {
  return exec == nullptr ? nullptr : exec->caller;
}

spc_host_s the_host{SPC_PLUGIN_MAGIC};

}  // namespace

spc_host host_handle() noexcept {
  return &the_host;
}

const spc_host_api host_api = {
    sizeof(spc_host_api), SPC_ABI_MAJOR, SPC_ABI_MINOR, SPC_VERSION,      add_memory_space,
    find_memory_space,    add_family,    reject,        set_error,        scratch_for,
    parallel_for,         host_alloc,    host_free,     warn_from_plugin, called_op,
};

}  // namespace spc
