// SPDX-License-Identifier: Apache-2.0
// Manifests and searches on machines, in places and with rights other than those of the test.
#include <gtest/gtest.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <random>
#include <string>
#include <vector>

#include "core/registry/manifest.hpp"
#include "core/registry/search.hpp"
#include "core/support/error.hpp"

namespace spc {
namespace {

namespace fs = std::filesystem;

// ---- processors -----------------------------------------------------------------------------------

constexpr std::uint32_t bits(std::initializer_list<int> set) {
  std::uint32_t word = 0;
  for (const int bit : set) word |= 1u << bit;
  return word;
}

// As CPUID tells them of a Nehalem, a Haswell and a Skylake server, as far as levels are concerned.
const Processor v2{bits({0, 9, 13, 19, 20, 23}), 0, bits({0}), 0};
const Processor v3{bits({0, 9, 12, 13, 19, 20, 22, 23, 27, 28, 29}), bits({3, 5, 8}), bits({0, 5}),
                   0x7};
const Processor v4{v3.leaf1_ecx, bits({3, 5, 8, 16, 17, 28, 30, 31}), v3.extended_ecx, 0xe7};

TEST(Processors, EachLevelIncludesThoseBelow) {
  const Processor machines[] = {v2, v3, v4};
  for (int machine = 2; machine <= 4; ++machine)
    for (int level = 2; level <= 4; ++level)
      EXPECT_EQ(missing_for(level, machines[machine - 2]).empty(), level <= machine)
          << machine << " " << level;
  EXPECT_EQ(missing_for(2, {}), "SSE3, SSSE3, CMPXCHG16B, SSE4.1, SSE4.2, POPCNT, LAHF");
  EXPECT_EQ(missing_for(0, {}), "");
}

TEST(Processors, EveryFeatureCounts) {
  for (std::uint32_t Processor::*word :
       {&Processor::leaf1_ecx, &Processor::leaf7_ebx, &Processor::extended_ecx})
    for (int bit = 0; bit < 32; ++bit) {
      Processor p = v4;
      if ((p.*word >> bit & 1) == 0) continue;
      p.*word &= ~(1u << bit);
      const std::string missing = missing_for(4, p);
      EXPECT_NE(missing, "") << bit;
      EXPECT_EQ(missing.find(','), std::string::npos) << missing;
    }
}

// A hypervisor or an old kernel may leave the instructions visible and the registers unsaved.
TEST(Processors, TheOperatingSystemHasToSaveTheRegisters) {
  Processor p = v4;
  p.xcr0 = 0x7;
  EXPECT_EQ(missing_for(4, p),
            "registers that the operating system saves (XCR0 is 0x7, expected 0xe6)");
  EXPECT_EQ(missing_for(3, p), "");
  p.xcr0 = 0x3;
  EXPECT_EQ(missing_for(3, p),
            "registers that the operating system saves (XCR0 is 0x3, expected 0x6)");
  EXPECT_EQ(missing_for(2, p), "");
  p.xcr0 = 0x67;  // no upper sixteen registers
  EXPECT_NE(missing_for(4, p), "");
}

#if defined(__x86_64__)
TEST(Processors, ThisOneIsAsTheCompilerSeesIt) {
  const Processor p = Processor::of_this_machine();
  const bool avx2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") &&
                    __builtin_cpu_supports("bmi") && __builtin_cpu_supports("bmi2");
  const bool avx512 = __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
                      __builtin_cpu_supports("avx512cd") && __builtin_cpu_supports("avx512dq") &&
                      __builtin_cpu_supports("avx512vl");
  EXPECT_EQ(missing_for(3, p).empty(), avx2) << missing_for(3, p);
  EXPECT_EQ(missing_for(4, p).empty(), avx2 && avx512) << missing_for(4, p);
}
#endif

// ---- files ----------------------------------------------------------------------------------------

class Search : public testing::Test {
 protected:
  void SetUp() override {
    umask(022);
    std::string name = fs::temp_directory_path() / "spacecore-XXXXXX";
    ASSERT_NE(mkdtemp(name.data()), nullptr);
    top_ = fs::canonical(name);
  }
  void TearDown() override {
    for (const char *variable : {"SPACECORE_PLUGIN_PATH", "SPACECORE_PLUGINS", "XDG_DATA_HOME"})
      unsetenv(variable);
    fs::remove_all(top_);
  }

  std::string path(const std::string &name) const { return top_ + "/" + name; }

  void write(const std::string &name, const std::string &text) {
    fs::create_directories(fs::path(path(name)).parent_path());
    std::ofstream(path(name)) << text;
  }
  // A shared object, as far as can be told without opening it.
  void object(const std::string &name) {
    fs::create_directories(fs::path(path(name)).parent_path());
    fs::copy_file("/proc/self/exe", path(name), fs::copy_options::overwrite_existing);
    chmod(path(name).c_str(), 0755);
  }
  std::vector<std::string> found(const SearchDirectory &directory) {
    std::vector<std::string> names;
    for (const Candidate &c : plugin_candidates(directory, surroundings_, report_))
      names.push_back(fs::path(c.path).filename());
    return names;
  }
  std::vector<std::string> places() {
    std::vector<std::string> all;
    for (const SearchDirectory &d : default_plugin_directories(surroundings_, report_))
      all.push_back(d.path);
    return all;
  }
  bool reported(const std::string &part) const {
    return report_.text().find(part) != std::string::npos;
  }

  std::string top_;
  LoadReport report_;
  Surroundings surroundings_{
      {geteuid(), geteuid(), "/usr/lib/libspacecore.so", false, false}, v2, "/nowhere/spacecore"};
};

TEST_F(Search, ManifestsSayWhatTheySay) {
  write("all.manifest",
        "name = Engine X\nfile = sub/../engine.so.1\nabi = 1\nfamilies = x , y\nbase = cpu\n"
        "requires = a,b\ncpu = x86-64-v4\npriority = -7\ndeepbind = yes\n");
  const Manifest m = read_manifest(path("all.manifest"));
  EXPECT_EQ(m.path, path("all.manifest"));
  EXPECT_EQ(m.name, "Engine X");
  EXPECT_EQ(m.file, "sub/../engine.so.1");
  EXPECT_EQ(m.abi, "1");
  EXPECT_EQ(m.families, (std::vector<std::string>{"x", "y"}));
  EXPECT_EQ(m.base, "cpu");
  EXPECT_EQ(m.required, (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(m.cpu, 4);
  EXPECT_EQ(m.priority, -7);
  EXPECT_TRUE(m.deepbind);

  write("least.manifest", "families=x");
  const Manifest least = read_manifest(path("least.manifest"));
  EXPECT_EQ(least.file, "least.so");
  EXPECT_EQ(least.cpu, 0);
  EXPECT_EQ(least.priority, 0);
  EXPECT_FALSE(least.deepbind);
}

// The best that the machine can run; the others are lines of the report, and no candidates.
TEST_F(Search, VariantsAreChosenByTheProcessor) {
  for (const std::string level : {"2", "3", "4"}) {
    object("d/x-v" + level + ".so");
    write("d/x-v" + level + ".manifest",
          "families = x\ncpu = x86-64-v" + level + "\npriority = " + level + "\n");
  }
  EXPECT_EQ(found({path("d")}), (std::vector<std::string>{"x-v2.manifest"}));
  EXPECT_TRUE(reported(path("d/x-v3.manifest") + ": is for x86-64-v3; this machine lacks FMA, "))
      << report_.text();
  EXPECT_NE(report_.refusal_of("x"), "");

  surroundings_.processor = v4;
  EXPECT_EQ(found({path("d")}),
            (std::vector<std::string>{"x-v4.manifest", "x-v3.manifest", "x-v2.manifest"}));
  surroundings_.processor.xcr0 = 0x7;
  EXPECT_EQ(found({path("d")}), (std::vector<std::string>{"x-v3.manifest", "x-v2.manifest"}));
}

TEST_F(Search, TheOrderInWhichADirectoryWasFilledDoesNotMatter) {
  std::vector<std::string> names = {"a.so", "b.manifest", "c.so", "d.manifest", "e.manifest",
                                    "f.so", "g.manifest", "h.so", "i.so.1",     "j.txt"};
  const std::vector<std::string> expected = {"g.manifest", "a.so", "b.manifest", "c.so",
                                             "d.manifest", "f.so", "h.so",       "e.manifest"};
  std::mt19937 random(20);
  for (int i = 0; i < 10; ++i) {
    std::shuffle(names.begin(), names.end(), random);
    const std::string directory = "d" + std::to_string(i) + "/";
    object("engine.so");
    for (const std::string &name : names) {
      if (name.ends_with(".manifest"))
        write(directory + name, "families = x\nfile = " + path("engine.so") + "\npriority = " +
                                    (name[0] == 'g'   ? "2"
                                     : name[0] == 'e' ? "-1"
                                                      : "0") +
                                    "\n");
      else
        write(directory + name, "");
    }
    EXPECT_EQ(found({path(directory)}), expected);
  }
}

TEST_F(Search, OnlyManifestsCountInTheDirectoryOfTheSystem) {
  object("etc/plain.so");
  object("lib/x.so");
  write("etc/x.manifest", "families = x\nfile = " + path("lib/x.so") + "\n");
  surroundings_.system_manifests = path("etc");
  const std::vector<SearchDirectory> all = default_plugin_directories(surroundings_, report_);
  ASSERT_FALSE(all.empty());
  EXPECT_EQ(all.back().path, path("etc"));
  EXPECT_TRUE(all.back().manifests_only);
  const std::vector<Candidate> candidates = plugin_candidates(all.back(), surroundings_, report_);
  ASSERT_EQ(candidates.size(), 1u) << report_.text();
  EXPECT_EQ(candidates[0].manifest->file, path("lib/x.so"));
}

TEST_F(Search, TheSystemsManifestsAreInEtc) {
  EXPECT_EQ(Surroundings::of_process().system_manifests, "/etc/spacecore/1.d");
}

TEST_F(Search, WithRaisedRightsNeitherEnvironmentNorHomeCount) {
  setenv("SPACECORE_PLUGIN_PATH", path("env").c_str(), 1);
  setenv("XDG_DATA_HOME", path("data").c_str(), 1);
  const std::vector<std::string> usual = places();
  ASSERT_GE(usual.size(), 4u);
  EXPECT_EQ(usual[0], path("env"));
  EXPECT_EQ(usual[1], path("data/spacecore/1"));

  surroundings_.trust.raised_rights = true;
  setenv("SPACECORE_PLUGINS", "none", 1);
  EXPECT_EQ(places(), std::vector<std::string>(usual.begin() + 2, usual.end()));
  unsetenv("XDG_DATA_HOME");
  const std::string home = getenv("HOME") == nullptr ? "" : getenv("HOME");
  setenv("HOME", path("home").c_str(), 1);
  EXPECT_EQ(places(), std::vector<std::string>(usual.begin() + 2, usual.end()));

  surroundings_.trust.raised_rights = false;
  EXPECT_EQ(places(), std::vector<std::string>());
  unsetenv("SPACECORE_PLUGINS");
  EXPECT_EQ(places()[1], path("home/.local/share/spacecore/1"));
  setenv("HOME", home.c_str(), 1);
}

TEST_F(Search, WithRaisedRightsAGroupMayWriteNeitherManifestNorFile) {
  object("d/x.so");
  write("d/x.manifest", "families = x\n");
  surroundings_.trust.raised_rights = true;
  for (const char *file : {"d/x.so", "d/x.manifest"}) {
    ASSERT_EQ(chmod(path(file).c_str(), 0775), 0);
    EXPECT_EQ(found({path("d")}), std::vector<std::string>());
    EXPECT_TRUE(reported("'" + path(file) + "' is group-writable (mode 0775")) << report_.text();
    ASSERT_EQ(chmod(path(file).c_str(), 0755), 0);
  }
  EXPECT_EQ(found({path("d")}), (std::vector<std::string>{"x.manifest"}));
}

TEST_F(Search, AStrangersManifestIsRefused) {
  if (geteuid() != 0) GTEST_SKIP() << "only root gives files away";
  object("d/x.so");
  write("d/x.manifest", "families = x\n");
  ASSERT_EQ(chown(path("d/x.manifest").c_str(), 54321, 54321), 0);
  EXPECT_EQ(found({path("d")}), std::vector<std::string>());
  EXPECT_TRUE(reported("'" + path("d/x.manifest") + "' belongs to user 54321")) << report_.text();
}

TEST_F(Search, WhatCannotBeReadIsALine) {
  write("file", "");
  EXPECT_EQ(found({path("file")}), std::vector<std::string>());
  EXPECT_TRUE(reported(path("file") + ": cannot be searched: Not a directory")) << report_.text();
  EXPECT_EQ(found({path("missing")}), std::vector<std::string>());
  EXPECT_FALSE(reported(path("missing")));
}

}  // namespace
}  // namespace spc
