/* SPDX-License-Identifier: Apache-2.0 */
/* Asks for something that this host does not know. */
#include "tests/plugins/bad/plugin_parts.h"

static const spc_op_entry ops[] = {{ENTRY(SPC_OP_negative), .fn = no_kernel}};
static const spc_family family = {FAMILY("unknown_family_flag"), FAMILY_OPS(ops),
                                  .flags = 1u << 30};

SPACECORE_PLUGIN("unknown_family_flag");
REGISTER_FAMILY(family)
