// SPDX-License-Identifier: Apache-2.0
// Test family: vectors that are handles, split over two ranks, with the vector profile and nothing
// else. What runs on it runs on the vectors of any distributed library. One process plays both
// ranks, or each is a process of its own (plugins/opaque/world.hpp); then making a vector, reducing
// it, reading it and destroying it are collective.
#include "spacecore/plugin.h"

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <string>

#include "plugins/opaque/kernels.hpp"
#include "plugins/opaque/world.hpp"

namespace {

const char *const memory_spaces[] = {"opaque:world"};

// The space has a name and no bytes: everything goes through kernels.
spc_status no_alloc(void *, std::uint64_t, void *, void **) {
  return SPC_E_NOTIMPL;
}
void no_free(void *, void *, void *) {}
spc_status no_copy_to_host(void *, void *, const void *, std::uint64_t, void *, spc_exec exec,
                           const spc_host_api *api) {
  api->set_error(exec, SPC_E_NOTIMPL, 0, nullptr, "opaque vectors have no addresses");
  return SPC_E_NOTIMPL;
}
spc_status no_copy_from_host(void *, void *, const void *, std::uint64_t, void *) {
  return SPC_E_NOTIMPL;
}
spc_status sync(void *, void *, spc_exec exec, const spc_host_api *api) {
  return spc::opaque::sync(exec, api);
}

void release_vector(void *, void *handle) {
  spc::opaque::destroy(handle);
}

spc_status agree(void *, std::uint64_t n, const std::uint64_t *numbers, std::uint8_t *agreed,
                 spc_exec exec, const spc_host_api *api) {
  return spc::opaque::agree(n, numbers, agreed, exec, api);
}

spc_status probe(char *why, std::uint64_t capacity) {
  std::string reason;
  try {
    const char *const setting = std::getenv("SPACECORE_OPAQUE_WORLD");
    if (spc::opaque::World::get().open(setting ? setting : "", &reason)) return SPC_OK;
  } catch (const std::exception &error) {
    reason = error.what();
  }
  std::snprintf(why, capacity, "%s", reason.c_str());
  return SPC_E_BACKEND_UNAVAILABLE;
}

const spc_memory_space &memory_space() {
  static const spc_memory_space descriptor = [] {
    spc_memory_space space{};
    space.struct_size = sizeof space;
    space.name = memory_spaces[0];
    space.alignment = 1;
    space.alloc = no_alloc;
    space.free = no_free;
    space.copy_to_host = no_copy_to_host;
    space.copy_from_host = no_copy_from_host;
    space.sync = sync;
    return space;
  }();
  return descriptor;
}

const spc_family &family() {
  static const spc_family descriptor = [] {
    const auto ops = spc::opaque::kernels();
    spc_family f{};
    f.struct_size = sizeof f;
    f.flags = SPC_FAMILY_OPAQUE | SPC_FAMILY_COLLECTIVE;
    f.name = "opaque";
    f.version = "1.0";
    f.memory_spaces = memory_spaces;
    f.n_memory_spaces = 1;
    f.ops = ops.data();
    f.n_ops = static_cast<std::uint32_t>(ops.size());
    f.probe = probe;
    f.opaque_release = release_vector;
    f.opaque_agree = agree;
    return f;
  }();
  return descriptor;
}

}  // namespace

extern "C" const spc_plugin_marker spacecore_plugin_v1 = {
    SPC_PLUGIN_MAGIC, SPC_ABI_MAJOR, SPC_ABI_MINOR, 0,  0, sizeof(spc_plugin_marker),
    "opaque",         "1.0",         "Apache-2.0",  "",
};

extern "C" spc_status register_ops(const spc_host_api *api, spc_host, spc_registrar registrar) {
  std::uint64_t id = 0;
  const spc_status status = api->add_memory_space(registrar, &memory_space(), &id);
  return status != SPC_OK ? status : api->add_family(registrar, &family());
}
