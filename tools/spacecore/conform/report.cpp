// SPDX-License-Identifier: Apache-2.0
#include "tools/spacecore/conform/report.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "tools/spacecore/capability.hpp"
#include "tools/spacecore/conform/bench.hpp"
#include "tools/spacecore/table.hpp"

namespace cmd::conform {
namespace {

constexpr std::size_t kFirstFailures = 20;
// A longer case is of no use on a terminal; the JSON report has it.
constexpr std::size_t kShortCase = 400;

using enum Table::Align;

void append(std::vector<std::string> &row, const Counts &counts) {
  for (const auto n : {counts.passed, counts.failed, counts.skipped}) {
    row.push_back(n ? std::to_string(n) : "-");
  }
}

std::string counts_text(const char *what, const std::vector<std::pair<std::string, Counts>> &list) {
  Table table({what, "PASSED", "FAILED", "SKIPPED"}, {left, right, right, right});
  bool any = false;
  for (const auto &[name, counts] : list) {
    if (!counts.total()) continue;
    any = true;
    std::vector<std::string> row = {name};
    append(row, counts);
    table.add(std::move(row));
  }
  return any ? table.text() + '\n' : std::string();
}

OpCounts counts_of(const Ledger &ledger, const std::string &op) {
  const auto found = ledger.ops.find(op);
  return found == ledger.ops.end() ? OpCounts() : found->second;
}

// Rows of the op table in its order, then the other functions that were tested.
std::string matrix_text(const Ledger &ledger, const std::string &family) {
  std::int64_t index = 0;
  find_backend(family, &index);
  Table table({"OP", "PROFILE", "VECTORS", "FAILED", "SKIPPED", "PROPERTIES", "FAILED", "SKIPPED",
               "DTYPES"},
              {left, left, right, right, right, right, right, right, left});
  const auto add = [&](const std::string &name, const char *profile, const std::string &marks) {
    const OpCounts counts = counts_of(ledger, name);
    if (!counts.vectors.total() && !counts.properties.total()) return;
    std::vector<std::string> row = {name, profile};
    append(row, counts.vectors);
    append(row, counts.properties);
    row.push_back(marks);
    table.add(std::move(row));
  };
  const auto count = get<std::int64_t>(spc_op_count);
  for (std::int64_t i = 0; i < count; ++i) {
    const auto op = describe_op(i);
    std::string marks;
    for (std::int32_t d = 0; d < SPC_DTYPE_COUNT; ++d) marks += mark(capability(index, op, d));
    add(op.name, op.profile, marks);
  }
  for (const auto &[name, counts] : ledger.ops) {
    if (!find_op(name)) add(name, "", "");
  }
  std::string dtypes;
  for (std::int32_t d = 0; d < SPC_DTYPE_COUNT; ++d) dtypes += (d ? " " : "") + dtype_name(d);
  return fmt::format("{}\n{}the nine marks: {}\n", table.text(), marks_legend(), dtypes);
}

std::string skipped_text(const Ledger &ledger) {
  std::string text;
  for (const auto &[op, reasons] : ledger.skip_reasons) {
    for (const auto &[reason, count] : reasons) {
      text += fmt::format("  {} ({}): {}\n", op, count, reason);
    }
  }
  return text.empty() ? text : "\nskipped:\n" + text;
}

std::string failures_text(const Ledger &ledger, bool all) {
  const auto &failures = ledger.failures;
  if (failures.empty()) return {};
  const auto shown = all ? failures.size() : std::min(failures.size(), kFirstFailures);
  std::string text = shown < failures.size()
                         ? fmt::format("\nfirst {} of {} failures:\n", shown, failures.size())
                         : std::string("\nfailures:\n");
  for (std::size_t i = 0; i < shown; ++i) {
    const auto &f = failures[i];
    text += fmt::format("  {}\n    {}: {}\n", f.id, f.where, f.reason);
    if (!f.spec.empty() && f.spec.size() <= kShortCase) text += fmt::format("    {}\n", f.spec);
  }
  if (shown < failures.size()) text += "  (--list-failures prints all)\n";
  return text;
}

nlohmann::ordered_json counts_json(const Counts &counts) {
  return {{"passed", counts.passed}, {"failed", counts.failed}, {"skipped", counts.skipped}};
}

nlohmann::ordered_json op_json(const Ledger &ledger, const std::string &op) {
  const OpCounts counts = counts_of(ledger, op);
  return {{"vectors", counts_json(counts.vectors)}, {"properties", counts_json(counts.properties)}};
}

nlohmann::ordered_json ops_json(const Ledger &ledger, const std::string &family) {
  std::int64_t index = 0;
  find_backend(family, &index);
  auto ops = nlohmann::ordered_json::object();
  const auto count = get<std::int64_t>(spc_op_count);
  for (std::int64_t i = 0; i < count; ++i) {
    const auto op = describe_op(i);
    auto &entry = ops[op.name] = op_json(ledger, op.name);
    entry["profile"] = op.profile;
    for (std::int32_t d = 0; d < SPC_DTYPE_COUNT; ++d) {
      entry["dtypes"][dtype_name(d)] = capability_name(capability(index, op, d));
    }
  }
  for (const auto &[name, counts] : ledger.ops) {
    if (!find_op(name)) ops[name] = op_json(ledger, name);
  }
  return ops;
}

}  // namespace

std::string report_text(const Ledger &ledger, const std::string &family, bool all_failures) {
  return fmt::format("{}{}{}{}{}\n{} passed, {} failed, {} skipped\n",
                     counts_text("VECTORS", ledger.files),
                     counts_text("PROPERTY", ledger.properties), matrix_text(ledger, family),
                     skipped_text(ledger), failures_text(ledger, all_failures), ledger.total.passed,
                     ledger.total.failed, ledger.total.skipped);
}

std::string report_json(const Ledger &ledger, const spc_backend_info &family,
                        const std::string &vectors) {
  nlohmann::ordered_json json = {{"backend", family.name},          {"version", family.version},
                                 {"plugin", family.plugin},         {"vectors", nullptr},
                                 {"passed", ledger.total.passed},   {"failed", ledger.total.failed},
                                 {"skipped", ledger.total.skipped}, {"seconds", ledger.seconds}};
  if (!vectors.empty()) json["vectors"] = vectors;
  auto &files = json["files"] = nlohmann::ordered_json::object();
  for (const auto &[name, counts] : ledger.files) files[name] = counts_json(counts);
  auto &properties = json["properties"] = nlohmann::ordered_json::object();
  for (const auto &property : all_properties()) {
    const auto found = std::find_if(ledger.properties.begin(), ledger.properties.end(),
                                    [&](const auto &p) { return p.first == property.name; });
    if (found == ledger.properties.end()) continue;
    auto &entry = properties[property.name] = counts_json(found->second);
    entry["statement"] = property.statement;
  }
  json["ops"] = ops_json(ledger, family.name);
  json["skip_reasons"] = ledger.skip_reasons;
  auto &failures = json["failures"] = nlohmann::ordered_json::array();
  for (const auto &f : ledger.failures) {
    auto &entry = failures.emplace_back(nlohmann::ordered_json{
        {"id", f.id}, {"op", f.op}, {"where", f.where}, {"reason", f.reason}});
    if (!f.spec.empty()) {
      entry["case"] = nlohmann::ordered_json::parse(f.spec);
    }
  }
  return json.dump(2, ' ', false, nlohmann::json::error_handler_t::replace) + '\n';
}

}  // namespace cmd::conform
