/* SPDX-License-Identifier: Apache-2.0 */
/* A family whose kernels warn: negative of aliasing, abs of work in place, sqrt of slowness. The
 * results are copies of the operand. */
#include <string.h>

#include "spacecore/plugin.h"

static spc_host the_host;

static spc_status copy_and_warn(const spc_call *call, const char *category, const char *text) {
  call->host->warn(the_host, category, text);
  memcpy(call->out[0]->data, call->in[0]->data, (size_t)call->out[0]->shape[0] * sizeof(double));
  return SPC_OK;
}
static spc_status negative(void *state, const spc_call *call) {
  (void)state;
  return copy_and_warn(call, "AliasWarning", "the result may be the operand");
}
static spc_status absolute(void *state, const spc_call *call) {
  (void)state;
  return copy_and_warn(call, "RuntimeWarning", "abs works in-place");
}
static spc_status root(void *state, const spc_call *call) {
  (void)state;
  return copy_and_warn(call, "RuntimeWarning", "sqrt is slow");
}

#define ENTRY(OP, FN) \
  { .struct_size = sizeof(spc_op_entry), .op = (OP), .dtypes = SPC_BIT(SPC_FLOAT64), .fn = (FN) }
static const spc_op_entry ops[] = {ENTRY(SPC_OP_negative, negative), ENTRY(SPC_OP_abs, absolute),
                                   ENTRY(SPC_OP_sqrt, root)};
static const char *const spaces[] = {"host"};
static const spc_family family = {.struct_size = sizeof(spc_family),
                                  .name = "warner",
                                  .version = "1.0",
                                  .base = "reference",
                                  .memory_spaces = spaces,
                                  .n_memory_spaces = 1,
                                  .ops = ops,
                                  .n_ops = sizeof ops / sizeof ops[0]};

const spc_plugin_marker spacecore_plugin_v1 = {
    SPC_PLUGIN_MAGIC, SPC_ABI_MAJOR, SPC_ABI_MINOR, 0, 0, sizeof(spc_plugin_marker),
    "warner",         "1.0",         "Apache-2.0",  ""};

spc_status register_ops(const spc_host_api *api, spc_host host, spc_registrar registrar) {
  the_host = host;
  return api->add_family(registrar, &family);
}
