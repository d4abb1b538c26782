/* SPDX-License-Identifier: Apache-2.0 */
/* An entry without a kernel: what is not offered is not listed. */
#include "tests/plugins/bad/plugin_parts.h"

static const spc_op_entry ops[] = {{ENTRY(SPC_OP_negative)}};
static const spc_family family = {FAMILY("null_fn"), FAMILY_OPS(ops)};

SPACECORE_PLUGIN("null_fn");
REGISTER_FAMILY(family)
