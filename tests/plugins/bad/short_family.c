/* SPDX-License-Identifier: Apache-2.0 */
/* The family is shorter than that of 1.0. */
#include "tests/plugins/bad/plugin_parts.h"

static const spc_op_entry ops[] = {{ENTRY(SPC_OP_negative), .fn = no_kernel}};
static const spc_family family = {.struct_size = offsetof(spc_family, opaque_release),
                                  .name = "short_family",
                                  .version = "1.0",
                                  .memory_spaces = host_only,
                                  .n_memory_spaces = 1,
                                  FAMILY_OPS(ops)};

SPACECORE_PLUGIN("short_family");
REGISTER_FAMILY(family)
