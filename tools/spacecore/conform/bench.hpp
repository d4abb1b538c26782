// SPDX-License-Identifier: Apache-2.0
// Properties: what holds for every op of a family, tried on small operands. They need no test
// vectors: a property compares a call with another call.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "tools/spacecore/conform/cases.hpp"
#include "tools/spacecore/conform/compare.hpp"
#include "tools/spacecore/conform/ledger.hpp"
#include "tools/spacecore/conform/suite.hpp"

namespace cmd::conform {

/// A case with its operands in memory.
struct Prepared {
  Prepared(const Json &spec, spc_context context, std::int32_t index_dtype = SPC_INT32)
      : arguments(context, index_dtype),
        call(spec, arguments),
        runner(*find_runner(spec.at("op"))) {}

  void run() { runner(call); }
  /// What the plain form gave; with form 1 the _into form.
  std::vector<Snapshot> results(std::size_t form = 0) const;

  Arguments arguments;
  Call call;
  const Runner &runner;
};

/// Runs a case and returns its results.
std::vector<Snapshot> results_of(const Json &spec, spc_context context);

void require_same(const std::vector<Snapshot> &actual, const std::vector<Snapshot> &expected,
                  const OpRow &op, bool exact = false);

/// The family under test, and where results of properties go.
class Bench {
 public:
  Bench(const SuiteOptions &options, Ledger &ledger);

  const std::string &family() const { return options_.family; }
  spc_context context() const { return context_.get(); }
  /// A context of family `reference`. Failure with NotImpl if it is not there.
  spc_context reference() const;
  /// False for a family of handles without strided data.
  bool strided() const { return strided_; }

  /// From now on tests belong to this property.
  void begin(const char *property);

  /// One test of an op, or of another function of the library. `spec` reproduces it.
  void test(const std::string &op, const std::string &label, const std::function<void()> &body,
            const Json *spec = nullptr);

  using CaseFn = std::function<void(const OpRow &, const Case &, const std::string &label)>;
  /// Visits the cases of all selected ops and dtypes; the label names case and dtype.
  void each_case(const CaseFn &fn) const;

 private:
  const std::vector<Case> &cases(const OpRow &op, std::int32_t dtype) const;

  const SuiteOptions &options_;
  Ledger &ledger_;
  /// Made once: every property needs them.
  mutable std::map<std::pair<unsigned, std::int32_t>, std::vector<Case>> cases_;
  Context context_, reference_;
  bool strided_ = false;
  const char *property_ = "";
};

struct Property {
  const char *name;
  /// One sentence.
  const char *statement;
  void (*run)(Bench &);
};

/// Every property, in the order in which they run.
const std::vector<Property> &all_properties();

/// Runs the properties on a family; their tests are named OP/PROPERTY/DTYPE/CASE.
void run_properties(const SuiteOptions &options, Ledger &ledger);

// One function for each file of properties/.
std::vector<Property> result_properties();
std::vector<Property> memory_properties();
std::vector<Property> into_properties();
std::vector<Property> error_properties();
std::vector<Property> callback_properties();
std::vector<Property> random_properties();
std::vector<Property> pinned_properties();

}  // namespace cmd::conform
