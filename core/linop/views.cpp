// SPDX-License-Identifier: Apache-2.0
#include "core/linop/views.hpp"

#include <utility>

#include "core/support/error.hpp"

namespace spc {

namespace {

// M is the coordinate matrix of A: X -> Y.

// conj(M conj(x)); also of batches.
template <class Apply>
Ref<Value> conjugated(const Space &from, const Space &to, Value &x, Apply apply) {
  return to.conj_core(*apply(*from.conj_core(x)));
}

// M^H y = R_X A# R_Y^-1 y, for a batch.
Ref<Value> conj_transposed(const LinOp &A, Value &ys) {
  return A.domain->riesz(*A.rvapply_core(*A.codomain->riesz_inverse(ys)));
}

// M^T y, for a batch.
Ref<Value> transposed(const LinOp &A, Value &ys) {
  return conjugated(*A.codomain, *A.domain, ys, [&](Value &v) { return conj_transposed(A, v); });
}

}  // namespace

// ---- adjoint

AdjointView::AdjointView(Ref<LinOp> op) : View(Slot::adjoint, op, op->codomain, op->domain) {}

void AdjointView::apply_into_core(Value *alpha, Value &x, Value *beta, Value &y, Mode mode) const {
  if (mode == Mode::none) return op_->apply_into_core(alpha, x, beta, y, Mode::adjoint);
  if (mode == Mode::adjoint) return op_->apply_into_core(alpha, x, beta, y, Mode::none);
  // The view's matrix is R_X^-1 M^H R_Y, so that its conjugate transpose is R_Y M R_X^-1.
  const Space &from = *op_->domain, &to = *op_->codomain;
  const auto image = [&](Value &v) { return to.riesz(*op_->apply_core(*from.riesz_inverse(v))); };
  const bool conjugate = mode == Mode::transpose && ctx->complex();
  to.axpby_into(alpha, conjugate ? *conjugated(from, to, x, image) : *image(x), beta, y);
}

Ref<LinOp> AdjointView::structural_inverse() {
  const Ref<LinOp> inverse = op_->structural_inverse();
  return inverse ? inverse->adjoint() : nullptr;
}

// ---- transpose

TransposeView::TransposeView(Ref<LinOp> op) : View(Slot::transpose, op, op->codomain, op->domain) {}

void TransposeView::apply_into_core(Value *alpha, Value &x, Value *beta, Value &y,
                                    Mode mode) const {
  if (mode == Mode::none) return op_->apply_into_core(alpha, x, beta, y, Mode::transpose);
  if (mode == Mode::transpose) return op_->apply_into_core(alpha, x, beta, y, Mode::none);
  const Space &from = *op_->domain, &to = *op_->codomain;
  const auto conj = [&](Value &v) {
    return conjugated(from, to, v, [&](Value &u) { return op_->apply_core(u); });
  };
  if (mode == Mode::conj_trans) {
    if (!ctx->complex()) return op_->apply_into_core(alpha, x, beta, y, Mode::none);
    return to.axpby_into(alpha, *conj(x), beta, y);
  }
  // R_Y^-1 (M^T)^H R_X
  to.axpby_into(alpha, *to.riesz_inverse(*conj(*from.riesz(x))), beta, y);
}

Ref<Value> TransposeView::vapply_core(Value &xs) const {
  return transposed(*op_, xs);
}

Ref<Value> TransposeView::rvapply_core(Value &ys) const {
  const Space &from = *op_->domain, &to = *op_->codomain;
  return to.riesz_inverse(
      *conjugated(from, to, *from.riesz(ys), [&](Value &u) { return op_->vapply_core(u); }));
}

Ref<LinOp> TransposeView::structural_inverse() {
  const Ref<LinOp> inverse = op_->structural_inverse();
  return inverse ? inverse->transpose() : nullptr;
}

// ---- conjugate

ConjugateView::ConjugateView(Ref<LinOp> op) : View(Slot::conjugate, op, op->domain, op->codomain) {}

void ConjugateView::apply_into_core(Value *alpha, Value &x, Value *beta, Value &y,
                                    Mode mode) const {
  // (conj M)^T = M^H, (conj M)^H = M^T
  if (mode == Mode::transpose) return op_->apply_into_core(alpha, x, beta, y, Mode::conj_trans);
  if (mode == Mode::conj_trans) return op_->apply_into_core(alpha, x, beta, y, Mode::transpose);
  const Space &X = *op_->domain, &Y = *op_->codomain;
  if (mode == Mode::none)
    return Y.axpby_into(alpha, *conjugated(X, Y, x, [&](Value &v) { return op_->apply_core(v); }),
                        beta, y);
  const Ref<Value> t = X.new_element();
  op_->apply_into_core(nullptr, *Y.riesz(x), nullptr, *t, Mode::transpose);
  X.axpby_into(alpha, *X.riesz_inverse(*t), beta, y);
}

Ref<Value> ConjugateView::vapply_core(Value &xs) const {
  return conjugated(*domain, *codomain, xs, [&](Value &v) { return op_->vapply_core(v); });
}

Ref<Value> ConjugateView::rvapply_core(Value &ys) const {
  return domain->riesz_inverse(*transposed(*op_, *codomain->riesz(ys)));
}

Ref<LinOp> ConjugateView::structural_inverse() {
  const Ref<LinOp> inverse = op_->structural_inverse();
  return inverse ? inverse->conjugate() : nullptr;
}

// ---- assumed

namespace {

using Verdicts = AssumedLinOp::Verdicts;

Verdict &of(Verdicts &v, Property p) {
  return v[static_cast<std::size_t>(p)];
}

// Adds what follows from the verdicts given. A contradiction keeps what was there.
void close(Verdicts &v) {
  constexpr std::pair<Property, Property> implications[] = {
      {Property::positive_definite, Property::positive_semidefinite},
      {Property::positive_semidefinite, Property::hermitian},
      {Property::diagonal, Property::lower_triangular},
      {Property::diagonal, Property::upper_triangular},
  };
  for (const auto &[a, b] : implications)
    if (of(v, a) == Verdict::yes && of(v, b) == Verdict::unknown) of(v, b) = Verdict::yes;
  for (int i = static_cast<int>(std::size(implications)); i-- > 0;) {
    const auto &[a, b] = implications[i];
    if (of(v, b) == Verdict::no && of(v, a) == Verdict::unknown) of(v, a) = Verdict::no;
  }
}

}  // namespace

const char *name(Property property) noexcept {
  constexpr const char *names[] = {"Hermitian",        "positive definite", "positive semidefinite",
                                   "unitary",          "diagonal",          "real",
                                   "lower triangular", "upper triangular"};
  return names[static_cast<std::size_t>(property)];
}

Ref<LinOp> AssumedLinOp::create(Ref<LinOp> op, Property property, bool value) {
  Verdicts given;
  given.fill(Verdict::unknown);
  of(given, property) = value ? Verdict::yes : Verdict::no;
  close(given);
  for (int i = 0; i < properties; ++i) {
    const Property p = static_cast<Property>(i);
    const Verdict known = op->is(p);
    if (known != Verdict::unknown && of(given, p) != Verdict::unknown && known != of(given, p))
      fail(SPC_E_VALUE, "linop_assume: {} is {}{}, the verdict given is {}{}", op->kind(),
           known == Verdict::yes ? "" : "not ", name(p), value ? "" : "not ", name(property));
  }
  // One wrapper for any number of assumptions.
  if (const auto *assumed = dynamic_cast<const AssumedLinOp *>(op.get())) {
    for (int i = 0; i < properties; ++i)
      if (given[i] == Verdict::unknown) given[i] = assumed->verdicts_[i];
    close(given);
    op = assumed->op_;
  }
  return make<AssumedLinOp>(std::move(op), given);
}

Verdict AssumedLinOp::is(Property property) const {
  const Verdict given = verdicts_[static_cast<std::size_t>(property)];
  return given != Verdict::unknown ? given : op_->is(property);
}

Ref<LinOp> AssumedLinOp::fused(bool materialize) {
  Ref<LinOp> fused = op_->fused(materialize);
  if (fused.get() == op_.get()) return Ref<LinOp>::share(this);
  return make<AssumedLinOp>(std::move(fused), verdicts_);
}

bool AssumedLinOp::same_values(const LinOp &other) const {
  const auto &o = static_cast<const AssumedLinOp &>(other);
  return verdicts_ == o.verdicts_ && op_->equals(*o.op_);
}

Ref<LinOp> AssumedLinOp::rebuilt(const Conversion &conversion, Context &) {
  return make<AssumedLinOp>(op_->convert(conversion), verdicts_);
}

std::string AssumedLinOp::text() const {
  std::string detail = op_->text();
  for (int i = 0; i < properties; ++i)
    if (verdicts_[i] != Verdict::unknown)
      detail += fmt::format(", {}{}", verdicts_[i] == Verdict::yes ? "" : "not ",
                            name(static_cast<Property>(i)));
  return text_with(detail);
}

}  // namespace spc
