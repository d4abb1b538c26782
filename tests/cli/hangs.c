/* SPDX-License-Identifier: Apache-2.0 */
/* Never comes back from being loaded. Only for processes that may end. */
#include <unistd.h>

#include "tests/plugins/bad/plugin_parts.h"

static const spc_op_entry ops[] = {{ENTRY(SPC_OP_negative), .fn = no_kernel}};
static const spc_family family = {FAMILY("hangs"), FAMILY_OPS(ops)};

__attribute__((constructor)) static void on_load(void) {
  for (;;) pause();
}

SPACECORE_PLUGIN("hangs");
REGISTER_FAMILY(family)
