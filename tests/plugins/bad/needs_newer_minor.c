/* SPDX-License-Identifier: Apache-2.0 */
/* Cannot live with a host as old as this one. */
#include "tests/plugins/bad/plugin_parts.h"

static const spc_op_entry ops[] = {{ENTRY(SPC_OP_negative), .fn = no_kernel}};
static const spc_family family = {FAMILY("needs_newer_minor"), FAMILY_OPS(ops)};

const spc_plugin_marker spacecore_plugin_v1 =
    MARKER_VERSIONS("needs_newer_minor", SPC_PLUGIN_MAGIC, SPC_ABI_MAJOR, SPC_ABI_MINOR + 3,
                    SPC_ABI_MINOR + 2, sizeof(spc_plugin_marker));
REGISTER_FAMILY(family)
