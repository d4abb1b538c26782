/* SPDX-License-Identifier: Apache-2.0 */
/* Its alias is the name of a family that is there. */
#include "tests/plugins/bad/plugin_parts.h"

static const spc_op_entry ops[] = {{ENTRY(SPC_OP_negative), .fn = no_kernel}};
static const char *const aliases[] = {"reference"};
static const spc_family family = {FAMILY("alias_clash"), FAMILY_OPS(ops), .aliases = aliases,
                                  .n_aliases = 1};

SPACECORE_PLUGIN("alias_clash");
REGISTER_FAMILY(family)
