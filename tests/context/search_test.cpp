// SPDX-License-Identifier: Apache-2.0
// A program that loads its plugins itself. The search belongs to the process: this is the whole one.
#include "tests/context/targets.hpp"

namespace {

using namespace test;

TEST(PluginSearch, TurnedOffOnlyLoadedFilesCount) {
  check(spc_add_plugin_directory(SPACECORE_TEST_PLUGIN_DIR));  // forgotten
  check(spc_disable_plugin_search());
  check(spc_disable_plugin_search());
  int64_t count = -1;
  check(spc_backend_count(&count));
  EXPECT_EQ(count, 0);
  spc_context ctx = nullptr;
  expect_error(spc_context_create("cpu", SPC_FLOAT64, SPC_CHECK_NONE, &ctx), SPC_E_UNKNOWN_BACKEND,
               {"Unknown backend: 'cpu'"});
  expect_error(spc_context_default(&ctx), SPC_E_UNKNOWN_BACKEND, {"host default"});
  expect_error(spc_add_plugin_directory(SPACECORE_TEST_PLUGIN_DIR), SPC_E_VALUE,
               {SPACECORE_TEST_PLUGIN_DIR, "turned off"});
  EXPECT_EQ(ctx, nullptr);
  const char *report = nullptr;
  check(spc_load_report(&report));
  EXPECT_NE(std::string(report).find("turned off by the program"), std::string::npos) << report;

  check(spc_load_plugin(SPACECORE_TEST_PLUGIN_DIR "/fakedev.so"));
  check(spc_backend_count(&count));
  EXPECT_EQ(count, 1);
  const Array x = vector<double>(context("fakedev"), {1, 2});
  EXPECT_EQ(values<double>(x), (std::vector<double>{1, 2}));
  // Nothing that has a family asks for a default one.
  const spc_value operands[] = {x};
  int64_t length = 0;
  check(spc_explain("exp", 1, operands, nullptr, 0, &length));
}

TEST(PluginSearchDeathTest, CannotBeTurnedOffAfterwards) {
  testing::FLAGS_gtest_death_test_style = "threadsafe";
  EXPECT_EXIT(
      {
        check(spc_context_create("reference", SPC_FLOAT64, SPC_CHECK_NONE, Context().out()));
        expect_error(spc_disable_plugin_search(), SPC_E_VALUE, {"searched already"});
        int64_t count = 0;
        check(spc_backend_count(&count));
        EXPECT_GE(count, 2);
        _exit(testing::Test::HasFailure() ? 1 : 0);
      },
      testing::ExitedWithCode(0), "");
}

}  // namespace
