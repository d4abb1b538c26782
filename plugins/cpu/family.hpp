// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "spacecore/plugin.h"

namespace spc::cpu {

// The descriptor of the cpu family; what it points to lives as long as the process.
const spc_family &family();

}  // namespace spc::cpu
