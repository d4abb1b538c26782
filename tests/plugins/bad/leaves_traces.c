/* SPDX-License-Identifier: Apache-2.0 */
/* Leaves a thread running and a file open. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <pthread.h>
#include <unistd.h>

#include "tests/plugins/bad/plugin_parts.h"

static const spc_op_entry ops[] = {{ENTRY(SPC_OP_negative), .fn = no_kernel}};
static const spc_family family = {FAMILY("leaves_traces"), FAMILY_OPS(ops)};

static void *sleep_for_ever(void *nothing) {
  (void)nothing;
  for (;;) pause();
  return NULL;
}

SPACECORE_PLUGIN("leaves_traces");
spc_status register_ops(const spc_host_api *api, spc_host host, spc_registrar registrar) {
  pthread_t thread;
  (void)host;
  if (open("/dev/null", O_RDONLY | O_CLOEXEC) < 0) return SPC_E_RUNTIME;
  if (pthread_create(&thread, NULL, sleep_for_ever, NULL) != 0) return SPC_E_RUNTIME;
  pthread_detach(thread);
  return api->add_family(registrar, &family);
}
