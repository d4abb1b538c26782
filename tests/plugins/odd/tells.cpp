// SPDX-License-Identifier: Apache-2.0
// Fails with what its operand says: negative by an error text with a native code, sqrt by an
// exception, both with the first element of the operand in the text.
#include <cmath>
#include <stdexcept>
#include <string>

#include "spacecore/plugin.h"

namespace {

std::string first_of(const spc_call *call) {
  return std::to_string(std::lround(*static_cast<const double *>(call->in[0]->data)));
}

spc_status tells(void *, const spc_call *call) {
  const std::string text = "the first element is " + first_of(call);
  call->host->set_error(call->exec, SPC_E_LINALG, std::stol(first_of(call)), nullptr, text.c_str());
  return SPC_E_LINALG;
}

spc_status throws(void *, const spc_call *call) {
  throw std::runtime_error("thrown over " + first_of(call));
}

constexpr spc_op_entry entry(std::uint32_t op, spc_kernel_fn fn) {
  spc_op_entry e{};
  e.struct_size = sizeof e;
  e.op = op;
  e.dtypes = SPC_BIT(SPC_FLOAT64);
  e.fn = fn;
  return e;
}
const spc_op_entry ops[] = {entry(SPC_OP_negative, tells), entry(SPC_OP_sqrt, throws)};
const char *const host_only[] = {"host"};

}  // namespace

extern "C" {
const spc_plugin_marker spacecore_plugin_v1 = {
    SPC_PLUGIN_MAGIC, SPC_ABI_MAJOR, SPC_ABI_MINOR, 0, 0, sizeof(spc_plugin_marker),
    "tells",          "1.0",         "Apache-2.0",  ""};

spc_status register_ops(const spc_host_api *api, spc_host, spc_registrar registrar) {
  spc_family family{};
  family.struct_size = sizeof family;
  family.name = "tells";
  family.version = "1.0";
  family.base = "reference";
  family.memory_spaces = host_only;
  family.n_memory_spaces = 1;
  family.ops = ops;
  family.n_ops = 2;
  return api->add_family(registrar, &family);
}
}
