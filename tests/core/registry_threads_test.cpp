// SPDX-License-Identifier: Apache-2.0
// The pool of threads: every part once, the same answer for any number of threads.
#include <fenv.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <new>
#include <stdexcept>
#include <thread>
#include <vector>

#include "core/support/error.hpp"
#include "core/support/thread_pool.hpp"

namespace spc {
namespace {

class Threads : public testing::TestWithParam<int> {
 protected:
  void SetUp() override { set_num_threads(GetParam()); }
  void TearDown() override { set_num_threads(0); }
};

struct Visits {
  std::vector<std::atomic<int>> count;
  explicit Visits(std::size_t n) : count(n) {}
  static spc_status visit(void *arg, std::int64_t part) {
    ++static_cast<Visits *>(arg)->count[static_cast<std::size_t>(part)];
    return SPC_OK;
  }
};

TEST_P(Threads, EveryPartRunsOnce) {
  for (std::int64_t n : {0, 1, 2, 3, 7, 64, 1000}) {
    Visits visits(static_cast<std::size_t>(n));
    EXPECT_EQ(parallel(n, Visits::visit, &visits), SPC_OK);
    for (const auto &c : visits.count) EXPECT_EQ(c, 1) << n;
  }
  EXPECT_EQ(parallel(-1, Visits::visit, nullptr), SPC_OK);
}

TEST_P(Threads, TheLowestFailureIsReported) {
  for (int round = 0; round < 200; ++round) {
    const spc_status status = parallel(
        50,
        [](void *, std::int64_t part) -> spc_status {
          return part % 7 == 5 ? static_cast<spc_status>(-part) : SPC_OK;
        },
        nullptr);
    EXPECT_EQ(status, -5);
  }
}

TEST_P(Threads, ExceptionsBecomeStatuses) {
  const auto run = [](spc_part_fn fn) { return parallel(4, fn, nullptr); };
  EXPECT_EQ(run([](void *, std::int64_t) -> spc_status { throw std::bad_alloc(); }), SPC_E_MEMORY);
  EXPECT_EQ(run([](void *, std::int64_t) -> spc_status { throw std::runtime_error("x"); }),
            SPC_E_PLUGIN);
  EXPECT_EQ(run([](void *, std::int64_t) -> spc_status { throw 1; }), SPC_E_PLUGIN);
}

TEST_P(Threads, NestedCallsRunInTheirCaller) {
  static std::atomic<int> inner{0};
  inner = 0;
  const spc_status status = parallel(
      8,
      [](void *, std::int64_t) -> spc_status {
        const std::thread::id here = std::this_thread::get_id();
        return parallel(
            5,
            [](void *outer, std::int64_t) -> spc_status {
              ++inner;
              return *static_cast<const std::thread::id *>(outer) == std::this_thread::get_id()
                         ? SPC_OK
                         : SPC_E_RUNTIME;
            },
            const_cast<std::thread::id *>(&here));
      },
      nullptr);
  EXPECT_EQ(status, SPC_OK);
  EXPECT_EQ(inner, 40);
  EXPECT_EQ(current_part(), -1);
}

TEST_P(Threads, APartKnowsItsNumber) {
  EXPECT_EQ(parallel(
                20,
                [](void *, std::int64_t part) -> spc_status {
                  return current_part() == part ? SPC_OK : SPC_E_RUNTIME;
                },
                nullptr),
            SPC_OK);
}

TEST_P(Threads, PartsRoundAsTheirCaller) {
  ASSERT_EQ(fesetround(FE_UPWARD), 0);
  const spc_status status = parallel(
      64,
      [](void *, std::int64_t) -> spc_status {
        return fegetround() == FE_UPWARD ? SPC_OK : SPC_E_RUNTIME;
      },
      nullptr);
  fesetround(FE_TONEAREST);
  EXPECT_EQ(status, SPC_OK);
}

TEST_P(Threads, SeveralCallersAtOnce) {
  std::vector<std::thread> callers;
  std::atomic<int> wrong{0};
  for (int t = 0; t < 4; ++t)
    callers.emplace_back([&] {
      for (int round = 0; round < 300; ++round) {
        Visits visits(9);
        if (parallel(9, Visits::visit, &visits) != SPC_OK) ++wrong;
        for (const auto &c : visits.count)
          if (c != 1) ++wrong;
      }
    });
  for (std::thread &t : callers) t.join();
  EXPECT_EQ(wrong, 0);
}

#if !defined(__SANITIZE_THREAD__)
TEST_P(Threads, AForkedChildStartsItsOwnWorkers) {
  Visits warm(16);
  ASSERT_EQ(parallel(16, Visits::visit, &warm), SPC_OK);
  for (int i = 0; i < 5; ++i) {
    const pid_t child = fork();
    if (child == 0) {
      alarm(20);
      Visits visits(100);
      const spc_status status = parallel(100, Visits::visit, &visits);
      bool once = true;
      for (const auto &c : visits.count) once = once && c == 1;
      _exit(status == SPC_OK && once ? 0 : 1);
    }
    int status = -1;
    ASSERT_EQ(waitpid(child, &status, 0), child);
    EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0) << status;
  }
}
#endif

INSTANTIATE_TEST_SUITE_P(Counts, Threads, testing::Values(0, 1, 2, 3, 8));

TEST(ThreadCount, ZeroIsOneACpuAndNegativeIsRefused) {
  set_num_threads(0);
  EXPECT_GE(num_threads(), 1);
  set_num_threads(3);
  EXPECT_EQ(num_threads(), 3);
  EXPECT_THROW(set_num_threads(-1), Error);
  EXPECT_EQ(num_threads(), 3);
  set_num_threads(0);
}

}  // namespace
}  // namespace spc
