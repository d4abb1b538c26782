/* SPDX-License-Identifier: Apache-2.0 */
/* Two families that are each other's base. */
#include "tests/plugins/bad/plugin_parts.h"

static const spc_op_entry ops[] = {{ENTRY(SPC_OP_negative), .fn = no_kernel}};
static const spc_family first = {FAMILY("cycle_a"), FAMILY_OPS(ops), .base = "cycle_b"};
static const spc_family second = {FAMILY("cycle_b"), FAMILY_OPS(ops), .base = "cycle_a"};

SPACECORE_PLUGIN("base_cycle");
spc_status register_ops(const spc_host_api *api, spc_host host, spc_registrar registrar) {
  (void)host;
  const spc_status status = api->add_family(registrar, &first);
  return status ? status : api->add_family(registrar, &second);
}
