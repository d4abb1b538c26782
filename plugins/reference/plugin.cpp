// SPDX-License-Identifier: Apache-2.0
// The reference family: the executable specification, and the last resort on the host.
#include "spacecore/plugin.hpp"

#include "plugins/reference/kernels.hpp"

namespace {

const spc_family family = [] {
  spc_family f =
      spc::plugin::host_family("reference", SPACECORE_VERSION, nullptr,
                               spc::reference::reference_ops, spc::reference::reference_ops_count);
  f.default_rank = 1;
  return f;
}();

}  // namespace

SPC_PLUGIN("reference", SPACECORE_VERSION, "Apache-2.0", family)
