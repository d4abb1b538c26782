// SPDX-License-Identifier: Apache-2.0
// The outcome of a run, for people and for programs.
#pragma once

#include <string>

#include "tools/spacecore/conform/ledger.hpp"
#include "tools/spacecore/support.hpp"

namespace cmd::conform {

/// Tables by file, by property and by op, what was skipped and why, the failures, and the closing
/// line "N passed, N failed, N skipped".
std::string report_text(const Ledger &ledger, const std::string &family, bool all_failures);

/// The same as one JSON object, with what was tested. `vectors` may be empty.
std::string report_json(const Ledger &ledger, const spc_backend_info &family,
                        const std::string &vectors);

}  // namespace cmd::conform
