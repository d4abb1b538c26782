// SPDX-License-Identifier: Apache-2.0
// What came of each test vector and each property.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

namespace cmd::conform {

enum class Verdict { passed, failed, skipped };

struct Outcome {
  Verdict verdict = Verdict::passed;
  std::string reason;
};

struct Counts {
  std::int64_t passed = 0, failed = 0, skipped = 0;
  std::int64_t total() const { return passed + failed + skipped; }
  void add(Verdict verdict);
};

struct OpCounts {
  Counts vectors, properties;
};

/// A test that failed. `where` is "file:line" of a test vector, the name of a property; `spec` the
/// case of a property as a test vector without an answer, if it is one.
struct TestFailure {
  std::string id, op, where, reason, spec;
};

struct Ledger {
  Counts total;
  /// By file, in the order of their names.
  std::vector<std::pair<std::string, Counts>> files;
  /// By property, in the order of their registration.
  std::vector<std::pair<std::string, Counts>> properties;
  std::map<std::string, OpCounts> ops;
  /// op -> reason -> number of tests.
  std::map<std::string, std::map<std::string, std::int64_t>> skip_reasons;
  std::vector<TestFailure> failures;
  double seconds = 0;
};

/// Runs a test: NotImpl is a skip, everything else that is thrown is a failure.
Outcome attempt(const std::function<void()> &test);

}  // namespace cmd::conform
