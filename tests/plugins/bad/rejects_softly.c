/* SPDX-License-Identifier: Apache-2.0 */
/* Rejects, then returns success. */
#include "tests/plugins/bad/plugin_parts.h"

static const spc_op_entry ops[] = {{ENTRY(SPC_OP_negative), .fn = no_kernel}};
static const spc_family family = {FAMILY("rejects_softly"), FAMILY_OPS(ops)};

SPACECORE_PLUGIN("rejects_softly");
spc_status register_ops(const spc_host_api *api, spc_host host, spc_registrar registrar) {
  (void)host;
  api->reject(registrar, "the engine is closed on Mondays");
  return api->add_family(registrar, &family);
}
