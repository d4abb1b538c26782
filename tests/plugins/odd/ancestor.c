/* SPDX-License-Identifier: Apache-2.0 */
/* A base: negative answers the number in its state, 100; abs the address of its operand. */
#include <stdint.h>

#include "tests/plugins/bad/plugin_parts.h"

static double number = 100;

static spc_status state_create(const spc_host_api *api, spc_host host, void **state) {
  (void)api;
  (void)host;
  *state = &number;
  return SPC_OK;
}

static void fill(const spc_tensor *out, double value) {
  int64_t i;
  for (i = 0; i < (out->ndim == 1 ? out->shape[0] : 0); ++i)
    ((double *)out->data)[i * out->strides[0]] = value;
}

static spc_status answers_state(void *state, const spc_call *call) {
  fill(call->out[0], *(const double *)state);
  return SPC_OK;
}
/* Addresses of the user's part of memory are exact in a double. */
static spc_status answers_address(void *state, const spc_call *call) {
  (void)state;
  fill(call->out[0], (double)(intptr_t)call->in[0]->data);
  return SPC_OK;
}

static const spc_op_entry ops[] = {{ENTRY(SPC_OP_negative), .fn = answers_state},
                                   {ENTRY(SPC_OP_abs), .fn = answers_address}};
static const spc_family family = {FAMILY("ancestor"), FAMILY_OPS(ops), .base = "reference",
                                  .state_create = state_create};

SPACECORE_PLUGIN("ancestor");
REGISTER_FAMILY(family)
