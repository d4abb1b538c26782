/* SPDX-License-Identifier: Apache-2.0 */
/* A name that no command line would take. */
#include "tests/plugins/bad/plugin_parts.h"

static const spc_op_entry ops[] = {{ENTRY(SPC_OP_negative), .fn = no_kernel}};
static const spc_family family = {FAMILY("Bad Name"), FAMILY_OPS(ops)};

SPACECORE_PLUGIN("bad_name");
REGISTER_FAMILY(family)
