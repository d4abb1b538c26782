// SPDX-License-Identifier: Apache-2.0
// Opaque vectors over two processes, one a rank: what is collective meets on both, whatever each of
// them releases when. Every rank is a child that has a watchdog; the parent never uses the library.
#include <gtest/gtest.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <functional>
#include <limits>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "spacecore/spacecore.h"

#include "plugins/opaque/world.hpp"
#include "tests/plugins/support.hpp"

// ThreadSanitizer does not follow forks of processes with threads.
#if !defined(__SANITIZE_THREAD__)

namespace {

using namespace spc::test;
using spc::opaque::n_ranks;
using spc::opaque::World;

using Body = std::function<void(int rank)>;

// Runs body in one process a rank, over a world of their own. seconds: how long one waits for the
// other before that is an error.
void on_both_ranks(const Body &body, const std::string &seconds = "20") {
  const ScratchDirectory scratch;
  const std::string file = scratch.path("world");
  std::ofstream(file).close();
  std::filesystem::resize_file(file, spc::opaque::world_bytes);
  std::array<pid_t, n_ranks> ranks{};
  for (std::size_t rank = 0; rank < n_ranks; ++rank) {
    ranks[rank] = fork();
    ASSERT_GE(ranks[rank], 0);
    if (ranks[rank] != 0) continue;
    alarm(60);
    const std::string world = file + ":" + std::to_string(rank) + ":" + seconds;
    setenv("SPACECORE_OPAQUE_WORLD", world.c_str(), 1);
    SCOPED_TRACE("rank " + std::to_string(rank));
    body(static_cast<int>(rank));
    std::fflush(nullptr);
    _exit(testing::Test::HasFailure() ? 1 : 0);
  }
  for (std::size_t rank = 0; rank < n_ranks; ++rank) {
    int status = -1;
    ASSERT_EQ(waitpid(ranks[rank], &status, 0), ranks[rank]);
    EXPECT_FALSE(WIFSIGNALED(status)) << "rank " << rank << ": signal " << WTERMSIG(status);
    EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0) << "rank " << rank;
  }
}

Context opaque_context() {
  Context ctx;
  EXPECT_EQ(spc_load_plugin(test_plugin("opaque").c_str()), SPC_OK) << last_error();
  EXPECT_EQ(spc_context_create("opaque", SPC_FLOAT64, SPC_CHECK_STANDARD, ctx.out()), SPC_OK)
      << last_error();
  return ctx;
}

Array make(spc_context ctx, const std::vector<double> &values) {
  const std::int64_t shape[] = {static_cast<std::int64_t>(values.size())};
  Array a;
  EXPECT_EQ(spc_array_from_host(ctx, SPC_FLOAT64, 1, shape, values.data(), a.out()), SPC_OK)
      << last_error();
  return a;
}

std::vector<double> to_host(spc_array a) {
  std::int64_t n = 0;
  EXPECT_EQ(spc_array_size(a, &n), SPC_OK);
  std::vector<double> values(static_cast<std::size_t>(n));
  EXPECT_EQ(spc_array_to_host(a, values.data(), 8 * n), SPC_OK) << last_error();
  return values;
}

std::int64_t collected() {
  std::int64_t n = -1;
  EXPECT_EQ(spc_collect(&n), SPC_OK) << last_error();
  return n;
}

// What the ranks leave for the parent to compare.
class Board {
 public:
  Board()
      : numbers_(static_cast<double *>(
            mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0))) {}
  ~Board() { munmap(numbers_, bytes); }
  Board(const Board &) = delete;
  Board &operator=(const Board &) = delete;
  double &operator()(int rank, std::size_t i) {
    return numbers_[static_cast<std::size_t>(rank) * 64 + i];
  }

 private:
  static constexpr std::size_t bytes = 4096;
  double *numbers_;
};

TEST(Ranks, HoldPiecesOfOneVector) {
  on_both_ranks([](int rank) {
    const Context ctx = opaque_context();
    const std::vector<double> values = {1, 2, 3, 4, 5, 6, 7};
    const Array x = make(ctx, values);
    std::int64_t size = 0;
    ASSERT_EQ(spc_array_size(x, &size), SPC_OK);
    EXPECT_EQ(size, 7);
    EXPECT_EQ(to_host(x), values);
    Array here;
    ASSERT_EQ(spc_array_local_view(x, here.out()), SPC_OK) << last_error();
    EXPECT_EQ(to_host(here),
              rank == 0 ? std::vector<double>({1, 2, 3, 4, 5}) : std::vector<double>({6, 7}));
    // Each writes its own piece; the other reads it.
    void *data = nullptr;
    ASSERT_EQ(spc_array_data(here, &data), SPC_OK) << last_error();
    static_cast<double *>(data)[1] = -1 - rank;
    ASSERT_EQ(spc_array_touch(x), SPC_OK);
    EXPECT_EQ(to_host(x), std::vector<double>({1, -1, 3, 4, 5, 6, -2}));
  });
}

TEST(Ranks, SendWhatIsLongerThanAMessage) {
  on_both_ranks([](int) {
    const Context ctx = opaque_context();
    std::vector<double> values(100000);
    for (std::size_t i = 0; i < values.size(); ++i) values[i] = static_cast<double>(i);
    EXPECT_EQ(to_host(make(ctx, values)), values);
  });
}

TEST(Ranks, GetTheSameScalarsToTheLastBit) {
  Board board;
  std::vector<double> values(1001);
  std::mt19937 random(7);
  for (double &v : values) v = std::ldexp(static_cast<double>(random()), -20 + int(random() % 40));
  on_both_ranks([&](int rank) {
    const Context ctx = opaque_context();
    const Array x = make(ctx, values), y = make(ctx, {values.rbegin(), values.rend()});
    Array dot;
    ASSERT_EQ(spc_vdot(x, y, dot.out()), SPC_OK) << last_error();
    board(rank, 0) = to_host(dot).at(0);
    const double infinity = std::numeric_limits<double>::infinity();
    const double orders[] = {0, 1, 2, 2.5, infinity, -infinity};
    for (std::size_t i = 0; i < std::size(orders); ++i) {
      Array norm;
      ASSERT_EQ(spc_norm(x, SPC_ORD_P, orders[i], SPC_ALL_AXES, nullptr, 0, norm.out()), SPC_OK)
          << last_error();
      board(rank, 1 + i) = to_host(norm).at(0);
    }
  });
  double exact = 0;
  for (std::size_t i = 0; i < values.size(); ++i) exact += values[i] * *(values.rbegin() + i);
  EXPECT_NEAR(board(0, 0) / exact, 1, 1e-12);
  EXPECT_EQ(board(0, 1), 1001);
  for (std::size_t i = 0; i < 7; ++i)
    EXPECT_EQ(std::memcmp(&board(0, i), &board(1, i), sizeof(double)), 0) << i;
}

// (d + 1) x = b in the geometry of the weights; d + 1 has three values.
TEST(Ranks, SolveTogether) {
  Board board;
  on_both_ranks([&](int rank) {
    constexpr std::size_t n = 60;
    std::vector<double> d(n), w(n), b(n);
    for (std::size_t i = 0; i < n; ++i) {
      d[i] = static_cast<double>(1 + i % 3);
      w[i] = static_cast<double>(1 + i % 5);
      b[i] = (d[i] + 1) * static_cast<double>(i);
    }
    const Context ctx = opaque_context();
    const Array b_array = make(ctx, b);
    Handle<spc_geometry, spc_geometry_release> geometry;
    ASSERT_EQ(spc_geometry_weighted(make(ctx, w), geometry.out()), SPC_OK) << last_error();
    Space space;
    ASSERT_EQ(spc_space_like(ctx, b_array, geometry, space.out()), SPC_OK) << last_error();
    Linop diagonal, identity, op;
    ASSERT_EQ(spc_linop_diagonal(make(ctx, d), space, diagonal.out()), SPC_OK) << last_error();
    ASSERT_EQ(spc_linop_identity(space, identity.out()), SPC_OK) << last_error();
    const spc_linop terms[] = {diagonal, identity};
    ASSERT_EQ(spc_linop_sum(2, terms, op.out()), SPC_OK) << last_error();
    spc_solve_options options{};
    options.struct_size = sizeof options;
    ASSERT_EQ(spc_solve_options_init(&options), SPC_OK);
    options.rtol = 1e-12;
    spc_solve_result result{};
    result.struct_size = sizeof result;
    Array x;
    ASSERT_EQ(spc_cg(op, b_array, nullptr, &options, x.out(), &result), SPC_OK) << last_error();
    EXPECT_GT(result.reason, 0);
    const std::vector<double> found = to_host(x);
    for (std::size_t i = 0; i < n; ++i) EXPECT_NEAR(found[i], static_cast<double>(i), 1e-9);
    board(rank, 0) = static_cast<double>(result.iterations);
    board(rank, 1) = result.residual_norm;
    board(rank, 2) = static_cast<double>(collected());
  });
  EXPECT_LE(board(0, 0), 4);
  EXPECT_GE(board(0, 2), 4);
  for (std::size_t i = 0; i < 3; ++i)
    EXPECT_EQ(std::memcmp(&board(0, i), &board(1, i), sizeof(double)), 0) << i;
}

// What a library does that destroys in the order of release: the ranks meet in different vectors.
TEST(Destruction, InOrdersOfTheirOwnIsAnError) {
  on_both_ranks([](int rank) {
    World world;
    std::string why;
    ASSERT_TRUE(world.open(getenv("SPACECORE_OPAQUE_WORLD"), &why)) << why;
    const std::uint64_t first = rank == 0 ? 1 : 2, second = 3 - first;
    const auto nothing = [](std::size_t, const std::byte *, std::size_t) {};
    EXPECT_EQ(world.exchange({"destroy", first}, nullptr, 0, nothing),
              rank == 0 ? "rank 0 is in destroy 1, rank 1 in destroy 2"
                        : "rank 1 is in destroy 2, rank 0 in destroy 1");
    EXPECT_NE(world.exchange({"destroy", second}, nullptr, 0, nothing), "");
    EXPECT_EQ(world.exchange({"destroy", 4}, nullptr, 0, nothing), "");
  });
}

TEST(Destruction, HasOneOrderWhateverTheOrderOfRelease) {
  on_both_ranks([](int rank) {
    const Context ctx = opaque_context();
    std::vector<Array> vectors;
    for (int i = 0; i < 5; ++i) vectors.push_back(make(ctx, {1.0 * i, 2, 3}));
    const std::vector<std::size_t> order = rank == 0 ? std::vector<std::size_t>{0, 1, 2, 3, 4}
                                                     : std::vector<std::size_t>{3, 0, 4, 2, 1};
    for (const std::size_t i : order) vectors[i] = Array();
    EXPECT_EQ(collected(), 5);
    EXPECT_EQ(spc_sync(), SPC_OK) << last_error();  // no rank met the other in another vector
    EXPECT_EQ(collected(), 0);
  });
}

TEST(Destruction, WaitsForTheLastRankThatHoldsAVector) {
  on_both_ranks([](int rank) {
    const Context ctx = opaque_context();
    Array a = make(ctx, {1, 2, 3}), b = make(ctx, {4, 5, 6}), c = make(ctx, {7, 8, 9});
    b = Array();
    (rank == 0 ? a : c) = Array();
    EXPECT_EQ(collected(), 1);  // b
    EXPECT_EQ(collected(), 0);
    // Whoever still holds one can use what is his.
    Array here;
    ASSERT_EQ(spc_array_local_view(rank == 0 ? c : a, here.out()), SPC_OK) << last_error();
    EXPECT_EQ(to_host(here), rank == 0 ? std::vector<double>({7, 8}) : std::vector<double>({3}));
    here = Array();
    (rank == 0 ? c : a) = Array();
    EXPECT_EQ(collected(), 2);
    EXPECT_EQ(spc_sync(), SPC_OK) << last_error();
  });
}

TEST(Destruction, HappensInCollectOnly) {
  on_both_ranks([](int rank) {
    const Context ctx = opaque_context();
    const Array x = make(ctx, {1, 2, 3, 4});
    // One rank releases, the other does not: a destruction would wait for it, or meet the next call.
    std::vector<Array> kept;
    for (int i = 0; i < 20; ++i) {
      Array y;
      ASSERT_EQ(spc_copy(x, y.out()), SPC_OK) << last_error();
      if (rank == 1) kept.push_back(std::move(y));
    }
    Array dot;
    ASSERT_EQ(spc_vdot(x, x, dot.out()), SPC_OK) << last_error();
    EXPECT_EQ(to_host(dot).at(0), 30);
    EXPECT_EQ(collected(), 0);
    kept.clear();
    EXPECT_EQ(collected(), 20);
    EXPECT_EQ(spc_sync(), SPC_OK) << last_error();
  });
}

// As under a garbage collector: each rank releases what it likes, in any order, round by round.
TEST(Destruction, OfManyInRounds) {
  on_both_ranks([](int rank) {
    const Context ctx = opaque_context();
    std::mt19937 common(1), own(static_cast<unsigned>(100 + rank));
    std::vector<Array> live;
    std::int64_t made = 0, destroyed = 0;
    for (int round = 0; round < 30; ++round) {
      for (unsigned n = common() % 8; n > 0; --n, ++made)
        live.push_back(make(ctx, std::vector<double>(1 + common() % 5, 1.0)));
      std::shuffle(live.begin(), live.end(), own);
      live.resize(live.size() - live.size() * (own() % 4) / 4);
      destroyed += collected();
      EXPECT_LE(destroyed, made);
    }
    EXPECT_GT(destroyed, 0);
    live.clear();
    destroyed += collected();
    EXPECT_EQ(destroyed, made);
    EXPECT_EQ(spc_sync(), SPC_OK) << last_error();
  });
}

TEST(Destruction, NeedsEveryRank) {
  on_both_ranks(
      [](int rank) {
        const Context ctx = opaque_context();
        make(ctx, {1, 2, 3});
        if (rank == 1) return;
        std::int64_t n = 77;
        EXPECT_EQ(spc_collect(&n), SPC_E_RUNTIME);
        EXPECT_EQ(last_error(), "collect: rank 0 waits in collect 0 for rank 1");
        EXPECT_EQ(n, 77);
      },
      "1");
}

TEST(Destruction, OfAFamilyWithoutElementsNeedsNobody) {
  on_both_ranks([](int rank) {
    const Context ctx = opaque_context();
    if (rank == 0) {
      EXPECT_EQ(collected(), 0);
    }
  });
}

TEST(Ranks, InDifferentCallsAreToldSo) {
  on_both_ranks([](int rank) {
    const Context ctx = opaque_context();
    const Array x = make(ctx, {1, 2, 3, 4});
    Array out;
    const spc_status status =
        rank == 0 ? spc_vdot(x, x, out.out())
                  : spc_norm(x, SPC_ORD_DEFAULT, 0, SPC_ALL_AXES, nullptr, 0, out.out());
    EXPECT_EQ(status, SPC_E_RUNTIME);
    EXPECT_EQ(last_error(), rank == 0 ? "vdot: rank 0 is in vdot 1, rank 1 in norm 1"
                                      : "norm: rank 1 is in norm 1, rank 0 in vdot 1");
    ASSERT_EQ(spc_vdot(x, x, out.out()), SPC_OK) << last_error();
    EXPECT_EQ(to_host(out).at(0), 30);
  });
}

TEST(Ranks, WithoutAWorldAreUnavailable) {
  on_both_ranks([](int) {
    setenv("SPACECORE_OPAQUE_WORLD", "/nonexistent/world:0", 1);
    ASSERT_EQ(spc_load_plugin(test_plugin("opaque").c_str()), SPC_OK) << last_error();
    Context ctx;
    EXPECT_EQ(spc_context_create("opaque", SPC_FLOAT64, SPC_CHECK_STANDARD, ctx.out()),
              SPC_E_BACKEND_UNAVAILABLE);
    EXPECT_NE(last_error().find("'/nonexistent/world': No such file"), std::string::npos)
        << last_error();
    World world;
    std::string why;
    EXPECT_FALSE(world.open("file:2", &why));
    EXPECT_EQ(why, "SPACECORE_OPAQUE_WORLD is 'file:2', expected FILE:RANK or FILE:RANK:SECONDS");
  });
}

}  // namespace

#endif
