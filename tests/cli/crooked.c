/* SPDX-License-Identifier: Apache-2.0 */
/* A family whose kernels are wrong in one way each, for the conformance kit to find. */
#include <math.h>

#include "tests/plugins/bad/plugin_parts.h"

/* A kernel that looks at one axis only; more go to reference. */
static int32_t is_vector(void *state, const spc_call *call) {
  (void)state;
  return call->out[0]->ndim <= 1;
}

static int64_t length(const spc_tensor *t) {
  return t->ndim == 0 ? 1 : t->shape[0];
}
static double *element(const spc_tensor *t, int64_t i) {
  return (double *)t->data + (t->ndim == 0 ? 0 : i * t->strides[0]);
}

/* A little off. */
static spc_status rough_negative(void *state, const spc_call *call) {
  (void)state;
  for (int64_t i = 0; i < length(call->out[0]); ++i)
    *element(call->out[0], i) = -*element(call->in[0], i) * (1 + 1e-7);
  return SPC_OK;
}

/* Takes the output for a contiguous one. */
static spc_status contiguous_abs(void *state, const spc_call *call) {
  (void)state;
  for (int64_t i = 0; i < length(call->out[0]); ++i) {
    const double x = *element(call->in[0], i);
    ((double *)call->out[0]->data)[i] = x < 0 ? -x : x;
  }
  return SPC_OK;
}

/* Writes into the operand. */
static spc_status erasing_conj(void *state, const spc_call *call) {
  (void)state;
  for (int64_t i = 0; i < length(call->out[0]); ++i) {
    *element(call->out[0], i) = *element(call->in[0], i);
    *element(call->in[0], i) = 0;
  }
  return SPC_OK;
}

/* Forgets the last element. */
static spc_status short_sqrt(void *state, const spc_call *call) {
  (void)state;
  for (int64_t i = 0; i + 1 < length(call->out[0]); ++i)
    *element(call->out[0], i) = sqrt(*element(call->in[0], i));
  return SPC_OK;
}

static const spc_op_entry ops[] = {
    {ENTRY(SPC_OP_negative), .fn = rough_negative, .supports = is_vector},
    {ENTRY(SPC_OP_abs), .fn = contiguous_abs, .supports = is_vector},
    {ENTRY(SPC_OP_conj), .fn = erasing_conj, .supports = is_vector},
    {ENTRY(SPC_OP_sqrt), .fn = short_sqrt, .supports = is_vector}};
static const spc_family family = {FAMILY("crooked"), .base = "reference", FAMILY_OPS(ops)};

SPACECORE_PLUGIN("crooked");
REGISTER_FAMILY(family)
