/* SPDX-License-Identifier: Apache-2.0 */
/* Adds a memory space and a family, then fails. */
#include "tests/plugins/bad/plugin_parts.h"

static const spc_op_entry ops[] = {{ENTRY(SPC_OP_negative), .fn = no_kernel}};
static const spc_memory_space space = {HOST_LIKE_SPACE("halfway:0"),
                                       .flags = SPC_MEM_HOST_ACCESSIBLE};
static const spc_family family = {FAMILY("fails_halfway"), FAMILY_OPS(ops)};

SPACECORE_PLUGIN("fails_halfway");
spc_status register_ops(const spc_host_api *api, spc_host host, spc_registrar registrar) {
  uint64_t id;
  spc_status status = api->add_memory_space(registrar, &space, &id);
  (void)host;
  if (!status) status = api->add_family(registrar, &family);
  return status ? status : SPC_E_RUNTIME;
}
