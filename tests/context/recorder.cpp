// SPDX-License-Identifier: Apache-2.0
// A family that declines every call after a warning with its opcode: what runs is the kernel of
// reference, its base, and the program knows of it.
#include <array>
#include <cstdio>
#include <vector>

#include "spacecore/plugin.hpp"

#include "plugins/reference/kernels.hpp"

namespace {

spc_host the_host;

std::int32_t tell_and_decline(void *, const spc_call *call) {
  std::array<char, 16> code;
  std::snprintf(code.data(), code.size(), "%u", static_cast<unsigned>(call->op));
  call->host->warn(the_host, "UserWarning", code.data());
  return 0;
}

const std::vector<spc_op_entry> &entries() {
  static const std::vector<spc_op_entry> all = [] {
    std::vector<spc_op_entry> v(
        spc::reference::reference_ops,
        spc::reference::reference_ops + spc::reference::reference_ops_count);
    for (spc_op_entry &e : v) e.supports = tell_and_decline;
    return v;
  }();
  return all;
}

}  // namespace

extern "C" constexpr spc_plugin_marker spacecore_plugin_v1 =
    spc::plugin::marker("recorder", "1.0", "Apache-2.0");
extern "C" spc_status register_ops(const spc_host_api *api, spc_host host, spc_registrar r) {
  the_host = host;
  return spc::plugin::add_families(
      api, r,
      spc::plugin::host_family("recorder", "1.0", "reference", entries().data(),
                               static_cast<std::uint32_t>(entries().size())));
}
