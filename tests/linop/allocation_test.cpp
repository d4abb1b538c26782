// SPDX-License-Identifier: Apache-2.0
// Applications in a loop allocate nothing once they are warm.
#include <atomic>
#include <cstdlib>
#include <new>

#include "tests/linop/operators.hpp"

namespace {
std::atomic<int64_t> allocations{0};
}

// The library's, too: it takes these from the program.
[[gnu::noinline]] void *operator new(std::size_t n) {
  ++allocations;
  if (void *p = std::malloc(n == 0 ? 1 : n)) return p;
  throw std::bad_alloc();
}
[[gnu::noinline]] void operator delete(void *p) noexcept {
  std::free(p);
}
[[gnu::noinline]] void operator delete(void *p, std::size_t) noexcept {
  std::free(p);
}

namespace test {
namespace {

class Allocations : public ::testing::TestWithParam<const char *> {};
INSTANTIATE_TEST_SUITE_P(Families, Allocations, ::testing::Values("reference", "cpu"), family_name);

TEST_P(Allocations, none_in_warm_applications) {
  const Context ctx = context(GetParam());
  for (const bool with_weights : {false, true}) {
    SCOPED_TRACE(with_weights);
    const std::vector<double> w =
        with_weights ? std::vector<double>{2, 5, 3} : std::vector<double>{};
    const Space X = coordinate_space<double>(ctx, 3, w);
    const LinOp A = dense_linop<double>(ctx, X, X, {3, 3}, {1, 2, 0, 3, 4, 1, -1, 0, 2});
    LinOp S;
    check(spc_linop_sparse(sparse<double>(ctx, 3, 3, {1, 2, 0, 3, 4, 1, -1, 0, 2}), X, X, S.out()));
    const LinOp D = diagonal(vector<double>(ctx, {1, -2, .5}), X), I = identity(X);
    const LinOp gram = composed(adjoint(A), A), half = scaled(weak(.5), I);
    const Array x = vector<double>(ctx, {1, -1, 2}), y = vector<double>(ctx, {0, 0, 0}),
                alpha = weak(1.5), beta = weak(-.25);
    const int64_t at_first = allocations;
    const Array made = apply(A, x);
    EXPECT_GT(allocations, at_first) << "allocations of the library are not seen";
    struct Case {
      const char *what;
      const LinOp &op;
    };
    const LinOp product = composed(D, composed(S, A)), shifted = sum({gram, half}),
                minus = scaled(weak(-1), shifted), H = adjoint(product);
    for (const Case &c : {Case{"dense", A}, Case{"sparse", S}, Case{"diagonal", D},
                          Case{"identity", I}, Case{"gram", gram}, Case{"sum", shifted},
                          Case{"scaled", minus}, Case{"product", product}, Case{"adjoint", H}}) {
      for (int32_t mode : {SPC_MODE_NONE, SPC_MODE_ADJOINT}) {
        for (const bool with_scalars : {false, true}) {
          const spc_array a = with_scalars ? spc_array(alpha) : nullptr,
                          b = with_scalars ? spc_array(beta) : nullptr;
          for (int i = 0; i < 3; ++i) check(spc_linop_apply_into(a, c.op, x, b, y, mode));
          const int64_t before = allocations;
          for (int i = 0; i < 5; ++i) spc_linop_apply_into(a, c.op, x, b, y, mode);
          EXPECT_EQ(allocations - before, 0)
              << c.what << ", mode " << mode << (with_scalars ? ", scalars" : "");
        }
      }
    }
  }
}

}  // namespace
}  // namespace test
