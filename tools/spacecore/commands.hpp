// SPDX-License-Identifier: Apache-2.0
// The subcommands. Each add_* declares one below `root` and returns what runs it.
#pragma once

#include <CLI/CLI.hpp>
#include <functional>

namespace cmd {

struct Command {
  CLI::App *app;
  /// Returns the exit status; throws Failure or BadInput.
  std::function<int()> run;
};

Command add_backends(CLI::App &root);
Command add_ops(CLI::App &root);
Command add_explain(CLI::App &root);
Command add_solve(CLI::App &root);
Command add_conform(CLI::App &root);
Command add_check_plugin(CLI::App &root);

}  // namespace cmd
