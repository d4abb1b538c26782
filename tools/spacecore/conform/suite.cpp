// SPDX-License-Identifier: Apache-2.0
#include "tools/spacecore/conform/suite.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <fstream>
#include <optional>

#include "tools/spacecore/conform/compare.hpp"

namespace cmd::conform {
namespace {

enum class Verdict { passed, failed, skipped };

struct Outcome {
  Verdict verdict;
  std::string reason;
};

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

Outcome run_case(const Json &spec, const Runner &runner, spc_context context,
                 std::int32_t index_dtype) {
  try {
    Arguments arguments(context, index_dtype);
    Call call(spec, arguments);
    run_and_compare(spec, runner, call);
    arguments.require_unchanged();
    return {Verdict::passed, {}};
  } catch (const Failure &failure) {
    if (is_a(failure.code(), SPC_E_NOTIMPL)) return {Verdict::skipped, failure.what()};
    return {Verdict::failed, fmt::format("{}: {}", status_name(failure.code()), failure.what())};
  } catch (const Mismatch &difference) {
    return {Verdict::failed, difference.what()};
  } catch (const BadInput &error) {
    return {Verdict::failed, std::string("bad case: ") + error.what()};
  } catch (const Json::exception &error) {
    return {Verdict::failed, std::string("bad case: ") + error.what()};
  }
}

// Index arrays of both widths have to give the same.
Outcome run_widths(const Json &spec, const Runner &runner, spc_context context) {
  const auto &inputs = spec.at("inputs");
  const bool sparse = std::any_of(inputs.begin(), inputs.end(), holds_sparse);
  Outcome outcome = run_case(spec, runner, context, SPC_INT32);
  if (!sparse || outcome.verdict != Verdict::passed) return outcome;
  outcome = run_case(spec, runner, context, SPC_INT64);
  if (outcome.verdict == Verdict::failed) outcome.reason += " (with int64 indices)";
  return outcome;
}

void count(Counts &counts, Verdict verdict) {
  counts.passed += verdict == Verdict::passed;
  counts.failed += verdict == Verdict::failed;
  counts.skipped += verdict == Verdict::skipped;
}

class Suite {
 public:
  explicit Suite(const SuiteOptions &options)
      : options_(options),
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
      Json spec = Json::parse(text, nullptr, false);
      if (!spec.is_object() || !spec.contains("id") || !spec.contains("op") ||
          !spec.contains("inputs")) {
        throw BadInput(fmt::format("{}:{}: not a test case in JSON", path.string(), line));
      }
      if (spec["id"].get_ref<const std::string &>().find(options_.filter) == std::string::npos) {
        continue;
      }
      count(counts, record(spec, name, line));
      if (options_.progress) options_.progress(name, result_.total);
    }
    result_.files.emplace_back(name, counts);
  }

  SuiteResult take() {
    for (const auto &[op, counts] : result_.ops) {
      if (!find_runner(op)) result_.absent.push_back(op);
    }
    return std::move(result_);
  }

 private:
  Verdict record(const Json &spec, const std::string &file, std::int64_t line) {
    const auto &op = spec.at("op").get_ref<const std::string &>();
    const Runner *runner = find_runner(op);
    const Outcome outcome =
        runner ? run_widths(spec, *runner, context_.get()) : Outcome{Verdict::skipped, {}};
    count(result_.total, outcome.verdict);
    count(result_.ops[op], outcome.verdict);
    if (outcome.verdict == Verdict::failed) {
      result_.failures.push_back({spec.at("id"), op, file, outcome.reason, line});
    } else if (!outcome.reason.empty()) {
      ++result_.skip_reasons[op][outcome.reason];
    }
    return outcome.verdict;
  }

  const SuiteOptions &options_;
  Context context_;
  SuiteResult result_;
};

}  // namespace

SuiteResult run_suite(const SuiteOptions &options) {
  const auto begin = std::chrono::steady_clock::now();
  if (!std::filesystem::is_directory(options.directory)) {
    throw BadInput(options.directory.string() + ": no such directory of test vectors");
  }
  std::vector<std::filesystem::path> paths;
  for (const auto &entry : std::filesystem::directory_iterator(options.directory)) {
    if (entry.path().extension() == ".jsonl") paths.push_back(entry.path());
  }
  if (paths.empty()) throw BadInput(options.directory.string() + ": no *.jsonl file in it");
  std::sort(paths.begin(), paths.end());

  Suite suite(options);
  for (const auto &path : paths) suite.run_file(path);
  SuiteResult result = suite.take();
  const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - begin;
  result.seconds = seconds.count();
  return result;
}

}  // namespace cmd::conform
