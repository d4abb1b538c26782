// SPDX-License-Identifier: Apache-2.0
// The rules of trust with other users and rights than those of the test.
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "core/registry/trust.hpp"
#include "core/support/error.hpp"

namespace spc {
namespace {

namespace fs = std::filesystem;

class Trust : public testing::Test {
 protected:
  void SetUp() override {
    umask(022);
    std::string name = fs::temp_directory_path() / "spacecore-XXXXXX";
    ASSERT_NE(mkdtemp(name.data()), nullptr);
    top_ = fs::canonical(name);
    fs::create_directories(top_ + "/a/b");
    file_ = top_ + "/a/b/plugin.so";
    std::ofstream(file_).flush();
  }
  void TearDown() override { fs::remove_all(top_); }

  std::string refusal(const TrustRules &rules) const {
    try {
      check_trusted(file_, rules);
    } catch (const Error &e) {
      EXPECT_EQ(e.code(), SPC_E_PLUGIN);
      EXPECT_EQ(e.message().find(file_ + ": is not trusted: "), 0u) << e.message();
      return e.message();
    }
    return "";
  }

  std::string top_, file_;
  TrustRules rules_{geteuid(), geteuid(), "/usr/lib/libspacecore.so", false, false};
};

TEST_F(Trust, WhatOnlyTheUserCanWriteIsGood) {
  EXPECT_EQ(refusal(rules_), "");
  EXPECT_EQ(check_trusted(file_, rules_), "");
}

TEST_F(Trust, WithRaisedRightsAGroupMayNotWrite) {
  ASSERT_EQ(chmod((top_ + "/a").c_str(), 0775), 0);
  EXPECT_EQ(refusal(rules_), "");
  EXPECT_NE(check_trusted(file_, rules_).find("'" + top_ + "/a' is group-writable (mode 0775"),
            std::string::npos);
  rules_.raised_rights = true;
  const std::string text = refusal(rules_);
  EXPECT_NE(text.find("'" + top_ + "/a' is group-writable (mode 0775"), std::string::npos) << text;
  EXPECT_EQ(text.find("SPACECORE_PLUGIN_UNSAFE"), std::string::npos) << text;
}

TEST_F(Trust, TheOwnerOfTheLibraryIsAsGoodAsTheUser) {
  if (geteuid() != 0) GTEST_SKIP() << "only root gives files away";
  for (const std::string &path : {file_, top_ + "/a/b"})
    ASSERT_EQ(chown(path.c_str(), 54321, 54321), 0);
  EXPECT_NE(refusal(rules_).find("/a/b' belongs to user 54321"), std::string::npos);
  rules_.library_owner = 54321;
  EXPECT_EQ(refusal(rules_), "");
  rules_.library_owner = 0;
  rules_.user = 54321;
  EXPECT_EQ(refusal(rules_), "");
}

// Whoever owns a directory above the library owns the program.
TEST_F(Trust, ADirectoryAboveTheLibraryMayBelongToAnybody) {
  if (geteuid() != 0) GTEST_SKIP() << "only root gives files away";
  ASSERT_EQ(chown((top_ + "/a").c_str(), 54321, 54321), 0);
  rules_.library = top_ + "/a/lib/libspacecore.so";
  EXPECT_EQ(refusal(rules_), "");
  rules_.library = top_ + "/alike/libspacecore.so";
  EXPECT_NE(refusal(rules_).find("/a' belongs to user 54321"), std::string::npos);
  rules_.library = top_ + "/a/lib/libspacecore.so";
  ASSERT_EQ(chmod((top_ + "/a").c_str(), 0777), 0);
  EXPECT_NE(refusal(rules_).find("/a' is world-writable (mode 0777"), std::string::npos);
}

TEST_F(Trust, UnsafeTurnsRefusalsIntoRemarks) {
  ASSERT_EQ(chmod(file_.c_str(), 0666), 0);
  EXPECT_NE(refusal(rules_).find("'" + file_ + "' is world-writable (mode 0666"),
            std::string::npos);
  rules_.unsafe = true;
  EXPECT_EQ(refusal(rules_), "");
  EXPECT_NE(check_trusted(file_, rules_).find("is world-writable"), std::string::npos);
}

}  // namespace
}  // namespace spc
