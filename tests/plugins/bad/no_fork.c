/* SPDX-License-Identifier: Apache-2.0 */
/* A family of host memory that says that its threads do not survive a fork. */
#include "tests/plugins/bad/plugin_parts.h"

static spc_status answers_7(void *state, const spc_call *call) {
  const spc_tensor *out = call->out[0];
  int64_t i;
  (void)state;
  for (i = 0; i < (out->ndim == 1 ? out->shape[0] : 0); ++i)
    ((double *)out->data)[i * out->strides[0]] = 7;
  return SPC_OK;
}

static const spc_op_entry ops[] = {{ENTRY(SPC_OP_negative), .fn = answers_7}};
static const spc_family family = {FAMILY("no_fork"), FAMILY_OPS(ops), .base = "reference",
                                  .flags = SPC_FAMILY_NO_FORK};

SPACECORE_PLUGIN("no_fork");
REGISTER_FAMILY(family)
