/* SPDX-License-Identifier: Apache-2.0 */
/* One of its structs has a size that cannot be: MARKER_SIZE, FAMILY_SIZE, ENTRY_SIZE or SPACE_SIZE. */
#include "tests/plugins/bad/plugin_parts.h"

#ifndef MARKER_SIZE
#define MARKER_SIZE sizeof(spc_plugin_marker)
#endif
#ifndef FAMILY_SIZE
#define FAMILY_SIZE sizeof(spc_family)
#endif
#ifndef ENTRY_SIZE
#define ENTRY_SIZE sizeof(spc_op_entry)
#endif
#ifndef SPACE_SIZE
#define SPACE_SIZE sizeof(spc_memory_space)
#endif

static const spc_op_entry ops[] = {{.struct_size = ENTRY_SIZE,
                                    .op = SPC_OP_negative,
                                    .dtypes = SPC_BIT(SPC_FLOAT64),
                                    .fn = no_kernel}};
static const spc_memory_space space = {.struct_size = SPACE_SIZE,
                                       .name = "sizes:0",
                                       .flags = SPC_MEM_HOST_ACCESSIBLE,
                                       .alignment = 64,
                                       .alloc = space_alloc,
                                       .free = space_free};
static const spc_family family = {.struct_size = FAMILY_SIZE,
                                  .name = "sizes",
                                  .version = "1.0",
                                  .memory_spaces = host_only,
                                  .n_memory_spaces = 1,
                                  FAMILY_OPS(ops)};

const spc_plugin_marker spacecore_plugin_v1 =
    MARKER_VERSIONS("sizes", SPC_PLUGIN_MAGIC, SPC_ABI_MAJOR, SPC_ABI_MINOR, 0, MARKER_SIZE);
spc_status register_ops(const spc_host_api *api, spc_host host, spc_registrar registrar) {
  uint64_t id;
  const spc_status status = api->add_memory_space(registrar, &space, &id);
  (void)host;
  return status ? status : api->add_family(registrar, &family);
}
