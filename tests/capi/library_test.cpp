// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <atomic>
#include <cstdlib>
#include <string>
#include <thread>
#include <vector>

#include "spacecore/plugin.h"
#include "spacecore/spacecore.h"

#include "tests/support/c_api.hpp"

namespace {

using test::check;
using test::expect_error;

TEST(Library, Versions) {
  int32_t major = -1, minor = -1, patch = -1;
  check(spc_version(&major, &minor, &patch));
  EXPECT_GE(major, 0);
  EXPECT_GE(minor, 0);
  EXPECT_GE(patch, 0);
  EXPECT_EQ(spc_version(nullptr, nullptr, nullptr), SPC_OK);
  check(spc_abi_version(&major, &minor));
  EXPECT_EQ(major, SPC_ABI_MAJOR);
  EXPECT_EQ(minor, SPC_ABI_MINOR);
  EXPECT_EQ(spc_abi_version(nullptr, nullptr), SPC_OK);
}

struct Allocator {
  std::atomic<int64_t> live{0};

  static void *alloc(void *user, uint64_t bytes, uint64_t align) {
    auto &a = *static_cast<Allocator *>(user);
    void *p = nullptr;
    if (posix_memalign(&p, align, bytes) != 0) return nullptr;
    ++a.live;
    return p;
  }
  static void free(void *user, void *data, uint64_t) {
    --static_cast<Allocator *>(user)->live;
    std::free(data);
  }
};

TEST(Library, ArraysComeFromTheAllocatorOfTheProgram) {
  static Allocator mine;
  const test::Context ctx = test::context("cpu");
  test::Array before = test::vector<double>(ctx, {1, 2, 3});
  check(spc_set_allocator(Allocator::alloc, Allocator::free, &mine));
  test::Array inside = test::vector<double>(ctx, std::vector<double>(1000, 1.0));
  EXPECT_GE(mine.live, 1);
  check(spc_set_allocator(nullptr, nullptr, nullptr));
  test::Array after;
  check(spc_add(inside, inside, after.out()));
  EXPECT_EQ(test::values<double>(before), (std::vector<double>{1, 2, 3}));
  EXPECT_EQ(test::values<double>(after), std::vector<double>(1000, 2.0));
  inside = {};
  EXPECT_EQ(mine.live, 0);
  expect_error(spc_set_allocator(Allocator::alloc, nullptr, nullptr), SPC_E_VALUE,
               {"free is NULL"});
  expect_error(spc_set_allocator(nullptr, Allocator::free, nullptr), SPC_E_VALUE,
               {"alloc is NULL"});
}

TEST(Library, AnAllocatorThatHasNothingLeftIsOutOfMemory) {
  struct Empty {
    static void *alloc(void *, uint64_t, uint64_t) { return nullptr; }
    static void free(void *, void *, uint64_t) {}
  };
  const test::Context ctx = test::context("cpu");
  test::Array a = test::vector<double>(ctx, std::vector<double>(100000, 1.0)), out;
  check(spc_set_allocator(Empty::alloc, Empty::free, nullptr));
  expect_error(spc_add(a, a, out.out()), SPC_E_MEMORY, {"800000"});
  EXPECT_EQ(static_cast<spc_array>(out), nullptr);
  check(spc_set_allocator(nullptr, nullptr, nullptr));
  check(spc_add(a, a, out.out()));
}

TEST(Library, ThreadsChangeNoBit) {
  const test::Context ctx = test::context("cpu");
  std::vector<double> data(300001);
  for (std::size_t i = 0; i < data.size(); ++i) data[i] = 1.0 / static_cast<double>(i + 1);
  test::Array x = test::vector<double>(ctx, data);
  std::vector<double> sums;
  for (int32_t n : {1, 2, 3, 8, 0}) {
    check(spc_set_num_threads(n));
    test::Array dot;
    check(spc_vdot(x, x, dot.out()));
    sums.push_back(test::value<double>(dot));
  }
  for (double s : sums) EXPECT_EQ(s, sums[0]);
  expect_error(spc_set_num_threads(-1), SPC_E_VALUE, {"-1"});
}

TEST(Library, SyncAndCollectWithNothingToDo) {
  EXPECT_EQ(spc_sync(), SPC_OK);
  int64_t n = -1;
  check(spc_collect(&n));
  EXPECT_EQ(n, 0);
  EXPECT_EQ(spc_collect(nullptr), SPC_OK);
}

TEST(Library, InterposerSeesMarkedArraysOnly) {
  struct Seen {
    std::vector<std::string> names;
    spc_status answer = 0;
    static spc_status see(void *user, const spc_interposed_call *call) {
      auto &s = *static_cast<Seen *>(user);
      s.names.emplace_back(call->name);
      return s.answer;
    }
  } seen;
  const test::Context ctx = test::context("cpu");
  test::Array a = test::vector<double>(ctx, {1, 2}), marked, out;
  check(spc_array_interpose(a, 1, marked.out()));
  check(spc_set_interposer(Seen::see, &seen));
  check(spc_add(a, a, out.out()));
  EXPECT_TRUE(seen.names.empty());
  check(spc_add(a, marked, out.out()));
  EXPECT_EQ(seen.names, std::vector<std::string>{"add"});
  seen.answer = 5;
  expect_error(spc_add(a, marked, out.out()), SPC_E_CALLBACK, {"add", "5"});
  check(spc_set_interposer(nullptr, nullptr));
  check(spc_add(a, marked, out.out()));
}

TEST(Library, ErrorsAreOfTheirThread) {
  std::vector<std::thread> threads;
  std::atomic<int> wrong{0};
  for (int t = 0; t < 8; ++t)
    threads.emplace_back([&wrong, t] {
      const std::string mine = "backend_" + std::to_string(t);
      for (int round = 0; round < 200; ++round) {
        int64_t i = 0;
        if (spc_backend_find(mine.c_str(), &i) != SPC_E_UNKNOWN_BACKEND) ++wrong;
        if (test::last_error().find("'" + mine + "'") == std::string::npos) ++wrong;
      }
    });
  for (std::thread &t : threads) t.join();
  EXPECT_EQ(wrong, 0);
}

}  // namespace
