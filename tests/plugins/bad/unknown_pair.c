/* SPDX-License-Identifier: Apache-2.0 */
/* Lists a pair of dtypes of which the second does not exist. */
#include "tests/plugins/bad/plugin_parts.h"

static const uint32_t pairs[] = {SPC_PAIR(SPC_FLOAT64, 14)};
static const spc_op_entry ops[] = {{.struct_size = sizeof(spc_op_entry),
                                    .op = SPC_OP_astype,
                                    .pairs = pairs,
                                    .n_pairs = 1,
                                    .fn = no_kernel}};
static const spc_family family = {FAMILY("unknown_pair"), FAMILY_OPS(ops)};

SPACECORE_PLUGIN("unknown_pair");
REGISTER_FAMILY(family)
