// SPDX-License-Identifier: Apache-2.0
// spacecore conform: properties and test vectors on one family.
#include <fmt/core.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>

#include "tools/spacecore/commands.hpp"
#include "tools/spacecore/conform/bench.hpp"
#include "tools/spacecore/conform/pages.hpp"
#include "tools/spacecore/conform/report.hpp"
#include "tools/spacecore/conform/suite.hpp"
#include "tools/spacecore/support.hpp"
#include "tools/spacecore/terminal.hpp"

namespace cmd {
namespace {

struct Options {
  std::string backend = "cpu", plugin, vectors, json, filter, only, capabilities, deviations;
  std::vector<std::string> profiles;
  bool list_failures = false;
};

// The family that a plugin file gave; loads the file unless a search has already.
spc_backend_info family_of_plugin(const std::string &file) {
  const auto path = std::filesystem::absolute(file);
  const auto from_file = [&](const spc_backend_info &info) {
    std::error_code ignored;
    return std::filesystem::equivalent(info.plugin, path, ignored);
  };
  for (int attempt = 0; attempt < 2; ++attempt) {
    for (const auto &info : all_backends()) {
      if (from_file(info)) return find_backend(info.name);
    }
    if (attempt == 0) check(spc_load_plugin(path.c_str()));
  }
  throw BadInput(file + ": the plugin registered no family");
}

// Empty if there are none, or if they are not wanted.
std::string vectors_directory(const Options &options) {
  if (options.only == "properties") return {};
  if (!options.vectors.empty()) return options.vectors;
  if (const char *directory = std::getenv("SPACECORE_VECTORS"); directory && *directory) {
    return directory;
  }
  if (options.only == "vectors") {
    throw BadInput("no test vectors: name their directory with --vectors DIR or SPACECORE_VECTORS");
  }
  return {};
}

void write_file(const std::string &path, const std::string &text) {
  std::ofstream stream(path, std::ios::binary);
  stream << text;
  stream.close();
  if (!stream) throw BadInput(path + ": cannot be written");
}

int write_pages(const Options &options) {
  ProgressLine line;
  const auto progress = [&](const std::string &what, const conform::Counts &) {
    line.update([&] { return what; });
  };
  if (!options.capabilities.empty()) {
    write_file(options.capabilities, conform::capabilities_page());
  }
  if (!options.deviations.empty()) {
    write_file(options.deviations, conform::deviations_page(progress));
  }
  line.clear();
  return kOk;
}

int run(const Options &options) {
  if (!options.capabilities.empty() || !options.deviations.empty()) return write_pages(options);
  const auto family =
      options.plugin.empty() ? find_backend(options.backend) : family_of_plugin(options.plugin);
  const std::string vectors = vectors_directory(options);
  fmt::print("backend {} {} ({})\n\n", family.name, family.version, family.plugin);
  std::fflush(stdout);

  ProgressLine line;
  conform::SuiteOptions suite;
  suite.family = family.name;
  suite.filter = options.filter;
  suite.profiles = options.profiles;
  suite.progress = [&](const std::string &what, const conform::Counts &so_far) {
    line.update([&] {
      return fmt::format("{}: {} passed, {} failed, {} skipped", what, so_far.passed, so_far.failed,
                         so_far.skipped);
    });
  };
  const auto begin = std::chrono::steady_clock::now();
  conform::Ledger ledger;
  if (!vectors.empty()) conform::run_vectors(vectors, suite, ledger);
  if (options.only != "vectors") conform::run_properties(suite, ledger);
  ledger.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  line.clear();

  fmt::print("{}", conform::report_text(ledger, family.name, options.list_failures));
  if (!options.json.empty()) {
    write_file(options.json, conform::report_json(ledger, family, vectors));
  }
  return ledger.total.failed ? kNegative : kOk;
}

}  // namespace

Command add_conform(CLI::App &root) {
  auto *app = root.add_subcommand("conform", "Check a family against the specification");
  app->fallthrough();
  auto options = std::make_shared<Options>();
  auto *backend = app->add_option("--backend", options->backend, "The family to check")
                      ->type_name("NAME")
                      ->capture_default_str();
  app->add_option("--plugin", options->plugin, "Load this file and check the family that it brings")
      ->type_name("FILE")
      ->excludes(backend);
  app->add_option(
         "--vectors", options->vectors,
         "Directory of *.jsonl test vectors (default: $SPACECORE_VECTORS; may be left out)")
      ->type_name("DIR");
  app->add_option("--only", options->only, "Leave the other kind of tests out")
      ->check(CLI::IsMember({"vectors", "properties"}));
  app->add_option("--profile", options->profiles, "Only ops of this profile; may be repeated")
      ->check(CLI::IsMember({"V", "A", "L", "S", "X"}))
      ->allow_extra_args(false);
  app->add_option("--json", options->json, "Also write the outcome to this file")
      ->type_name("FILE");
  app->add_option("--filter", options->filter,
                  "Only tests whose id contains this; ids begin with the op")
      ->type_name("TEXT");
  app->add_flag("--list-failures", options->list_failures, "Print every failure, not the first 20");
  app->add_option("--write-capabilities", options->capabilities,
                  "Instead: write which family offers which op as a page")
      ->type_name("FILE");
  app->add_option("--write-deviations", options->deviations,
                  "Instead: write where families may differ as a page")
      ->type_name("FILE");
  app->footer("Exit status: 0 nothing failed, 1 something failed, 2 bad usage or input.");
  return {app, [options] { return run(*options); }};
}

}  // namespace cmd
