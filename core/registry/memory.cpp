// SPDX-License-Identifier: Apache-2.0
#include "core/registry/memory.hpp"

#include <unistd.h>

#include <cstdio>
#include <cstring>

#include "core/registry/exec.hpp"
#include "core/registry/forks.hpp"
#include "core/registry/host_pool.hpp"
#include "core/support/error.hpp"

namespace spc {
namespace {

// A failure that came late has the name of the op that was called as its place.
[[noreturn]] void fail_from_space(spc_status status, Exec &exec, const char *function,
                                  const MemorySpace &space) {
  const std::string failed = std::move(exec.where);
  exec.where.clear();
  fail_from_plugin(status, exec, failed.empty() ? function : failed.c_str(), space.name.c_str());
}

}  // namespace

MemorySpace &host_space() noexcept {
  static MemorySpace *const host = [] {
    MemorySpace *const space = new MemorySpace;
    space->name = "host";
    space->desc.struct_size = sizeof(spc_memory_space);
    space->desc.flags = SPC_MEM_HOST_ACCESSIBLE;
    space->desc.name = "host";
    space->desc.alignment = host_pool::alignment;
    return space;
  }();
  return *host;
}

void *space_alloc(MemorySpace &space, std::uint64_t bytes) {
  if (space.id == 0) return host_pool::allocate(bytes);
  require_not_lost(space, "allocate", space.name);
  forks::note_use(space);
  void *data = nullptr;
  Exec exec;
  const spc_status status = call_plugin(space.name, exec, [&] {
    return space.desc.alloc(space.desc.state, bytes == 0 ? 1 : bytes, nullptr, &data);
  });
  if (status != SPC_OK || data == nullptr)
    fail(SPC_E_MEMORY, "allocate: {} bytes of memory space '{}' are not to be had", bytes,
         space.name);
  return data;
}

void space_free(MemorySpace &space, void *data, std::uint64_t) noexcept {
  if (space.id == 0)
    host_pool::release(data);
  else if (data != nullptr && !lost_in_fork(space))
    space.desc.free(space.desc.state, data, nullptr);
}

void space_sync(MemorySpace &space) {
  if (space.desc.sync == nullptr) return;
  require_not_lost(space, "sync", space.name);
  Exec exec;
  const spc_status status = call_plugin(space.name, exec, [&] {
    return space.desc.sync(space.desc.state, nullptr, &exec, &host_api);
  });
  if (status != SPC_OK) fail_from_space(status, exec, "sync", space);
}

void copy_to_host(MemorySpace &space, void *host, const void *src, std::uint64_t bytes) {
  if (bytes == 0) return;
  require_not_lost(space, "copy_to_host", space.name);
  if (space.desc.copy_to_host == nullptr) {
    std::memmove(host, src, bytes);
    return;
  }
  Exec exec;
  const spc_status status = call_plugin(space.name, exec, [&] {
    return space.desc.copy_to_host(space.desc.state, host, src, bytes, nullptr, &exec, &host_api);
  });
  if (status != SPC_OK) fail_from_space(status, exec, "copy_to_host", space);
}

void copy_from_host(MemorySpace &space, void *dst, const void *host, std::uint64_t bytes) {
  if (bytes == 0) return;
  require_not_lost(space, "copy_from_host", space.name);
  if (space.desc.copy_from_host == nullptr) {
    std::memmove(dst, host, bytes);
    return;
  }
  Exec exec;
  const spc_status status = call_plugin(space.name, exec, [&] {
    return space.desc.copy_from_host(space.desc.state, dst, host, bytes, nullptr);
  });
  if (status != SPC_OK) fail_from_space(status, exec, "copy_from_host", space);
}

std::int64_t free_bytes(const MemorySpace &space) noexcept {
  if (space.id != 0) return -1;
  // The kernel's estimate counts caches that it would give up; free pages alone do not.
  if (std::FILE *const file = std::fopen("/proc/meminfo", "re")) {
    char line[128];
    long long kilobytes = -1;
    while (kilobytes < 0 && std::fgets(line, sizeof line, file) != nullptr)
      if (std::sscanf(line, "MemAvailable: %lld kB", &kilobytes) != 1) kilobytes = -1;
    std::fclose(file);
    if (kilobytes >= 0) return static_cast<std::int64_t>(kilobytes) * 1024;
  }
  const long pages = sysconf(_SC_AVPHYS_PAGES), size = sysconf(_SC_PAGESIZE);
  return pages < 0 || size < 0 ? -1 : static_cast<std::int64_t>(pages) * size;
}

void set_host_allocator(spc_alloc_fn alloc, spc_free_fn free, void *user) {
  host_pool::set_allocator(alloc, free, user);
}

}  // namespace spc
