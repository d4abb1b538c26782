// SPDX-License-Identifier: Apache-2.0
// check-plugin on plugins that keep the rules and on such as break one each.
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <ostream>
#include <string>
#include <utility>

#include "tests/cli/command.hpp"

namespace cli {
namespace {

const std::string bad_directory = SPACECORE_TEST_PLUGIN_DIR "/bad/";

// The line of a check, or "".
std::string line_of(const Outcome &outcome, const std::string &check) {
  std::size_t at = ("\n" + outcome.out).find("\n" + check + "  ");
  if (at == std::string::npos) return "";
  return outcome.out.substr(at, outcome.out.find('\n', at) - at);
}

struct Fault {
  const char *plugin;
  const char *check;   // the one that finds it
  const char *reason;  // part of what it says
};

std::ostream &operator<<(std::ostream &out, const Fault &fault) {
  return out << fault.plugin;
}

class Faults : public testing::TestWithParam<Fault> {};

TEST_P(Faults, AreNamed) {
  const auto &[plugin, check, reason] = GetParam();
  const auto outcome = spacecore({"check-plugin", bad_directory + plugin + ".so"});
  EXPECT_EQ(outcome.status, 1) << outcome.out << outcome.err;
  const std::string line = line_of(outcome, check);
  EXPECT_NE(line.find("FAILED"), std::string::npos) << check << '\n' << outcome.out;
  EXPECT_NE(line.find(reason), std::string::npos) << reason << '\n' << outcome.out;
}

const Fault faults[] = {
    {"no_marker", "exports", "does not export spacecore_plugin_v1"},
    {"no_register", "exports", "does not export register_ops"},
    {"register_in_dependency", "exports", "does not export register_ops"},
    {"third_export", "exports", "1 more: a_third_symbol"},
    {"missing_dependency", "loads", "libspacecore_absent.so"},
    {"undefined_symbol", "loads", "function_that_nobody_defines"},
    {"fast_math", "process state", "floating-point mode"},
    {"changes_process", "process state", "signal mask"},
    {"changes_process", "registers twice", "signal mask"},
    {"needs_newer_minor", "marker", "needs backend ABI 1.2, here is 1.0"},
    {"other_major", "marker", "backend ABI 2.0"},
    {"wrong_magic", "marker", "0x21474e50"},
    {"short_marker", "marker", "struct_size is 16"},
    {"throws", "registers", "the engine does not start"},
    {"fails_halfway", "registers", "register_ops returned -8"},
    {"rejects", "registers", "the licence of this engine has expired"},
    {"rejects_softly", "registers", "closed on Mondays"},
    {"swallows_error", "registers", "fn is NULL"},
    {"bad_dtype", "registers", "unknown dtype bits 0x200"},
    {"bad_name", "registers", "'Bad Name' is no name"},
    {"base_self", "registers", "its base is itself"},
    {"unknown_space", "registers", "'halfway:0' is not registered"},
};
INSTANTIATE_TEST_SUITE_P(CheckPlugin, Faults, testing::ValuesIn(faults));

TEST(CheckPlugin, APluginThatEndsTheProcessOrHangs) {
  const auto crash = spacecore({"check-plugin", SPACECORE_TEST_PLUGIN_DIR "/crooked/crashes.so"});
  EXPECT_EQ(crash.status, 1);
  EXPECT_NE(line_of(crash, "loads").find("FAILED   ends the process by signal 11"),
            std::string::npos)
      << crash.out;
  const auto hang =
      spacecore({"check-plugin", "--timeout", "1", SPACECORE_TEST_PLUGIN_DIR "/crooked/hangs.so"});
  EXPECT_EQ(hang.status, 1);
  EXPECT_NE(line_of(hang, "loads").find("FAILED   hangs: stopped after 1 s"), std::string::npos)
      << hang.out;
}

TEST(CheckPlugin, SeveralFaultsInOneFile) {
  const auto outcome = spacecore({"check-plugin", SPACECORE_TEST_PLUGIN_DIR "/crooked/untidy.so"});
  EXPECT_EQ(outcome.status, 1);
  const std::pair<const char *, const char *> lines[] = {
      {"exports", "1 more: only_one"}, {"links", "needs libspacecore.so.1"},
      {"unique symbols", "only_one"},  {"thread storage", "DF_STATIC_TLS"},
      {"process state", "threads ("},  {"fork", "hangs"},
      {"output", "prints 6 bytes"}};
  for (const auto &[check, reason] : lines) {
    const std::string line = line_of(outcome, check);
    EXPECT_NE(line.find("FAILED"), std::string::npos) << check << '\n' << outcome.out;
    EXPECT_NE(line.find(reason), std::string::npos) << reason << '\n' << outcome.out;
  }
}

TEST(CheckPlugin, WhatKeepsTheRulesPasses) {
  for (const char *file :
       {SPACECORE_PLUGIN_DIR "/reference.so", SPACECORE_PLUGIN_DIR "/cpu.so",
        SPACECORE_TEST_PLUGIN_DIR "/fakedev.so", SPACECORE_TEST_PLUGIN_DIR "/opaque.so"}) {
    const auto outcome = spacecore({"check-plugin", file});
    EXPECT_EQ(outcome.status, 0) << outcome.out << outcome.err;
    EXPECT_EQ(outcome.out.find("FAILED"), std::string::npos) << outcome.out;
    for (const char *check : {"permissions", "exports", "loads", "marker", "registers", "fork"})
      EXPECT_NE(line_of(outcome, check).find(" ok"), std::string::npos) << check << outcome.out;
  }
}

TEST(CheckPlugin, WhatIsNoGoodCompanyIsWarnedOf) {
  const auto clash = spacecore({"check-plugin", bad_directory + "alias_clash.so"});
  EXPECT_EQ(clash.status, 0) << clash.out;
  EXPECT_NE(line_of(clash, "families").find("keeps another out"), std::string::npos) << clash.out;
  const auto base = spacecore({"check-plugin", bad_directory + "base_elsewhere.so"});
  EXPECT_NE(line_of(base, "families").find("warning"), std::string::npos) << base.out;
}

TEST(CheckPlugin, FilesThatAreNone) {
  const Scratch scratch;
  const auto text = spacecore({"check-plugin", scratch.write("a.so", "not an object\n")});
  EXPECT_EQ(text.status, 1);
  EXPECT_NE(line_of(text, "shared object").find("is not an ELF file"), std::string::npos);
  const std::string whole = read_text(SPACECORE_PLUGIN_DIR "/reference.so");
  const auto cut =
      spacecore({"check-plugin", scratch.write("b.so", whole.substr(0, whole.size() / 2))});
  EXPECT_EQ(cut.status, 1);
  EXPECT_NE(line_of(cut, "shared object").find("truncated"), std::string::npos) << cut.out;
  const auto program = spacecore({"check-plugin", SPACECORE_COMMAND});
  EXPECT_EQ(program.status, 1);
  EXPECT_EQ(line_of(program, "loads"), "") << program.out;

  const auto absent = spacecore({"check-plugin", scratch.path("absent.so")});
  EXPECT_EQ(absent.status, 2);
  EXPECT_NE(absent.err.find("absent.so: No such file"), std::string::npos) << absent.err;
  EXPECT_EQ(spacecore({"check-plugin", scratch.path("")}).status, 2);
}

TEST(CheckPlugin, AFileThatEverybodyMayChange) {
  const Scratch scratch;
  const auto file = scratch.write("a.so", read_text(SPACECORE_PLUGIN_DIR "/reference.so"));
  EXPECT_EQ(spacecore({"check-plugin", file}).status, 0);
  ASSERT_EQ(chmod(file.c_str(), 0646), 0);
  const auto outcome = spacecore({"check-plugin", file});
  EXPECT_EQ(outcome.status, 1);
  EXPECT_NE(line_of(outcome, "permissions").find("writable for everybody (mode 0646)"),
            std::string::npos)
      << outcome.out;
}

TEST(CheckPlugin, Json) {
  const auto outcome = spacecore({"check-plugin", "--json", bad_directory + "other_major.so"});
  EXPECT_EQ(outcome.status, 1);
  const auto report = outcome.json();
  EXPECT_FALSE(report["ok"]);
  EXPECT_EQ(report["checks"][0]["name"], "permissions");
  EXPECT_EQ(report["checks"].back()["name"], "output");
  bool found = false;
  for (const auto &check : report["checks"])
    found = found || (check["name"] == "marker" && check["verdict"] == "FAILED");
  EXPECT_TRUE(found) << outcome.out;
}

}  // namespace
}  // namespace cli
