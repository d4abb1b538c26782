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
  device_of(state).free(data);
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

const spc_memory_space &memory_space() {
  static const spc_memory_space descriptor = [] {
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
    return space;
  }();
  return descriptor;
}

const spc_family &family() {
  static const spc_family descriptor = [] {
    spc_family f{};
    f.struct_size = sizeof f;
    f.flags = SPC_FAMILY_NO_FORK;
    f.name = "fakedev";
    f.version = "1.0";
    f.memory_spaces = memory_spaces;
    f.n_memory_spaces = 1;
    f.ops = kernels().data();
    f.n_ops = static_cast<std::uint32_t>(kernels().size());
    f.probe = probe;
    f.state_create = state_create;
    return f;
  }();
  return descriptor;
}

}  // namespace
}  // namespace spc::fakedev

extern "C" const spc_plugin_marker spacecore_plugin_v1 = {
    SPC_PLUGIN_MAGIC, SPC_ABI_MAJOR, SPC_ABI_MINOR, 0,  0, sizeof(spc_plugin_marker),
    "fakedev",        "1.0",         "Apache-2.0",  "",
};

extern "C" spc_status register_ops(const spc_host_api *api, spc_host, spc_registrar registrar) {
  using namespace spc::fakedev;
  if (kernels().empty()) {
    api->reject(registrar, "more kernels than wrappers");
    return SPC_E_PLUGIN;
  }
  std::uint64_t id = 0;
  const spc_status status = api->add_memory_space(registrar, &memory_space(), &id);
  return status != SPC_OK ? status : api->add_family(registrar, &family());
}
