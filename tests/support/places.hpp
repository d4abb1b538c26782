// SPDX-License-Identifier: Apache-2.0
// Where things lie, for headers that many programs include: a program that names no path itself is
// compiled by the same command in the release and in the AddressSanitizer build, and ccache does it once.
#pragma once

#include <string>

namespace test {

/// SPACECORE_TEST_PLUGIN_DIR.
std::string test_plugin_directory();

}  // namespace test
