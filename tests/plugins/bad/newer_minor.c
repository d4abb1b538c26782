/* SPDX-License-Identifier: Apache-2.0 */
/* Built against a newer minor whose structs are longer, and content with an older host: one kernel
 * of its own, the rest is that of reference. The kernel answers with the address of its operand,
 * so that a test sees which memory it was given. */
#include <stdint.h>

#include "tests/plugins/bad/plugin_parts.h"

typedef struct {
  spc_op_entry known;
  uint64_t of_tomorrow[2];
} newer_entry;

typedef struct {
  spc_family known;
  void *of_tomorrow[3];
} newer_family;

static spc_status address_of_operand(void *state, const spc_call *call) {
  const spc_tensor *x = call->in[0];
  const spc_tensor *out = call->out[0];
  int64_t *result = out->data;
  int64_t i;
  (void)state;
  if (out->ndim != 1) {
    call->host->set_error(call->exec, SPC_E_NOTIMPL, 0, NULL, "one axis expected");
    return SPC_E_NOTIMPL;
  }
  for (i = 0; i < out->shape[0]; ++i) result[i * out->strides[0]] = (int64_t)(intptr_t)x->data;
  return SPC_OK;
}

/* Two entries: the host has to step by the size that was sent. The first is of an op of tomorrow. */
static const newer_entry ops[] = {{{.struct_size = sizeof(newer_entry),
                                    .op = 0x7ff0,
                                    .dtypes = SPC_BIT(SPC_INT64),
                                    .fn = address_of_operand},
                                   {~UINT64_C(0), ~UINT64_C(0)}},
                                  {{.struct_size = sizeof(newer_entry),
                                    .op = SPC_OP_negative,
                                    .dtypes = SPC_BIT(SPC_INT64),
                                    .fn = address_of_operand},
                                   {~UINT64_C(0), ~UINT64_C(0)}}};

static const newer_family family = {{.struct_size = sizeof(newer_family),
                                     .name = "newer",
                                     .version = "7.5",
                                     .base = "reference",
                                     .memory_spaces = host_only,
                                     .n_memory_spaces = 1,
                                     .ops = &ops[0].known,
                                     .n_ops = 2},
                                    {NULL, NULL, NULL}};

const spc_plugin_marker spacecore_plugin_v1 =
    MARKER_VERSIONS("newer_minor", SPC_PLUGIN_MAGIC, SPC_ABI_MAJOR, SPC_ABI_MINOR + 5, 0,
                    sizeof(spc_plugin_marker));
REGISTER_FAMILY(family.known)
