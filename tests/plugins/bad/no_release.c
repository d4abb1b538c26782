/* SPDX-License-Identifier: Apache-2.0 */
/* Makes plans that nobody frees. */
#include "tests/plugins/bad/plugin_parts.h"

static spc_status prepare(void *state, const spc_call *call, uint64_t fixed_roles, void **plan) {
  (void)state;
  (void)call;
  (void)fixed_roles;
  *plan = NULL;
  return SPC_OK;
}
static const spc_op_entry ops[] = {{ENTRY(SPC_OP_negative), .fn = no_kernel, .prepare = prepare}};
static const spc_family family = {FAMILY("no_release"), FAMILY_OPS(ops)};

SPACECORE_PLUGIN("no_release");
REGISTER_FAMILY(family)
