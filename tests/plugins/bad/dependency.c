/* SPDX-License-Identifier: Apache-2.0 */
/* A library that exports an entry point which is not meant for whoever links it. */
#include "tests/plugins/bad/plugin_parts.h"

static const spc_op_entry ops[] = {{ENTRY(SPC_OP_negative), .fn = no_kernel}};
static const spc_family family = {FAMILY("dependency"), FAMILY_OPS(ops)};

REGISTER_FAMILY(family)
