// SPDX-License-Identifier: Apache-2.0
// Workspaces: what a second solve allocates, and what it may not touch.
#include <atomic>
#include <cstdlib>
#include <new>

#include "tests/solver/solving.hpp"

namespace {

std::atomic<std::int64_t> allocations{0};

void *counted(std::size_t size) {
  allocations.fetch_add(1, std::memory_order_relaxed);
  if (void *p = std::malloc(size == 0 ? 1 : size)) return p;
  throw std::bad_alloc();
}

void *counted_memory(void *, std::uint64_t bytes, std::uint64_t alignment) {
  allocations.fetch_add(1, std::memory_order_relaxed);
  return std::aligned_alloc(alignment, (bytes + alignment - 1) / alignment * alignment);
}
void freed_memory(void *, void *p, std::uint64_t) {
  std::free(p);
}

}  // namespace

// Of the library, too: its calls of the allocation functions are bound to these.
void *operator new(std::size_t size) {
  return counted(size);
}
void *operator new[](std::size_t size) {
  return counted(size);
}
void operator delete(void *p) noexcept {
  std::free(p);
}
void operator delete[](void *p) noexcept {
  std::free(p);
}
void operator delete(void *p, std::size_t) noexcept {
  std::free(p);
}
void operator delete[](void *p, std::size_t) noexcept {
  std::free(p);
}

namespace test {
namespace {

struct Kept {
  Kept() { check(spc_workspace_create(&handle)); }
  Kept(const Kept &) = delete;
  ~Kept() { spc_workspace_release(&handle); }
  spc_workspace handle = nullptr;
};

class WorkspaceTest : public testing::TestWithParam<const char *> {
 protected:
  void SetUp() override {
    static const spc_status counting = spc_set_allocator(counted_memory, freed_memory, nullptr);
    check(counting);
    load_test_families();
    ctx = context(GetParam());
  }
  // Of one solve that has its twin behind it. The queue of a device makes its own.
  template <class Solve>
  int64_t count(Solve &&again) {
    again();
    again();
    if (!host_accessible(GetParam())) return 0;
#if defined(SPC_SANITIZE)
    return 0;  // the pool passes through, so that scratch counts
#endif
    const int64_t before = allocations.load();
    again();
    return allocations.load() - before;
  }
  Context ctx;
};
SPC_ON_EVERY_FAMILY(WorkspaceTest);

TEST_P(WorkspaceTest, a_second_linear_solve_allocates_nothing) {
  const int64_t n = 40;
  const LinOp A = square<double>(ctx, laplacian<double>(n));
  const LinOp M = diagonal(ctx, std::vector<double>(n, .5));
  const Array b = vector<double>(ctx, std::vector<double>(n, 1));
  const Kept w;
  for (const NamedSolver &s : linear_solvers)
    for (spc_linop precond : {static_cast<spc_linop>(nullptr), static_cast<spc_linop>(M)}) {
      SCOPED_TRACE(std::string(s.name) + (precond != nullptr ? " preconditioned" : ""));
      spc_solve_options o = options(1e-9);
      o.precond = precond;
      o.workspace = w.handle;
      EXPECT_EQ(count([&] {
                  Array x;
                  spc_solve_result r = {};
                  r.struct_size = sizeof r;
                  check(s.solve(A, b, nullptr, &o, x.out(), &r));
                  ASSERT_GT(r.reason, 0);
                }),
                0);
    }
}

// Norms that are not those of the space take no memory either.
TEST_P(WorkspaceTest, a_second_solve_in_another_norm_allocates_nothing) {
  const int64_t n = 20;
  std::vector<double> w(n), m = laplacian<double>(n);
  for (int64_t i = 0; i < n; ++i) {
    w[i] = 1 + .1 * static_cast<double>(i);
    for (int64_t j = 0; j < n; ++j) m[i * n + j] /= w[i];
  }
  const LinOp A = square<double>(ctx, m, w);
  const Array b = vector<double>(ctx, std::vector<double>(n, 1));
  const Kept kept;
  for (const NamedSolver &s : linear_solvers) {
    if (least_squares(s)) continue;
    SCOPED_TRACE(s.name);
    spc_solve_options o = options(1e-9);
    o.norm = SPC_NORM_EUCLIDEAN;
    o.workspace = kept.handle;
    double norm = 0;
    EXPECT_EQ(count([&] {
                Array x;
                spc_solve_result r = {};
                r.struct_size = sizeof r;
                check(s.solve(A, b, nullptr, &o, x.out(), &r));
                ASSERT_GT(r.reason, 0);
                norm = r.baseline_norm;
              }),
              0);
    EXPECT_DOUBLE_EQ(norm, std::sqrt(static_cast<double>(n)));
  }
}

// The result is a tree, made anew; the iterations take nothing.
TEST_P(WorkspaceTest, iterations_over_trees_allocate_nothing) {
  const int64_t n = 12;
  const LinOp A = square<double>(ctx, laplacian<double>(n));
  const spc_linop blocks[] = {A, A, A};
  LinOp B;
  check(spc_linop_block_diagonal(nullptr, 3, blocks, B.out()));
  Space X;
  check(spc_linop_domain(B, X.out()));
  Array ones;
  check(spc_space_ones(X, ones.out()));
  const Kept w;
  const auto solve = [&](int64_t maxiter) {
    return count([&] {
      spc_solve_options o = options(0);
      o.maxiter = maxiter;
      o.workspace = w.handle;
      Array x;
      spc_solve_result r = {};
      r.struct_size = sizeof r;
      check(spc_cg(B, ones, nullptr, &o, x.out(), &r));
    });
  };
  EXPECT_EQ(solve(2), solve(5));
}

TEST_P(WorkspaceTest, a_second_eigenvalue_solve_allocates_nothing) {
  const int64_t n = 20;
  const LinOp A = square<double>(ctx, laplacian<double>(n));
  std::vector<double> start(n);
  for (int64_t i = 0; i < n; ++i) start[i] = std::cos(static_cast<double>(i));
  const Array v = vector<double>(ctx, start);
  const Kept w;
  spc_solve_options o = options(1e-6);
  o.workspace = w.handle;
  double value;
  EXPECT_EQ(count([&] {
              Array x;
              check(spc_lanczos_smallest(A, v, &o, &value, x.out(), nullptr));
            }),
            0);
  EXPECT_EQ(count([&] {
              Array x;
              check(spc_expm_multiply(A, v, nullptr, &o, x.out(), nullptr));
            }),
            0);
  EXPECT_EQ(count([&] {
              Array x;
              check(spc_power_iteration(A, v, &o, &value, x.out(), nullptr));
            }),
            0);
}

TEST_P(WorkspaceTest, results_are_those_without_one) {
  const LinOp A = square<double>(ctx, laplacian<double>(12));
  const Array b = vector<double>(ctx, std::vector<double>(12, 1));
  const Kept w;
  for (int round = 0; round < 2; ++round)
    for (const NamedSolver &s : linear_solvers) {
      spc_solve_options o = options(1e-9);
      const Solution alone = solve(s.solve, A, b, o);
      o.workspace = w.handle;
      EXPECT_EQ(values<double>(solve(s.solve, A, b, o).x), values<double>(alone.x)) << s.name;
    }
}

// cg takes the elements of its columns there, and every other solver all of its vectors.
TEST_P(WorkspaceTest, batches_use_it) {
  const int64_t n = 12, columns = 4;
  const LinOp A = square<double>(ctx, laplacian<double>(n));
  std::vector<double> right(static_cast<std::size_t>(n * columns));
  for (std::size_t i = 0; i < right.size(); ++i) right[i] = std::cos(static_cast<double>(i));
  const Array bs = array<double>(ctx, {columns, n}, right);
  const auto batch = [&](const NamedSolver &s, const spc_solve_options &o) {
    Array xs;
    spc_solve_result results[columns] = {};
    results[0].struct_size = sizeof(spc_solve_result);
    check(spc_solve_batch(s.code, A, bs, nullptr, &o, columns, xs.out(), results));
    for (const spc_solve_result &r : results) EXPECT_GT(r.reason, 0);
    return xs;
  };
  const Kept w;
  for (const NamedSolver &s : linear_solvers) {
    SCOPED_TRACE(s.name);
    spc_solve_options o = options(1e-9);
    const std::vector<double> alone = values<double>(batch(s, o));
    const int64_t without = count([&] { batch(s, o); });
    o.workspace = w.handle;
    const Array first = batch(s, o);
    EXPECT_EQ(values<double>(first), alone);
    const int64_t with = count([&] { batch(s, o); });
    if (without > 0) {
      EXPECT_LE(with + columns, without);
    }
    EXPECT_EQ(values<double>(first), alone);
  }
  // The solve around it has taken it.
  spc_solve_options o = options(1e-9);
  o.workspace = w.handle;
  Scripted inner;
  inner.apply = [&](spc_element r, spc_element *z) {
    spc_solve_result results[2] = {};
    results[0].struct_size = sizeof(spc_solve_result);
    Array pair, xs;
    const spc_array both[] = {r, r};
    check(spc_stack(2, both, 0, pair.out()));
    const spc_status status =
        spc_solve_batch(SPC_SOLVER_CG, A, pair, nullptr, &o, 2, xs.out(), results);
    if (status != SPC_OK) return status;
    const spc_index at = {SPC_INDEX_INT, 0, 0, 0, 0, nullptr};
    return spc_getitem(xs, 1, &at, z);
  };
  const Space X = domain_of(A);
  const LinOp M = inner.on(X, X);
  spc_solve_options outer = o;
  outer.precond = M;
  Array x;
  expect_error(spc_minres(A, vector<double>(ctx, std::vector<double>(n, 1)), nullptr, &outer,
                          x.out(), nullptr),
               SPC_E_CALLBACK, {"cg: the workspace is in use by another solve"});
}

// A solution that the program holds, or of which it holds a view, stays what it is.
TEST_P(WorkspaceTest, solutions_in_use_are_not_written) {
  const LinOp A = square<double>(ctx, laplacian<double>(12));
  const Array ones = vector<double>(ctx, std::vector<double>(12, 1)),
              twos = vector<double>(ctx, std::vector<double>(12, 2));
  const Kept w;
  for (const NamedSolver &s : linear_solvers) {
    spc_solve_options o = options(1e-9);
    o.workspace = w.handle;
    Solution first = solve(s.solve, A, ones, o);
    const std::vector<double> x = values<double>(first.x);
    const Solution second = solve(s.solve, A, twos, o);
    EXPECT_EQ(values<double>(first.x), x) << s.name;
    Array view;
    check(spc_reshape(first.x, 2, Shape{3, 4}.data(), view.out()));
    first.x = Array();
    const Solution third = solve(s.solve, A, twos, o), fourth = solve(s.solve, A, twos, o);
    EXPECT_EQ(values<double>(view), x) << s.name;
    EXPECT_EQ(values<double>(third.x), values<double>(second.x)) << s.name;
    EXPECT_EQ(values<double>(fourth.x), values<double>(second.x)) << s.name;
  }
}

TEST_P(WorkspaceTest, serves_one_solve_at_a_time) {
  const LinOp A = square<double>(ctx, laplacian<double>(12));
  const Array b = vector<double>(ctx, std::vector<double>(12, 1));
  const Kept w;
  spc_solve_options o = options(1e-9);
  o.workspace = w.handle;
  // A preconditioner that solves with the workspace of the solve around it.
  Scripted inner;
  inner.apply = [&](spc_element r, spc_element *z) {
    return spc_minres(A, r, nullptr, &o, z, nullptr);
  };
  const Space X = domain_of(A);
  const LinOp M = inner.on(X, X);
  spc_solve_options outer = o;
  outer.precond = M;
  Array x;
  expect_error(spc_cg(A, b, nullptr, &outer, x.out(), nullptr), SPC_E_CALLBACK,
               {"minres: the workspace is in use by another solve"});
  // It is free again.
  check(spc_cg(A, b, nullptr, &o, x.out(), nullptr));
  check(spc_workspace_retain(w.handle));
  spc_workspace other = w.handle;
  check(spc_workspace_release(&other));
  EXPECT_EQ(other, nullptr);
  check(spc_cg(A, b, nullptr, &o, x.out(), nullptr));
  expect_error(spc_workspace_create(nullptr), SPC_E_VALUE, {"workspace_create: out is NULL"});
  expect_error(spc_workspace_retain(nullptr), SPC_E_HANDLE, {"workspace handle is NULL"});
}

}  // namespace
}  // namespace test
