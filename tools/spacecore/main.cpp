// SPDX-License-Identifier: Apache-2.0
// spacecore: lists families, solves systems, checks families against test vectors.
#include <fmt/core.h>

#include <CLI/CLI.hpp>
#include <exception>
#include <filesystem>
#include <new>
#include <string>
#include <vector>

#include "tools/spacecore/commands.hpp"
#include "tools/spacecore/support.hpp"
#include "tools/spacecore/terminal.hpp"

namespace {

std::string version_text() {
  std::int32_t major = 0, minor = 0, patch = 0, abi_major = 0, abi_minor = 0;
  cmd::check(spc_version(&major, &minor, &patch));
  cmd::check(spc_abi_version(&abi_major, &abi_minor));
  return fmt::format("spacecore {}.{}.{} (plugin ABI {}.{})", major, minor, patch, abi_major,
                     abi_minor);
}

int report(const std::string &where, const std::string &what) {
  fmt::print(stderr, "{}: error: {}\n", where, what);
  return cmd::kBadInput;
}

// A word where a subcommand belongs was meant to be one.
std::string usage_error(const CLI::App *app, const CLI::Error &error) {
  if (app->get_parent() == nullptr && app->get_subcommands().empty()) {
    std::string unknown, known;
    for (const auto &word : app->remaining())
      if (unknown.empty() && word.rfind('-', 0) != 0) unknown = word;
    for (const CLI::App *command : app->get_subcommands([](const CLI::App *) { return true; }))
      known += (known.empty() ? "" : ", ") + command->get_name();
    if (!unknown.empty())
      return fmt::format("spacecore: error: unknown subcommand '{}'; there are {}\n", unknown,
                         known);
  }
  return fmt::format("spacecore: error: {}\nRun with --help for more information.\n", error.what());
}

int run(int argc, char **argv) {
  CLI::App app{"SpaceCore: spaces, linear operators and solvers over engines chosen at run time.",
               "spacecore"};
  app.require_subcommand(0, 1);  // so that a misspelt one is named; none at all is handled below
  app.set_version_flag("--version", version_text);
  app.get_formatter()->column_width(36);
  app.failure_message(usage_error);
  app.footer(
      "spacecore SUBCOMMAND --help says more. Examples:\n"
      "  spacecore solve A.mtx --precond jacobi --out x.mtx\n"
      "  spacecore solve --poisson 40 --backend reference --json\n"
      "  spacecore check-plugin ./my_family.so\n"
      "  spacecore conform --plugin ./my_family.so --vectors DIR");

  std::vector<std::string> plugins, directories;
  app.add_option("--plugin", plugins, "Load this plugin file first; may be repeated")
      ->type_name("FILE")
      ->allow_extra_args(false);
  app.add_option("--plugin-dir", directories,
                 "Search this directory for plugins before the usual places; may be repeated")
      ->type_name("DIR")
      ->allow_extra_args(false);

  const std::vector<cmd::Command> commands = {cmd::add_backends(app), cmd::add_ops(app),
                                              cmd::add_explain(app),  cmd::add_solve(app),
                                              cmd::add_conform(app),  cmd::add_check_plugin(app)};
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError &error) {
    // Help and version leave this way too, with code 0. CLI11's own codes are not ours.
    return app.exit(error) == 0 ? cmd::kOk : cmd::kBadInput;
  }
  if (app.get_subcommands().empty()) {
    fmt::print(stderr, "{}", app.help());
    return report("spacecore", "a subcommand is required");
  }

  std::string where = "spacecore";
  try {
    cmd::print_warnings();
    for (const auto &directory : directories) {
      if (!std::filesystem::is_directory(directory)) {
        throw cmd::BadInput(directory + ": not a directory");
      }
      cmd::check(spc_add_plugin_directory(directory.c_str()));
    }
    for (const auto &plugin : plugins) {
      cmd::check(spc_load_plugin(std::filesystem::absolute(plugin).c_str()));
    }
    for (const auto &command : commands) {
      if (!command.app->parsed()) continue;
      where += " " + command.app->get_name();
      return command.run();
    }
  } catch (const std::bad_alloc &) {
    return report(where, "out of memory");
  } catch (const std::exception &error) {
    return report(where, error.what());
  }
  return cmd::kOk;
}

}  // namespace

int main(int argc, char **argv) {
  try {
    return run(argc, argv);
  } catch (const std::exception &error) {
    return report("spacecore", error.what());
  }
}
