/* SPDX-License-Identifier: Apache-2.0 */
/* Exports the entry point without a marker: a foreign library may use that name. */
#include "tests/plugins/bad/plugin_parts.h"

static const spc_op_entry ops[] = {{ENTRY(SPC_OP_negative), .fn = no_kernel}};
static const spc_family family = {FAMILY("no_marker"), FAMILY_OPS(ops)};

REGISTER_FAMILY(family)
