// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>

#include "spacecore/plugin.h"

namespace spc::opaque {

/// The vector profile.
std::span<const spc_op_entry> kernels();

}  // namespace spc::opaque
