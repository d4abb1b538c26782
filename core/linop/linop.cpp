// SPDX-License-Identifier: Apache-2.0
#include "core/linop/linop.hpp"

#include <cstring>
#include <optional>

#include "core/ops/ops.hpp"
#include "core/support/error.hpp"

namespace spc {

namespace {

// alpha or beta as the cores take it: weak, or a 0-d array of the operator's dtype outside y.
Value *checked_scalar(Value *v, const Space &space, Value &y, const char *role,
                      std::optional<Scalar> &storage) {
  if (v == nullptr) return v;
  const Dtype dtype = space.ctx->dtype;
  int weak;
  if (v->kind() == ValueKind::scalar) {
    weak = static_cast<Scalar &>(*v).weak_kind;
  } else {
    const Array &a = as_dense(v, "apply_into");
    if (a.ndim() != 0)
      fail(SPC_E_VALUE, "apply_into: {} has shape {}, expected a scalar", role, a.shape);
    if (a.dtype == dtype && !space.overlap(*v, y)) return v;
    weak = static_cast<int>(kind(a.dtype));
  }
  constexpr const char *words[] = {"bool", "integer", "float", "complex"};
  if (weak > SPC_WEAK_INT && weak > static_cast<int>(kind(dtype)))
    fail(SPC_E_TYPE, "apply_into: {} is {}, the operator has dtype {}", role, words[weak],
         name(dtype));
  if (v->kind() == ValueKind::scalar) return v;
  const std::complex<double> z = read_scalar(static_cast<Array &>(*v));
  storage.emplace(weak, weak <= SPC_WEAK_INT ? static_cast<std::int64_t>(z.real()) : 0, z);
  return &*storage;
}

}  // namespace

// An operator's apply is offered whole.
Ref<Value> LinOp::apply(Value &x) const {
  Value *const operands[] = {&x};
  const Offered offered("linop_apply", 0, operands, 1);
  Value &from = *offered[0];
  domain->admit(from, "apply", "x");
  Ref<Value> y = codomain->tagged(apply_core(from));
  codomain->check_member(*y);
  return y;
}

Ref<Value> LinOp::rapply(Value &y) const {
  Value *const operands[] = {&y};
  const Offered offered("linop_rapply", 0, operands, 1);
  Value &from = *offered[0];
  codomain->admit(from, "rapply", "y");
  Ref<Value> x = domain->tagged(rapply_core(from));
  domain->check_member(*x);
  return x;
}

void LinOp::apply_into(Value *alpha, Value &x, Value *beta, Value &y, Mode mode) const {
  Value *const operands[] = {alpha, &x, beta, &y};
  const Offered offered("linop_apply_into", 0, operands, 4);
  Value &from = *offered[1], &to = *offered[3];
  source(mode).admit(from, "apply_into", "x");
  const Space &result = target(mode);
  result.require_target(to, "apply_into");
  source(mode).require_native(from, "apply_into", "x");
  std::optional<Scalar> a, b;
  alpha = checked_scalar(offered[0], result, to, "alpha", a);
  beta = checked_scalar(offered[2], result, to, "beta", b);
  apply_into_core(alpha, from, beta, to, mode);
  result.check_member(to);
}

Ref<Value> LinOp::apply_core(Value &x) const {
  Ref<Value> y = codomain->new_element();
  apply_into_core(nullptr, x, nullptr, *y, Mode::none);
  return y;
}

Ref<Value> LinOp::rapply_core(Value &y) const {
  Ref<Value> x = domain->new_element();
  apply_into_core(nullptr, y, nullptr, *x, Mode::adjoint);
  return x;
}

Verdict LinOp::is(Property property) const {
  return property == Property::hermitian ? is_hermitian() : Verdict::unknown;
}

Ref<LinOp> LinOp::convert(const Conversion &conversion) {
  const Ref<Context> to = conversion.context_for(*ctx);
  if (*to == *ctx) return Ref<LinOp>::share(this);
  return rebuilt(conversion, *to);
}

bool LinOp::equals(const LinOp &other) const {
  if (this == &other) return true;
  return std::strcmp(kind(), other.kind()) == 0 && domain->equals(*other.domain) &&
         codomain->equals(*other.codomain) && same_values(other);
}

Ref<LinOp> LinOp::adjoint() {
  const std::scoped_lock lock(adjoint_mutex_);
  // A view whose last reference is gone waits for this lock in its destructor.
  if (adjoint_ != nullptr && adjoint_->try_retain()) return Ref<LinOp>::adopt(adjoint_);
  Ref<LinOp> view = make<AdjointView>(Ref<LinOp>::share(this));
  adjoint_ = view.get();
  return view;
}

Endpoints joint_endpoints(const Ref<Space> &domain, const Ref<Space> &codomain, const char *op) {
  Endpoints e;
  e.ctx = joint_context(*domain, *codomain, op);
  e.domain = domain->converted_to(*e.ctx);
  e.codomain = codomain->converted_to(*e.ctx);
  return e;
}

// ---- adjoint view

AdjointView::AdjointView(Ref<LinOp> op)
    : LinOp(op->ctx, op->codomain, op->domain), op_(std::move(op)) {}

AdjointView::~AdjointView() {
  const std::scoped_lock lock(op_->adjoint_mutex_);
  if (op_->adjoint_ == this) op_->adjoint_ = nullptr;
}

bool AdjointView::same_values(const LinOp &other) const {
  return op_->equals(static_cast<const AdjointView &>(other).operand());
}

void AdjointView::apply_into_core(Value *alpha, Value &x, Value *beta, Value &y, Mode mode) const {
  if (mode == Mode::none) return op_->apply_into_core(alpha, x, beta, y, Mode::adjoint);
  if (mode == Mode::adjoint) return op_->apply_into_core(alpha, x, beta, y, Mode::none);
  // With A: X -> Y the view's matrix is M = R_X^-1 A^H R_Y, so that M^H = R_Y A R_X^-1, and
  // M^T x = conj(M^H conj(x)).
  const Space &from = *op_->domain, &to = *op_->codomain;
  const bool conjugate = mode == Mode::transpose && ctx->complex();
  Ref<Value> t = Ref<Value>::share(&x);
  if (conjugate) t = from.conj_core(*t);
  t = from.riesz_inverse(*t);
  t = op_->apply_core(*t);
  t = to.riesz(*t);
  if (conjugate) t = to.conj_core(*t);
  to.axpby_into(alpha, *t, beta, y);
}

}  // namespace spc
