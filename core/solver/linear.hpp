// SPDX-License-Identifier: Apache-2.0
// The linear solvers: one signature.
#pragma once

#include "core/solver/solve.hpp"

namespace spc {

/// Solves A x = b. x0 nullptr: zero. x receives a new element, also when the solve did not converge.
/// `result` is filled as far as the solve came, also when an exception ends it. ValueErr: operator,
/// option or preconditioner unfit; SpaceValidation: b or x0 is no member; TypeErr: integer dtype;
/// CallbackErr.
using LinearSolver = void(LinOp &A, Value &b, Value *x0, const SolveOptions &options, Ref<Value> &x,
                          SolveResult &result);

/// Conjugate gradients: A self-adjoint and positive in the geometry of X.
LinearSolver cg;
/// A self-adjoint; it may be indefinite or singular.
LinearSolver minres;
/// Restarted GMRES, preconditioned from the right.
LinearSolver gmres;
/// The same with a preconditioner that may change from one application to the next.
LinearSolver fgmres;
/// BiCGSTAB, preconditioned from the right.
LinearSolver bicgstab;
/// min ||A x - b||^2 + damp^2 ||x||^2 for any A: X -> Y, preconditioned from the right.
LinearSolver lsqr;
/// The same with ||A# r|| falling monotonically.
LinearSolver lsmr;

/// A^-1 b of a self-adjoint, positive A by cg to the relative residual rtol (<= 0: 1e-12, 1e-6 for
/// 32-bit dtypes). RuntimeErr `{who} by conjugate gradients: {reason} after ...`: it does not converge.
/// With indefinite (not nullptr) a direction of negative curvature sets it and gives nullptr.
Ref<Value> solve_positive(LinOp &A, Value &b, double rtol, const char *who,
                          bool *indefinite = nullptr);
/// The same of the n elements of a batch.
Ref<Value> solve_positive_batch(LinOp &A, Value &bs, std::int64_t n, double rtol, const char *who);

/// SPC_SOLVER_*. ValueErr.
LinearSolver &linear_solver(std::int32_t solver, const char *op);

}  // namespace spc
