/* SPDX-License-Identifier: Apache-2.0 */
/* A correct plugin of one family, TINY_FAMILY, in version TINY_VERSION. */
#include "tests/plugins/bad/plugin_parts.h"

static const spc_op_entry ops[] = {{ENTRY(SPC_OP_negative), .fn = no_kernel}};
static const spc_family family = {.struct_size = sizeof(spc_family),
                                  .name = TINY_FAMILY,
                                  .version = TINY_VERSION,
                                  .memory_spaces = host_only,
                                  .n_memory_spaces = 1,
                                  FAMILY_OPS(ops)};

SPACECORE_PLUGIN(TINY_FAMILY);
REGISTER_FAMILY(family)
