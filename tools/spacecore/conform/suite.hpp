// SPDX-License-Identifier: Apache-2.0
// Runs the cases of a directory of test vectors on one family.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "tools/spacecore/support.hpp"

namespace cmd::conform {

struct Counts {
  std::int64_t passed = 0, failed = 0, skipped = 0;
  std::int64_t total() const { return passed + failed + skipped; }
};

struct CaseFailure {
  std::string id, op, file, reason;
  std::int64_t line = 0;
};

struct SuiteResult {
  Counts total;
  /// In the order of the file names.
  std::vector<std::pair<std::string, Counts>> files;
  std::map<std::string, Counts> ops;
  /// Ops that the C API does not have; their cases are skipped.
  std::vector<std::string> absent;
  /// Other reasons to skip: op -> reason -> number of cases.
  std::map<std::string, std::map<std::string, std::int64_t>> skip_reasons;
  std::vector<CaseFailure> failures;
  double seconds = 0;
};

struct SuiteOptions {
  std::string family;
  std::filesystem::path directory;
  /// Only cases whose id contains this.
  std::string filter;
  /// Called after every case.
  std::function<void(const std::string &file, const Counts &so_far)> progress;
};

/// Throws BadInput for a directory without vectors and for a line that is not JSON.
SuiteResult run_suite(const SuiteOptions &options);

}  // namespace cmd::conform
