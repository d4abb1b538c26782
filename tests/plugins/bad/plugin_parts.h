/* SPDX-License-Identifier: Apache-2.0 */
/* What the plugins of this folder share: the pieces of a correct one, of which each spoils one. */
#ifndef SPACECORE_TESTS_PLUGINS_BAD_PLUGIN_PARTS_H
#define SPACECORE_TESTS_PLUGINS_BAD_PLUGIN_PARTS_H

#include "spacecore/plugin.h"

#define MARKER_VERSIONS(NAME, MAGIC, MAJOR, MINOR, MIN_HOST_MINOR, SIZE) \
  { MAGIC, MAJOR, MINOR, MIN_HOST_MINOR, 0, SIZE, NAME, "1.0", "Apache-2.0", "" }
#define MARKER(NAME)                                                       \
  MARKER_VERSIONS(NAME, SPC_PLUGIN_MAGIC, SPC_ABI_MAJOR, SPC_ABI_MINOR, 0, \
                  sizeof(spc_plugin_marker))

#define SPACECORE_PLUGIN(NAME) const spc_plugin_marker spacecore_plugin_v1 = MARKER(NAME)

/* Fields of a correct entry and family; more may follow. */
#define ENTRY(OP)       .struct_size = sizeof(spc_op_entry), .op = (OP), .dtypes = SPC_BIT(SPC_FLOAT64)
#define FAMILY_OPS(OPS) .ops = (OPS), .n_ops = sizeof(OPS) / sizeof((OPS)[0])
#define FAMILY(NAME)                                                                               \
  .struct_size = sizeof(spc_family), .name = (NAME), .version = "1.0", .memory_spaces = host_only, \
  .n_memory_spaces = 1

static const char *const host_only[] = {"host"};

/* A kernel of negative that never runs: the plugin is refused. */
static inline spc_status no_kernel(void *state, const spc_call *call) {
  (void)state;
  (void)call;
  return SPC_E_NOTIMPL;
}

/* A memory space without memory: nothing of it is ever called. */
static inline spc_status space_alloc(void *state, uint64_t bytes, void *queue, void **out) {
  (void)state;
  (void)bytes;
  (void)queue;
  (void)out;
  return SPC_E_MEMORY;
}
static inline void space_free(void *state, void *data, void *queue) {
  (void)state;
  (void)data;
  (void)queue;
}
#define HOST_LIKE_SPACE(NAME)                                                                     \
  .struct_size = sizeof(spc_memory_space), .name = (NAME), .alignment = 64, .alloc = space_alloc, \
  .free = space_free

/* register_ops of a plugin that has one family and nothing else. */
#define REGISTER_FAMILY(DESCRIPTOR)                                                          \
  spc_status register_ops(const spc_host_api *api, spc_host host, spc_registrar registrar) { \
    (void)host;                                                                              \
    return api->add_family(registrar, &(DESCRIPTOR));                                        \
  }

#endif /* SPACECORE_TESTS_PLUGINS_BAD_PLUGIN_PARTS_H */
