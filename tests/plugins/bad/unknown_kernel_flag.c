/* SPDX-License-Identifier: Apache-2.0 */
/* A kernel with a condition that this host does not know. */
#include "tests/plugins/bad/plugin_parts.h"

static const spc_op_entry ops[] = {
    {ENTRY(SPC_OP_negative), .fn = no_kernel, .flags = UINT64_C(1) << 40}};
static const spc_family family = {FAMILY("unknown_kernel_flag"), FAMILY_OPS(ops)};

SPACECORE_PLUGIN("unknown_kernel_flag");
REGISTER_FAMILY(family)
