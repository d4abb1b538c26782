/* SPDX-License-Identifier: Apache-2.0 */
/* Is its own base. */
#include "tests/plugins/bad/plugin_parts.h"

static const spc_op_entry ops[] = {{ENTRY(SPC_OP_negative), .fn = no_kernel}};
static const spc_family family = {FAMILY("base_self"), FAMILY_OPS(ops), .base = "base_self"};

SPACECORE_PLUGIN("base_self");
REGISTER_FAMILY(family)
