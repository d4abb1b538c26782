/* SPDX-License-Identifier: Apache-2.0 */
/* Built against another major version. */
#include "tests/plugins/bad/plugin_parts.h"

static const spc_op_entry ops[] = {{ENTRY(SPC_OP_negative), .fn = no_kernel}};
static const spc_family family = {FAMILY("other_major"), FAMILY_OPS(ops)};

const spc_plugin_marker spacecore_plugin_v1 = MARKER_VERSIONS(
    "other_major", SPC_PLUGIN_MAGIC, SPC_ABI_MAJOR + 1, 0, 0, sizeof(spc_plugin_marker));
REGISTER_FAMILY(family)
