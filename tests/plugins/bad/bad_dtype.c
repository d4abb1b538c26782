/* SPDX-License-Identifier: Apache-2.0 */
/* Lists a dtype that does not exist. */
#include "tests/plugins/bad/plugin_parts.h"

static const spc_op_entry ops[] = {{.struct_size = sizeof(spc_op_entry),
                                    .op = SPC_OP_negative,
                                    .dtypes = UINT64_C(1) << 9,
                                    .fn = no_kernel}};
static const spc_family family = {FAMILY("bad_dtype"), FAMILY_OPS(ops)};

SPACECORE_PLUGIN("bad_dtype");
REGISTER_FAMILY(family)
