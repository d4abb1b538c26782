// SPDX-License-Identifier: Apache-2.0
// What of this process a plugin has to leave as it was.
#pragma once

#include <map>
#include <string>

namespace cmd::check_plugin {

/// Name and value of everything that is compared.
using State = std::map<std::string, std::string>;

State process_state();

/// "locale (C became C.UTF-8), threads (1 became 2)"; empty if nothing changed.
std::string changes(const State &before, const State &after);

}  // namespace cmd::check_plugin
