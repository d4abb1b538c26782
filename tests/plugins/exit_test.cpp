// SPDX-License-Identifier: Apache-2.0
// Programs that end, or close the library, while they still use it: the exit status is theirs and
// nothing is printed.
#include <gtest/gtest.h>

#include <string>
#include <tuple>

#include "tests/plugins/child_process.hpp"

namespace {

using namespace spc::test;

class Exit : public testing::TestWithParam<std::tuple<const char *, const char *>> {};

TEST_P(Exit, IsQuietAndHasItsStatus) {
  const auto &[way, family] = GetParam();
  // The order in which threads and destructors meet differs from run to run.
  for (int status = 41; status < 44; ++status) {
    const Ended ended = run_program({SPACECORE_EXIT_PROGRAM, way, std::to_string(status), family});
    EXPECT_EQ(ended.status, status);
    EXPECT_EQ(ended.output, "");
  }
}

std::string name_of(const testing::TestParamInfo<Exit::ParamType> &info) {
  std::string name = std::string(std::get<0>(info.param)) + "_" + std::get<1>(info.param);
  for (char &c : name)
    if (c == '-') c = '_';
  return name;
}

INSTANTIATE_TEST_SUITE_P(Anywhere, Exit,
                         testing::Combine(testing::Values("live", "last-words", "atexit",
                                                          "thread-exits", "threads-compute",
                                                          "quick-exit"),
                                          testing::Values("cpu", "reference", "fakedev")),
                         name_of);
INSTANTIATE_TEST_SUITE_P(InACallback, Exit,
                         testing::Combine(testing::Values("in-apply", "in-monitor", "in-warning",
                                                          "in-allocator", "thread-data"),
                                          testing::Values("cpu")),
                         name_of);

class Closing : public testing::TestWithParam<const char *> {};

TEST_P(Closing, AHundredTimes) {
  const Ended ended = run_program({SPACECORE_DLOPEN_PROGRAM, SPACECORE_LIBRARY, GetParam()}, 120);
  EXPECT_EQ(ended.status, 0);
  EXPECT_EQ(ended.output, "");
}
INSTANTIATE_TEST_SUITE_P(, Closing, testing::Values("local", "global"),
                         [](const auto &info) { return std::string(info.param); });

}  // namespace
