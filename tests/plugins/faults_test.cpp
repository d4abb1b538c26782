// SPDX-License-Identifier: Apache-2.0
// Plugins that are borne, and what the library makes of their faults: nothing wrong is computed, and
// what cannot be put right is said.
#include <gtest/gtest.h>

#include <csignal>
#include <cstdint>
#include <string>
#include <vector>

#include "spacecore/spacecore.h"

#include "tests/plugins/support.hpp"

namespace {

using namespace spc::test;

constexpr std::int64_t first_axis = 0;

class Faults : public testing::Test {
 protected:
  static Array make(const char *family, const std::vector<double> &values) {
    Context ctx;
    EXPECT_EQ(spc_context_create(family, SPC_FLOAT64, SPC_CHECK_STANDARD, ctx.out()), SPC_OK)
        << last_error();
    const std::int64_t shape[] = {static_cast<std::int64_t>(values.size())};
    Array a;
    EXPECT_EQ(spc_array_from_host(ctx, SPC_FLOAT64, 1, shape, values.data(), a.out()), SPC_OK)
        << last_error();
    return a;
  }

  static double norm(spc_array x, double order) {
    Array result;
    double value = -1;
    EXPECT_EQ(spc_norm(x, SPC_ORD_P, order, 1, &first_axis, 0, result.out()), SPC_OK)
        << last_error();
    EXPECT_EQ(spc_array_to_host(result, &value, sizeof value), SPC_OK) << last_error();
    return value;
  }

  const Watchdog watchdog_{60};
};

// Its kernel knows parameters that end before the order of the norm.
TEST_F(Faults, AParameterThatAKernelDoesNotKnowGoesToTheNextCandidate) {
  ASSERT_EQ(spc_load_plugin(bad_plugin("params_tail").c_str()), SPC_OK) << last_error();
  const Array x = make("params_tail", {3, 4});
  EXPECT_EQ(norm(x, 0), 42);  // the order is 0, as it has always been
  EXPECT_EQ(norm(x, 1), 7);
  EXPECT_EQ(norm(x, 2), 5);

  const Array alone = make("params_tail_alone", {3, 4});
  EXPECT_EQ(norm(alone, 0), 42);
  Array result;
  EXPECT_EQ(spc_norm(alone, SPC_ORD_P, 1, 1, &first_axis, 0, result.out()), SPC_E_NOTIMPL);
  EXPECT_NE(last_error().find("'params_tail_alone' (does not know all parameters)"),
            std::string::npos)
      << last_error();
  EXPECT_EQ(static_cast<spc_array>(result), nullptr);
}

TEST_F(Faults, ABaseThatNeverComesCostsItsOpsOnly) {
  ASSERT_EQ(spc_load_plugin(bad_plugin("missing_base").c_str()), SPC_OK) << last_error();
  EXPECT_NE(report_line({"accepted", "missing_base", "base 'nowhere'"}), "") << load_report();
  const Array x = make("missing_base", {1, 2});
  Array sum;
  EXPECT_EQ(spc_add(x, x, sum.out()), SPC_E_NOTIMPL);
  EXPECT_NE(last_error().find("its base 'nowhere' (not loaded)"), std::string::npos)
      << last_error();
}

TEST_F(Faults, AThirdExportIsALineOfTheReport) {
  ASSERT_EQ(spc_load_plugin(bad_plugin("third_export").c_str()), SPC_OK) << last_error();
  EXPECT_EQ(version_of("third_export"), "1.0");
  EXPECT_NE(report_line({"accepted", "third_export.so", "exports", "a_third_symbol"}), "")
      << load_report();
}

#if !defined(SPC_SANITIZE)
TEST_F(Faults, ACleanPluginIsNotAccused) {
  ASSERT_EQ(spc_load_plugin(bad_plugin("tiny").c_str()), SPC_OK) << last_error();
  const std::string line = report_line({"accepted", "tiny.so"});
  for (const char *what : {"exports", "thread", "descriptor", "put back"})
    EXPECT_EQ(line.find(what), std::string::npos) << line;
}
#endif

TEST_F(Faults, AThreadAndAnOpenFileAreReported) {
  ASSERT_EQ(spc_load_plugin(bad_plugin("leaves_traces").c_str()), SPC_OK) << last_error();
  EXPECT_NE(report_line({"accepted", "leaves_traces.so", "thread ", "has been started"}), "")
      << load_report();
  EXPECT_NE(report_line({"accepted", "leaves_traces.so", "(/dev/null) has been left open"}), "")
      << load_report();
}

// The dynamic linker lets no exception through: the process ends, and says whose fault it was. That
// is why such a file is examined in a process of its own.
TEST(FaultsDeathTest, AStaticConstructorThatThrowsEndsTheProcess) {
  testing::FLAGS_gtest_death_test_style = "threadsafe";
  EXPECT_EXIT(spc_load_plugin(bad_plugin("static_throw").c_str()), testing::KilledBySignal(SIGABRT),
              "the static engine does not start");
}

}  // namespace
