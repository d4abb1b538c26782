/* SPDX-License-Identifier: Apache-2.0 */
/* A family over the test device whose kernels do what no host code may: negative reads its operand
 * where it lies, abs gives the address away as the native code of its error. */
#include <stdint.h>

#include "tests/plugins/bad/plugin_parts.h"

static const char *const device_only[] = {"fakedev:0"};

static spc_status reads_device_memory(void *state, const spc_call *call) {
  const volatile double *x = call->in[0]->data;
  (void)state;
  return x[0] == 0 ? SPC_OK : SPC_E_RUNTIME;
}

static spc_status tells_address(void *state, const spc_call *call) {
  (void)state;
  call->host->set_error(call->exec, SPC_E_RUNTIME, (int64_t)(intptr_t)call->in[0]->data, NULL,
                        "the native code is an address");
  return SPC_E_RUNTIME;
}

static const spc_op_entry ops[] = {{ENTRY(SPC_OP_negative), .fn = reads_device_memory},
                                   {ENTRY(SPC_OP_abs), .fn = tells_address}};
static const spc_family family = {.struct_size = sizeof(spc_family),
                                  .name = "peek",
                                  .version = "1.0",
                                  .base = "fakedev",
                                  .memory_spaces = device_only,
                                  .n_memory_spaces = 1,
                                  FAMILY_OPS(ops)};

SPACECORE_PLUGIN("peek");
REGISTER_FAMILY(family)
