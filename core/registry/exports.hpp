// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

namespace spc {

/// What a loaded object exports besides the marker and register_ops of a plugin, sorted.
std::vector<std::string> further_exports(void *handle);

}  // namespace spc
