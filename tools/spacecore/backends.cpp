// SPDX-License-Identifier: Apache-2.0
// spacecore backends: the families and why others are not there.
#include <fmt/core.h>

#include <memory>
#include <string>
#include <vector>

#include "tools/spacecore/commands.hpp"
#include "tools/spacecore/support.hpp"
#include "tools/spacecore/table.hpp"

namespace cmd {
namespace {

std::string or_dash(const char *text) {
  return *text ? text : "-";
}

// "all 9", or the names of those that some kernel takes.
std::string dtypes_text(std::uint64_t mask) {
  std::string names;
  int count = 0;
  for (std::int32_t d = 0; d < SPC_DTYPE_COUNT; ++d) {
    if (!(mask >> d & 1)) continue;
    names += (count++ ? "," : "") + dtype_name(d);
  }
  if (count == SPC_DTYPE_COUNT) return fmt::format("all {}", count);
  return count ? names : "-";
}

void print_families() {
  using enum Table::Align;
  Table table({"FAMILY", "VERSION", "BASE", "MEMORY", "DTYPES", "OWN OPS", "INHERITED", "ALIASES"},
              {left, left, left, left, left, right, right, left});
  std::string unavailable, files;
  const auto infos = all_backends();
  for (const auto &info : infos) {
    if (!info.available) {
      unavailable += fmt::format("{} cannot be used: {}\n", info.name, info.unavailable);
    }
    table.add({info.available ? info.name : std::string(info.name) + " (unavailable)", info.version,
               or_dash(info.base), or_dash(info.memory_spaces), dtypes_text(info.dtypes),
               std::to_string(info.own_ops), std::to_string(info.inherited_ops),
               or_dash(info.aliases)});
    files += fmt::format("{:<12} {}\n", info.name, info.plugin);
  }
  if (infos.empty()) {
    fmt::print("no backend found; `spacecore backends --report` says what was tried\n");
    return;
  }
  fmt::print("{}", table.text());
  if (!unavailable.empty()) fmt::print("\n{}", unavailable);
}

int run(bool report) {
  print_families();
  if (report) {
    const std::string text = get<const char *>(spc_load_report);
    fmt::print("\nfiles tried:\n{}{}", text, text.empty() || text.back() == '\n' ? "" : "\n");
  }
  return kOk;
}

}  // namespace

Command add_backends(CLI::App &root) {
  auto *app =
      root.add_subcommand("backends", "List the families: version, base, memory, dtypes, ops");
  app->fallthrough();
  auto report = std::make_shared<bool>(false);
  app->add_flag("--report", *report,
                "Also print every plugin file that was tried, and the outcome");
  return {app, [report] { return run(*report); }};
}

}  // namespace cmd
