/* SPDX-License-Identifier: Apache-2.0 */
/* A family that warns while it is probed and while its state is made. */
#include "tests/plugins/bad/plugin_parts.h"

static const spc_host_api *host_api;
static spc_host host_handle;

static spc_status probe(char *why, uint64_t capacity) {
  (void)why;
  (void)capacity;
  host_api->warn(host_handle, "RuntimeWarning", "the probe is slow");
  return SPC_OK;
}

static spc_status state_create(const spc_host_api *api, spc_host host, void **state) {
  *state = NULL;
  api->warn(host, "RuntimeWarning", "the state is large");
  return SPC_OK;
}

static const spc_op_entry ops[] = {{ENTRY(SPC_OP_negative), .fn = no_kernel}};
static const spc_family family = {FAMILY("warns"), .probe = probe, .state_create = state_create,
                                  FAMILY_OPS(ops)};

SPACECORE_PLUGIN("warns");
spc_status register_ops(const spc_host_api *api, spc_host host, spc_registrar registrar) {
  host_api = api;
  host_handle = host;
  return api->add_family(registrar, &family);
}
