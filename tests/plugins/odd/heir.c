/* SPDX-License-Identifier: Apache-2.0 */
/* A family over `ancestor`: square answers the number in its state, 200, but for vectors of length
 * 3, which its supports() refuses. */
#include "tests/plugins/bad/plugin_parts.h"

static double number = 200;

static spc_status state_create(const spc_host_api *api, spc_host host, void **state) {
  (void)api;
  (void)host;
  *state = &number;
  return SPC_OK;
}

static spc_status answers_state(void *state, const spc_call *call) {
  const spc_tensor *out = call->out[0];
  int64_t i;
  for (i = 0; i < out->shape[0]; ++i)
    ((double *)out->data)[i * out->strides[0]] = *(const double *)state;
  return SPC_OK;
}

static int32_t is_not_of_length_3(void *state, const spc_call *call) {
  const spc_tensor *x = call->in[0];
  return *(const double *)state == 200 && x->ndim == 1 && x->shape[0] != 3;
}

static const spc_op_entry ops[] = {
    {ENTRY(SPC_OP_square), .fn = answers_state, .supports = is_not_of_length_3}};
static const spc_family family = {FAMILY("heir"), FAMILY_OPS(ops), .base = "ancestor",
                                  .state_create = state_create};

SPACECORE_PLUGIN("heir");
REGISTER_FAMILY(family)
