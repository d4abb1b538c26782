// SPDX-License-Identifier: Apache-2.0
// Which files are believed, and where they are looked for beyond SPACECORE_PLUGIN_PATH. The search
// happens once a process, so every test runs in a process of its own.
#include <gtest/gtest.h>
#include <stdlib.h>
#include <sys/auxv.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <string>

#include "spacecore/spacecore.h"

#include "tests/plugins/support.hpp"

namespace {

using namespace spc::test;
namespace fs = std::filesystem;

class Trust : public testing::Test {
 protected:
  void SetUp() override {
    umask(022);
    for (const char *variable : {"SPACECORE_PLUGIN_PATH", "SPACECORE_PLUGINS", "XDG_DATA_HOME",
                                 "HOME", "SPACECORE_PLUGIN_UNSAFE"})
      unsetenv(variable);
  }

  // A copy of a plugin as <directory>/<file>; the directories above it are made.
  std::string copy(const std::string &plugin, const std::string &directory,
                   const std::string &file) {
    const std::string path = scratch_.path(directory);
    fs::create_directories(path);
    fs::copy_file(bad_plugin(plugin), path + "/" + file);
    chmod((path + "/" + file).c_str(), 0644);
    return path + "/" + file;
  }

  void set_mode(const std::string &path, mode_t mode) {
    ASSERT_EQ(chmod(path.c_str(), mode), 0) << path;
  }

  static void expect_refused(const std::string &file, const std::vector<std::string> &parts) {
    EXPECT_EQ(spc_load_plugin(file.c_str()), SPC_E_PLUGIN) << last_error();
    const std::string text = last_error();
    EXPECT_NE(text.find(file), std::string::npos) << text;
    for (const std::string &part : parts)
      EXPECT_NE(text.find(part), std::string::npos) << "no '" << part << "' in: " << text;
    EXPECT_NE(report_line({"refused", file, parts.front()}), "") << load_report();
  }

  ScratchDirectory scratch_;
};

// ---- where --------------------------------------------------------------------------------------

TEST_F(Trust, DataDirectoryComesAfterThePathAndBeforeTheLibrary) {
  IN_A_PROCESS({
    copy("reference_override", "data/spacecore/1", "override.so");
    copy("order_b", "data/spacecore/1", "order.so");
    copy("order_a", "path", "order.so");
    setenv("XDG_DATA_HOME", scratch_.path("data").c_str(), 1);
    setenv("HOME", scratch_.path("home").c_str(), 1);
    copy("tiny", "home/.local/share/spacecore/1", "tiny.so");
    setenv("SPACECORE_PLUGIN_PATH", scratch_.path("path").c_str(), 1);
    EXPECT_EQ(version_of("reference"), "override");
    EXPECT_EQ(version_of("order"), "a");
    EXPECT_EQ(version_of("tiny"), "");  // the variable takes the place of the home directory
  });
}

TEST_F(Trust, WithoutItsVariableTheDataDirectoryIsInTheHomeDirectory) {
  IN_A_PROCESS({
    copy("tiny", "home/.local/share/spacecore/1", "tiny.so");
    copy("order_a", "home/.local/share/spacecore/2", "order.so");  // of another major version
    setenv("HOME", scratch_.path("home").c_str(), 1);
    setenv("XDG_DATA_HOME", "relative", 1);
    EXPECT_EQ(version_of("tiny"), "1.0");
    EXPECT_EQ(version_of("order"), "");
  });
}

TEST_F(Trust, OneDirectoryByTwoNamesIsSearchedOnce) {
  IN_A_PROCESS({
    copy("tiny", "data/spacecore/1", "tiny.so");
    setenv("XDG_DATA_HOME", scratch_.path("data").c_str(), 1);
    fs::create_symlink(scratch_.path("data/spacecore/1"), scratch_.path("link"));
    setenv("SPACECORE_PLUGIN_PATH", scratch_.path("link").c_str(), 1);
    EXPECT_EQ(version_of("tiny"), "1.0");
    EXPECT_EQ(report_line({"refused", "tiny.so"}), "") << load_report();
  });
}

TEST_F(Trust, NoneTurnsTheSearchOffAndLeavesWhatTheProgramNames) {
  IN_A_PROCESS({
    copy("tiny", "path", "tiny.so");
    const std::string order = copy("order_a", "order", "order.so");
    setenv("SPACECORE_PLUGIN_PATH", scratch_.path("path").c_str(), 1);
    setenv("SPACECORE_PLUGINS", "none", 1);
    EXPECT_TRUE(families().empty());
    EXPECT_NE(report_line({"search", "SPACECORE_PLUGINS=none"}), "") << load_report();
    EXPECT_EQ(spc_load_plugin(order.c_str()), SPC_OK) << last_error();
    EXPECT_EQ(version_of("order"), "a");
  });
}

TEST_F(Trust, AnotherWordThanNoneIsSaidAndIgnored) {
  IN_A_PROCESS({
    setenv("SPACECORE_PLUGINS", "off", 1);
    EXPECT_NE(version_of("reference"), "");
    EXPECT_NE(report_line({"SPACECORE_PLUGINS", "'off' is ignored"}), "") << load_report();
  });
}

// ---- whom ---------------------------------------------------------------------------------------

TEST_F(Trust, AWorldWritableFileIsRefused) {
  IN_A_PROCESS({
    const std::string file = copy("tiny", "d", "tiny.so");
    set_mode(file, 0666);
    expect_refused(file, {"'" + file + "' is world-writable (mode 0666, owner "});
    EXPECT_EQ(version_of("tiny"), "");
    set_mode(file, 0644);
    EXPECT_EQ(spc_load_plugin(file.c_str()), SPC_OK) << last_error();
  });
}

TEST_F(Trust, AWorldWritableDirectoryIsRefusedHoweverFarAbove) {
  IN_A_PROCESS({
    const std::string file = copy("tiny", "a/b/c", "tiny.so");
    for (const char *directory : {"a", "a/b", "a/b/c"}) {
      set_mode(scratch_.path(directory), 0777);
      expect_refused(file, {"'" + scratch_.path(directory) + "' is world-writable (mode 0777"});
      set_mode(scratch_.path(directory), 0755);
    }
    EXPECT_EQ(spc_load_plugin(file.c_str()), SPC_OK) << last_error();
  });
}

TEST_F(Trust, AStickyDirectoryIsGoodAboveTheOwnOneOnly) {
  IN_A_PROCESS({
    const std::string file = copy("tiny", "a/b", "tiny.so");
    set_mode(scratch_.path("a/b"), 01777);
    expect_refused(file, {"'" + scratch_.path("a/b") + "' is world-writable (mode 1777"});
    set_mode(scratch_.path("a/b"), 0755);
    set_mode(scratch_.path("a"), 01777);
    EXPECT_EQ(spc_load_plugin(file.c_str()), SPC_OK) << last_error();
  });
}

// What counts is where the file lies, not by which name it is called.
TEST_F(Trust, ALinkToAnUnsafePlaceIsRefused) {
  IN_A_PROCESS({
    const std::string file = copy("tiny", "unsafe", "tiny.so");
    set_mode(scratch_.path("unsafe"), 0777);
    fs::create_directories(scratch_.path("safe"));
    const std::string link = scratch_.path("safe/tiny.so");
    fs::create_symlink(file, link);
    EXPECT_EQ(spc_load_plugin(link.c_str()), SPC_E_PLUGIN);
    EXPECT_NE(last_error().find("'" + scratch_.path("unsafe") + "' is world-writable"),
              std::string::npos)
        << last_error();
  });
}

TEST_F(Trust, ASearchGoesOnAfterAnUnsafeFile) {
  IN_A_PROCESS({
    set_mode(copy("order_a", "d", "a.so"), 0646);
    copy("order_b", "d", "b.so");
    setenv("SPACECORE_PLUGIN_PATH", scratch_.path("d").c_str(), 1);
    EXPECT_EQ(version_of("order"), "b");
    EXPECT_NE(report_line({"refused", "a.so", "is world-writable (mode 0646"}), "")
        << load_report();
  });
}

TEST_F(Trust, GroupWritableIsALineOfTheReport) {
  IN_A_PROCESS({
    const std::string file = copy("tiny", "d", "tiny.so");
    set_mode(scratch_.path("d"), 0775);
    EXPECT_EQ(spc_load_plugin(file.c_str()), SPC_OK) << last_error();
    EXPECT_NE(report_line(
                  {"accepted", file, "'" + scratch_.path("d") + "' is group-writable (mode 0775"}),
              "")
        << load_report();
  });
}

TEST_F(Trust, AStrangersFileIsRefused) {
  if (geteuid() != 0) GTEST_SKIP() << "only root gives files away";
  IN_A_PROCESS({
    const std::string file = copy("tiny", "a/b", "tiny.so");
    for (const std::string &path : {file, scratch_.path("a/b"), scratch_.path("a")}) {
      ASSERT_EQ(chown(path.c_str(), 54321, 54321), 0);
      expect_refused(file, {"'" + path + "' belongs to user 54321"});
      ASSERT_EQ(chown(path.c_str(), 0, 0), 0);
    }
    EXPECT_EQ(spc_load_plugin(file.c_str()), SPC_OK) << last_error();
  });
}

TEST_F(Trust, TheUserMayAnswerForIt) {
  IN_A_PROCESS({
    const std::string file = copy("tiny", "d", "tiny.so");
    set_mode(file, 0666);
    setenv("SPACECORE_PLUGIN_UNSAFE", "yes", 1);  // only 1 is the word
    expect_refused(file, {"SPACECORE_PLUGIN_UNSAFE=1"});
    setenv("SPACECORE_PLUGIN_UNSAFE", "1", 1);
    EXPECT_EQ(spc_load_plugin(file.c_str()), SPC_OK) << last_error();
    EXPECT_NE(report_line({"accepted", file, "is world-writable", "SPACECORE_PLUGIN_UNSAFE=1"}), "")
        << load_report();
  });
}

// ---- raised rights --------------------------------------------------------------------------------

constexpr int no_raised_rights = 77;

// Run by the next test in a copy of this program that belongs to somebody else and runs as such.
TEST(TrustWithRaisedRights, DISABLED_Probe) {
  if (getauxval(AT_SECURE) == 0) _exit(no_raised_rights);
  EXPECT_EQ(version_of("tiny"), "");
  EXPECT_EQ(version_of("order"), "");
  const std::string report = load_report();
  for (const char *place : {"/path/", "/data/", "/home/", "turned off"})
    EXPECT_EQ(report.find(place), std::string::npos) << report;
  EXPECT_NE(report.find("/spacecore/1/reference.so"), std::string::npos) << report;
  // Not even on demand.
  const char *const unsafe = getenv("SPACECORE_TEST_UNSAFE_FILE");
  ASSERT_NE(unsafe, nullptr);
  EXPECT_EQ(spc_load_plugin(unsafe), SPC_E_PLUGIN);
  EXPECT_NE(last_error().find("is world-writable"), std::string::npos) << last_error();
  finish();
}

TEST_F(Trust, RaisedRightsHeedNeitherEnvironmentNorHome) {
#if defined(SPC_SANITIZE)
  GTEST_SKIP() << "sanitizers do not start with raised rights";
#endif
  if (geteuid() != 0) GTEST_SKIP() << "only root makes programs that run as somebody else";
  const std::string program = scratch_.path("program");
  fs::copy_file("/proc/self/exe", program);
  set_mode(scratch_.path(), 0755);
  ASSERT_EQ(chown(program.c_str(), 65534, 65534), 0);
  set_mode(program, 04755);
  copy("tiny", "path", "tiny.so");
  copy("tiny", "home/.local/share/spacecore/1", "tiny.so");
  copy("order_a", "data/spacecore/1", "order.so");
  const std::string unsafe = copy("order_b", "unsafe", "order.so");
  set_mode(unsafe, 0666);

  const std::string variables[] = {"SPACECORE_PLUGIN_PATH=" + scratch_.path("path"),
                                   "HOME=" + scratch_.path("home"),
                                   "XDG_DATA_HOME=" + scratch_.path("data"),
                                   "SPACECORE_PLUGINS=none",
                                   "SPACECORE_PLUGIN_UNSAFE=1",
                                   "SPACECORE_TEST_UNSAFE_FILE=" + unsafe};
  std::string command = "exec env -i";
  for (const std::string &variable : variables) command += " '" + variable + "'";
  command += " '" + program + "' --gtest_filter='*Probe' --gtest_also_run_disabled_tests";
  const int status = std::system(command.c_str());
  if (WIFEXITED(status) && WEXITSTATUS(status) == no_raised_rights)
    GTEST_SKIP() << "this file system or machine gives programs no rights";
  EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0) << status;
}

}  // namespace
