/* SPDX-License-Identifier: Apache-2.0 */
/* Its probe takes a while, and so does making its state: what other threads do meanwhile. */
#define _GNU_SOURCE
#include <time.h>

#include "tests/plugins/bad/plugin_parts.h"

static void wait_a_while(void) {
  const struct timespec pause = {0, 300000000};
  nanosleep(&pause, NULL);
}

static spc_status probe(char *why, uint64_t capacity) {
  (void)why;
  (void)capacity;
  wait_a_while();
  return SPC_OK;
}

static spc_status state_create(const spc_host_api *api, spc_host host, void **state) {
  wait_a_while();
  *state = api->host_alloc(host, sizeof(double), sizeof(double));
  if (*state == NULL) return SPC_E_MEMORY;
  *(double *)*state = 7;
  return SPC_OK;
}

static spc_status answers_state(void *state, const spc_call *call) {
  const spc_tensor *out = call->out[0];
  int64_t i;
  for (i = 0; i < (out->ndim == 1 ? out->shape[0] : 0); ++i)
    ((double *)out->data)[i * out->strides[0]] = *(const double *)state;
  return SPC_OK;
}

static const spc_op_entry ops[] = {{ENTRY(SPC_OP_negative), .fn = answers_state}};
static const spc_family family = {FAMILY("slow_start"), FAMILY_OPS(ops), .base = "reference",
                                  .probe = probe, .state_create = state_create};

SPACECORE_PLUGIN("slow_start");
REGISTER_FAMILY(family)
