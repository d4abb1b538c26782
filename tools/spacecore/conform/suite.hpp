// SPDX-License-Identifier: Apache-2.0
// Runs the cases of a directory of test vectors on one family.
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "tools/spacecore/conform/host_array.hpp"
#include "tools/spacecore/conform/ledger.hpp"
#include "tools/spacecore/support.hpp"

namespace cmd::conform {

struct SuiteOptions {
  std::string family;
  /// Only tests whose id contains this.
  std::string filter;
  /// Only ops of these profiles; empty: all, and the functions beside the op table.
  std::vector<std::string> profiles;
  /// Called with the id of every property's test.
  std::function<void(const std::string &id, const Outcome &outcome)> observer;
  /// Called after every test with what is running: a file of vectors or a property.
  std::function<void(const std::string &what, const Counts &so_far)> progress;

  bool selects(const std::string &op, const std::string &id) const;
  bool selects_op(const std::string &op) const;
};

/// Runs one case and throws what is wrong with it.
void run_vector(const Json &spec, spc_context context, std::int32_t index_dtype = SPC_INT32);

/// Throws BadInput for a directory without vectors and for a line that is not JSON.
void run_vectors(const std::filesystem::path &directory, const SuiteOptions &options,
                 Ledger &ledger);

}  // namespace cmd::conform
