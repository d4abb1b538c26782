// SPDX-License-Identifier: Apache-2.0
// Solvers on elements that are no plain vectors: trees, Hermitian matrices; quadratic forms.
#include "tests/support/spaces.hpp"

#include "tests/solver/solving.hpp"

namespace test {
namespace {

class SolverSpaces : public OnFamily {
 protected:
  std::vector<double> leaf(spc_value tree, int64_t i) {
    Array out;
    check(spc_value_item(tree, i, out.out()));
    return values<double>(out);
  }
  LinOp block(const std::vector<double> &m, int64_t rows, int64_t cols) {
    return dense_linop<double>(ctx, coordinate_space(ctx, cols), coordinate_space(ctx, rows),
                               {rows, cols}, m);
  }
  // [[4, 1], [1, 3]], [1; 2]; [1, 2], [10]
  LinOp blocks() {
    const LinOp A = block({4, 1, 1, 3}, 2, 2), B = block({1, 2}, 2, 1), C = block({1, 2}, 1, 2),
                D = block({10}, 1, 1);
    const spc_linop rows[] = {A, B, C, D};
    LinOp out;
    check(spc_linop_block_matrix(2, 2, rows, out.out()));
    return out;
  }
};
SPC_ON_EVERY_FAMILY(SolverSpaces);

TEST_P(SolverSpaces, trees) {
  const LinOp A = blocks();
  const Array b = tuple({vector<double>(ctx, {1, -2}), vector<double>(ctx, {.5})});
  for (const NamedSolver &s : linear_solvers) {
    SCOPED_TRACE(s.name);
    const Solution r = solve(s.solve, A, b, options(1e-12));
    EXPECT_GT(r.reason, 0) << r.reason;
    expect_close<double>(leaf(r.x, 0), {.4368421052631579, -.9421052631578948}, 1e-9);
    expect_close<double>(leaf(r.x, 1), {.19473684210526315}, 1e-9);
    if (s.code == SPC_SOLVER_CG) {
      EXPECT_EQ(r.iterations, 3);
    }
  }
  Array x;
  expect_error(spc_cg(A, vector<double>(ctx, {1, 2, 3}), nullptr, nullptr, x.out(), nullptr),
               SPC_E_VALIDATION, {"TreeSpace structure mismatch"});
}

TEST_P(SolverSpaces, least_squares_over_a_tree) {
  const LinOp A = block({1, 0, 0, 1, 1, 1}, 3, 2), B = block({1, 1, 0}, 3, 1);
  const spc_linop parts[] = {A, B};
  LinOp sum;
  check(spc_linop_sum_to_single(nullptr, nullptr, 2, parts, sum.out()));
  for (LinearSolver solver : {spc_lsqr, spc_lsmr}) {
    const Solution r = solve(solver, sum, vector<double>(ctx, {1, 2, 4}), options(1e-12));
    EXPECT_GT(r.reason, 0);
    expect_close<double>(leaf(r.x, 0), {1.5, 2.5}, 1e-9);
    expect_close<double>(leaf(r.x, 1), {-.5}, 1e-9);
  }
}

TEST_P(SolverSpaces, hermitian_matrices) {
  // X -> M X + X M
  const Array M = array<double>(ctx, {2, 2}, {2, 0, 0, 3});
  Scripted anticommutator;
  anticommutator.apply = [&](spc_element X, spc_element *Y) {
    Array left, right;
    spc_status status = spc_matmul(M, X, nullptr, left.out());
    if (status == SPC_OK) status = spc_matmul(X, M, nullptr, right.out());
    return status == SPC_OK ? spc_add(left, right, Y) : status;
  };
  Space H;
  check(spc_space_hermitian(ctx, 2, 1e-12, 0, 1, H.out()));
  const LinOp L = anticommutator.on(H, H);
  for (const NamedSolver &s : linear_solvers) {
    SCOPED_TRACE(s.name);
    const Solution r = solve(s.solve, L, array<double>(ctx, {2, 2}, {4, 5, 5, 12}), options(1e-12));
    EXPECT_GT(r.reason, 0);
    expect_close<double>(values<double>(r.x), {1, 1, 1, 2}, 1e-9);
  }
}

TEST_P(SolverSpaces, eigenvalues_over_a_tree) {
  const LinOp A = block(laplacian<double>(6), 6, 6), B = block(laplacian<double>(9), 9, 9);
  const spc_linop parts[] = {A, B};
  LinOp op;
  check(spc_linop_block_diagonal(nullptr, 2, parts, op.out()));
  const double pi = std::acos(-1.);
  const auto mode = [&](int j, int n) { return 4 * std::pow(std::sin(pi * j / 2 / (n + 1)), 2); };
  std::vector<double> u(12), v(18);
  for (int i = 0; i < 12; ++i) u[i] = std::sin(1. + i * i);
  for (int i = 0; i < 18; ++i) v[i] = std::cos(2. * i * i);
  Array values_out, X;
  spc_solve_options o = options(1e-9, 300);
  spc_solve_result r = {};
  r.struct_size = sizeof r;
  check(spc_lobpcg(op, nullptr,
                   tuple({array<double>(ctx, {2, 6}, u), array<double>(ctx, {2, 9}, v)}), &o,
                   values_out.out(), X.out(), &r));
  EXPECT_EQ(r.reason, SPC_REASON_RTOL);
  expect_close<double>(values<double>(values_out), {mode(1, 9), mode(1, 6)}, 1e-9);
  double value = 0;
  const Array start = tuple({vector<double>(ctx, {u.begin(), u.begin() + 6}),
                             vector<double>(ctx, {v.begin(), v.begin() + 9})});
  Array x;
  check(spc_lanczos_smallest(op, start, &o, &value, x.out(), &r));
  EXPECT_NEAR(value, mode(1, 9), 1e-9);
  check(spc_power_iteration(op, start, &o, &value, x.out(), &r));
  EXPECT_NEAR(value, mode(9, 9), 1e-3);
}

TEST_P(SolverSpaces, batches_of_trees) {
  const LinOp A = blocks();
  const Array bs =
      tuple({array<double>(ctx, {2, 2}, {1, -2, 0, 0}), array<double>(ctx, {2, 1}, {.5, 0})});
  spc_solve_result r[2] = {};
  r[0].struct_size = sizeof r[0];
  const spc_solve_options o = options(1e-12);
  Array xs;
  check(spc_solve_batch(SPC_SOLVER_CG, A, bs, nullptr, &o, 2, xs.out(), r));
  expect_close<double>(leaf(xs, 0), {.4368421052631579, -.9421052631578948, 0, 0}, 1e-9);
  expect_close<double>(leaf(xs, 1), {.19473684210526315, 0}, 1e-9);
  EXPECT_EQ(r[1].iterations, 0);
}

TEST_P(SolverSpaces, workspace_keeps_trees) {
  const LinOp A = blocks();
  const Array b = tuple({vector<double>(ctx, {1, -2}), vector<double>(ctx, {.5})});
  spc_workspace w = nullptr;
  check(spc_workspace_create(&w));
  spc_solve_options o = options(1e-12);
  o.workspace = w;
  const Solution first = solve(spc_minres, A, b, o);
  const std::vector<double> x = leaf(first.x, 0);
  Array kept;
  check(spc_value_item(first.x, 0, kept.out()));
  for (int i = 0; i < 3; ++i) EXPECT_EQ(leaf(solve(spc_minres, A, b, o).x, 0), x);
  EXPECT_EQ(values<double>(kept), x);
  check(spc_workspace_release(&w));
}

TEST_P(SolverSpaces, power_iteration_of_quadratic_forms) {
  const LinOp Q = square<double>(ctx, {4, 1, 0, 1, 3, .5, 0, .5, 2});
  const Space X = domain_of(Q);
  spc_functional form = nullptr, norm = nullptr;
  check(spc_functional_quadratic(Q, nullptr, nullptr, &form));
  const spc_solve_options o = options(1e-10);
  double value = 0, direct = 0;
  Array x, y;
  check(spc_power_iteration_quadratic(form, nullptr, &o, &value, x.out(), nullptr));
  check(spc_power_iteration(Q, nullptr, &o, &direct, y.out(), nullptr));
  EXPECT_EQ(value, direct);
  EXPECT_EQ(values<double>(x), values<double>(y));
  check(spc_functional_squared_l2(X, &norm));
  expect_error(spc_power_iteration_quadratic(norm, nullptr, &o, &value, x.out(), nullptr),
               SPC_E_TYPE, {"A must be a LinOp or QuadraticForm, got SquaredL2NormFunctional"});
  spc_functional_release(&form);
  spc_functional_release(&norm);
}

// The same recurrences by other ways: sums in the pass of a sparse product, after a dense one, with
// weights as one more vector, one operation after the other in a Gram geometry, leaf by leaf.
TEST_P(SolverSpaces, histories_do_not_depend_on_how_vectors_are_updated) {
  constexpr int64_t n = 41, steps = 12;
  std::vector<double> m = laplacian<double>(n), rhs(n);
  for (int64_t i = 0; i < n; ++i) {
    m[static_cast<std::size_t>(i * n + i)] += .1 + .01 * static_cast<double>(i);
    rhs[static_cast<std::size_t>(i)] = std::cos(static_cast<double>(i * i));
  }
  const Array matrix = array<double>(ctx, {n, n}, m), b = vector<double>(ctx, rhs);
  Array sparse, identity;
  check(spc_assparse(ctx, matrix, "csr", SPC_DTYPE_NONE, sparse.out()));
  check(spc_eye(ctx, n, n, SPC_DTYPE_NONE, identity.out()));
  Geometry ones, gram;
  check(spc_geometry_weighted(vector<double>(ctx, std::vector<double>(n, 1)), ones.out()));
  check(spc_geometry_gram(identity, gram.out()));
  const auto on = [&](spc_geometry g) {
    const Space X = dense_space(ctx, {n}, g);
    LinOp A;
    check(spc_linop_sparse(sparse, X, X, A.out()));
    return A;
  };
  const LinOp dense = square<double>(ctx, m), csr = on(nullptr), weighted = on(ones),
              in_gram = on(gram);
  const spc_linop one[] = {csr};
  LinOp leaf_by_leaf;
  check(spc_linop_block_diagonal(nullptr, 1, one, leaf_by_leaf.out()));
  const Array leaves = tuple({vector<double>(ctx, rhs)});
  const auto history = [&](const NamedSolver &s, spc_linop A, spc_element right, bool precond) {
    std::vector<double> h(steps + 1, -1);
    const LinOp M = scaled(weak(.4), A);
    spc_solve_options o = options(1e-15, steps);
    o.history = h.data();
    o.history_capacity = steps + 1;
    if (precond) o.precond = M;
    EXPECT_EQ(solve(s.solve, A, right, o).iterations, steps);
    return h;
  };
  for (const NamedSolver &s : linear_solvers)
    for (const bool precond : {false, true}) {
      SCOPED_TRACE(std::string(s.name) + (precond ? " preconditioned" : ""));
      const std::vector<double> expected = history(s, dense, b, precond);
      for (const spc_linop A : {spc_linop(csr), spc_linop(weighted), spc_linop(in_gram)})
        expect_close<double>(history(s, A, b, precond), expected, 1e-9);
      expect_close<double>(history(s, leaf_by_leaf, leaves, precond), expected, 1e-9);
    }
}

}  // namespace
}  // namespace test
