/* SPDX-License-Identifier: Apache-2.0 */
/* Sizes of the records of plugin.h, and the place of the last field of each. */
#include <spacecore/plugin.h>

void plugin_records(int64_t *sizes, int64_t *last);

void plugin_records(int64_t *sizes, int64_t *last) {
  sizes[0] = sizeof(spc_tensor);
  sizes[1] = sizeof(spc_call);
  sizes[2] = sizeof(spc_op_entry);
  sizes[3] = sizeof(spc_family);
  sizes[4] = sizeof(spc_memory_space);
  sizes[5] = sizeof(spc_host_api);
  last[0] = offsetof(spc_tensor, mem);
  last[1] = offsetof(spc_call, host);
  last[2] = offsetof(spc_op_entry, release);
  last[3] = offsetof(spc_family, after_fork_child);
  last[4] = offsetof(spc_memory_space, sync);
  last[5] = offsetof(spc_host_api, called_op);
}
