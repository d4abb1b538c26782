// SPDX-License-Identifier: Apache-2.0
// What solvers demand at the door. Every message names the solver.
#pragma once

#include "core/solver/solve.hpp"

namespace spc {

/// TypeErr: integer dtype; CapabilityErr: no inner product.
void check_floating_inner_product(const Space &space, const char *solver);
/// ValueErr: domain and codomain differ; TypeErr: integer dtype; CapabilityErr: no inner product.
void check_square(const LinOp &A, const char *solver, const char *role = "LinOp");
/// The same without the demand to be square.
void check_rectangular(const LinOp &A, const char *solver);
/// ValueErr: provably not self-adjoint.
void check_self_adjoint(const LinOp &A, const char *solver);
/// An element of the space in exactly its dtype: the solver works in place. SpaceValidation,
/// TypeErr, ValueErr.
void check_vector(const Space &space, Value &v, const char *solver, const char *role);
/// ValueErr: does not map the space to itself, or is provably not self-adjoint where it must be.
void check_preconditioner(const Space &space, const SolveOptions &options, const char *solver,
                          bool self_adjoint);

}  // namespace spc
