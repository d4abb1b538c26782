// SPDX-License-Identifier: Apache-2.0
#include "core/linop/matrix_free.hpp"

#include <algorithm>

#include "core/support/error.hpp"

namespace spc {

namespace {

// What user code returns is looked at on every way; membership is a matter of the boundary.
Ref<Value> checked_result(Ref<Value> y, const Space &space, const char *op) {
  if (!y) fail(SPC_E_TYPE, "{}: the callback returned no element", op);
  space.admit_form(*y, op, "the callback's result");
  return space.tagged(std::move(y));
}

Ref<Value> checked_batch(Ref<Value> ys, const Space &space, const Dims &leading, const char *op) {
  if (!ys) fail(SPC_E_TYPE, "{}: the callback returned no batch", op);
  space.admit_batch_form(*ys, op, "the callback's result");
  const Dims given = space.batch_shape(*ys);
  if (given != leading)
    fail(SPC_E_VALUE, "{}: the callback's result has leading axes {}, expected {}", op, given,
         leading);
  return space.tagged(std::move(ys));
}

void require_riesz(const Space &space) {
  if (!space.has(Capability::inner_product))
    fail(SPC_E_VALUE, "from_coordinate_adjoint: {} has no Riesz maps; give the metric adjoint",
         space.kind());
}

}  // namespace

Ref<LinOp> MatrixFreeLinOp::create(Functions functions, const Ref<Space> &domain,
                                   const Ref<Space> &codomain) {
  if (!functions.apply || !functions.rapply)
    fail(SPC_E_TYPE, "MatrixFreeLinOp: {} is not callable", functions.apply ? "rapply" : "apply");
  if (functions.coordinate_adjoint) {
    require_riesz(*domain);
    require_riesz(*codomain);
  }
  Endpoints e = joint_endpoints(domain, codomain, "MatrixFreeLinOp");
  return probed(make<MatrixFreeLinOp>(std::move(e), std::move(functions)));
}

MatrixFreeLinOp::MatrixFreeLinOp(Endpoints e, Functions functions)
    : LinOp(std::move(e.ctx), std::move(e.domain), std::move(e.codomain)),
      functions_(std::move(functions)) {}

Ref<Value> MatrixFreeLinOp::apply_core(Value &x) const {
  return checked_result(functions_.apply(x), *codomain, "MatrixFreeLinOp.apply");
}

Ref<Value> MatrixFreeLinOp::rapply_core(Value &y) const {
  constexpr const char *op = "MatrixFreeLinOp.rapply";
  if (!functions_.coordinate_adjoint) return checked_result(functions_.rapply(y), *domain, op);
  const Ref<Value> t = codomain->riesz(y);
  return domain->riesz_inverse(*checked_result(functions_.rapply(*t), *domain, op));
}

Ref<Value> MatrixFreeLinOp::vapply_core(Value &xs) const {
  if (!functions_.vapply) return LinOp::vapply_core(xs);
  return checked_batch(functions_.vapply(xs), *codomain, domain->batch_shape(xs),
                       "MatrixFreeLinOp.vapply");
}

Ref<Value> MatrixFreeLinOp::rvapply_core(Value &ys) const {
  if (!functions_.rvapply) return LinOp::rvapply_core(ys);
  const Dims leading = codomain->batch_shape(ys);
  constexpr const char *op = "MatrixFreeLinOp.rvapply";
  if (!functions_.coordinate_adjoint)
    return checked_batch(functions_.rvapply(ys), *domain, leading, op);
  const Ref<Value> t = codomain->riesz(ys);
  return domain->riesz_inverse(*checked_batch(functions_.rvapply(*t), *domain, leading, op));
}

void MatrixFreeLinOp::apply_into_core(Value *alpha, Value &x, Value *beta, Value &y,
                                      Mode mode) const {
  const Space &to = target(mode);
  if (mode == Mode::none || mode == Mode::adjoint) {
    const Ref<Value> t = mode == Mode::none ? apply_core(x) : rapply_core(x);
    return to.axpby_into(alpha, *t, beta, y);
  }
  for (const Space *space : {domain.get(), codomain.get()})
    if (!space->has(Capability::inner_product))
      fail(SPC_E_NOTIMPL, "apply_into: MatrixFreeLinOp has no coordinate transpose: {} has no {}",
           space->kind(), "Riesz maps");
  const bool conjugate = mode == Mode::transpose && ctx->complex();
  Ref<Value> t = conjugate ? codomain->conj_core(x) : Ref<Value>::share(&x);
  t = to.riesz(*rapply_core(*codomain->riesz_inverse(*t)));
  if (conjugate) t = to.conj_core(*t);
  to.axpby_into(alpha, *t, beta, y);
}

bool MatrixFreeLinOp::same_values(const LinOp &other) const {
  const Functions &a = functions_, &b = static_cast<const MatrixFreeLinOp &>(other).functions_;
  return a.coordinate_adjoint == b.coordinate_adjoint && std::ranges::equal(a.ids, b.ids);
}

Ref<LinOp> MatrixFreeLinOp::rebuilt(const Conversion &conversion, Context &) {
  return create(functions_, domain->convert(conversion), codomain->convert(conversion));
}

}  // namespace spc
