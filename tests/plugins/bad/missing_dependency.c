/* SPDX-License-Identifier: Apache-2.0 */
/* Needs a library that is not deployed. */
#include "tests/plugins/bad/plugin_parts.h"

int absent_function(void);

static const spc_op_entry ops[] = {{ENTRY(SPC_OP_negative), .fn = no_kernel}};
static const spc_family family = {FAMILY("missing_dependency"), FAMILY_OPS(ops)};

SPACECORE_PLUGIN("missing_dependency");
spc_status register_ops(const spc_host_api *api, spc_host host, spc_registrar registrar) {
  (void)host;
  return absent_function() ? api->add_family(registrar, &family) : SPC_E_RUNTIME;
}
