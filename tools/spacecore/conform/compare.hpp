// SPDX-License-Identifier: Apache-2.0
// Results against what a case expects.
#pragma once

#include <stdexcept>
#include <vector>

#include "tools/spacecore/conform/calls.hpp"

namespace cmd::conform {

/// What differs, in words.
class Mismatch : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// Copies the arrays of `outputs` to the host, which is where an asynchronous family reports errors
/// of values, and throws them away.
void read_all(const std::vector<Output> &outputs);

/// Throws Mismatch unless the outputs pass the check of the case.
void compare(const std::vector<Output> &outputs, const Json &spec);

}  // namespace cmd::conform
