/* SPDX-License-Identifier: Apache-2.0 */
/* Ten families, each the base of the next. */
#include "tests/plugins/bad/plugin_parts.h"

enum { DEPTH = 10 };
static const char *const names[DEPTH] = {"deep_0", "deep_1", "deep_2", "deep_3", "deep_4",
                                         "deep_5", "deep_6", "deep_7", "deep_8", "deep_9"};
static const spc_op_entry ops[] = {{ENTRY(SPC_OP_negative), .fn = no_kernel}};
static spc_family families[DEPTH];

SPACECORE_PLUGIN("deep_chain");
spc_status register_ops(const spc_host_api *api, spc_host host, spc_registrar registrar) {
  (void)host;
  for (int i = 0; i < DEPTH; ++i) {
    const spc_family family = {FAMILY(names[i]), FAMILY_OPS(ops), .base = i ? names[i - 1] : NULL};
    families[i] = family;
    const spc_status status = api->add_family(registrar, &families[i]);
    if (status) return status;
  }
  return SPC_OK;
}
