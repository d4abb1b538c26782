// SPDX-License-Identifier: Apache-2.0
// What the test device is for: touching its memory on the host crashes at once, and errors of
// kernels come with the next read or wait.
#include <gtest/gtest.h>
#include <sys/wait.h>

#include <csignal>
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "spacecore/spacecore.h"

#include "tests/plugins/support.hpp"

namespace {

using namespace spc::test;

class Fakedev : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    static bool loaded = false;  // the suites of this fixture share one process
    if (loaded) return;
    loaded = true;
    // The device does not survive a fork: a death test starts a process of its own.
    testing::FLAGS_gtest_death_test_style = "threadsafe";
    ASSERT_EQ(spc_load_plugin(test_plugin("fakedev").c_str()), SPC_OK) << last_error();
    ASSERT_EQ(spc_load_plugin(bad_plugin("peek").c_str()), SPC_OK) << last_error();
  }

  void SetUp() override {
    ASSERT_EQ(spc_context_create("fakedev", SPC_FLOAT64, SPC_CHECK_STANDARD, device_.out()), SPC_OK)
        << last_error();
    ASSERT_EQ(spc_context_create("peek", SPC_FLOAT64, SPC_CHECK_STANDARD, peek_.out()), SPC_OK)
        << last_error();
  }

  static Array make(spc_context ctx, const std::vector<double> &values) {
    const std::int64_t shape[] = {static_cast<std::int64_t>(values.size())};
    Array a;
    EXPECT_EQ(spc_array_from_host(ctx, SPC_FLOAT64, 1, shape, values.data(), a.out()), SPC_OK)
        << last_error();
    return a;
  }

  static std::vector<double> to_host(spc_array a) {
    std::int64_t n = 0;
    EXPECT_EQ(spc_array_size(a, &n), SPC_OK);
    std::vector<double> values(static_cast<std::size_t>(n));
    EXPECT_EQ(spc_array_to_host(a, values.data(), 8 * n), SPC_OK) << last_error();
    return values;
  }

  // x[index] of an index array: the values of the index are checked by a kernel.
  spc_status gather(spc_array x, std::int64_t index, spc_array *out) {
    const std::int64_t shape[] = {1};
    Array indices;
    EXPECT_EQ(spc_array_from_host(device_, SPC_INT64, 1, shape, &index, indices.out()), SPC_OK);
    spc_index item{};
    item.kind = SPC_INDEX_ARRAY;
    item.array = indices;
    return spc_getitem(x, 1, &item, out);
  }

  Context device_, peek_;
};
using FakedevDeathTest = Fakedev;

// Died of a memory access; sanitizers turn the signal into a report and an exit status.
bool crashed(int status) {
#if defined(SPC_SANITIZE)
  if (WIFEXITED(status)) return WEXITSTATUS(status) != 0;
#endif
  return WIFSIGNALED(status) && WTERMSIG(status) == SIGSEGV;
}

TEST_F(Fakedev, GivesNoAddressAway) {
  const Array x = make(device_, {1, 2, 3});
  void *data = nullptr;
  EXPECT_EQ(spc_array_data(x, &data), SPC_E_TYPE);
  EXPECT_NE(last_error().find("fakedev:0"), std::string::npos) << last_error();
  EXPECT_EQ(data, nullptr);
  const char *space = nullptr;
  ASSERT_EQ(spc_array_memory_space(x, &space), SPC_OK);
  EXPECT_STREQ(space, "fakedev:0");
  double memory = 0;
  Array lent;
  EXPECT_EQ(spc_array_borrow(device_, SPC_FLOAT64, 0, nullptr, nullptr, &memory, nullptr, nullptr,
                             lent.out()),
            SPC_E_TYPE);
}

TEST_F(FakedevDeathTest, AKernelThatReadsDeviceMemoryOnTheHostCrashes) {
  const Array x = make(peek_, {1, 2, 3});
  Array y;
  EXPECT_EXIT(spc_negative(x, y.out()), crashed, "");
}

TEST_F(FakedevDeathTest, ReadingOrWritingAnAddressOfTheDeviceCrashes) {
  const Array x = make(peek_, {1, 2, 3});
  Array y;
  ASSERT_EQ(spc_abs(x, y.out()), SPC_E_RUNTIME);
  spc_error_info error{};
  error.struct_size = sizeof error;
  ASSERT_EQ(spc_last_error(&error), SPC_OK);
  ASSERT_NE(error.native, 0);
  volatile double *const address =
      reinterpret_cast<double *>(static_cast<std::intptr_t>(error.native));
  EXPECT_EXIT((void)*address, crashed, "");
  EXPECT_EXIT(*address = 0, crashed, "");
}

TEST_F(Fakedev, ComputesWhatWasQueuedInOrder) {
  Array x = make(device_, {1, 2, 3});
  for (int i = 0; i < 200; ++i) {
    Array y;
    ASSERT_EQ(spc_add(x, x, y.out()), SPC_OK) << last_error();
    x = std::move(y);
    Array half, scaled;
    ASSERT_EQ(spc_weak_f64(0.5, half.out()), SPC_OK);
    ASSERT_EQ(spc_multiply(x, half, scaled.out()), SPC_OK) << last_error();
    x = std::move(scaled);
  }
  EXPECT_EQ(to_host(x), (std::vector<double>{1, 2, 3}));
}

TEST_F(Fakedev, AnErrorComesWithTheNextReadNamesTheOpAndIsThenForgotten) {
  const Array x = make(device_, {1, 2, 3});
  Array y;
  ASSERT_EQ(gather(x, 7, y.out()), SPC_OK) << last_error();
  // An array that has nothing to do with it: the queue has failed.
  double value[3];
  EXPECT_EQ(spc_array_to_host(x, value, sizeof value), SPC_E_INDEX);
  EXPECT_EQ(last_error().find("getitem: "), 0u) << last_error();
  EXPECT_NE(last_error().find('7'), std::string::npos) << last_error();
  EXPECT_EQ(to_host(x), (std::vector<double>{1, 2, 3}));
}

// What a family without a queue says at once, the device says at the next read or wait, in the same
// words: the op that the program called, not the kernel that ran for it.
TEST_F(Fakedev, LateErrorsAreThoseOfTheOpThatWasCalled) {
  Context host;
  ASSERT_EQ(spc_context_create("reference", SPC_FLOAT64, SPC_CHECK_STANDARD, host.out()), SPC_OK);
  struct Case {
    const char *op;
    spc_status code;
    spc_status (*call)(spc_context ctx, spc_array *out);
  };
  static const auto matrix = [](spc_context ctx, std::vector<double> values) {
    const std::int64_t shape[] = {2, 2};
    Array a;
    EXPECT_EQ(spc_array_from_host(ctx, SPC_FLOAT64, 2, shape, values.data(), a.out()), SPC_OK);
    return a;
  };
  static const auto indices = [](spc_context ctx, std::int64_t i) {
    const std::int64_t shape[] = {1};
    Array a;
    EXPECT_EQ(spc_array_from_host(ctx, SPC_INT64, 1, shape, &i, a.out()), SPC_OK);
    return a;
  };
  static const auto update = [](auto *op, spc_context ctx, spc_array *out) {
    const Array x = make(ctx, {1, 2, 3}), i = indices(ctx, -4), value = make(ctx, {9});
    spc_index item{};
    item.kind = SPC_INDEX_ARRAY;
    item.array = i;
    return op(x, 1, &item, value, 1, out);
  };
  static const double nan = std::numeric_limits<double>::quiet_NaN();
  const Case cases[] = {
      {"take", SPC_E_INDEX,
       [](spc_context ctx, spc_array *out) {
         return spc_take(make(ctx, {1, 2, 3}), indices(ctx, 3), 0, out);
       }},
      {"take", SPC_E_INDEX,
       [](spc_context ctx, spc_array *out) {
         return spc_take(matrix(ctx, {1, 2, 3, 4}), indices(ctx, 2), 1, out);
       }},
      {"getitem", SPC_E_INDEX,
       [](spc_context ctx, spc_array *out) {
         const Array i = indices(ctx, -3);
         spc_index item{};
         item.kind = SPC_INDEX_ARRAY;
         item.array = i;
         return spc_getitem(matrix(ctx, {1, 2, 3, 4}), 1, &item, out);
       }},
      {"index_set", SPC_E_INDEX,
       [](spc_context ctx, spc_array *out) { return update(spc_index_set, ctx, out); }},
      {"index_add", SPC_E_INDEX,
       [](spc_context ctx, spc_array *out) { return update(spc_index_add, ctx, out); }},
      {"solve", SPC_E_LINALG,
       [](spc_context ctx, spc_array *out) {
         return spc_solve(matrix(ctx, {1, 2, 2, 4}), make(ctx, {1, 1}), nullptr, out);
       }},
      {"inv", SPC_E_LINALG,
       [](spc_context ctx, spc_array *out) {
         return spc_inv(matrix(ctx, {0, 0, 0, 0}), out);
       }},
      {"cholesky", SPC_E_LINALG,
       [](spc_context ctx, spc_array *out) {
         return spc_cholesky(matrix(ctx, {1, 0, 0, -1}), nullptr, out);
       }},
      {"eig", SPC_E_LINALG,
       [](spc_context ctx, spc_array *out) {
         Array vectors;
         return spc_eig(matrix(ctx, {1, nan, 0, 1}), out, vectors.out());
       }},
      {"svd", SPC_E_LINALG,
       [](spc_context ctx, spc_array *out) {
         return spc_svd(matrix(ctx, {1, nan, 0, 1}), 0, nullptr, nullptr, out, nullptr);
       }},
      {"norm", SPC_E_LINALG,
       [](spc_context ctx, spc_array *out) {
         return spc_norm(matrix(ctx, {1, nan, 0, 1}), SPC_ORD_NUC, 0, SPC_ALL_AXES, nullptr, 0,
                         out);
       }},
  };
  for (const Case &c : cases) {
    SCOPED_TRACE(c.op);
    Array y;
    ASSERT_EQ(c.call(host, y.out()), c.code) << last_error();
    const std::string text = last_error();
    EXPECT_EQ(text.find(std::string(c.op) + ": "), 0u) << text;

    ASSERT_EQ(c.call(device_, y.out()), SPC_OK) << last_error();
    EXPECT_EQ(spc_sync(), c.code);
    EXPECT_EQ(last_error(), text);
    const Array x = make(device_, {1});
    ASSERT_EQ(c.call(device_, y.out()), SPC_OK) << last_error();
    double value = 0;
    EXPECT_EQ(spc_array_to_host(x, &value, sizeof value), c.code);
    EXPECT_EQ(last_error(), text);
    spc_error_info error{};
    error.struct_size = sizeof error;
    ASSERT_EQ(spc_last_error(&error), SPC_OK);
    EXPECT_STREQ(error.family, "fakedev:0");
    EXPECT_EQ(spc_sync(), SPC_OK) << last_error();
  }
}

// An op that needs an answer waits for the queue and is told what went wrong in it before.
TEST_F(Fakedev, AnOpThatAsksForSizesReportsWhatFailedBeforeIt) {
  const Array x = make(device_, {1, 0, 3});
  Array y, positions;
  ASSERT_EQ(gather(x, 9, y.out()), SPC_OK) << last_error();
  EXPECT_EQ(spc_nonzero(x, positions.out()), SPC_E_INDEX);
  EXPECT_EQ(last_error().find("nonzero: getitem: index 9 "), 0u) << last_error();
  EXPECT_EQ(spc_nonzero(x, positions.out()), SPC_OK) << last_error();
}

TEST_F(Fakedev, SyncReportsTheFirstOfSeveralErrors) {
  const Array x = make(device_, {1, 2, 3});
  Array y;
  ASSERT_EQ(gather(x, 7, y.out()), SPC_OK) << last_error();
  ASSERT_EQ(gather(x, 8, y.out()), SPC_OK) << last_error();
  EXPECT_EQ(spc_sync(), SPC_E_INDEX);
  EXPECT_NE(last_error().find('7'), std::string::npos) << last_error();
  EXPECT_EQ(spc_sync(), SPC_OK);
}

TEST_F(Fakedev, WhatIsReleasedIsFreedAfterItsLastUse) {
  Array sum = make(device_, std::vector<double>(1000, 0.0));
  for (int i = 0; i < 30; ++i) {
    const Array x = make(device_, std::vector<double>(1000, 1.0));
    Array next;
    ASSERT_EQ(spc_add(sum, x, next.out()), SPC_OK) << last_error();
    sum = std::move(next);
  }
  EXPECT_EQ(to_host(sum), std::vector<double>(1000, 30.0));
}

TEST_F(Fakedev, DoesNotMixWithHostMemory) {
  Context host;
  ASSERT_EQ(spc_context_create("reference", SPC_FLOAT64, SPC_CHECK_STANDARD, host.out()), SPC_OK);
  const Array there = make(device_, {1}), here = make(host, {1});
  Array sum;
  EXPECT_EQ(spc_add(there, here, sum.out()), SPC_E_TYPE);
  EXPECT_NE(last_error().find("fakedev"), std::string::npos) << last_error();
}

TEST_F(Fakedev, MoreThanTheDeviceHoldsIsOutOfMemory) {
  const std::int64_t shape[] = {std::int64_t{1} << 33};
  Array a;
  EXPECT_EQ(spc_empty(device_, 1, shape, SPC_FLOAT64, a.out()), SPC_E_MEMORY);
  // Freed blocks come back, also those whose return is still queued.
  const std::int64_t half[] = {std::int64_t{3} << 28};
  for (int i = 0; i < 10; ++i) {
    Array block;
    ASSERT_EQ(spc_empty(device_, 1, half, SPC_FLOAT64, block.out()), SPC_OK) << last_error();
  }
}

}  // namespace
