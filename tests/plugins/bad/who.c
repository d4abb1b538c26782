/* SPDX-License-Identifier: Apache-2.0 */
/* Its version is the answer to a call by a name that the program defines, too. */
#include "tests/plugins/bad/plugin_parts.h"

/* Weak: no compiler decides for the linker. */
__attribute__((weak, visibility("default"))) const char *spacecore_test_who(void);
const char *spacecore_test_who(void) {
  return "plugin";
}

static const spc_op_entry ops[] = {{ENTRY(SPC_OP_negative), .fn = no_kernel}};
static spc_family family = {FAMILY("who"), FAMILY_OPS(ops)};

SPACECORE_PLUGIN("who");

spc_status register_ops(const spc_host_api *api, spc_host host, spc_registrar registrar) {
  (void)host;
  family.version = spacecore_test_who();
  return api->add_family(registrar, &family);
}
