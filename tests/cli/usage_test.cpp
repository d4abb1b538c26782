// SPDX-License-Identifier: Apache-2.0
// Options, help, and what the listing subcommands print.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/cli/command.hpp"

namespace cli {
namespace {

bool contains(const std::string &text, const std::string &part) {
  return text.find(part) != std::string::npos;
}

TEST(Usage, BadOnesAreStatus2AndSaidOnStandardError) {
  const std::vector<std::vector<std::string>> lines = {
      {},
      {"dissolve"},
      {"--no-such-option"},
      {"solve"},
      {"solve", "a.mtx", "--poisson", "3"},
      {"solve", "a.mtx", "b.mtx"},
      {"solve", "--poisson", "0"},
      {"solve", "--poisson", "many"},
      {"solve", "--poisson", "3", "--solver", "magic"},
      {"solve", "--poisson", "3", "--precond", "magic"},
      {"solve", "--poisson", "3", "--dtype", "int32"},
      {"solve", "--poisson", "3", "--rtol", "-1"},
      {"solve", "--poisson", "3", "--rtol", "small"},
      {"solve", "--poisson", "3", "--maxiter", "-1"},
      {"solve", "--poisson", "3", "--check-level", "paranoid"},
      {"solve", "--poisson", "3", "--backend", "abacus"},
      {"ops", "--backend", "abacus"},
      {"explain"},
      {"explain", "dissolve"},
      {"explain", "add", "int16"},
      {"explain", "add", "--backend", "abacus"},
      {"explain", "sqrt", "float32", "float32"},
      {"conform", "--backend", "abacus", "--vectors", "."},
      {"conform", "--backend", "cpu", "--plugin", "x.so"},
      {"conform", "--only", "some"},
      {"check-plugin"},
      {"check-plugin", "a.so", "--timeout", "0"},
      {"--plugin", "/nowhere/x.so", "backends"},
      {"--plugin-dir", "/nowhere", "backends"},
  };
  for (const auto &line : lines) {
    const auto outcome = spacecore(line);
    std::string text;
    for (const auto &word : line) text += word + ' ';
    EXPECT_EQ(outcome.status, 2) << text << '\n' << outcome.out << outcome.err;
    EXPECT_NE(outcome.err, "") << text;
    EXPECT_EQ(outcome.out, "") << text;
  }
}

TEST(Usage, UnknownNamesAreNamed) {
  EXPECT_TRUE(contains(spacecore({"solv", "a.mtx"}).err, "unknown subcommand 'solv'"));
  EXPECT_TRUE(contains(spacecore({"frob"}).err,
                       "there are backends, ops, explain, solve, conform, check-plugin\n"));
  EXPECT_TRUE(contains(spacecore({"--frob"}).err, "--frob"));
  EXPECT_TRUE(contains(spacecore({"solve", "--poisson", "3", "--frob"}).err, "--frob"));
  EXPECT_TRUE(
      contains(spacecore({"solve", "--poisson", "3", "--backend", "abacus"}).err, "abacus"));
  EXPECT_TRUE(contains(spacecore({"solve", "--poisson", "3", "--precond", "magic"}).err, "jacobi"));
}

TEST(Usage, ExplainsACall) {
  const auto sum = spacecore({"explain", "add", "float32", "int32"});
  EXPECT_EQ(sum.status, 0) << sum.err;
  for (const char *part : {"family cpu", "dtype float64 (of the operands: float32, int32)",
                           "add for float64", "cpu: own kernel", "reference: inherited kernel"})
    EXPECT_TRUE(contains(sum.out, part)) << part << " in\n" << sum.out;
  const auto solve = spacecore({"explain", "solve", "--backend", "reference"});
  EXPECT_EQ(solve.status, 0) << solve.err;
  EXPECT_TRUE(contains(solve.out, "reference: own kernel")) << solve.out;
  EXPECT_TRUE(contains(spacecore({"explain", "zeros"}).out, "fill for float64"));
  EXPECT_TRUE(contains(spacecore({"explain", "dissolve"}).err, "unknown op 'dissolve'"));
}

TEST(Usage, BadNumbersAreNamed) {
  EXPECT_TRUE(contains(spacecore({"solve", "--poisson", "3", "--rtol", "-1"}).err,
                       "--rtol: -1 is not a number >= 0\n"));
  EXPECT_TRUE(contains(spacecore({"solve", "--poisson", "3", "--atol", "nan"}).err,
                       "--atol: nan is not a number >= 0\n"));
}

TEST(Usage, HelpNamesEveryOption) {
  const std::vector<std::pair<std::string, std::vector<std::string>>> pages = {
      {"",
       {"backends", "ops", "explain", "solve", "conform", "check-plugin", "--plugin",
        "--plugin-dir", "--version"}},
      {"backends", {"--report"}},
      {"ops", {"--backend"}},
      {"solve",
       {"--poisson", "--rhs", "--solver", "--precond", "--backend", "--dtype", "--rtol", "--atol",
        "--maxiter", "--check-level", "--out", "--json", "Exit status"}},
      {"conform",
       {"--backend", "--plugin", "--vectors", "--only", "--profile", "--json", "--filter",
        "--list-failures", "--write-capabilities", "--write-deviations", "Exit status"}},
      {"check-plugin", {"FILE", "--timeout", "--json", "Exit status"}},
      {"explain", {"OP", "DTYPE", "--backend"}}};
  for (const auto &[command, options] : pages) {
    const auto outcome = spacecore(command.empty() ? std::vector<std::string>{"--help"}
                                                   : std::vector<std::string>{command, "--help"});
    EXPECT_EQ(outcome.status, 0);
    EXPECT_EQ(outcome.err, "");
    for (const auto &option : options) {
      EXPECT_TRUE(contains(outcome.out, option)) << command << ' ' << option;
    }
  }
}

TEST(Usage, Version) {
  const auto outcome = spacecore({"--version"});
  EXPECT_EQ(outcome.status, 0);
  EXPECT_TRUE(contains(outcome.out, "spacecore 0.")) << outcome.out;
}

TEST(Backends, ListsTheFamilies) {
  const auto outcome = spacecore({"backends"});
  EXPECT_EQ(outcome.status, 0) << outcome.err;
  for (const char *word : {"reference", "cpu", "host", "openblas", "all 9"}) {
    EXPECT_TRUE(contains(outcome.out, word)) << word << '\n' << outcome.out;
  }
}

TEST(Backends, ReportNamesEveryFileTried) {
  const Scratch scratch;
  const auto text = scratch.write("notes.so", "not a plugin\n");
  const auto outcome = spacecore({"--plugin-dir", scratch.path(""), "backends", "--report"});
  EXPECT_EQ(outcome.status, 0) << outcome.err;
  EXPECT_TRUE(contains(outcome.out, "notes.so")) << outcome.out;
  EXPECT_TRUE(contains(outcome.out, "cpu.so")) << outcome.out;
}

TEST(Backends, AFileLoadedByPathIsThere) {
  const auto outcome = spacecore({"--plugin", SPACECORE_TEST_PLUGIN_DIR "/fakedev.so", "backends"});
  EXPECT_EQ(outcome.status, 0) << outcome.err;
  EXPECT_TRUE(contains(outcome.out, "fakedev")) << outcome.out;
}

TEST(Ops, MatrixOfOneFamilyAndOfAll) {
  const auto one = spacecore({"ops", "--backend", "reference"});
  EXPECT_EQ(one.status, 0) << one.err;
  for (const char *word : {"matmul", "float64", "complex128", "own kernel", "inherited"}) {
    EXPECT_TRUE(contains(one.out, word)) << word << '\n' << one.out;
  }
  const auto all = spacecore({"ops"});
  EXPECT_EQ(all.status, 0) << all.err;
  EXPECT_TRUE(contains(all.out, "#########")) << all.out;  // reference has every dtype
}

}  // namespace
}  // namespace cli
