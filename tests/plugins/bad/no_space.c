/* SPDX-License-Identifier: Apache-2.0 */
/* Lists no memory space. */
#include "tests/plugins/bad/plugin_parts.h"

static const spc_op_entry ops[] = {{ENTRY(SPC_OP_negative), .fn = no_kernel}};
static const spc_family family = {
    .struct_size = sizeof(spc_family), .name = "no_space", .version = "1.0", FAMILY_OPS(ops)};

SPACECORE_PLUGIN("no_space");
REGISTER_FAMILY(family)
