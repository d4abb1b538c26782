// SPDX-License-Identifier: Apache-2.0
// The reference family: the executable specification, and the last resort on the host.
#include "spacecore/plugin.h"

#include "plugins/reference/kernels.hpp"

extern "C" const spc_plugin_marker spacecore_plugin_v1 = {
    .magic = SPC_PLUGIN_MAGIC,
    .abi_major = SPC_ABI_MAJOR,
    .abi_minor = SPC_ABI_MINOR,
    .min_host_minor = 0,
    .reserved = 0,
    .struct_size = sizeof(spc_plugin_marker),
    .name = "reference",
    .version = SPACECORE_VERSION,
    .license = "Apache-2.0",
    .build_id = "",
};

extern "C" spc_status register_ops(const spc_host_api *api, spc_host, spc_registrar registrar) {
  static const char *const memory_spaces[] = {"host"};
  spc_family family{};
  family.struct_size = sizeof family;
  family.name = "reference";
  family.version = SPACECORE_VERSION;
  family.memory_spaces = memory_spaces;
  family.n_memory_spaces = 1;
  family.ops = spc::reference::reference_ops;
  family.default_rank = 1;
  family.n_ops = spc::reference::reference_ops_count;
  return api->add_family(registrar, &family);
}
