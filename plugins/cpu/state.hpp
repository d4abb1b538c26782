// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "spacecore/plugin.h"

namespace spc::cpu {

// The family's state: where plans get their memory. One per host that uses the family.
struct State {
  const spc_host_api *api;
  spc_host host;
};

}  // namespace spc::cpu
