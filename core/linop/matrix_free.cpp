// SPDX-License-Identifier: Apache-2.0
#include "core/linop/matrix_free.hpp"

#include <algorithm>

#include "core/support/error.hpp"

namespace spc {

namespace {

// What user code returns is looked at on every way, not only at the operator's own boundary.
Ref<Value> checked_result(Ref<Value> y, const Space &space, const char *op) {
  if (!y) fail(SPC_E_TYPE, "{}: the callback returned no element", op);
  space.admit(*y, op, "the callback's result");
  return space.tagged(std::move(y));
}

}  // namespace

Ref<LinOp> MatrixFreeLinOp::create(Function apply, Function rapply, const Id (&ids)[3],
                                   const Ref<Space> &domain, const Ref<Space> &codomain) {
  if (!apply || !rapply)
    fail(SPC_E_TYPE, "MatrixFreeLinOp: {} is not callable", apply ? "rapply" : "apply");
  Endpoints e = joint_endpoints(domain, codomain, "MatrixFreeLinOp");
  return probed(make<MatrixFreeLinOp>(std::move(e), std::move(apply), std::move(rapply), ids));
}

MatrixFreeLinOp::MatrixFreeLinOp(Endpoints e, Function apply, Function rapply, const Id (&ids)[3])
    : LinOp(std::move(e.ctx), std::move(e.domain), std::move(e.codomain)),
      apply_(std::move(apply)),
      rapply_(std::move(rapply)),
      ids_{ids[0], ids[1], ids[2]} {}

Ref<Value> MatrixFreeLinOp::apply_core(Value &x) const {
  return checked_result(apply_(x), *codomain, "MatrixFreeLinOp.apply");
}

Ref<Value> MatrixFreeLinOp::rapply_core(Value &y) const {
  return checked_result(rapply_(y), *domain, "MatrixFreeLinOp.rapply");
}

void MatrixFreeLinOp::apply_into_core(Value *alpha, Value &x, Value *beta, Value &y,
                                      Mode mode) const {
  if (mode == Mode::transpose || mode == Mode::conj_trans)
    fail(SPC_E_NOTIMPL,
         "apply_into: MatrixFreeLinOp has no coordinate transpose; its functions give modes none "
         "(0) and adjoint (3), got {}",
         static_cast<int>(mode));
  const Ref<Value> t = mode == Mode::none ? apply_core(x) : rapply_core(x);
  target(mode).axpby_into(alpha, *t, beta, y);
}

bool MatrixFreeLinOp::same_values(const LinOp &other) const {
  const auto &o = static_cast<const MatrixFreeLinOp &>(other);
  return std::equal(ids_, ids_ + 3, o.ids_);
}

Ref<LinOp> MatrixFreeLinOp::rebuilt(const Conversion &conversion, Context &) {
  return create(apply_, rapply_, ids_, domain->convert(conversion), codomain->convert(conversion));
}

}  // namespace spc
