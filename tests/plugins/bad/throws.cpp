// SPDX-License-Identifier: Apache-2.0
// Throws from its entry point, after having added a family.
#include <stdexcept>

#include "spacecore/plugin.h"

namespace {

spc_status no_kernel(void *, const spc_call *) {
  return SPC_E_NOTIMPL;
}

}  // namespace

const spc_plugin_marker spacecore_plugin_v1 = {
    SPC_PLUGIN_MAGIC, SPC_ABI_MAJOR, SPC_ABI_MINOR, 0, 0, sizeof(spc_plugin_marker),
    "throws",         "1.0",         "Apache-2.0",  ""};

spc_status register_ops(const spc_host_api *api, spc_host, spc_registrar registrar) {
  static const char *const spaces[] = {"host"};
  static spc_op_entry entry{};
  entry.struct_size = sizeof entry;
  entry.op = SPC_OP_negative;
  entry.dtypes = SPC_BIT(SPC_FLOAT64);
  entry.fn = no_kernel;
  static spc_family family{};
  family.struct_size = sizeof family;
  family.name = "throws";
  family.version = "1.0";
  family.memory_spaces = spaces;
  family.n_memory_spaces = 1;
  family.ops = &entry;
  family.n_ops = 1;
  api->add_family(registrar, &family);
  throw std::runtime_error("the engine does not start");
}
