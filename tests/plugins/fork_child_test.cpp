// SPDX-License-Identifier: Apache-2.0
// Families that say that they do not survive a fork, and how they make anew
// what they lost.
#include <gtest/gtest.h>

#include <cstdint>
#include <thread>
#include <utility>
#include <vector>

#include "spacecore/spacecore.h"

#include "tests/plugins/child_process.hpp"
#include "tests/plugins/filled.hpp"

// ThreadSanitizer does not follow forks of processes with threads.
#if !defined(__SANITIZE_THREAD__)

namespace {

using namespace spc::test;

class Rearmed {
 public:
  explicit Rearmed(const char *family) : ctx_(context(family)), x_(filled(ctx_, {3}, 2)) {}
  spc_status negative() {
    Array y;
    const spc_status status = spc_negative(x_, y.out());
    if (status == SPC_OK) {
      EXPECT_EQ(differs(y, -2), "");
    }
    return status;
  }
  spc_status allocate() {
    const std::int64_t n = 5;
    Array y;
    return spc_empty(ctx_, 1, &n, SPC_FLOAT64, y.out());
  }
  spc_status read() {
    double values[3];
    return spc_array_to_host(x_, values, sizeof values);
  }
  // How often after_fork_child has been called; -1 if the kernel does not run.
  std::int64_t count() {
    Array y;
    spc_error_info info{};
    info.struct_size = sizeof info;
    if (spc_square(x_, y.out()) != SPC_E_RUNTIME || spc_last_error(&info) != SPC_OK) return -1;
    return info.native;
  }

 private:
  Context ctx_;
  Array x_;
};

TEST(ForkChild, AFamilyThatMakesItsThreadsAnewWorksAsBefore) {
  IN_A_PROCESS({
    ASSERT_EQ(spc_load_plugin(odd_plugin("rearms").c_str()), SPC_OK) << last_error();
    Rearmed r("rearms");
    ASSERT_EQ(r.negative(), SPC_OK) << last_error();
    EXPECT_EQ(r.count(), 0);
    expect_child_ends_well([&] {
      EXPECT_EQ(r.negative(), SPC_OK) << last_error();
      EXPECT_EQ(r.read(), SPC_OK) << last_error();
      EXPECT_EQ(r.allocate(), SPC_OK) << last_error();
      EXPECT_EQ(Rearmed("rearms").negative(), SPC_OK) << last_error();
      EXPECT_EQ(r.count(), 1);
      expect_child_ends_well([&] {
        EXPECT_EQ(r.negative(), SPC_OK) << last_error();
        EXPECT_EQ(r.count(), 2);
      });
      EXPECT_EQ(r.negative(), SPC_OK) << last_error();
      EXPECT_EQ(r.count(), 1);
    });
    // A child that does not use it does not call it, and frees what it has.
    expect_child_ends_well([&] { const Rearmed gone(std::move(r)); });
    EXPECT_EQ(r.negative(), SPC_OK) << last_error();
    EXPECT_EQ(r.count(), 0);
  });
}

// Whatever is needed first has it made anew: a kernel, memory, a copy, a
// context, threads at once.
TEST(ForkChild, WhateverIsNeededFirst) {
  IN_A_PROCESS({
    ASSERT_EQ(spc_load_plugin(odd_plugin("rearms").c_str()), SPC_OK) << last_error();
    Rearmed r("rearms");
    ASSERT_EQ(r.negative(), SPC_OK) << last_error();
    expect_child_ends_well([&] { EXPECT_EQ(r.allocate(), SPC_OK) << last_error(); });
    expect_child_ends_well([&] { EXPECT_EQ(r.read(), SPC_OK) << last_error(); });
    expect_child_ends_well([&] { context("rearms"); });
    expect_child_ends_well([&] {
      std::vector<std::thread> threads;
      for (int t = 0; t < 8; ++t)
        threads.emplace_back([&] { EXPECT_EQ(r.allocate(), SPC_OK) << last_error(); });
      for (std::thread &t : threads) t.join();
      EXPECT_EQ(r.count(), 1);
    });
  });
}

TEST(ForkChild, AFailureRefusesTheFamilyAndIsNotRepeated) {
  IN_A_PROCESS({
    ASSERT_EQ(spc_load_plugin(odd_plugin("rearms_in_vain").c_str()), SPC_OK) << last_error();
    Rearmed r("rearms_in_vain");
    ASSERT_EQ(r.negative(), SPC_OK) << last_error();
    expect_child_ends_well([&] {
      for (int i = 0; i < 2; ++i) {
        EXPECT_EQ(r.negative(), SPC_E_PLUGIN);
        for (const char *part : {"'rearms_in_vain:0' cannot be used here", "forked",
                                 "its after_fork_child failed with RuntimeErr"})
          EXPECT_NE(last_error().find(part), std::string::npos) << last_error();
        EXPECT_EQ(r.allocate(), SPC_E_PLUGIN) << last_error();
        EXPECT_EQ(r.read(), SPC_E_PLUGIN) << last_error();
      }
      Context again;
      EXPECT_EQ(spc_context_create("rearms_in_vain", SPC_FLOAT64, SPC_CHECK_NONE, again.out()),
                SPC_E_BACKEND_UNAVAILABLE);
      EXPECT_NE(last_error().find("its after_fork_child failed"), std::string::npos)
          << last_error();
      const Array x = filled(context("reference"), {3}, 2);
      Array y;
      EXPECT_EQ(spc_negative(x, y.out()), SPC_OK) << last_error();  // the rest works
    });
    EXPECT_EQ(r.negative(), SPC_OK) << last_error();
    EXPECT_EQ(r.count(), 0);
  });
}

TEST(ForkChild, WithoutTheFlagItIsRefused) {
  EXPECT_EQ(spc_load_plugin(odd_plugin("rearms_unasked").c_str()), SPC_E_PLUGIN);
  EXPECT_NE(last_error().find("family 'rearms_unasked': after_fork_child is given and the flag "
                              "NO_FORK is not set"),
            std::string::npos)
      << last_error();
}

}  // namespace
#endif
