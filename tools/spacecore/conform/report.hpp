// SPDX-License-Identifier: Apache-2.0
// The outcome of a run over test vectors, for people and for programs.
#pragma once

#include <string>

#include "tools/spacecore/conform/suite.hpp"

namespace cmd::conform {

/// Tables by file and by op, what was skipped and why, the failures, and the closing line
/// "N passed, N failed, N skipped".
std::string report_text(const SuiteResult &result, bool all_failures);

/// The same as one JSON object, with what was tested.
std::string report_json(const SuiteResult &result, const spc_backend_info &family,
                        const std::string &vectors);

}  // namespace cmd::conform
