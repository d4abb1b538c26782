// SPDX-License-Identifier: Apache-2.0
#include "tools/spacecore/conform/bench.hpp"

#include <fmt/format.h>

namespace cmd::conform {

std::vector<Snapshot> Prepared::results(std::size_t form) const {
  std::vector<Snapshot> all;
  for (const auto &output : call.forms.at(form)) all.push_back(snapshot(output));
  return all;
}

std::vector<Snapshot> results_of(const Json &spec, spc_context context) {
  Prepared prepared(spec, context);
  prepared.run();
  return prepared.results();
}

void require_same(const std::vector<Snapshot> &actual, const std::vector<Snapshot> &expected,
                  const OpRow &op, bool exact) {
  if (actual.size() != expected.size()) {
    throw Mismatch(fmt::format("{} results, expected {}", actual.size(), expected.size()));
  }
  for (std::size_t i = 0; i < actual.size(); ++i) {
    std::int32_t dtype = SPC_BOOL;
    if (const auto *dense = std::get_if<HostArray>(&expected[i])) dtype = dense->dtype;
    if (const auto *sparse = std::get_if<Entries>(&expected[i])) dtype = sparse->data.dtype;
    require_same(actual[i], expected[i], {exact ? 0 : tolerance_of(op, dtype)});
  }
}

Bench::Bench(const SuiteOptions &options, Ledger &ledger)
    : options_(options),
      ledger_(ledger),
      context_(make<Context>(spc_context_create, options.family.c_str(),
                             std::int32_t{SPC_DTYPE_NONE}, std::int32_t{SPC_CHECK_STANDARD})) {
  const std::int32_t level = SPC_CHECK_STANDARD, dtype = SPC_DTYPE_NONE;
  if (spc_context_create("reference", dtype, level, reference_.out()) != SPC_OK) reference_ = {};
  const auto one = make(spc_array_from_host, context(), std::int32_t{SPC_FLOAT64}, std::int32_t{0},
                        static_cast<const std::int64_t *>(nullptr),
                        static_cast<const void *>(std::vector<double>{1}.data()));
  strided_ = spc_array_strides(one.get(), nullptr, 0) == SPC_OK;
}

spc_context Bench::reference() const {
  if (!reference_) throw Failure(SPC_E_NOTIMPL, "no family 'reference' to compare with");
  return reference_.get();
}

void Bench::begin(const char *property) {
  property_ = property;
  ledger_.properties.emplace_back(property, Counts());
}

void Bench::test(const std::string &op, const std::string &label, const std::function<void()> &body,
                 const Json *spec) {
  const std::string id = fmt::format("{}/{}/{}", op, property_, label);
  if (!options_.selects(op, id)) return;
  const Outcome outcome = attempt(body);
  ledger_.total.add(outcome.verdict);
  ledger_.properties.back().second.add(outcome.verdict);
  ledger_.ops[op].properties.add(outcome.verdict);
  if (outcome.verdict == Verdict::failed) {
    ledger_.failures.push_back(
        {id, op, property_, outcome.reason, spec ? spec->dump() : std::string()});
  } else if (outcome.verdict == Verdict::skipped) {
    ++ledger_.skip_reasons[op][outcome.reason];
  }
  if (options_.observer) options_.observer(id, outcome);
  if (options_.progress) options_.progress(property_, ledger_.total);
}

const std::vector<Case> &Bench::cases(const OpRow &op, std::int32_t dtype) const {
  const auto [found, is_new] = cases_.try_emplace({op.opcode, dtype});
  if (is_new) found->second = cases_of(op, dtype);
  return found->second;
}

void Bench::each_case(const CaseFn &fn) const {
  for (const auto &op : op_rows()) {
    if (!options_.selects_op(std::string(op.name))) continue;
    // Handles are for the vector profile, whose operands have one dtype.
    if (!strided_ && op.profile != "V") continue;
    for (std::int32_t dtype = 0; dtype < SPC_DTYPE_COUNT; ++dtype) {
      for (const auto &one : cases(op, dtype)) {
        if (!strided_ && one.mixed) continue;
        fn(op, one, dtype_name(dtype) + '/' + one.label);
      }
    }
  }
}

const std::vector<Property> &all_properties() {
  static const std::vector<Property> all = [] {
    std::vector<Property> list;
    for (const auto &group :
         {result_properties(), memory_properties(), into_properties(), error_properties(),
          callback_properties(), random_properties(), pinned_properties()}) {
      list.insert(list.end(), group.begin(), group.end());
    }
    return list;
  }();
  return all;
}

void run_properties(const SuiteOptions &options, Ledger &ledger) {
  Bench bench(options, ledger);
  for (const auto &property : all_properties()) {
    bench.begin(property.name);
    property.run(bench);
  }
}

}  // namespace cmd::conform
