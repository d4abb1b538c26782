// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/solver/solve.hpp"

namespace spc {

/// Conjugate gradients for A x = b with A: X -> X self-adjoint and positive in the geometry of X.
///
/// x0 nullptr: zero. x receives a new element, also when the solve did not converge. `result` is
/// filled as far as the solve came, also when an exception ends it.
/// ValueErr: A not square or provably not self-adjoint, bad option; SpaceValidation: b or x0 is no
/// member; TypeErr: integer dtype; CallbackErr.
void cg(LinOp &A, Value &b, Value *x0, const SolveOptions &options, Ref<Value> &x,
        SolveResult &result);

}  // namespace spc
