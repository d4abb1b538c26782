/* SPDX-License-Identifier: Apache-2.0 */
/* Uses a memory space that only a plugin that was refused has registered. */
#include "tests/plugins/bad/plugin_parts.h"

static const spc_op_entry ops[] = {{ENTRY(SPC_OP_negative), .fn = no_kernel}};
static const char *const spaces[] = {"halfway:0"};
static const spc_family family = {.struct_size = sizeof(spc_family),
                                  .name = "unknown_space",
                                  .version = "1.0",
                                  .memory_spaces = spaces,
                                  .n_memory_spaces = 1,
                                  FAMILY_OPS(ops)};

SPACECORE_PLUGIN("unknown_space");
REGISTER_FAMILY(family)
