// SPDX-License-Identifier: Apache-2.0
// An operator and its adjoint view: one identity, no cycle, any order of release, any thread.
#include <thread>

#include "tests/linop/operators.hpp"

namespace test {
namespace {

class Adjoint : public OnFamily {
 protected:
  LinOp make() {
    return dense_linop<double>(ctx, coordinate_space(ctx, 2), coordinate_space(ctx, 3), {3, 2},
                               {1, 2, 3, 4, 5, 6});
  }
};
SPC_ON_EVERY_FAMILY(Adjoint);

TEST_P(Adjoint, is_one_object) {
  const LinOp A = make();
  const LinOp H = adjoint(A), again = adjoint(A);
  EXPECT_TRUE(same(H, again));
  EXPECT_FALSE(same(H, A));
  EXPECT_TRUE(same(adjoint(H), A));
  EXPECT_TRUE(same(adjoint(again), A));
}

TEST_P(Adjoint, keeps_the_operator_alive) {
  LinOp H;
  {
    const LinOp A = make();
    H = adjoint(A);
  }
  EXPECT_EQ(values<double>(apply(H, vector<double>(ctx, {1, -1, 2}))),
            (std::vector<double>{8, 10}));
  const LinOp A = adjoint(H);
  EXPECT_EQ(values<double>(apply(A, vector<double>(ctx, {1, 1}))), (std::vector<double>{3, 7, 11}));
  EXPECT_TRUE(same(adjoint(A), H));
}

TEST_P(Adjoint, view_may_go_and_come_back) {
  const LinOp A = make();
  for (int i = 0; i < 3; ++i) {
    const LinOp H = adjoint(A);
    EXPECT_TRUE(same(adjoint(H), A));
  }
}

// No cycle: the matrix is given back when both are gone.
TEST(AdjointRelease, memory_is_given_back) {
  static int freed = 0;
  freed = 0;
  const Context ctx = context("reference");
  static double data[4] = {1, 2, 3, 4};
  const int64_t shape[] = {2, 2};
  for (int order = 0; order < 2; ++order) {
    LinOp A, H;
    {
      Array m;
      check(spc_array_borrow(
          ctx, SPC_FLOAT64, 2, shape, nullptr, data, [](void *, void *) { ++freed; }, nullptr,
          m.out()));
      check(spc_linop_dense(m, coordinate_space(ctx, 2), coordinate_space(ctx, 2), A.out()));
      H = adjoint(A);
      apply(H, vector<double>(ctx, {1, 1}));
    }
    EXPECT_EQ(freed, order);
    if (order == 0) {
      { LinOp first = std::move(A); }
      EXPECT_EQ(freed, order);
      { LinOp second = std::move(H); }
    } else {
      { LinOp first = std::move(H); }
      EXPECT_EQ(freed, order);
      { LinOp second = std::move(A); }
    }
    EXPECT_EQ(freed, order + 1);
  }
}

TEST(AdjointRelease, threads_take_and_drop_views) {
  const Context ctx = context("reference");
  const LinOp A = dense_linop<double>(ctx, coordinate_space(ctx, 2), coordinate_space(ctx, 2),
                                      {2, 2}, {1, 2, 3, 4});
  std::vector<std::thread> threads;
  std::vector<int> wrong(4);
  for (std::size_t t = 0; t < wrong.size(); ++t)
    threads.emplace_back([&, t] {
      const Array x = vector<double>(ctx, {1, 1});
      for (int i = 0; i < 500; ++i) {
        const LinOp H = adjoint(A);
        if (!same(adjoint(H), A)) ++wrong[t];
        if (values<double>(apply(H, x)) != std::vector<double>{4, 6}) ++wrong[t];
      }
    });
  for (std::thread &t : threads) t.join();
  EXPECT_EQ(wrong, std::vector<int>(4));
}

// One operator, many threads: plans, casts and verdicts are made at first use.
TEST(AdjointRelease, threads_share_an_operator) {
  const Context ctx = context("reference");
  const Space X = coordinate_space(ctx, 2);
  for (int round = 0; round < 20; ++round) {
    LinOp cast, coo;
    check(spc_linop_dense(array<float>(ctx, {2, 2}, {1, 2, 3, 4}), X, X, cast.out()));
    check(spc_linop_sparse(sparse<double>(ctx, 2, 2, {1, 2, 3, 4}, "coo"), X, X, coo.out()));
    std::vector<std::thread> threads;
    std::vector<int> wrong(4);
    for (std::size_t t = 0; t < wrong.size(); ++t)
      threads.emplace_back([&, t] {
        const Array x = vector<double>(ctx, {1, 1}), y = vector<double>(ctx, {0, 0});
        for (const LinOp *op : {&cast, &coo}) {
          for (int i = 0; i < 20; ++i) {
            check(spc_linop_apply_into(nullptr, *op, x, nullptr, y,
                                       i % 2 == 0 ? SPC_MODE_NONE : SPC_MODE_ADJOINT));
            if (values<double>(y) !=
                (i % 2 == 0 ? std::vector<double>{3, 7} : std::vector<double>{4, 6}))
              ++wrong[t];
          }
          if (is_hermitian(*op) != SPC_FALSE) ++wrong[t];
        }
      });
    for (std::thread &t : threads) t.join();
    EXPECT_EQ(wrong, std::vector<int>(4));
  }
}

// Intermediate elements are kept from call to call, and belong to one call at a time.
TEST(AdjointRelease, threads_share_a_composition) {
  const Context ctx = context("cpu");
  const Space X = coordinate_space<double>(ctx, 2, {1, 2});
  const LinOp A = dense_linop<double>(ctx, X, X, {2, 2}, {1, 2, 3, 4});
  const LinOp cube = composed(A, composed(A, A));
  const std::vector<std::vector<double>> xs = {{1, 0}, {0, 1}, {1, 1}, {-1, 2}};
  std::vector<std::thread> threads;
  std::vector<int> wrong(xs.size());
  for (std::size_t t = 0; t < wrong.size(); ++t)
    threads.emplace_back([&, t] {
      const Array x = vector<double>(ctx, xs[t]), y = vector<double>(ctx, {0, 0});
      const std::vector<double> forward = values<double>(apply(A, apply(A, apply(A, x)))),
                                backward = values<double>(rapply(A, rapply(A, rapply(A, x))));
      for (int i = 0; i < 500; ++i) {
        check(spc_linop_apply_into(nullptr, cube, x, nullptr, y, SPC_MODE_NONE));
        if (values<double>(y) != forward) ++wrong[t];
        check(spc_linop_apply_into(nullptr, cube, x, nullptr, y, SPC_MODE_ADJOINT));
        if (values<double>(y) != backward) ++wrong[t];
      }
    });
  for (std::thread &t : threads) t.join();
  EXPECT_EQ(wrong, std::vector<int>(xs.size()));
}

// Adjoints made of parts, transposes and conjugates come and go as views do.
TEST(AdjointRelease, threads_take_and_drop_all_views) {
  const Context ctx = context("reference", SPC_COMPLEX128);
  const Space X = coordinate_space<c128>(ctx, 2);
  const LinOp A = dense_linop<c128>(ctx, X, X, {2, 2}, {1, {0, 2}, 3, 4});
  const spc_linop blocks[] = {A, A};
  LinOp B;
  check(spc_linop_block_diagonal(nullptr, 2, blocks, B.out()));
  std::vector<std::thread> threads;
  std::vector<int> wrong(4);
  for (std::size_t t = 0; t < wrong.size(); ++t)
    threads.emplace_back([&, t] {
      for (int i = 0; i < 300; ++i) {
        const LinOp H = adjoint(B), T = transpose(A), C = conjugate_of(A);
        if (!same(adjoint(H), B) || !same(transpose(T), A) || !same(conjugate_of(C), A)) ++wrong[t];
      }
    });
  for (std::thread &t : threads) t.join();
  EXPECT_EQ(wrong, std::vector<int>(4));
}

}  // namespace
}  // namespace test
