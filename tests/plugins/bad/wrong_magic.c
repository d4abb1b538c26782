/* SPDX-License-Identifier: Apache-2.0 */
/* The marker is something else of the same name. */
#include "tests/plugins/bad/plugin_parts.h"

static const spc_op_entry ops[] = {{ENTRY(SPC_OP_negative), .fn = no_kernel}};
static const spc_family family = {FAMILY("wrong_magic"), FAMILY_OPS(ops)};

const spc_plugin_marker spacecore_plugin_v1 = MARKER_VERSIONS(
    "wrong_magic", 0x21474e50u, SPC_ABI_MAJOR, SPC_ABI_MINOR, 0, sizeof(spc_plugin_marker));
REGISTER_FAMILY(family)
