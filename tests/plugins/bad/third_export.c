/* SPDX-License-Identifier: Apache-2.0 */
/* Exports more than the two symbols, which is unclean and does no harm. */
#include "tests/plugins/bad/plugin_parts.h"

SPC_PLUGIN_EXPORT int a_third_symbol(void);
int a_third_symbol(void) {
  return 3;
}

static const spc_op_entry ops[] = {{ENTRY(SPC_OP_negative), .fn = no_kernel}};
static const spc_family family = {FAMILY("third_export"), FAMILY_OPS(ops)};

SPACECORE_PLUGIN("third_export");
REGISTER_FAMILY(family)
