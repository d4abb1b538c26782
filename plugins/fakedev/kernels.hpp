// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "spacecore/plugin.h"

#include "plugins/fakedev/kernel_host.hpp"

namespace spc::fakedev {

/// The kernels of the reference family, each wrapped so that it is queued on the device that is
/// its state; empty if there are more of them than there are wrappers.
std::span<const spc_op_entry> kernels();

/// Leaves the text of a failure with the host and gives its code.
spc_status report(const Failure &failure, spc_exec exec, const spc_host_api *api);

}  // namespace spc::fakedev
