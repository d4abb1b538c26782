// SPDX-License-Identifier: Apache-2.0
#include "tools/spacecore/conform/suite.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <optional>

#include "tools/spacecore/conform/compare.hpp"
#include "tools/spacecore/conform/op_rows.hpp"

namespace cmd::conform {
namespace {

spc_status code_of(const std::string &kind) {
#define X(NAME, VALUE, KIND, PARENT1, PARENT2, RULE) \
  if (kind == (KIND)) return SPC_E_##NAME;
  SPC_STATUS_LIST(X)
#undef X
  throw BadInput("unknown error kind \"" + kind + '"');
}

// Runs a case whose arguments are built. An error of a case that expects one may come from the call
// or, on an asynchronous family, from reading what it returned.
void run_and_compare(const Json &spec, const Runner &runner, Call &call) {
  std::optional<Failure> failure;
  try {
    runner(call);
    if (spec.contains("error")) {
      for (const auto &outputs : call.forms) read_all(outputs);
    }
  } catch (const Failure &caught) {
    failure = caught;
  }
  if (failure && is_a(failure->code(), SPC_E_NOTIMPL)) throw *failure;

  if (spec.contains("error")) {
    const auto &kind = spec.at("error").get_ref<const std::string &>();
    if (!failure) throw Mismatch("no error, " + kind + " expected");
    if (!is_a(failure->code(), code_of(kind))) {
      throw Mismatch(fmt::format("{} expected, got {}: {}", kind, status_name(failure->code()),
                                 failure->what()));
    }
  } else {
    if (failure) {
      throw Mismatch(fmt::format("{}: {}", status_name(failure->code()), failure->what()));
    }
    for (std::size_t i = 0; i < call.forms.size(); ++i) {
      try {
        compare(call.forms[i], spec);
      } catch (const Mismatch &difference) {
        if (i == 0) throw;
        throw Mismatch(std::string("_into form: ") + difference.what());
      }
    }
  }
}

// Index arrays of both widths have to give the same.
Outcome run_widths(const Json &spec, spc_context context) {
  const auto &inputs = spec.at("inputs");
  const bool sparse = std::any_of(inputs.begin(), inputs.end(), holds_sparse);
  Outcome outcome = attempt([&] { run_vector(spec, context, SPC_INT32); });
  if (!sparse || outcome.verdict != Verdict::passed) return outcome;
  outcome = attempt([&] { run_vector(spec, context, SPC_INT64); });
  if (outcome.verdict == Verdict::failed) outcome.reason += " (with int64 indices)";
  return outcome;
}

class Suite {
 public:
  Suite(const SuiteOptions &options, Ledger &ledger)
      : options_(options),
        ledger_(ledger),
        context_(make<Context>(spc_context_create, options.family.c_str(),
                               std::int32_t{SPC_DTYPE_NONE}, std::int32_t{SPC_CHECK_STANDARD})) {}

  void run_file(const std::filesystem::path &path) {
    const std::string name = path.filename();
    std::ifstream stream(path);
    if (!stream) throw BadInput(path.string() + ": cannot be read");
    Counts counts;
    std::string text;
    for (std::int64_t line = 1; std::getline(stream, text); ++line) {
      if (text.empty() || text == "\r" || text[0] == '#') continue;
      const Json spec = Json::parse(text, nullptr, false);
      if (!spec.is_object() || !spec.contains("id") || !spec.contains("op") ||
          !spec.contains("inputs")) {
        throw BadInput(fmt::format("{}:{}: not a test case in JSON", path.string(), line));
      }
      if (!options_.selects(spec["op"], spec["id"])) continue;
      counts.add(record(spec, fmt::format("{}:{}", name, line)));
      if (options_.progress) options_.progress(name, ledger_.total);
    }
    ledger_.files.emplace_back(name, counts);
  }

 private:
  Verdict record(const Json &spec, const std::string &where) {
    const auto &op = spec.at("op").get_ref<const std::string &>();
    const Outcome outcome = find_runner(op)
                                ? run_widths(spec, context_.get())
                                : Outcome{Verdict::skipped, "the library has no such op"};
    ledger_.total.add(outcome.verdict);
    ledger_.ops[op].vectors.add(outcome.verdict);
    if (outcome.verdict == Verdict::failed) {
      ledger_.failures.push_back({spec.at("id"), op, where, outcome.reason, {}});
    } else if (outcome.verdict == Verdict::skipped) {
      ++ledger_.skip_reasons[op][outcome.reason];
    }
    return outcome.verdict;
  }

  const SuiteOptions &options_;
  Ledger &ledger_;
  Context context_;
};

}  // namespace

void run_vector(const Json &spec, spc_context context, std::int32_t index_dtype) {
  Arguments arguments(context, index_dtype);
  Call call(spec, arguments);
  run_and_compare(spec, *find_runner(spec.at("op")), call);
  arguments.require_unchanged();
}

bool SuiteOptions::selects(const std::string &op, const std::string &id) const {
  return id.find(filter) != std::string::npos && selects_op(op);
}

bool SuiteOptions::selects_op(const std::string &op) const {
  if (profiles.empty()) return true;
  const OpRow *row = find_op(op);
  return row && std::find(profiles.begin(), profiles.end(), row->profile) != profiles.end();
}

void run_vectors(const std::filesystem::path &directory, const SuiteOptions &options,
                 Ledger &ledger) {
  if (!std::filesystem::is_directory(directory)) {
    throw BadInput(directory.string() + ": no such directory of test vectors");
  }
  std::vector<std::filesystem::path> paths;
  for (const auto &entry : std::filesystem::directory_iterator(directory)) {
    if (entry.path().extension() == ".jsonl") paths.push_back(entry.path());
  }
  if (paths.empty()) throw BadInput(directory.string() + ": no *.jsonl file in it");
  std::sort(paths.begin(), paths.end());

  Suite suite(options, ledger);
  for (const auto &path : paths) suite.run_file(path);
}

}  // namespace cmd::conform
