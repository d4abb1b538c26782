/* SPDX-License-Identifier: Apache-2.0 */
/* Goes on after a family was refused and returns success. */
#include "tests/plugins/bad/plugin_parts.h"

static const spc_op_entry null_ops[] = {{ENTRY(SPC_OP_negative)}};
static const spc_op_entry ops[] = {{ENTRY(SPC_OP_negative), .fn = no_kernel}};
static const spc_family broken = {FAMILY("swallows_broken"), FAMILY_OPS(null_ops)};
static const spc_family good = {FAMILY("swallows_good"), FAMILY_OPS(ops)};

SPACECORE_PLUGIN("swallows_error");
spc_status register_ops(const spc_host_api *api, spc_host host, spc_registrar registrar) {
  (void)host;
  (void)api->add_family(registrar, &broken);
  return api->add_family(registrar, &good);
}
