// SPDX-License-Identifier: Apache-2.0
// Throws from the constructor of a static object, where nobody can catch it.
#include <stdexcept>

#include "spacecore/plugin.h"

namespace {

struct Engine {
  Engine() { throw std::runtime_error("the static engine does not start"); }
} engine;

}  // namespace

const spc_plugin_marker spacecore_plugin_v1 = {
    SPC_PLUGIN_MAGIC, SPC_ABI_MAJOR, SPC_ABI_MINOR, 0, 0, sizeof(spc_plugin_marker),
    "static_throw",   "1.0",         "Apache-2.0",  ""};

spc_status register_ops(const spc_host_api *, spc_host, spc_registrar) {
  return SPC_E_RUNTIME;
}
