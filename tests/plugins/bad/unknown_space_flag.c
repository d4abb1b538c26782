/* SPDX-License-Identifier: Apache-2.0 */
/* A memory space with a property that this host does not know. */
#include "tests/plugins/bad/plugin_parts.h"

static const spc_memory_space space = {HOST_LIKE_SPACE("flagged:0"),
                                       .flags = SPC_MEM_HOST_ACCESSIBLE | 1u << 31};

SPACECORE_PLUGIN("unknown_space_flag");
spc_status register_ops(const spc_host_api *api, spc_host host, spc_registrar registrar) {
  uint64_t id;
  (void)host;
  return api->add_memory_space(registrar, &space, &id);
}
