// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "spacecore/types.h"

namespace spc {

void set_warning_handler(spc_warning_fn fn, void *user) noexcept;
/// Hands a warning to the program's handler. CallbackErr if the handler turns it into an error.
void warn(const char *category, const std::string &message);

}  // namespace spc
