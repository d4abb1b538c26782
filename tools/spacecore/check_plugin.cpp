// SPDX-License-Identifier: Apache-2.0
// spacecore check-plugin: whether a file keeps the rules of plugins, before it is trusted.
#include <fmt/core.h>

#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>

#include "tools/spacecore/check_plugin/check.hpp"
#include "tools/spacecore/commands.hpp"
#include "tools/spacecore/support.hpp"

namespace cmd {
namespace {

struct Options {
  std::string file;
  double timeout = 30;
  bool json = false;
};

int run(const Options &options) {
  std::error_code error;
  const auto path = std::filesystem::canonical(options.file, error);
  if (error) throw BadInput(options.file + ": " + error.message());
  if (!std::filesystem::is_regular_file(path)) throw BadInput(options.file + ": is no file");

  bool failed = false;
  auto results = nlohmann::json::array();
  const check_plugin::Sink sink = [&](const check_plugin::Result &r) {
    failed = failed || r.verdict == check_plugin::Verdict::failed;
    const char *const verdict = check_plugin::verdict_name(r.verdict);
    results.push_back({{"name", r.name}, {"verdict", verdict}, {"reason", r.reason}});
    if (options.json) return;
    if (r.reason.empty())
      fmt::print("{:<16} {}\n", r.name, verdict);
    else
      fmt::print("{:<16} {:<8} {}\n", r.name, verdict, r.reason);
  };
  if (check_plugin::check_file(path, sink))
    check_plugin::check_running(path, options.timeout, sink);

  if (options.json) {
    const nlohmann::json report = {{"file", path.string()}, {"ok", !failed}, {"checks", results}};
    // A reason may quote the file.
    fmt::print("{}\n", report.dump(2, ' ', false, nlohmann::json::error_handler_t::replace));
  } else {
    fmt::print("{}: {}\n", path.string(), failed ? "not fit to be loaded" : "keeps the rules");
  }
  return failed ? kNegative : kOk;
}

}  // namespace

Command add_check_plugin(CLI::App &root) {
  auto *app = root.add_subcommand("check-plugin", "Check that a file keeps the rules of plugins");
  app->fallthrough();
  auto o = std::make_shared<Options>();
  app->add_option("file", o->file, "The shared object")->required()->type_name("FILE");
  app->add_option("--timeout", o->timeout, "Seconds after which the plugin's code is stopped")
      ->check(CLI::PositiveNumber)
      ->type_name("SECONDS")
      ->capture_default_str();
  app->add_flag("--json", o->json, "Print one JSON object instead of text");
  app->footer(
      "The file is read first; then it is loaded and registered in a process of its own. What its\n"
      "kernels compute is the matter of `spacecore conform --plugin FILE`.\n"
      "Exit status: 0 nothing failed, 1 something failed, 2 bad usage or no such file.");
  return {app, [o] { return run(*o); }};
}

}  // namespace cmd
