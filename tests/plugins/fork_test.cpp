// SPDX-License-Identifier: Apache-2.0
// Children of a process: what survives a fork computes as before, what does not is refused, and
// nothing hangs. The search and the use of a family happen once a process, so every test runs in
// a process of its own.
#include <gtest/gtest.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <cstdint>
#include <functional>
#include <string>
#include <thread>
#include <vector>

#include "spacecore/spacecore.h"

#include "tests/plugins/support.hpp"

// ThreadSanitizer does not follow forks of processes with threads.
#if !defined(__SANITIZE_THREAD__)

namespace {

using namespace spc::test;

constexpr std::int64_t n = 200;

// Runs body in a child, which has to end well and in time.
void in_a_child(const std::function<void()> &body) {
  const pid_t child = fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    alarm(30);
    body();
    finish();
  }
  int status = -1;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  EXPECT_FALSE(WIFSIGNALED(status)) << "signal " << WTERMSIG(status);
  EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0) << status;
}

Array ones(const char *family, std::int64_t length = n) {
  Context ctx;
  EXPECT_EQ(spc_context_create(family, SPC_FLOAT64, SPC_CHECK_STANDARD, ctx.out()), SPC_OK)
      << last_error();
  const std::vector<double> values(static_cast<std::size_t>(length * length), 1);
  const std::int64_t shape[] = {length, length};
  Array a;
  EXPECT_EQ(spc_array_from_host(ctx, SPC_FLOAT64, 2, shape, values.data(), a.out()), SPC_OK)
      << last_error();
  return a;
}

// Large enough for several threads.
void expect_product(const char *family, spc_array a) {
  Array product;
  ASSERT_EQ(spc_matmul(a, a, nullptr, product.out()), SPC_OK) << last_error();
  std::vector<double> values(n * n);
  ASSERT_EQ(spc_array_to_host(product, values.data(), 8 * n * n), SPC_OK) << last_error();
  for (const double value : values) ASSERT_EQ(value, n) << family;
}

void expect_forked(spc_status status, const char *what) {
  EXPECT_EQ(status, SPC_E_PLUGIN) << what << ": " << last_error();
  EXPECT_NE(last_error().find("forked"), std::string::npos) << what << ": " << last_error();
}

class Fork : public testing::Test {
 protected:
  void SetUp() override { spc_set_num_threads(4); }
};

TEST_F(Fork, BeforeTheFirstLoad) {
  IN_A_PROCESS({
    in_a_child([] {
      for (const char *family : {"reference", "cpu"}) expect_product(family, ones(family));
    });
    for (const char *family : {"reference", "cpu"}) expect_product(family, ones(family));
  });
}

TEST_F(Fork, AfterLoading) {
  IN_A_PROCESS({
    ASSERT_EQ(spc_load_plugin(test_plugin("fakedev").c_str()), SPC_OK) << last_error();
    std::int64_t count = 0;
    ASSERT_EQ(spc_backend_count(&count), SPC_OK);
    // Nothing of the device has been touched: it is the child's as much as the parent's.
    in_a_child([] {
      for (const char *family : {"reference", "cpu", "fakedev"})
        expect_product(family, ones(family));
    });
    // What the child did with it is nothing to the parent.
    expect_product("fakedev", ones("fakedev"));
  });
}

TEST_F(Fork, AfterTheFirstParallelKernel) {
  IN_A_PROCESS({
    for (const char *family : {"reference", "cpu"}) {
      const Array a = ones(family);
      expect_product(family, a);
      for (int i = 0; i < 3; ++i)
        in_a_child([&] {
          expect_product(family, a);
          expect_product(family, ones(family));
          // And the child's child.
          in_a_child([&] { expect_product(family, a); });
        });
      expect_product(family, a);
    }
  });
}

TEST_F(Fork, ADeviceInUseIsRefusedInTheChild) {
  IN_A_PROCESS({
    ASSERT_EQ(spc_load_plugin(test_plugin("fakedev").c_str()), SPC_OK) << last_error();
    ASSERT_EQ(spc_load_plugin(bad_plugin("peek").c_str()), SPC_OK) << last_error();
    Context device;
    ASSERT_EQ(spc_context_create("fakedev", SPC_FLOAT64, SPC_CHECK_STANDARD, device.out()), SPC_OK);
    Array a = ones("fakedev");
    expect_product("fakedev", a);
    in_a_child([&] {
      Array result;
      expect_forked(spc_negative(a, result.out()), "kernel");
      expect_forked(spc_matmul(a, a, nullptr, result.out()), "kernel");
      const std::int64_t shape[] = {3};
      expect_forked(spc_empty(device, 1, shape, SPC_FLOAT64, result.out()), "allocation");
      std::vector<double> values(n * n);
      expect_forked(spc_array_from_host(device, SPC_FLOAT64, 1, shape, values.data(), result.out()),
                    "copy to the device");
      expect_forked(spc_array_to_host(a, values.data(), 8 * n * n), "copy to the host");
      expect_forked(spc_sync(), "sync");
      Context again;
      EXPECT_EQ(spc_context_create("fakedev", SPC_FLOAT64, SPC_CHECK_STANDARD, again.out()),
                SPC_E_BACKEND_UNAVAILABLE);
      EXPECT_NE(last_error().find("forked"), std::string::npos) << last_error();
      // A family of another plugin over the same memory goes with it.
      EXPECT_NE(spc_context_create("peek", SPC_FLOAT64, SPC_CHECK_STANDARD, again.out()), SPC_OK);
      EXPECT_NE(last_error().find("forked"), std::string::npos) << last_error();
      // Releasing is no error; the rest works.
      a = Array();
      expect_product("reference", ones("reference"));
      in_a_child([] { expect_forked(spc_sync(), "the child's child"); });
    });
    expect_product("fakedev", a);
    EXPECT_EQ(spc_sync(), SPC_OK) << last_error();
  });
}

// Its memory is the host's and survives; its kernels do not, nor those of a plan made before.
TEST_F(Fork, KernelsOnHostMemoryAreRefusedAndTheMemoryIsNot) {
  IN_A_PROCESS({
    ASSERT_EQ(spc_load_plugin(bad_plugin("no_fork").c_str()), SPC_OK) << last_error();
    const Array a = ones("no_fork");
    const std::int64_t shape[] = {2};
    const double values[] = {1, 2};
    Context ctx;
    ASSERT_EQ(spc_context_create("no_fork", SPC_FLOAT64, SPC_CHECK_STANDARD, ctx.out()), SPC_OK);
    Array x, y;
    ASSERT_EQ(spc_array_from_host(ctx, SPC_FLOAT64, 1, shape, values, x.out()), SPC_OK);
    // Not used so far: a context alone runs no kernel.
    in_a_child([&] { EXPECT_EQ(spc_negative(x, y.out()), SPC_OK) << last_error(); });
    ASSERT_EQ(spc_negative(x, y.out()), SPC_OK) << last_error();
    in_a_child([&] {
      Array z;
      expect_forked(spc_negative(x, z.out()), "own kernel");
      double got[2] = {};
      ASSERT_EQ(spc_array_to_host(y, got, sizeof got), SPC_OK) << last_error();
      EXPECT_EQ(got[0], 7);
      EXPECT_EQ(got[1], 7);
      // That one is the base's.
      EXPECT_EQ(spc_add(x, x, z.out()), SPC_OK) << last_error();
    });
  });
}

// A child must not inherit the lock of a thread that is loading and that it does not have.
TEST_F(Fork, WhileAnotherThreadLoads) {
  IN_A_PROCESS({
    std::int64_t count = 0;
    ASSERT_EQ(spc_backend_count(&count), SPC_OK);
    std::atomic<bool> stop{false};
    std::thread loader([&] {
      while (!stop) spc_load_plugin(bad_plugin("throws").c_str());
    });
    for (int i = 0; i < 20; ++i)
      in_a_child(
          [] { EXPECT_EQ(spc_load_plugin(bad_plugin("tiny").c_str()), SPC_OK) << last_error(); });
    stop = true;
    loader.join();
  });
}

}  // namespace
#endif
