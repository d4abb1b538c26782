/* SPDX-License-Identifier: Apache-2.0 */
/* Its base is nowhere to be found: it has its own kernel and no other. */
#include "tests/plugins/bad/plugin_parts.h"

static const spc_op_entry ops[] = {{ENTRY(SPC_OP_negative), .fn = no_kernel}};
static const spc_family family = {FAMILY("missing_base"), FAMILY_OPS(ops), .base = "nowhere"};

SPACECORE_PLUGIN("missing_base");
REGISTER_FAMILY(family)
