// SPDX-License-Identifier: Apache-2.0
#include "tests/support/places.hpp"

namespace test {

std::string test_plugin_directory() {
  return SPACECORE_TEST_PLUGIN_DIR;
}

}  // namespace test
