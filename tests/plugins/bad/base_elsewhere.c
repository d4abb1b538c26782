/* SPDX-License-Identifier: Apache-2.0 */
/* Its base does not use its memory space, so that nothing could be inherited. */
#include "tests/plugins/bad/plugin_parts.h"

static const spc_op_entry ops[] = {{ENTRY(SPC_OP_negative), .fn = no_kernel}};
static const char *const elsewhere[] = {"elsewhere:0"};
static const spc_memory_space space = {HOST_LIKE_SPACE("elsewhere:0"),
                                       .flags = SPC_MEM_HOST_ACCESSIBLE};
static const spc_family family = {.struct_size = sizeof(spc_family),
                                  .name = "base_elsewhere",
                                  .version = "1.0",
                                  .base = "reference",
                                  .memory_spaces = elsewhere,
                                  .n_memory_spaces = 1,
                                  FAMILY_OPS(ops)};

SPACECORE_PLUGIN("base_elsewhere");
spc_status register_ops(const spc_host_api *api, spc_host host, spc_registrar registrar) {
  uint64_t id;
  const spc_status status = api->add_memory_space(registrar, &space, &id);
  (void)host;
  return status ? status : api->add_family(registrar, &family);
}
