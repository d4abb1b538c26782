// SPDX-License-Identifier: Apache-2.0
#include "core/solver/entry.hpp"

#include "core/support/error.hpp"

namespace spc {

void check_floating_inner_product(const Space &space, const char *solver) {
  if (!is_floating(space.ctx->dtype))
    fail(SPC_E_TYPE, "{} requires a floating dtype; got {}", solver, name(space.ctx->dtype));
  if (!space.has(Capability::inner_product))
    fail(SPC_E_CAPABILITY, "{} requires a space with an inner product; got {}", solver,
         space.kind());
}

void check_square(const LinOp &A, const char *solver, const char *role) {
  const Space &from = *A.domain, &to = *A.codomain;
  if (!from.interchangeable(to))
    fail(SPC_E_VALUE, "{} requires a square {}; got {}: {} of shape {} -> {} of shape {}{}", solver,
         role, A.kind(), from.kind(), from.shape(), to.kind(), to.shape(),
         from.shape() == to.shape() ? " with another geometry" : "");
  check_floating_inner_product(from, solver);
}

void check_rectangular(const LinOp &A, const char *solver) {
  check_floating_inner_product(*A.domain, solver);
  check_floating_inner_product(*A.codomain, solver);
}

void check_self_adjoint(const LinOp &A, const char *solver) {
  if (A.is_hermitian() == Verdict::no)
    fail(SPC_E_VALUE, "{} requires a self-adjoint LinOp; got a {} that provably is not", solver,
         A.kind());
}

void check_vector(const Space &space, Value &v, const char *solver, const char *role) {
  space.admit(v, solver, role);
  // Level none admits any dtype.
  space.require_native(v, solver, role);
}

void check_preconditioner(const Space &space, const SolveOptions &options, const char *solver,
                          bool self_adjoint) {
  if (options.precond == nullptr) return;
  const LinOp &M = *options.precond;
  if (!M.domain->interchangeable(space) || !M.codomain->interchangeable(space))
    fail(SPC_E_VALUE, "{}: the preconditioner maps shape {} to {}, the space has shape {}{}",
         solver, M.domain->shape(), M.codomain->shape(), space.shape(),
         M.domain->shape() == space.shape() ? " and another geometry, family or dtype" : "");
  if (self_adjoint && M.is_hermitian() == Verdict::no)
    fail(SPC_E_VALUE, "{}: the preconditioner, a {}, is not self-adjoint", solver, M.kind());
}

}  // namespace spc
