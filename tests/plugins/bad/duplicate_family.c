/* SPDX-License-Identifier: Apache-2.0 */
/* Takes the name of a family that is there. */
#include "tests/plugins/bad/plugin_parts.h"

static const spc_op_entry ops[] = {{ENTRY(SPC_OP_negative), .fn = no_kernel}};
static const spc_family family = {FAMILY("reference"), FAMILY_OPS(ops)};

SPACECORE_PLUGIN("duplicate_family");
REGISTER_FAMILY(family)
