// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>

#include "spacecore/plugin.h"

namespace spc::opaque {

/// The vector profile.
std::span<const spc_op_entry> kernels();

/// Reports what went wrong where nobody could be told.
spc_status sync(spc_exec exec, const spc_host_api *api);

/// Collective: agreed[i] = 1 for those of the ascending numbers that every rank gives.
spc_status agree(std::uint64_t n, const std::uint64_t *numbers, std::uint8_t *agreed, spc_exec exec,
                 const spc_host_api *api);

/// Collective: destroys a vector. Ranks that meet in different ones complain.
void destroy(void *handle) noexcept;

}  // namespace spc::opaque
