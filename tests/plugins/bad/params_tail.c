/* SPDX-License-Identifier: Apache-2.0 */
/* Built when the parameters of norm ended before the order, which was always 0: its kernel answers
 * 42, so that a test sees which calls it gets. One family has a base that knows the order, the other
 * stands alone. */
#include "tests/plugins/bad/plugin_parts.h"

static spc_status answers_42(void *state, const spc_call *call) {
  (void)state;
  *(double *)call->out[0]->data = 42;
  return SPC_OK;
}

static const spc_op_entry ops[] = {
    {ENTRY(SPC_OP_norm), .params_size = offsetof(spc_params_norm, p), .fn = answers_42}};
static const spc_family over_base = {FAMILY("params_tail"), FAMILY_OPS(ops), .base = "reference"};
static const spc_family alone = {FAMILY("params_tail_alone"), FAMILY_OPS(ops)};

SPACECORE_PLUGIN("params_tail");
spc_status register_ops(const spc_host_api *api, spc_host host, spc_registrar registrar) {
  const spc_status status = api->add_family(registrar, &over_base);
  (void)host;
  return status ? status : api->add_family(registrar, &alone);
}
