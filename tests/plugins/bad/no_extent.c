/* SPDX-License-Identifier: Apache-2.0 */
/* An op whose result has a size that depends on data, without the function that tells it. */
#include "tests/plugins/bad/plugin_parts.h"

static const spc_op_entry ops[] = {{ENTRY(SPC_OP_nonzero), .fn = no_kernel}};
static const spc_family family = {FAMILY("no_extent"), FAMILY_OPS(ops)};

SPACECORE_PLUGIN("no_extent");
REGISTER_FAMILY(family)
