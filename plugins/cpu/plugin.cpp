// SPDX-License-Identifier: Apache-2.0
// The cpu family: OpenBLAS and SIMD loops for what is hot, over reference.
#include "spacecore/plugin.h"

#include "plugins/cpu/family.hpp"

extern "C" const spc_plugin_marker spacecore_plugin_v1 = {
    .magic = SPC_PLUGIN_MAGIC,
    .abi_major = SPC_ABI_MAJOR,
    .abi_minor = SPC_ABI_MINOR,
    .min_host_minor = 0,
    .reserved = 0,
    .struct_size = sizeof(spc_plugin_marker),
    .name = "cpu",
    .version = SPACECORE_VERSION,
    .license = "Apache-2.0",
    .build_id = "",
};

extern "C" spc_status register_ops(const spc_host_api *api, spc_host, spc_registrar registrar) {
  const spc_family family = spc::cpu::family();
  return api->add_family(registrar, &family);
}
