// SPDX-License-Identifier: Apache-2.0
// Eigenvalues and functions of self-adjoint operators.
#pragma once

#include "core/solver/solve.hpp"

namespace spc {

class Functional;

/// The smallest eigenvalue of a self-adjoint A in the Krylov space of v0 (nullptr: ones; zero: the
/// first coordinate vector) by Lanczos. Stops when ||A x - lambda x|| <= atol + rtol |lambda|, the
/// largest |lambda| seen being the baseline. ValueErr, SpaceValidation, TypeErr, CallbackErr.
void lanczos_smallest(LinOp &A, Value *v0, const SolveOptions &options, double &eigenvalue,
                      Ref<Value> &eigenvector, SolveResult &result);

/// exp(t A) v for a self-adjoint A by Lanczos; nullptr: t = 1. The residual estimates the error
/// relative to ||v||; its baseline is max(1, ||exp(t A) v|| / ||v||). TypeErr: complex t in a real
/// context.
void expm_multiply(LinOp &A, Value &v, Value *t, const SolveOptions &options, Ref<Value> &out,
                   SolveResult &result);

/// The eigenvalue of largest modulus by repeated application from x0 (nullptr: ones). Stops when
/// ||A x - lambda x|| <= atol + rtol |lambda|.
void power_iteration(LinOp &A, Value *x0, const SolveOptions &options, double &eigenvalue,
                     Ref<Value> &eigenvector, SolveResult &result);
/// The same of the Hessian of a quadratic form. TypeErr: no quadratic form.
void power_iteration(Functional &q, Value *x0, const SolveOptions &options, double &eigenvalue,
                     Ref<Value> &eigenvector, SolveResult &result);

/// The k smallest (options.largest: largest) eigenpairs of A x = lambda B x from a batch X0 of k
/// elements; B nullptr: 1. eigenvalues (k,) of the real dtype, eigenvectors a batch, B-orthonormal.
/// ValueErr: k < 1, 5 k > size.
void lobpcg(LinOp &A, LinOp *B, Value &X0, const SolveOptions &options, Ref<Array> &eigenvalues,
            Ref<Value> &eigenvectors, SolveResult &result);

}  // namespace spc
