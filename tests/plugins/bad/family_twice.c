/* SPDX-License-Identifier: Apache-2.0 */
/* Adds one family twice. */
#include "tests/plugins/bad/plugin_parts.h"

static const spc_op_entry ops[] = {{ENTRY(SPC_OP_negative), .fn = no_kernel}};
static const spc_family family = {FAMILY("family_twice"), FAMILY_OPS(ops)};

SPACECORE_PLUGIN("family_twice");
spc_status register_ops(const spc_host_api *api, spc_host host, spc_registrar registrar) {
  const spc_status status = api->add_family(registrar, &family);
  (void)host;
  return status ? status : api->add_family(registrar, &family);
}
