/* SPDX-License-Identifier: Apache-2.0 */
/* Crashes while it is loaded. Only for processes that may end. */
#include <signal.h>

#include "tests/plugins/bad/plugin_parts.h"

static const spc_op_entry ops[] = {{ENTRY(SPC_OP_negative), .fn = no_kernel}};
static const spc_family family = {FAMILY("crashes"), FAMILY_OPS(ops)};

__attribute__((constructor)) static void on_load(void) {
  signal(SIGSEGV, SIG_DFL);
  raise(SIGSEGV);
}

SPACECORE_PLUGIN("crashes");
REGISTER_FAMILY(family)
