// SPDX-License-Identifier: Apache-2.0
// The cpu family in a process that has other files of the names that BLAS goes by, opened for
// everybody (RTLD_GLOBAL): libopenblas.so.0, and one with the name of our own copy. Their functions
// count and compute nothing.
#include <dlfcn.h>

#include <fstream>
#include <string>

#include "tests/plugins/child_process.hpp"
#include "tests/plugins/host_blas_checks.hpp"
#include "tests/plugins/support.hpp"

namespace {

using namespace spc::test;

bool is_mapped(const std::string &path) {
  std::ifstream maps("/proc/self/maps");
  for (std::string line; std::getline(maps, line);)
    if (line.ends_with(path)) return true;
  return false;
}

struct Other {
  void *file = nullptr;
  int *calls = nullptr;  // of its functions
};

Other open_other(const char *path) {
  Other other;
  other.file = dlopen(path, RTLD_NOW | RTLD_GLOBAL);
  EXPECT_NE(other.file, nullptr) << dlerror();
  if (other.file != nullptr) other.calls = static_cast<int *>(dlsym(other.file, "host_blas_calls"));
  EXPECT_NE(other.calls, nullptr);
  return other;
}

void expect_right_answers() {
  expect_products();
  expect_decompositions();
  EXPECT_TRUE(is_mapped(SPACECORE_PLUGIN_DIR "/libspacecore_openblas.so.0"));
}

// In front of ours: dgemm_ is theirs for whoever asks.
TEST(OtherBlas, OpenedBeforeOurs) {
  IN_A_PROCESS({
    for (const char *path : {SPACECORE_FAKE_OPENBLAS, SPACECORE_FAKE_OWN_OPENBLAS}) {
      const Other other = open_other(path);
      ASSERT_NE(other.calls, nullptr);
      EXPECT_NE(dlsym(RTLD_DEFAULT, "dgemm_"), nullptr);
    }
    expect_right_answers();
    for (const char *path : {SPACECORE_FAKE_OPENBLAS, SPACECORE_FAKE_OWN_OPENBLAS})
      EXPECT_EQ(*open_other(path).calls, 0) << path;
  });
}

TEST(OtherBlas, OpenedAfterOurs) {
  IN_A_PROCESS({
    expect_right_answers();
    const Other one = open_other(SPACECORE_FAKE_OPENBLAS);
    const Other two = open_other(SPACECORE_FAKE_OWN_OPENBLAS);
    expect_right_answers();
    EXPECT_EQ(*one.calls + *two.calls, 0);
  });
}

// By the name alone a program gets the other one: ours is opened by its path, and not for everybody.
TEST(OtherBlas, OursIsNobodyElses) {
  IN_A_PROCESS({
    expect_right_answers();
    EXPECT_EQ(dlsym(RTLD_DEFAULT, "dgemm_"), nullptr);
    EXPECT_EQ(dlsym(RTLD_DEFAULT, "cblas_dgemm"), nullptr);
    EXPECT_EQ(dlsym(RTLD_DEFAULT, "xerbla_"), nullptr);
  });
}

// The distribution's own, with threads and a handler for forks.
TEST(OtherBlas, TheSystemsOpenBlas) {
  if (dlopen("libopenblas.so.0", RTLD_NOW | RTLD_LOCAL) == nullptr)
    GTEST_SKIP() << "there is no libopenblas.so.0 here";
  IN_A_PROCESS({
    ASSERT_NE(dlopen("libopenblas.so.0", RTLD_NOW | RTLD_GLOBAL), nullptr) << dlerror();
    EXPECT_NE(dlsym(RTLD_DEFAULT, "dgemm_"), nullptr);
    expect_right_answers();
  });
}

}  // namespace
