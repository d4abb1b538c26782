/* SPDX-License-Identifier: Apache-2.0 */
/* Two families without the reference below them: solitary, which declines what it lists, and over it
 * a second, which lists another op. */
#include "tests/plugins/bad/plugin_parts.h"

static int32_t never(void *state, const spc_call *call) {
  (void)state;
  (void)call;
  return 0;
}

static const spc_op_entry below[] = {{ENTRY(SPC_OP_sqrt), .fn = no_kernel, .supports = never}};
static const spc_op_entry above[] = {{ENTRY(SPC_OP_negative), .fn = no_kernel}};
static const spc_family solitary = {FAMILY("solitary"), FAMILY_OPS(below)};
static const spc_family second = {FAMILY("solitary_second"), FAMILY_OPS(above), .base = "solitary"};

SPACECORE_PLUGIN("solitary");
spc_status register_ops(const spc_host_api *api, spc_host host, spc_registrar registrar) {
  const spc_status status = api->add_family(registrar, &second);
  (void)host;
  return status ? status : api->add_family(registrar, &solitary);
}
