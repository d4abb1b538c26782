// SPDX-License-Identifier: Apache-2.0
// Pages of the documentation that are generated from what the families of this tree do.
#pragma once

#include <functional>
#include <string>

#include "tools/spacecore/conform/ledger.hpp"

namespace cmd::conform {

/// docs/capabilities.md: every op on families reference, cpu and fakedev.
std::string capabilities_page();

/// docs/deviations.md: where families may differ, and the tests that pin everything else. The tests
/// are run on the three families; BadInput if a row names a test that does not exist.
std::string deviations_page(
    const std::function<void(const std::string &what, const Counts &so_far)> &progress);

}  // namespace cmd::conform
