// SPDX-License-Identifier: Apache-2.0
#include "tools/spacecore/conform/report.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "tools/spacecore/table.hpp"

namespace cmd::conform {
namespace {

constexpr std::size_t kFirstFailures = 20;

std::vector<std::string> row(const std::string &name, const Counts &counts) {
  const auto cell = [](std::int64_t n) { return n ? std::to_string(n) : std::string("-"); };
  return {name, cell(counts.passed), cell(counts.failed), cell(counts.skipped)};
}

Table counts_table(const char *what) {
  using enum Table::Align;
  return Table({what, "PASSED", "FAILED", "SKIPPED"}, {left, right, right, right});
}

std::string skipped_text(const SuiteResult &result) {
  std::string text;
  if (!result.absent.empty()) {
    text += "\nskipped, the library has no such op:\n" + wrapped(result.absent, "  ");
  }
  if (!result.skip_reasons.empty()) text += "\nskipped for other reasons:\n";
  for (const auto &[op, reasons] : result.skip_reasons) {
    for (const auto &[reason, count] : reasons) {
      text += fmt::format("  {} ({}): {}\n", op, count, reason);
    }
  }
  return text;
}

std::string failures_text(const SuiteResult &result, bool all) {
  const auto &failures = result.failures;
  if (failures.empty()) return {};
  const auto shown = all ? failures.size() : std::min(failures.size(), kFirstFailures);
  std::string text = shown < failures.size()
                         ? fmt::format("\nfirst {} of {} failures:\n", shown, failures.size())
                         : std::string("\nfailures:\n");
  for (std::size_t i = 0; i < shown; ++i) {
    const auto &f = failures[i];
    text += fmt::format("  {}\n    {}:{}: {}\n", f.id, f.file, f.line, f.reason);
  }
  if (shown < failures.size()) text += "  (--list-failures prints all)\n";
  return text;
}

nlohmann::json counts_json(const Counts &counts) {
  return {{"passed", counts.passed}, {"failed", counts.failed}, {"skipped", counts.skipped}};
}

}  // namespace

std::string report_text(const SuiteResult &result, bool all_failures) {
  Table files = counts_table("FILE"), ops = counts_table("OP");
  for (const auto &[name, counts] : result.files) {
    if (counts.total()) files.add(row(name, counts));
  }
  for (const auto &[op, counts] : result.ops) {
    if (counts.passed + counts.failed || result.skip_reasons.count(op)) ops.add(row(op, counts));
  }
  return fmt::format("{}\n{}{}{}\n{} passed, {} failed, {} skipped\n", files.text(), ops.text(),
                     skipped_text(result), failures_text(result, all_failures), result.total.passed,
                     result.total.failed, result.total.skipped);
}

std::string report_json(const SuiteResult &result, const spc_backend_info &family,
                        const std::string &vectors) {
  nlohmann::ordered_json json = {{"backend", family.name},          {"version", family.version},
                                 {"plugin", family.plugin},         {"vectors", vectors},
                                 {"passed", result.total.passed},   {"failed", result.total.failed},
                                 {"skipped", result.total.skipped}, {"seconds", result.seconds}};
  auto &files = json["files"] = nlohmann::ordered_json::object();
  for (const auto &[name, counts] : result.files) files[name] = counts_json(counts);
  auto &ops = json["ops"] = nlohmann::ordered_json::object();
  for (const auto &[op, counts] : result.ops) ops[op] = counts_json(counts);
  json["absent_ops"] = result.absent;
  json["skip_reasons"] = result.skip_reasons;
  auto &failures = json["failures"] = nlohmann::ordered_json::array();
  for (const auto &f : result.failures) {
    failures.push_back(
        {{"id", f.id}, {"op", f.op}, {"file", f.file}, {"line", f.line}, {"reason", f.reason}});
  }
  return json.dump(2, ' ', false, nlohmann::json::error_handler_t::replace) + '\n';
}

}  // namespace cmd::conform
