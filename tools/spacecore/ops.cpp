// SPDX-License-Identifier: Apache-2.0
// spacecore ops: which family offers which op for which dtype.
#include <fmt/core.h>

#include <memory>
#include <string>
#include <vector>

#include "tools/spacecore/capability.hpp"
#include "tools/spacecore/commands.hpp"
#include "tools/spacecore/support.hpp"
#include "tools/spacecore/table.hpp"

namespace cmd {
namespace {

char mark_of(std::int64_t family, const spc_op_info &op, std::int32_t dtype) {
  return mark(capability(family, op, dtype));
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
    for (std::int32_t d = 0; d < SPC_DTYPE_COUNT; ++d) row.emplace_back(1, mark_of(family, op, d));
    table.add(std::move(row));
  }
  fmt::print("{}\n{}", table.text(), marks_legend());
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
        marks += mark_of(static_cast<std::int64_t>(f), op, d);
      }
      row.push_back(marks);
    }
    table.add(std::move(row));
  }
  std::string dtypes;
  for (std::int32_t d = 0; d < SPC_DTYPE_COUNT; ++d) dtypes += (d ? " " : "") + dtype_name(d);
  fmt::print("{}\n{}the nine marks: {}\n", table.text(), marks_legend(), dtypes);
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
