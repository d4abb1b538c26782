/* SPDX-License-Identifier: Apache-2.0 */
/* Lists one op twice for one dtype. */
#include "tests/plugins/bad/plugin_parts.h"

static const spc_op_entry ops[] = {{ENTRY(SPC_OP_negative), .fn = no_kernel},
                                   {ENTRY(SPC_OP_add), .fn = no_kernel},
                                   {ENTRY(SPC_OP_negative), .fn = no_kernel}};
static const spc_family family = {FAMILY("op_twice"), FAMILY_OPS(ops)};

SPACECORE_PLUGIN("op_twice");
REGISTER_FAMILY(family)
