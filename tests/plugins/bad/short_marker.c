/* SPDX-License-Identifier: Apache-2.0 */
/* The marker is shorter than that of 1.0. */
#include "tests/plugins/bad/plugin_parts.h"

static const spc_op_entry ops[] = {{ENTRY(SPC_OP_negative), .fn = no_kernel}};
static const spc_family family = {FAMILY("short_marker"), FAMILY_OPS(ops)};

const spc_plugin_marker spacecore_plugin_v1 =
    MARKER_VERSIONS("short_marker", SPC_PLUGIN_MAGIC, SPC_ABI_MAJOR, SPC_ABI_MINOR, 0, 16);
REGISTER_FAMILY(family)
