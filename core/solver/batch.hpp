// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>

#include "core/solver/linear.hpp"

namespace spc {

/// Solves for every right-hand side of a batch with one leading axis of results.size() elements, cg
/// for all of them at once, other solvers one after the other; column i fills results[i] and row i of
/// the history. x0s: starts, nullptr: zero. SpaceValidation, ValueErr: no such batch; otherwise as
/// the solver, for the first column that fails.
void solve_batch(LinearSolver &solver, LinOp &A, Value &bs, Value *x0s, const SolveOptions &options,
                 Ref<Value> &xs, std::span<SolveResult> results);

/// What solve_batch does for cg, with bs and x0s known to fit. false: not done, because residuals are
/// measured in another norm than that of the space, or elements have no coordinates.
bool batched_cg(LinOp &A, Value &bs, Value *x0s, const SolveOptions &options, Ref<Value> &xs,
                std::span<SolveResult> results);

}  // namespace spc
