// SPDX-License-Identifier: Apache-2.0
// Test family: a device whose memory the host cannot touch and whose kernels run late. Whatever
// the library does wrong with device memory fails here on any machine: dereferencing it (SIGSEGV),
// reading before waiting, freeing what is still in use, losing an error that came late.
#include "spacecore/plugin.h"

#include <cstdio>
#include <exception>
#include <string>

#include "plugins/fakedev/device.hpp"
#include "plugins/fakedev/kernels.hpp"

namespace spc::fakedev {
namespace {

// One device a process, however many libraries load the plugin. Never destroyed: arrays in static
// objects of a program may outlive everything else.
Device &the_device() {
  static Device &device = *new Device;
  return device;
}

Device &device_of(void *state) {
  return *static_cast<Device *>(state);
}

spc_status mem_alloc(void *state, std::uint64_t bytes, void *, void **out) {
  try {
    *out = device_of(state).alloc(bytes);
  } catch (const std::exception &) {
    return SPC_E_MEMORY;
  }
  return *out ? SPC_OK : SPC_E_MEMORY;
}

void mem_free(void *state, void *data, void *) {
  try {
    device_of(state).free(data);
  } catch (const std::exception &) {
    // No memory to queue the free: the block is lost.
  }
}

spc_status mem_copy_to_host(void *state, void *host, const void *src, std::uint64_t bytes, void *,
                            spc_exec exec, const spc_host_api *api) {
  try {
    return report(device_of(state).copy_out(host, src, bytes), exec, api);
  } catch (const std::exception &) {
    return SPC_E_MEMORY;
  }
}

spc_status mem_copy_from_host(void *state, void *dst, const void *host, std::uint64_t bytes,
                              void *) {
  try {
    device_of(state).copy_in(dst, host, bytes);
    return SPC_OK;
  } catch (const std::exception &) {
    return SPC_E_MEMORY;
  }
}

spc_status mem_sync(void *state, void *, spc_exec exec, const spc_host_api *api) {
  try {
    return report(device_of(state).sync(), exec, api);
  } catch (const std::exception &) {
    return SPC_E_MEMORY;
  }
}

spc_status probe(char *why, std::uint64_t capacity) {
  std::string reason;
  if (the_device().open(&reason)) return SPC_OK;
  std::snprintf(why, capacity, "%s", reason.c_str());
  return SPC_E_BACKEND_UNAVAILABLE;
}

spc_status state_create(const spc_host_api *, spc_host, void **state) {
  *state = &the_device();
  return SPC_OK;
}

const char *const memory_spaces[] = {"fakedev:0"};

}  // namespace
}  // namespace spc::fakedev

extern "C" const spc_plugin_marker spacecore_plugin_v1 = {
    SPC_PLUGIN_MAGIC, SPC_ABI_MAJOR, SPC_ABI_MINOR, 0,  0, sizeof(spc_plugin_marker),
    "fakedev",        "1.0",         "Apache-2.0",  "",
};

extern "C" spc_status register_ops(const spc_host_api *api, spc_host, spc_registrar registrar) {
  using namespace spc::fakedev;
  const auto ops = kernels();
  if (ops.empty()) {
    api->reject(registrar, "more kernels than wrappers");
    return SPC_E_PLUGIN;
  }
  spc_memory_space space{};
  space.struct_size = sizeof space;
  space.flags = SPC_MEM_ASYNC;
  space.name = memory_spaces[0];
  space.state = &the_device();
  space.alignment = Arena::alignment;
  space.alloc = mem_alloc;
  space.free = mem_free;
  space.copy_to_host = mem_copy_to_host;
  space.copy_from_host = mem_copy_from_host;
  space.sync = mem_sync;
  std::uint64_t id = 0;
  const spc_status status = api->add_memory_space(registrar, &space, &id);
  if (status != SPC_OK) return status;

  spc_family family{};
  family.struct_size = sizeof family;
  family.name = "fakedev";
  family.version = "1.0";
  family.memory_spaces = memory_spaces;
  family.n_memory_spaces = 1;
  family.ops = ops.data();
  family.n_ops = static_cast<std::uint32_t>(ops.size());
  family.probe = probe;
  family.state_create = state_create;
  return api->add_family(registrar, &family);
}
