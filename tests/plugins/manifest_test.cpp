// SPDX-License-Identifier: Apache-2.0
// Manifests: what they promise is listed and chosen unopened, and opened when it is asked for. The
// search happens once a process, so every test runs in a process of its own.
#include <gtest/gtest.h>
#include <stdlib.h>
#include <sys/stat.h>

#include <array>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "spacecore/spacecore.h"

#include "tests/plugins/support.hpp"

// What a plugin with the same name in it calls, unless it is bound to itself.
extern "C" __attribute__((visibility("default"), used)) const char *spacecore_test_who() {
  return "program";
}

namespace {

using namespace spc::test;
namespace fs = std::filesystem;

bool is_mapped(const std::string &file) {
  std::ifstream maps("/proc/self/maps");
  for (std::string line; std::getline(maps, line);)
    if (line.ends_with(file)) return true;
  return false;
}

std::int64_t index_of(const char *family) {
  std::int64_t i = -1;
  EXPECT_EQ(spc_backend_find(family, &i), SPC_OK) << last_error();
  return i;
}

spc_backend_info describe(std::int64_t i) {
  spc_backend_info info{};
  info.struct_size = sizeof info;
  EXPECT_EQ(spc_backend_describe(i, &info), SPC_OK) << last_error();
  return info;
}

spc_status use(const char *family) {
  Context ctx;
  return spc_context_create(family, SPC_FLOAT64, SPC_CHECK_NONE, ctx.out());
}

void expect_unavailable(const char *family, const std::vector<std::string> &parts) {
  EXPECT_EQ(use(family), SPC_E_BACKEND_UNAVAILABLE) << last_error();
  const std::string text = last_error();
  for (const std::string &part : parts)
    EXPECT_NE(text.find(part), std::string::npos) << "no '" << part << "' in: " << text;
}

class Manifests : public testing::Test {
 protected:
  void SetUp() override { umask(022); }

  std::string path(const std::string &name) const { return scratch_.path(name); }

  // Copies a plugin to <directory>/<name>.so and writes its manifest beside it.
  void put(const std::string &plugin, const std::string &name, const std::string &manifest,
           const std::string &directory = "d") {
    fs::create_directories(path(directory));
    fs::copy_file(bad_plugin(plugin), path(directory + "/" + name + ".so"));
    chmod(path(directory + "/" + name + ".so").c_str(), 0644);
    write(directory + "/" + name + ".manifest", manifest);
  }
  void write(const std::string &name, const std::string &text) {
    fs::create_directories(fs::path(path(name)).parent_path());
    std::ofstream(path(name)) << text;
  }
  void search(const std::string &directory = "d") {
    EXPECT_EQ(spc_add_plugin_directory(path(directory).c_str()), SPC_OK) << last_error();
  }

  ScratchDirectory scratch_;
};

// ---- listing and opening ------------------------------------------------------------------------

TEST_F(Manifests, AFamilyIsListedUnopenedAndOpenedAtFirstUse) {
  IN_A_PROCESS({
    put("tiny", "small", "# a comment\n\n name = tiny\r\nabi = 1.0\n\tfamilies=tiny\n");
    put("order_a", "order", "families = order\n");
    search();
    std::int64_t count = 0;
    ASSERT_EQ(spc_backend_count(&count), SPC_OK);
    const std::int64_t tiny = index_of("Tiny");
    const std::int64_t order = index_of("order");
    EXPECT_NE(tiny, order);
    EXPECT_EQ(use("reference"), SPC_OK);
    EXPECT_FALSE(is_mapped("/small.so"));
    EXPECT_NE(report_line({"note", path("d/small.manifest"),
                           "names 'tiny' in " + path("d/small.so"), "opened at first use"}),
              "")
        << load_report();

    EXPECT_EQ(use("order"), SPC_OK) << last_error();
    EXPECT_TRUE(is_mapped("/order.so"));
    EXPECT_FALSE(is_mapped("/small.so"));
    EXPECT_NE(report_line({"accepted", path("d/order.so"), "family 'order' a"}), "");

    EXPECT_STREQ(describe(tiny).version, "1.0");
    EXPECT_TRUE(is_mapped("/small.so"));
    EXPECT_EQ(index_of("tiny"), tiny);
    EXPECT_EQ(index_of("order"), order);
    std::int64_t after = 0;
    ASSERT_EQ(spc_backend_count(&after), SPC_OK);
    EXPECT_EQ(after, count);
  });
}

TEST_F(Manifests, TheDefaultFamilyMayComeByAManifest) {
  IN_A_PROCESS({
    write("d/engine.manifest", "families = cpu\nfile = " SPACECORE_PLUGIN_DIR
                               "/cpu.so\nbase = reference\ncpu = x86-64-v2\n");
    search();
    EXPECT_NE(index_of("cpu"), index_of("reference"));
    EXPECT_FALSE(is_mapped("/cpu.so"));
    // Its own place comes later in the search, and does not open it.
    EXPECT_NE(report_line({"refused", "/spacecore/1/cpu.so", "is the file of ", "engine.manifest"}),
              "")
        << load_report();
    const char *name = "";
    ASSERT_EQ(spc_get_backend(nullptr, &name), SPC_OK) << last_error();
    EXPECT_STREQ(name, "cpu");

    Context ctx;
    ASSERT_EQ(spc_context_create("cpu", SPC_FLOAT64, SPC_CHECK_STANDARD, ctx.out()), SPC_OK);
    const std::int64_t shape[] = {2};
    const double values[] = {1, 2};
    Array a;
    Array sum;
    ASSERT_EQ(spc_array_from_host(ctx, SPC_FLOAT64, 1, shape, values, a.out()), SPC_OK);
    ASSERT_EQ(spc_add(a, a, sum.out()), SPC_OK) << last_error();
    double result[2] = {};
    ASSERT_EQ(spc_array_to_host(sum, result, sizeof result), SPC_OK);
    EXPECT_EQ(result[1], 4);
  });
}

TEST_F(Manifests, AnAliasThatOnlyTheFileKnowsIsFound) {
  IN_A_PROCESS({
    write("d/engine.manifest", "families = cpu\nfile = " SPACECORE_PLUGIN_DIR "/cpu.so\n");
    search();
    EXPECT_EQ(index_of("openblas"), index_of("cpu"));
  });
}

TEST_F(Manifests, ThreadsOpenAFileOnce) {
  IN_A_PROCESS({
    put("tiny", "tiny", "families = tiny\n");
    put("missing_dependency", "broken", "families = broken\n");
    search();
    index_of("tiny");
    std::vector<std::thread> threads;
    std::array<spc_status, 8> good{};
    std::array<spc_status, 8> bad{};
    for (std::size_t t = 0; t < good.size(); ++t)
      threads.emplace_back([&, t] {
        bad[t] = use("broken");
        good[t] = use("tiny");
      });
    for (std::thread &t : threads) t.join();
    for (const spc_status s : good) EXPECT_EQ(s, SPC_OK);
    for (const spc_status s : bad) EXPECT_EQ(s, SPC_E_BACKEND_UNAVAILABLE);
    const std::string report = load_report();
    for (const char *line : {"accepted  ", "refused   "}) {
      const std::size_t first = report.find(line + path("d/"));
      ASSERT_NE(first, std::string::npos) << report;
      EXPECT_EQ(report.find(line + path("d/"), first + 1), std::string::npos) << report;
    }
  });
}

TEST_F(Manifests, AnExplicitPathKeepsThePromise) {
  IN_A_PROCESS({
    put("order_a", "order", "families = order\n");
    put("order_b", "other", "families = other\n", "elsewhere");
    search();
    const std::int64_t order = index_of("order");
    EXPECT_EQ(spc_load_plugin(path("elsewhere/other.so").c_str()), SPC_E_CONTEXT_CONFLICT);
    EXPECT_NE(last_error().find("family 'order' is already named by " + path("d/order.manifest")),
              std::string::npos)
        << last_error();
    EXPECT_EQ(spc_load_plugin(path("d/order.so").c_str()), SPC_OK) << last_error();
    EXPECT_STREQ(describe(order).version, "a");
    EXPECT_EQ(spc_load_plugin(path("d/order.so").c_str()), SPC_E_CONTEXT_CONFLICT);
    EXPECT_STREQ(describe(order).version, "a");
  });
}

TEST_F(Manifests, WhatIsRequiredIsOpenedFirst) {
  IN_A_PROCESS({
    put("peek", "a", "families = peek\nrequires = fakedev\nbase = fakedev\n");
    write("d/b.manifest", "families = fakedev\nfile = " SPACECORE_TEST_PLUGIN_DIR "/fakedev.so\n");
    put("tiny", "c", "families = tiny\nrequires = nowhere\n");
    put("order_a", "e", "families = order\nrequires = round\n");
    put("many_0", "f", "families = round\nrequires = order\n");
    search();
    EXPECT_EQ(use("peek"), SPC_OK) << last_error();
    expect_unavailable("tiny", {path("d/c.so"), "requires family 'nowhere', which is not there"});
    expect_unavailable("order", {path("d/e.so"), "requires family 'round', which is not there"});
    expect_unavailable("round", {path("d/f.so"), "requires family 'order', which is not there"});
  });
}

TEST_F(Manifests, ABaseIsOpenedWithWhatIsBuiltOnIt) {
  IN_A_PROCESS({
    put("missing_base", "a", "families = missing_base\n");
    write("d/engine.manifest", "families = cpu\nfile = " SPACECORE_PLUGIN_DIR "/cpu.so\n");
    search();
    index_of("cpu");
    // Its base never comes.
    EXPECT_EQ(use("missing_base"), SPC_OK) << last_error();
    EXPECT_FALSE(is_mapped("/cpu.so"));
  });
  IN_A_PROCESS({
    write("d/a.manifest", "families = reference\nfile = " SPACECORE_PLUGIN_DIR "/reference.so\n");
    search();
    EXPECT_EQ(use("cpu"), SPC_OK) << last_error();
    EXPECT_TRUE(is_mapped("/reference.so"));
    const spc_backend_info cpu = describe(index_of("cpu"));
    EXPECT_GT(cpu.inherited_ops, 0);
  });
}

// ---- promises that are not kept -----------------------------------------------------------------

TEST_F(Manifests, AFileThatDoesNotLoadIsSaidAtFirstUse) {
  IN_A_PROCESS({
    put("missing_dependency", "broken", "families = broken\nbase = cpu\n");
    search();
    const std::int64_t i = index_of("broken");
    for (int times = 0; times < 2; ++times)
      expect_unavailable("broken", {"Backend 'broken' is not available: " + path("d/broken.so"),
                                    "needs 'libspacecore_absent.so'"});
    const spc_backend_info info = describe(i);
    EXPECT_EQ(info.available, 0);
    EXPECT_STREQ(info.name, "broken");
    EXPECT_STREQ(info.base, "cpu");
    EXPECT_EQ(info.plugin, path("d/broken.so"));
    EXPECT_NE(std::string(info.unavailable).find("libspacecore_absent.so"), std::string::npos);
    EXPECT_EQ(info.own_ops, 0);
    std::int32_t how = 7;
    EXPECT_EQ(spc_backend_supports(i, SPC_OP_add, SPC_FLOAT64, &how), SPC_E_BACKEND_UNAVAILABLE);
    EXPECT_EQ(how, 7);
    EXPECT_NE(report_line({"refused", path("d/broken.so"), "needs 'libspacecore_absent.so'"}), "")
        << load_report();
    // The others are there all the same.
    const char *name = "";
    EXPECT_EQ(spc_get_backend(nullptr, &name), SPC_OK) << last_error();
    EXPECT_STREQ(name, "cpu");
  });
}

TEST_F(Manifests, AFileHasToBeWhatItsManifestSays) {
  IN_A_PROCESS({
    put("tiny", "more", "families = tiny, second\n");
    put("order_a", "less", "families = other\n");
    put("many_0", "named", "families = many_0\nname = somebody\n");
    put("many_1", "based", "families = many_1\nbase = reference\n");
    search();
    const auto disagrees = [&](const std::string &name) {
      return path("d/" + name + ".so") + ": does not agree with its manifest '" +
             path("d/" + name + ".manifest") + "': ";
    };
    for (const char *family : {"tiny", "second"})
      expect_unavailable(family, {disagrees("more") + "that names family 'second', which the file "
                                                      "does not register"});
    expect_unavailable("other", {disagrees("less") + "that names family 'other'"});
    EXPECT_EQ(use("order"), SPC_E_UNKNOWN_BACKEND);
    expect_unavailable("many_0",
                       {disagrees("named") + "that names plugin 'somebody', the file is 'many_0'"});
    expect_unavailable(
        "many_1", {disagrees("based") + "that names base 'reference', family 'many_1' has ''"});
  });
}

TEST_F(Manifests, AFileMayNotBringMoreThanItsManifestSays) {
  IN_A_PROCESS({
    put("deep_chain", "deep", "families = deep_0\n");
    put("order_a", "order", "families = order\n");
    search();
    EXPECT_EQ(use("order"), SPC_OK);
    expect_unavailable("deep_0", {path("d/deep.so"),
                                  "the file registers family 'deep_1', which that "
                                  "does not name"});
    EXPECT_EQ(use("deep_1"), SPC_E_UNKNOWN_BACKEND);
  });
}

// ---- manifests that are refused -----------------------------------------------------------------

TEST_F(Manifests, WhatIsWrongWithAManifestIsALineAndItsFileIsNotOpened) {
  const std::pair<const char *, const char *> faults[] = {
      {"families = x\ncup = x86-64-v3\n", "line 2: unknown key 'cup', expected one of name, file"},
      {"families = x\nrubbish\n", "line 2: 'rubbish' is not of the form 'key = value'"},
      {"families =\n", "line 1: 'families =' is not of the form 'key = value'"},
      {"= x\n", "line 1: '= x' is not of the form 'key = value'"},
      {"\x7f"
       "ELF\x02\n",
       "line 1: '?ELF?' is not of the form 'key = value'"},
      {"# nothing\n", "key 'families' is missing"},
      {"", "key 'families' is missing"},
      {"families = x\nfamilies = y\n", "line 2: key 'families' is given twice"},
      {"families = x, X\n", "line 1: families: family 'X' is no name"},
      {"families = x,\n", "line 1: families: family '' is no name"},
      {"families = x, y, x\n", "line 1: families: family 'x' is named twice"},
      {"families = x\nabi = one\n", "line 2: abi: 'one' is no number"},
      {"families = x\nabi = 2.0\n", "is for backend ABI 2.0, this library offers 1."},
      {"families = x\ncpu = x86-64-v5\n", "line 2: cpu: 'x86-64-v5' is none of x86-64-v2"},
      {"families = x\npriority = high\n", "line 2: priority: 'high' is no number"},
      {"families = x\ndeepbind = maybe\n", "line 2: deepbind: 'maybe' is neither 'yes' nor 'no'"},
      {"families = x\nfile = absent.so\n", "absent.so: cannot be opened: No such file"},
      {"families = x\nfile = ../e/away.so\n",
       "file '../e/away.so' leaves the directory of the manifest"},
      {"families = x\nfile = sub/../../e/away.so\n", "leaves the directory of the manifest"},
      {"families = x\nfile = tiny.manifest\n", "tiny.manifest: is not an ELF file"},
      {"families = x\nfile = .\n", "is a directory, not a file"},
  };
  IN_A_PROCESS({
    int n = 0;
    for (const auto &fault : faults) put("many_0", "fault" + std::to_string(n++), fault.first);
    put("tiny", "tiny", "families = tiny\n");
    put("many_1", "away", "families = away\n", "e");
    search();
    EXPECT_EQ(use("tiny"), SPC_OK) << last_error();
    n = 0;
    for (const auto &[manifest, reason] : faults) {
      const std::string name = "fault" + std::to_string(n++);
      SCOPED_TRACE(manifest);
      EXPECT_NE(report_line({"refused", path("d/" + name + ".manifest: "), reason}), "")
          << load_report();
      expect_unavailable(
          name.c_str(),
          {"Backend '" + name + "' is not available: ", path("d/" + name + ".manifest"), reason});
      EXPECT_FALSE(is_mapped("/" + name + ".so"));
    }
    EXPECT_FALSE(is_mapped("/away.so"));
  });
}

TEST_F(Manifests, AManifestIsTrustedNoMoreThanAFile) {
  IN_A_PROCESS({
    put("many_0", "a", "families = a\n");
    chmod(path("d/a.manifest").c_str(), 0666);
    put("many_1", "b", "families = b\n");
    chmod(path("d/b.so").c_str(), 0666);
    put("tiny", "c", "families = tiny\n");
    chmod(path("d/c.manifest").c_str(), 0664);
    search();
    expect_unavailable("a", {"'" + path("d/a.manifest") + "' is world-writable (mode 0666"});
    expect_unavailable("b", {path("d/b.manifest"), "'" + path("d/b.so") + "' is world-writable"});
    EXPECT_EQ(use("tiny"), SPC_OK) << last_error();
    EXPECT_NE(report_line({"note", path("d/c.manifest"), "is group-writable (mode 0664"}), "")
        << load_report();
    EXPECT_FALSE(is_mapped("/a.so"));
    EXPECT_FALSE(is_mapped("/b.so"));
  });
}

TEST_F(Manifests, AManifestThatIsNoFileOrTooLongIsRefused) {
  IN_A_PROCESS({
    fs::create_directories(path("d/a.manifest"));
    write("d/b.manifest", std::string(70000, '#'));
    ASSERT_EQ(mkfifo(path("d/c.manifest").c_str(), 0644), 0);
    search();
    index_of("reference");
    EXPECT_NE(report_line({"refused", path("d/a.manifest"), "is not a regular file"}), "");
    EXPECT_NE(report_line({"refused", path("d/b.manifest"), "has 70000 bytes"}), "");
    EXPECT_NE(report_line({"refused", path("d/c.manifest"), "is not a regular file"}), "")
        << load_report();
  });
}

// ---- order --------------------------------------------------------------------------------------

TEST_F(Manifests, WithinADirectoryTheHigherPriorityWins) {
  IN_A_PROCESS({
    put("order_a", "1", "families = order\npriority = 1\n");
    put("order_b", "2", "families = order\npriority = 2\n");
    search();
    EXPECT_STREQ(describe(index_of("order")).version, "b");
    EXPECT_NE(report_line({"refused", path("d/1.manifest"),
                           "family 'order' is already there: " + path("d/2.manifest")}),
              "")
        << load_report();
    EXPECT_FALSE(is_mapped("/1.so"));
  });
}

TEST_F(Manifests, AFileWithoutOneHasPriorityZero) {
  IN_A_PROCESS({
    put("order_a", "1", "families = order\npriority = -1\n");
    fs::copy_file(bad_plugin("order_b"), path("d/2.so"));
    search();
    EXPECT_STREQ(describe(index_of("order")).version, "b");
    EXPECT_FALSE(is_mapped("/1.so"));
  });
  IN_A_PROCESS({
    fs::remove_all(path("d"));
    put("order_a", "2", "families = order\npriority = 1\n");
    fs::copy_file(bad_plugin("order_b"), path("d/1.so"));
    search();
    EXPECT_STREQ(describe(index_of("order")).version, "a");
    EXPECT_NE(report_line({"refused", path("d/1.so"), "family 'order' is already named by "}), "")
        << load_report();
  });
}

TEST_F(Manifests, PriorityDoesNotReachBeyondTheDirectory) {
  IN_A_PROCESS({
    put("order_a", "a", "families = order\n", "first");
    put("order_b", "b", "families = order\npriority = 100\n", "second");
    search("first");
    search("second");
    EXPECT_STREQ(describe(index_of("order")).version, "a");
  });
}

TEST_F(Manifests, AFileThatAManifestNamesIsNoCandidateOfItsOwn) {
  IN_A_PROCESS({
    fs::create_directories(path("d"));
    fs::copy_file(bad_plugin("tiny"), path("d/library.so"));
    write("d/z.manifest", "file = library.so\nfamilies = tiny\n");
    search();
    index_of("tiny");
    EXPECT_FALSE(is_mapped("/library.so"));
    EXPECT_STREQ(describe(index_of("tiny")).version, "1.0");
  });
}

// It may be wrong about the processor, too.
TEST_F(Manifests, NorIsOneThatARefusedManifestNames) {
  IN_A_PROCESS({
    fs::create_directories(path("d"));
    fs::copy_file(bad_plugin("tiny"), path("d/library.so"));
    write("d/z.manifest", "cup = x86-64-v4\nfile = library.so\nfamilies = tiny\n");
    search();
    expect_unavailable("tiny", {path("d/z.manifest"), "line 1: unknown key 'cup'"});
    EXPECT_FALSE(is_mapped("/library.so"));
  });
}

TEST_F(Manifests, ALinkedManifestSpeaksOfItsOwnDirectory) {
  IN_A_PROCESS({
    put("tiny", "tiny", "families = tiny\n", "real");
    fs::create_directories(path("d"));
    fs::create_symlink(path("real/tiny.manifest"), path("d/tiny.manifest"));
    search();
    EXPECT_STREQ(describe(index_of("tiny")).version, "1.0");
    EXPECT_EQ(describe(index_of("tiny")).plugin, path("real/tiny.so"));
  });
}

// ---- binding ------------------------------------------------------------------------------------

#if defined(SPC_SANITIZE)
constexpr bool under_sanitizer = true;
#else
constexpr bool under_sanitizer = false;
#endif

TEST_F(Manifests, DeepbindPrefersThePluginsOwnNames) {
  IN_A_PROCESS({
    put("who", "who", "families = who\n");
    search();
    EXPECT_STREQ(describe(index_of("who")).version, "program");
  });
  IN_A_PROCESS({
    fs::remove_all(path("d"));
    put("who", "who", "families = who\ndeepbind = yes\n");
    search();
    EXPECT_EQ(use("who"), SPC_OK) << last_error();
    const bool ignored =
        report_line({"accepted", path("d/who.so"), "deepbind of its manifest is ignored"}) != "";
    EXPECT_EQ(ignored, under_sanitizer);
    EXPECT_STREQ(describe(index_of("who")).version, under_sanitizer ? "program" : "plugin");
  });
}

}  // namespace
