/* SPDX-License-Identifier: Apache-2.0 */
/* Says itself why it cannot be used. */
#include "tests/plugins/bad/plugin_parts.h"

static const spc_op_entry ops[] = {{ENTRY(SPC_OP_negative), .fn = no_kernel}};
static const spc_family family = {FAMILY("rejects"), FAMILY_OPS(ops)};

SPACECORE_PLUGIN("rejects");
spc_status register_ops(const spc_host_api *api, spc_host host, spc_registrar registrar) {
  (void)host;
  api->add_family(registrar, &family);
  api->reject(registrar, "the licence of this engine has expired");
  return SPC_E_RUNTIME;
}
