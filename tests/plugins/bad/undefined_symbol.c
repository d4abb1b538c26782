/* SPDX-License-Identifier: Apache-2.0 */
/* Calls a function that nobody defines: lazy binding would find out in the middle of a solve. */
#include "tests/plugins/bad/plugin_parts.h"

int function_that_nobody_defines(void);

static const spc_op_entry ops[] = {{ENTRY(SPC_OP_negative), .fn = no_kernel}};
static const spc_family family = {FAMILY("undefined_symbol"), FAMILY_OPS(ops)};

SPACECORE_PLUGIN("undefined_symbol");
spc_status register_ops(const spc_host_api *api, spc_host host, spc_registrar registrar) {
  (void)host;
  return function_that_nobody_defines() ? api->add_family(registrar, &family) : SPC_E_RUNTIME;
}
