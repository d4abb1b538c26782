// SPDX-License-Identifier: Apache-2.0
// spacecore ops: which family offers which op for which dtype.
#include <fmt/core.h>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "tools/spacecore/commands.hpp"
#include "tools/spacecore/support.hpp"
#include "tools/spacecore/table.hpp"

namespace cmd {
namespace {

constexpr const char *kLegend =
    "# own kernel   + inherited   > computed in float64   . none\n"
    "= every dtype without a kernel of its own: a view, or composed of other ops\n";

// Ops whose dtype rule turns bool and integers into float64 need kernels of floating dtypes only.
bool computes_in_float64(std::uint32_t op) {
  switch (op) {
#define SPC_OP(NAME, CODE, SINCE, SIG, PROFILE, RULE, ...)                      \
  case CODE:                                                                    \
    return std::string_view(#RULE) == "F" || std::string_view(#RULE) == "FP" || \
           std::string_view(#RULE) == "RF";
#include "spacecore/ops.def"
    default:
      return false;
  }
}

spc_op_info describe_op(std::int64_t i) {
  spc_op_info info{};
  info.struct_size = sizeof info;
  check(spc_op_describe(i, &info));
  return info;
}

char mark(std::int64_t family, const spc_op_info &op, std::int32_t dtype) {
  if (!op.has_kernel) return '=';
  std::int32_t how = 0;
  check(spc_backend_supports(family, op.op, dtype, &how));
  if (how == 0 && dtype < SPC_FLOAT32 && computes_in_float64(op.op)) return '>';
  return how == 2 ? '#' : how == 1 ? '+' : '.';
}

// One family: a column for each dtype.
void print_family(std::int64_t family) {
  std::vector<std::string> heading = {"OP", "PROFILE"};
  for (std::int32_t d = 0; d < SPC_DTYPE_COUNT; ++d) heading.push_back(dtype_name(d));
  Table table(heading, std::vector<Table::Align>(heading.size(), Table::Align::left));
  const auto count = get<std::int64_t>(spc_op_count);
  for (std::int64_t i = 0; i < count; ++i) {
    const auto op = describe_op(i);
    std::vector<std::string> row = {op.name, op.profile};
    for (std::int32_t d = 0; d < SPC_DTYPE_COUNT; ++d) row.emplace_back(1, mark(family, op, d));
    table.add(std::move(row));
  }
  fmt::print("{}\n{}", table.text(), kLegend);
}

// All families: one mark for each dtype, in the order of the legend.
void print_all() {
  const auto infos = all_backends();
  std::vector<std::string> heading = {"OP", "PROFILE"};
  for (const auto &info : infos) heading.push_back(info.name);
  Table table(heading, std::vector<Table::Align>(heading.size(), Table::Align::left));
  const auto count = get<std::int64_t>(spc_op_count);
  for (std::int64_t i = 0; i < count; ++i) {
    const auto op = describe_op(i);
    std::vector<std::string> row = {op.name, op.profile};
    for (std::size_t f = 0; f < infos.size(); ++f) {
      std::string marks;
      for (std::int32_t d = 0; d < SPC_DTYPE_COUNT; ++d) {
        marks += mark(static_cast<std::int64_t>(f), op, d);
      }
      row.push_back(marks);
    }
    table.add(std::move(row));
  }
  std::string dtypes;
  for (std::int32_t d = 0; d < SPC_DTYPE_COUNT; ++d) dtypes += (d ? " " : "") + dtype_name(d);
  fmt::print("{}\n{}the nine marks: {}\n", table.text(), kLegend, dtypes);
}

int run(const std::string &backend) {
  if (backend.empty()) {
    print_all();
    return kOk;
  }
  std::int64_t index = 0;
  const auto info = find_backend(backend, &index);
  fmt::print("{} {}\n\n", info.name, info.version);
  print_family(index);
  return kOk;
}

}  // namespace

Command add_ops(CLI::App &root) {
  auto *app = root.add_subcommand("ops", "Print the capability matrix: ops by dtypes");
  app->fallthrough();
  auto backend = std::make_shared<std::string>();
  app->add_option("--backend", *backend, "Only this family, one column for each dtype")
      ->type_name("NAME");
  return {app, [backend] { return run(*backend); }};
}

}  // namespace cmd
