/* SPDX-License-Identifier: Apache-2.0 */
/* The op entry is shorter than that of 1.0. */
#include "tests/plugins/bad/plugin_parts.h"

static const spc_op_entry ops[] = {{.struct_size = offsetof(spc_op_entry, release),
                                    .op = SPC_OP_negative,
                                    .dtypes = SPC_BIT(SPC_FLOAT64),
                                    .fn = no_kernel}};
static const spc_family family = {FAMILY("short_entry"), FAMILY_OPS(ops)};

SPACECORE_PLUGIN("short_entry");
REGISTER_FAMILY(family)
