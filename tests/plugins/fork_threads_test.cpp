// SPDX-License-Identifier: Apache-2.0
// Forks while other threads are at work: the child finds no lock that a thread of the parent holds,
// computes with what the parent had, and the parent goes on.
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "spacecore/spacecore.h"

#include "tests/plugins/child_process.hpp"
#include "tests/plugins/filled.hpp"

// The sanitizers' own allocators and threads do not follow forks of processes with threads.
#if !defined(SPC_SANITIZE)

namespace {

using namespace spc::test;

// What every thread works with, and the child too.
class Workload {
 public:
  explicit Workload(const std::string &family) : family_(family), ctx_(context(family)) {
    spc_set_num_threads(4);
    small_ = filled(ctx_, {n, n}, 1);
    // On cpu by BLAS and its threads.
    big_ = family == "cpu" ? 160 : 48;
    large_ = filled(ctx_, {big_, big_}, 1);
    x_ = filled(ctx_, {n}, 2);
    Array sparse;
    EXPECT_EQ(spc_assparse(ctx_, small_, "csr", SPC_DTYPE_NONE, sparse.out()), SPC_OK)
        << last_error();
    EXPECT_EQ(spc_space_dense(ctx_, 1, &n, nullptr, space_.out()), SPC_OK) << last_error();
    EXPECT_EQ(spc_linop_sparse(sparse, space_, space_, sparse_.out()), SPC_OK) << last_error();
    EXPECT_EQ(spc_linop_dense(small_, space_, space_, dense_.out()), SPC_OK) << last_error();
  }

  // One round; "" or what went wrong.
  std::string round() const {
    const auto failed = [&](const std::string &what) {
      return family_ + ": " + what + ": " + last_error();
    };
    Context mine;
    if (spc_context_create(family_.c_str(), SPC_FLOAT64, SPC_CHECK_NONE, mine.out()) != SPC_OK)
      return failed("context");
    Array product, view, y, sum;
    if (spc_matmul(small_, small_, nullptr, product.out()) != SPC_OK) return failed("matmul");
    if (const std::string d = differs(product, n); !d.empty()) return failed("matmul: " + d);
    if (spc_matmul(large_, large_, nullptr, product.out()) != SPC_OK) return failed("large matmul");
    if (const std::string d = differs(product, static_cast<double>(big_)); !d.empty())
      return failed("large: " + d);
    if (spc_transpose(small_, SPC_ALL_AXES, nullptr, view.out()) != SPC_OK) return failed("view");
    if (spc_add(view, small_, sum.out()) != SPC_OK) return failed("add");
    if (const std::string d = differs(sum, 2); !d.empty()) return failed("add: " + d);
    for (const Linop *op : {&dense_, &sparse_}) {
      Linop adjoint;
      if (spc_linop_apply(*op, x_, y.out()) != SPC_OK) return failed("apply");
      if (const std::string d = differs(y, 2 * n); !d.empty()) return failed("apply: " + d);
      if (spc_linop_adjoint(*op, adjoint.out()) != SPC_OK) return failed("adjoint");
      if (spc_linop_apply(adjoint, x_, y.out()) != SPC_OK) return failed("adjoint apply");
      if (const std::string d = differs(y, 2 * n); !d.empty()) return failed("adjoint: " + d);
    }
    Array wrong;
    if (spc_add(x_, large_, wrong.out()) != SPC_E_VALUE) return failed("not refused");
    Context chosen;
    if (spc_context_default(chosen.out()) != SPC_OK) return failed("default context");
    return "";
  }

 private:
  static constexpr std::int64_t n = 24;
  const std::string family_;
  std::int64_t big_ = 0;
  Context ctx_;
  Array small_, large_, x_;
  Space space_;
  Linop sparse_, dense_;
};

void fork_under_load(const std::string &family, int forks) {
  const Workload work(family);
  std::atomic<bool> stop{false};
  std::atomic<int> rounds{0};
  std::vector<std::string> failures(8);
  std::vector<std::thread> threads;
  for (std::string &failure : failures)
    threads.emplace_back([&] {
      while (!stop && failure.empty()) {
        failure = work.round();
        ++rounds;
      }
    });
  while (rounds < 8) std::this_thread::yield();
  for (int i = 0; i < forks && !testing::Test::HasFailure(); ++i)
    expect_child_ends_well([&] {
      EXPECT_EQ(work.round(), "");
      const Workload fresh(family);
      EXPECT_EQ(fresh.round(), "");
      if (i % 5 == 0) expect_child_ends_well([&] { EXPECT_EQ(work.round(), ""); });
    });
  const int before = rounds;
  while (rounds < before + 8) std::this_thread::yield();  // the parent goes on
  stop = true;
  for (std::thread &t : threads) t.join();
  for (const std::string &failure : failures) EXPECT_EQ(failure, "");
}

TEST(ForkThreads, WhileEightThreadsDispatchOnReference) {
  IN_A_PROCESS({ fork_under_load("reference", 25); });
}
TEST(ForkThreads, WhileEightThreadsDispatchOnCpu) {
  IN_A_PROCESS({ fork_under_load("cpu", 25); });
}

// The library of BLAS is opened by the first product, in one of these threads.
TEST(ForkThreads, WhileBlasIsOpened) {
  for (int delay = 0; delay < 6; ++delay) {
    IN_A_PROCESS({
      const Context ctx = context("cpu");
      const Array a = filled(ctx, {200, 200}, 1);
      const auto product = [&] {
        Array p;
        EXPECT_EQ(spc_matmul(a, a, nullptr, p.out()), SPC_OK) << last_error();
        EXPECT_EQ(differs(p, 200), "");
      };
      std::thread first(product);
      std::this_thread::sleep_for(std::chrono::microseconds(400 * delay));
      expect_child_ends_well(product);
      first.join();
      product();
    });
  }
}

// Two threads that fork at once.
TEST(ForkThreads, FromSeveralThreads) {
  IN_A_PROCESS({
    const Workload work("cpu");
    EXPECT_EQ(work.round(), "");
    std::vector<std::thread> threads;
    for (int t = 0; t < 4; ++t)
      threads.emplace_back([&] {
        for (int i = 0; i < 5; ++i) expect_child_ends_well([&] { EXPECT_EQ(work.round(), ""); });
      });
    for (std::thread &t : threads) t.join();
    EXPECT_EQ(work.round(), "");
  });
}

// A family is probed, and its state made, under a lock of its own: whoever forks waits.
TEST(ForkThreads, WhileAFamilyIsProbedOrItsStateMade) {
  IN_A_PROCESS({
    ASSERT_EQ(spc_load_plugin(odd_plugin("slow_start").c_str()), SPC_OK) << last_error();
    const auto expect_state = [] {
      const Context ctx = context("slow_start");
      const Array x = filled(ctx, {3}, 1);
      Array y;
      ASSERT_EQ(spc_negative(x, y.out()), SPC_OK) << last_error();
      EXPECT_EQ(differs(y, 7), "");
    };
    std::thread user(expect_state);
    for (int i = 0; i < 4; ++i) {
      std::this_thread::sleep_for(std::chrono::milliseconds(100));
      expect_child_ends_well(expect_state);
    }
    user.join();
    expect_state();
  });
}

// A plugin that forks where a lock of the library is held by its own thread.
TEST(ForkThreads, ByAPluginItself) {
  IN_A_PROCESS({
    ASSERT_EQ(spc_load_plugin(odd_plugin("forks").c_str()), SPC_OK) << last_error();
    const Context ctx = context("forks");
    const Array x = filled(ctx, {3}, 1);
    Array y;
    ASSERT_EQ(spc_negative(x, y.out()), SPC_OK) << last_error();
    EXPECT_EQ(differs(y, 7), "");
  });
}

}  // namespace
#endif
