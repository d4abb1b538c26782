// SPDX-License-Identifier: Apache-2.0
// The pool of host memory and the allocator under it.
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <bit>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <thread>
#include <vector>

#include "core/registry/host_pool.hpp"
#include "core/registry/memory.hpp"
#include "core/support/error.hpp"

namespace spc {
namespace {

// Counts what it gave and got back; every block carries the id of its maker.
struct Counting {
  std::atomic<int> live{0}, made{0};
  std::atomic<bool> empty{false};

  static void *alloc(void *user, std::uint64_t bytes, std::uint64_t align) {
    Counting &c = *static_cast<Counting *>(user);
    if (c.empty) return nullptr;
    void *p = nullptr;
    if (posix_memalign(&p, align, bytes) != 0) return nullptr;
    ++c.live;
    ++c.made;
    return p;
  }
  static void free(void *user, void *data, std::uint64_t) {
    --static_cast<Counting *>(user)->live;
    std::free(data);
  }
};

class Pool : public testing::Test {
 protected:
  void TearDown() override { set_host_allocator(nullptr, nullptr, nullptr); }
  MemorySpace &host = host_space();
};

TEST_F(Pool, EverySizeIsAlignedWritableAndItsOwn) {
  std::vector<std::pair<unsigned char *, std::uint64_t>> blocks;
  for (std::uint64_t bytes : {0ull, 1ull, 7ull, 63ull, 64ull, 65ull, 100ull, 4095ull, 4097ull,
                              65535ull, 70000ull, 1ull << 20, (5ull << 20) + 3}) {
    auto *const p = static_cast<unsigned char *>(space_alloc(host, bytes));
    ASSERT_NE(p, nullptr);
    EXPECT_EQ(reinterpret_cast<std::uintptr_t>(p) % 64, 0u) << bytes;
    std::memset(p, static_cast<int>(blocks.size()), bytes);
    blocks.emplace_back(p, bytes);
  }
  for (std::size_t i = 0; i < blocks.size(); ++i) {
    const auto [p, bytes] = blocks[i];
    for (std::uint64_t k = 0; k < bytes; k += 61) ASSERT_EQ(p[k], i);
    space_free(host, p, bytes);
  }
}

TEST_F(Pool, ImpossibleSizesAreOutOfMemory) {
  for (std::uint64_t bytes : {1ull << 47, 1ull << 60, ~0ull, ~0ull - 63}) {
    try {
      space_alloc(host, bytes);
      FAIL() << bytes;
    } catch (const Error &e) {
      EXPECT_EQ(e.code(), SPC_E_MEMORY);
      EXPECT_NE(e.message().find(std::to_string(bytes)), std::string::npos) << e.message();
    }
    EXPECT_EQ(host_pool::allocate_aligned(bytes, 64), nullptr);
  }
}

#if !defined(SPC_SANITIZE)
TEST_F(Pool, AReleasedBlockIsUsedAgain) {
  for (std::uint64_t bytes : {8ull, 5000ull, 1ull << 20, 8ull << 20}) {
    void *const first = space_alloc(host, bytes);
    space_free(host, first, bytes);
    void *const second = space_alloc(host, bytes);
    EXPECT_EQ(first, second) << bytes;
    space_free(host, second, bytes);
  }
}

TEST_F(Pool, SteadyUseCallsNoAllocator) {
  Counting counting;
  set_host_allocator(Counting::alloc, Counting::free, &counting);
  for (int i = 0; i < 100; ++i) {
    void *const a = space_alloc(host, 512), *const b = space_alloc(host, 1 << 20);
    space_free(host, a, 512);
    space_free(host, b, 1 << 20);
  }
  EXPECT_EQ(counting.made, 2);
  set_host_allocator(nullptr, nullptr, nullptr);
}
#endif

TEST_F(Pool, BlocksGoBackToTheirMaker) {
  void *const from_default = space_alloc(host, 1000);
  static Counting first, second;  // named by blocks until these are back
  set_host_allocator(Counting::alloc, Counting::free, &first);
  void *const from_first = space_alloc(host, 1000);
  void *const kept = space_alloc(host, 1000);
  EXPECT_EQ(first.live, 2);
  space_free(host, kept, 1000);  // into the pool, or back at once
  set_host_allocator(Counting::alloc, Counting::free, &second);
  void *const from_second = space_alloc(host, 1000);
  EXPECT_EQ(second.live, 1);
  space_free(host, from_first, 1000);
  space_free(host, from_default, 1000);
  EXPECT_EQ(first.made, 2);
  set_host_allocator(nullptr, nullptr, nullptr);
  space_free(host, from_second, 1000);
  // A block of this thread's cache is found out when it is asked for.
  void *const later = space_alloc(host, 1000);
  EXPECT_EQ(first.live, 0);
  EXPECT_EQ(second.live, 0);
  space_free(host, later, 1000);
}

TEST_F(Pool, OneOfTheTwoFunctionsAloneIsRefused) {
  Counting counting;
  EXPECT_THROW(set_host_allocator(Counting::alloc, nullptr, &counting), Error);
  EXPECT_THROW(set_host_allocator(nullptr, Counting::free, &counting), Error);
  void *const p = space_alloc(host, 10);
  space_free(host, p, 10);
  EXPECT_EQ(counting.made, 0);
}

TEST_F(Pool, AnAllocatorThatFailsOrMisalignsIsOutOfMemory) {
  static Counting counting;
  set_host_allocator(Counting::alloc, Counting::free, &counting);
  counting.empty = true;
  EXPECT_THROW(space_alloc(host, 123456), Error);
  EXPECT_EQ(host_pool::allocate_aligned(100, 64), nullptr);
  set_host_allocator(
      [](void *, std::uint64_t bytes, std::uint64_t) {
        return static_cast<void *>(static_cast<char *>(std::malloc(bytes + 8)) + 8);
      },
      [](void *, void *data, std::uint64_t) { std::free(static_cast<char *>(data) - 8); }, nullptr);
  EXPECT_THROW(space_alloc(host, 123456), Error);
}

TEST_F(Pool, AlignmentBeyondTheUsual) {
  for (std::uint64_t align = 1; align <= 1 << 16; align *= 2) {
    void *const p = host_pool::allocate_aligned(100, align);
    ASSERT_NE(p, nullptr);
    EXPECT_EQ(reinterpret_cast<std::uintptr_t>(p) % align, 0u);
    std::memset(p, 1, 100);
    host_pool::release(p);
  }
  EXPECT_EQ(host_pool::allocate_aligned(100, 48), nullptr);
  host_pool::release(nullptr);
}

TEST_F(Pool, BlocksMoveBetweenThreads) {
  constexpr int threads = 4, rounds = 2000;
  std::atomic<unsigned char *> slots[64]{};
  std::atomic<int> damaged{0};
  const auto work = [&](unsigned seed) {
    for (int i = 0; i < rounds; ++i) {
      seed = seed * 1664525u + 1013904223u;
      const std::uint64_t bytes = 16ull << (seed >> 8 & 15);
      auto *mine = static_cast<unsigned char *>(space_alloc(host, bytes));
      const auto mark = static_cast<unsigned char>(std::countr_zero(bytes));
      mine[0] = mark;
      mine[bytes - 1] = mark;
      unsigned char *const old = slots[seed >> 20 & 63].exchange(mine);
      if (old == nullptr) continue;
      const std::uint64_t size = 1ull << old[0];
      if (old[size - 1] != old[0]) ++damaged;
      space_free(host, old, size);
    }
  };
  std::vector<std::thread> pool;
  for (unsigned t = 0; t < threads; ++t) pool.emplace_back(work, t + 1);
  for (std::thread &t : pool) t.join();
  for (auto &slot : slots)
    if (unsigned char *const p = slot.load()) space_free(host, p, 1ull << p[0]);
  EXPECT_EQ(damaged, 0);
}

#if !defined(SPC_SANITIZE)  // the allocators of sanitizers do not survive it
TEST_F(Pool, AForkedChildAllocatesWhateverOtherThreadsDid) {
  std::atomic<bool> stop{false};
  std::vector<std::thread> pool;
  for (int t = 0; t < 3; ++t)
    pool.emplace_back([&] {
      while (!stop) {
        void *const p = space_alloc(host, 1 << 20);
        space_free(host, p, 1 << 20);
      }
    });
  for (int i = 0; i < 50; ++i) {
    const pid_t child = fork();
    if (child == 0) {
      alarm(10);
      for (int k = 0; k < 10; ++k) {
        void *const p = space_alloc(host, 1 << 20);
        space_free(host, p, 1 << 20);
      }
      _exit(0);
    }
    int status = -1;
    ASSERT_EQ(waitpid(child, &status, 0), child);
    EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0) << status;
  }
  stop = true;
  for (std::thread &t : pool) t.join();
}
#endif

}  // namespace
}  // namespace spc
