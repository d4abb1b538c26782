// SPDX-License-Identifier: Apache-2.0
// Where plugins are looked for, in which order, and what loading must not do to the process. The
// search happens once a process, so every test runs in a process of its own.
#include <fenv.h>
#include <gtest/gtest.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include <cfloat>
#include <clocale>
#include <cstring>
#include <filesystem>
#include <string>

#include "spacecore/spacecore.h"

#include "tests/plugins/support.hpp"

namespace {

using namespace spc::test;
namespace fs = std::filesystem;

class Discovery : public testing::Test {
 protected:
  // Directory with a copy of a plugin under another name.
  std::string directory_with(const std::string &plugin, const std::string &file) {
    const std::string directory = scratch_.path(plugin + "." + file);
    fs::create_directory(directory);
    fs::copy_file(bad_plugin(plugin), directory + "/" + file);
    return directory;
  }

  ScratchDirectory scratch_;
};

TEST_F(Discovery, FindsTheFamiliesBesideTheLibrary) {
  IN_A_PROCESS({
    unsetenv("SPACECORE_PLUGIN_PATH");
    EXPECT_NE(version_of("reference"), "");
    EXPECT_EQ(version_of("fakedev"), "");
    EXPECT_NE(load_report().find("/spacecore/1/reference.so"), std::string::npos);
  });
}

TEST_F(Discovery, EnvironmentComesBeforeTheLibrary) {
  IN_A_PROCESS({
    const std::string directory = directory_with("reference_override", "override.so");
    setenv("SPACECORE_PLUGIN_PATH", directory.c_str(), 1);
    EXPECT_EQ(version_of("reference"), "override");
    // The one that came too late is a line of the report, not an error.
    const std::string report = load_report();
    const std::size_t line = report.find("/spacecore/1/reference.so");
    ASSERT_NE(line, std::string::npos) << report;
    EXPECT_EQ(report.rfind("refused", line), report.rfind('\n', line) + 1) << report;
  });
}

TEST_F(Discovery, DirectoriesOfTheApiComeBeforeTheEnvironment) {
  IN_A_PROCESS({
    setenv("SPACECORE_PLUGIN_PATH", directory_with("order_b", "b.so").c_str(), 1);
    const std::string first = directory_with("order_a", "a.so");
    EXPECT_EQ(spc_add_plugin_directory(first.c_str()), SPC_OK) << last_error();
    EXPECT_EQ(version_of("order"), "a");
  });
}

TEST_F(Discovery, WithinThePathTheFirstWinsAndTheRestIsSearched) {
  IN_A_PROCESS({
    const std::string path = scratch_.path("missing") + ":" + directory_with("order_b", "z.so") +
                             "::" + directory_with("order_a", "a.so") + ":" +
                             directory_with("tiny", "t.so");
    setenv("SPACECORE_PLUGIN_PATH", path.c_str(), 1);
    EXPECT_EQ(version_of("order"), "b");
    EXPECT_EQ(version_of("tiny"), "1.0");
  });
}

TEST_F(Discovery, WithinADirectoryNamesAreSorted) {
  IN_A_PROCESS({
    const std::string directory = directory_with("order_b", "2.so");
    fs::copy_file(bad_plugin("order_a"), directory + "/1.so");
    fs::copy_file(bad_plugin("tiny"), directory + "/tiny.so.backup");
    setenv("SPACECORE_PLUGIN_PATH", directory.c_str(), 1);
    EXPECT_EQ(version_of("order"), "a");
    EXPECT_EQ(version_of("tiny"), "");
  });
}

TEST_F(Discovery, ARefusedFileDoesNotHideItsNeighbours) {
  IN_A_PROCESS({
    const std::string directory = directory_with("throws", "a.so");
    fs::copy_file(bad_plugin("tiny"), directory + "/b.so");
    fs::create_directory(directory + "/c.so");
    setenv("SPACECORE_PLUGIN_PATH", directory.c_str(), 1);
    EXPECT_EQ(version_of("throws"), "");
    EXPECT_EQ(version_of("tiny"), "1.0");
    const std::string report = load_report();
    EXPECT_NE(report.find("the engine does not start"), std::string::npos) << report;
    EXPECT_NE(report.find(directory + "/c.so"), std::string::npos) << report;
  });
}

TEST_F(Discovery, ADirectoryThatCannotBeReadDoesNotHideTheNext) {
  IN_A_PROCESS({
    const std::string closed = directory_with("order_a", "a.so");
    const std::string file = closed + "/a.so";
    const std::string path = closed + ":" + file + ":" + directory_with("tiny", "t.so");
    fs::permissions(scratch_.path(), fs::perms{0755});
    fs::permissions(closed, fs::perms::none);
    setenv("SPACECORE_PLUGIN_PATH", path.c_str(), 1);
    const uid_t user = geteuid();
    ASSERT_EQ(seteuid(user == 0 ? 65534 : user), 0);  // nothing is closed to root
    EXPECT_EQ(version_of("order"), "");
    EXPECT_EQ(version_of("tiny"), "1.0");
    EXPECT_NE(report_line({"note", closed + ": cannot be searched: Permission denied"}), "")
        << load_report();
    EXPECT_NE(report_line({"note", file + ": cannot be searched: "}), "") << load_report();
    ASSERT_EQ(seteuid(user), 0);
    fs::permissions(closed, fs::perms::owner_all);
  });
}

TEST_F(Discovery, OneFileByOtherNamesIsOneFamily) {
  IN_A_PROCESS({
    const std::string directory = directory_with("tiny", "a.so");
    fs::create_hard_link(directory + "/a.so", directory + "/b.so");
    fs::create_symlink(directory + "/a.so", directory + "/c.so");
    fs::copy_file(directory + "/a.so", directory + "/d.so");
    setenv("SPACECORE_PLUGIN_PATH", directory.c_str(), 1);
    EXPECT_EQ(version_of("tiny"), "1.0");
    const std::string taken = "family 'tiny' is already registered by " + directory + "/a.so";
    EXPECT_NE(report_line({"refused", directory + "/b.so: ", taken}), "") << load_report();
    EXPECT_NE(report_line({"refused", directory + "/c.so: is loaded already"}), "");
    EXPECT_NE(report_line({"refused", directory + "/d.so: ", taken}), "");
  });
}

TEST_F(Discovery, ADirectoryAddedLaterIsSearchedAtOnce) {
  IN_A_PROCESS({
    unsetenv("SPACECORE_PLUGIN_PATH");
    EXPECT_EQ(version_of("tiny"), "");
    EXPECT_EQ(spc_add_plugin_directory(directory_with("tiny", "tiny.so").c_str()), SPC_OK);
    EXPECT_EQ(version_of("tiny"), "1.0");
    EXPECT_EQ(spc_add_plugin_directory(""), SPC_E_VALUE);
  });
}

TEST_F(Discovery, NeverTheWorkingDirectory) {
  IN_A_PROCESS({
    const std::string directory = directory_with("tiny", "tiny.so");
    fs::create_directories(directory + "/spacecore/1");
    fs::copy_file(bad_plugin("order_a"), directory + "/spacecore/1/order.so");
    ASSERT_EQ(chdir(directory.c_str()), 0);
    setenv("SPACECORE_PLUGIN_PATH", ":", 1);
    setenv("LD_LIBRARY_PATH", directory.c_str(), 1);
    EXPECT_EQ(version_of("tiny"), "");
    EXPECT_EQ(version_of("order"), "");
    EXPECT_EQ(spc_load_plugin("tiny.so"), SPC_E_PLUGIN);
    // With a slash the user has said which file is meant.
    EXPECT_EQ(spc_load_plugin("./tiny.so"), SPC_OK) << last_error();
    EXPECT_EQ(version_of("tiny"), "1.0");
  });
}

bool denormals_work() {
  volatile double smallest = DBL_MIN;
  return smallest / 4 != 0;
}

TEST_F(Discovery, FastMathDoesNotFlushDenormals) {
  IN_A_PROCESS({
    families();
    ASSERT_TRUE(denormals_work());
    fenv_t before;
    fegetenv(&before);
    EXPECT_EQ(spc_load_plugin(bad_plugin("fast_math").c_str()), SPC_OK) << last_error();
    fenv_t after;
    fegetenv(&after);
    EXPECT_TRUE(denormals_work());
    EXPECT_EQ(std::memcmp(&before, &after, sizeof before), 0);
    EXPECT_EQ(version_of("fast_math"), "1.0");
    EXPECT_NE(load_report().find("floating-point"), std::string::npos) << load_report();
  });
}

TEST_F(Discovery, WhatAPluginChangesIsRestoredAndReported) {
  IN_A_PROCESS({
    families();
    sigset_t signals_before;
    pthread_sigmask(SIG_SETMASK, nullptr, &signals_before);
    cpu_set_t cpus_before;
    CPU_ZERO(&cpus_before);
    sched_getaffinity(0, sizeof cpus_before, &cpus_before);
    const std::string locale_before = std::setlocale(LC_ALL, nullptr);

    EXPECT_EQ(spc_load_plugin(bad_plugin("changes_process").c_str()), SPC_OK) << last_error();

    EXPECT_EQ(fegetround(), FE_TONEAREST);
    sigset_t signals_after;
    pthread_sigmask(SIG_SETMASK, nullptr, &signals_after);
    for (const int signal : {SIGUSR1, SIGUSR2})
      EXPECT_EQ(sigismember(&signals_after, signal), sigismember(&signals_before, signal));
    cpu_set_t cpus_after;
    CPU_ZERO(&cpus_after);
    sched_getaffinity(0, sizeof cpus_after, &cpus_after);
    EXPECT_TRUE(CPU_EQUAL(&cpus_before, &cpus_after));
    EXPECT_EQ(locale_before, std::setlocale(LC_ALL, nullptr));
    const std::string report = load_report();
    for (const char *what : {"floating-point", "signal mask", "locale"})
      EXPECT_NE(report.find(what), std::string::npos) << what << " in:\n" << report;
    EXPECT_EQ(version_of("changes_process"), "1.0");
  });
}

TEST_F(Discovery, ListingNeedsNoDevice) {
  IN_A_PROCESS({
    setenv("SPACECORE_PLUGIN_PATH", SPACECORE_TEST_PLUGIN_DIR, 1);
    EXPECT_EQ(version_of("fakedev"), "1.0");
    EXPECT_EQ(version_of("opaque"), "1.0");
  });
}

}  // namespace
