/* SPDX-License-Identifier: Apache-2.0 */
/* Forks wherever it is called: while it is loaded, probed, made a state for, and in its kernel. */
#define _GNU_SOURCE
#include <sys/wait.h>
#include <unistd.h>

#include "tests/plugins/bad/plugin_parts.h"

/* A child that ends at once, as a tool would that is asked for a device's name. */
static spc_status fork_and_wait(void) {
  int status = -1;
  const pid_t child = fork();
  if (child == 0) _exit(3);
  if (child < 0 || waitpid(child, &status, 0) != child) return SPC_E_RUNTIME;
  return WIFEXITED(status) && WEXITSTATUS(status) == 3 ? SPC_OK : SPC_E_RUNTIME;
}

static spc_status probe(char *why, uint64_t capacity) {
  (void)why;
  (void)capacity;
  return fork_and_wait();
}

static spc_status state_create(const spc_host_api *api, spc_host host, void **state) {
  (void)api;
  (void)host;
  *state = NULL;
  return fork_and_wait();
}

static spc_status answers_7(void *state, const spc_call *call) {
  const spc_tensor *out = call->out[0];
  int64_t i;
  (void)state;
  for (i = 0; i < (out->ndim == 1 ? out->shape[0] : 0); ++i)
    ((double *)out->data)[i * out->strides[0]] = 7;
  return fork_and_wait();
}

static const spc_op_entry ops[] = {{ENTRY(SPC_OP_negative), .fn = answers_7}};
static const spc_family family = {FAMILY("forks"), FAMILY_OPS(ops), .base = "reference",
                                  .probe = probe, .state_create = state_create};

SPACECORE_PLUGIN("forks");
spc_status register_ops(const spc_host_api *api, spc_host host, spc_registrar registrar) {
  const spc_status status = fork_and_wait();
  (void)host;
  return status ? status : api->add_family(registrar, &family);
}
