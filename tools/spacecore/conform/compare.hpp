// SPDX-License-Identifier: Apache-2.0
// Results against what a case expects.
#pragma once

#include <stdexcept>
#include <variant>
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

/// The stored entries of a sparse array, sorted by row, column and value.
struct Entries {
  std::int32_t format = SPC_CSR;
  std::vector<std::int64_t> shape, row, col;
  HostArray data;

  void sort();
};

/// A result on the host, out of reach of later calls.
using Snapshot = std::variant<HostArray, Entries, Json>;
Snapshot snapshot(const Output &output);

/// How near two floating results have to be; everything else is exact.
struct Closeness {
  /// |a - e| <= tolerance * (|e| + the largest finite |e| of the array, or 1); 0: the same values,
  /// the sign of zero included.
  double tolerance = 0;
};

/// Throws Mismatch unless dtype, shape and values agree. NaN matches NaN.
void require_same(const Snapshot &actual, const Snapshot &expected, Closeness closeness);

/// Throws Mismatch unless the outputs pass the check of the case.
void compare(const std::vector<Output> &outputs, const Json &spec);

}  // namespace cmd::conform
