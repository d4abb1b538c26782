// SPDX-License-Identifier: Apache-2.0
#include "core/solver/batch.hpp"

#include <vector>

#include "core/support/error.hpp"

namespace spc {

namespace {

void check_columns(const Space &space, Value &batch, std::size_t n, const char *role) {
  space.admit_batch(batch, "solve_batch", role);
  const Dims leading = space.batch_shape(batch);
  if (leading.size() != 1 || leading[0] != static_cast<std::int64_t>(n))
    fail(SPC_E_VALUE, "solve_batch: {} has batch shape {}, expected ({},)", role, leading, n);
}

}  // namespace

void solve_batch(LinearSolver &solver, LinOp &A, Value &bs, Value *x0s, const SolveOptions &options,
                 Ref<Value> &xs, std::span<SolveResult> results) {
  const Space &X = *A.domain, &Y = *A.codomain;
  check_columns(Y, bs, results.size(), "bs");
  if (x0s != nullptr) check_columns(X, *x0s, results.size(), "x0s");
  check_options(options, "solve_batch");
  if (results.empty()) {
    xs = X.zeros_batch({0});
    return;
  }
  if (&solver == &cg && results.size() > 1 && batched_cg(A, bs, x0s, options, xs, results)) return;
  const Ref<Workspace> own = options.workspace == nullptr ? make<Workspace>() : nullptr;
  SolveOptions column = options;
  if (own) column.workspace = own.get();
  std::vector<Ref<Value>> solutions(results.size());
  for (std::size_t i = 0; i < results.size(); ++i) {
    const auto at = static_cast<std::int64_t>(i);
    column.column = at;
    if (options.history != nullptr)
      column.history = options.history + at * options.history_capacity;
    const Ref<Value> b = Y.batch_item(bs, at);
    const Ref<Value> x0 = x0s != nullptr ? X.batch_item(*x0s, at) : nullptr;
    solver(A, *b, x0.get(), column, solutions[i], results[i]);
  }
  xs = X.batch_of(solutions);
}

}  // namespace spc
