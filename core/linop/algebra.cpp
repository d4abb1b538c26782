// SPDX-License-Identifier: Apache-2.0
#include "core/linop/algebra.hpp"

#include <algorithm>

#include "core/ops/ops.hpp"
#include "core/support/error.hpp"

namespace spc {

namespace {

void require_same_context(const LinOp &a, const LinOp &b, const char *kind) {
  if (a.ctx->dtype != b.ctx->dtype || !compatible(a.ctx->family, b.ctx->family))
    fail(SPC_E_VALUE, "{} operands must have the same ctx; got {} and {}", kind, to_string(*a.ctx),
         to_string(*b.ctx));
}

std::string describe(const Space &s) {
  return fmt::format("{}(shape={}, geometry={})", s.kind(), s.shape(),
                     s.geometry() != nullptr ? s.geometry()->kind() : "none");
}

}  // namespace

// ---- identity, zero

void IdentityLinOp::apply_into_core(Value *alpha, Value &x, Value *beta, Value &y, Mode) const {
  domain->axpby_into(alpha, x, beta, y);
}

Ref<LinOp> ZeroLinOp::create(const Ref<Space> &domain, const Ref<Space> &codomain) {
  return make<ZeroLinOp>(joint_endpoints(domain, codomain, "ZeroLinOp"));
}

void ZeroLinOp::apply_into_core(Value *, Value &, Value *beta, Value &y, Mode mode) const {
  const Space &space = target(mode);
  if (beta == nullptr) return space.fill(y, 0);
  // 0 y + beta y: the first term is not read, and beta = 0 gives 0.
  Scalar zero(SPC_WEAK_BOOL, 0, 0.0);
  space.axpby_into(&zero, y, beta, y);
}

Verdict ZeroLinOp::is_hermitian() const {
  return domain->interchangeable(*codomain) ? Verdict::yes : Verdict::no;
}

// ---- scaled

namespace {

Ref<Scalar> conjugated(const Ref<Scalar> &s) {
  if (s->weak_kind != SPC_WEAK_COMPLEX) return s;
  return make<Scalar>(SPC_WEAK_COMPLEX, 0, std::conj(s->number));
}

// alpha s
Ref<Value> times(Value *alpha, const Ref<Scalar> &s) {
  if (alpha == nullptr) return s;
  if (alpha->kind() != ValueKind::scalar) return ops::multiply(*alpha, *s);
  const Scalar &a = static_cast<Scalar &>(*alpha);
  const int weak = std::max(a.weak_kind, s->weak_kind);
  std::int64_t integer = 0;
  if (weak <= SPC_WEAK_INT && __builtin_mul_overflow(a.integer, s->integer, &integer))
    fail(SPC_E_OVERFLOW, "apply_into: {} times {} exceeds int64", a.integer, s->integer);
  return make<Scalar>(weak, integer, a.number * s->number);
}

}  // namespace

Ref<LinOp> ScaledLinOp::create(const Ref<Value> &s, Ref<LinOp> op) {
  Ref<Scalar> scalar;
  if (s->kind() == ValueKind::scalar) {
    scalar = Ref<Scalar>::share(static_cast<Scalar *>(s.get()));
  } else if (s->kind() == ValueKind::array && static_cast<Array &>(*s).ndim() == 0) {
    const Array &a = static_cast<Array &>(*s);
    const std::complex<double> z = read_scalar(a);
    const int weak = static_cast<int>(spc::kind(a.dtype));
    scalar = make<Scalar>(weak, weak <= SPC_WEAK_INT ? static_cast<std::int64_t>(z.real()) : 0, z);
  } else {
    fail(SPC_E_TYPE, "ScaledLinOp: expected a scalar or a 0-d array, got {}", describe(s.get()));
  }
  if (scalar->weak_kind == SPC_WEAK_COMPLEX && !op->ctx->complex())
    fail(SPC_E_TYPE, "ScaledLinOp: a complex scalar in a context of dtype {}",
         name(op->ctx->dtype));
  return probed(make<ScaledLinOp>(std::move(scalar), std::move(op)));
}

ScaledLinOp::ScaledLinOp(Ref<Scalar> s, Ref<LinOp> op)
    : LinOp(op->ctx, op->domain, op->codomain),
      s_(std::move(s)),
      conjugate_(conjugated(s_)),
      op_(std::move(op)) {}

Ref<Value> ScaledLinOp::apply_core(Value &x) const {
  return codomain->scale_core(*s_, *op_->apply_core(x));
}

Ref<Value> ScaledLinOp::rapply_core(Value &y) const {
  return domain->scale_core(*conjugate_, *op_->rapply_core(y));
}

void ScaledLinOp::apply_into_core(Value *alpha, Value &x, Value *beta, Value &y, Mode mode) const {
  const bool plain = mode == Mode::none || mode == Mode::transpose;
  const Ref<Value> factor = times(alpha, plain ? s_ : conjugate_);
  op_->apply_into_core(factor.get(), x, beta, y, mode);
}

Verdict ScaledLinOp::is_hermitian() const {
  return s_->number == std::conj(s_->number) ? op_->is_hermitian() : Verdict::unknown;
}

bool ScaledLinOp::same_values(const LinOp &other) const {
  const auto &o = static_cast<const ScaledLinOp &>(other);
  return s_->number == o.s_->number && op_->equals(*o.op_);
}

// ---- sum

Ref<LinOp> SumLinOp::create(std::vector<Ref<LinOp>> parts) {
  if (parts.empty()) fail(SPC_E_VALUE, "SumLinOp requires at least one operator, got 0");
  const LinOp &first = *parts.front();
  for (const Ref<LinOp> &p : parts) {
    require_same_context(first, *p, "SumLinOp");
    if (!first.domain->interchangeable(*p->domain))
      fail(SPC_E_VALUE, "SumLinOp requires equal domains; got {} and {}", describe(*first.domain),
           describe(*p->domain));
    if (!first.codomain->interchangeable(*p->codomain))
      fail(SPC_E_VALUE, "SumLinOp requires equal codomains; got {} and {}",
           describe(*first.codomain), describe(*p->codomain));
  }
  return probed(make<SumLinOp>(std::move(parts)));
}

SumLinOp::SumLinOp(std::vector<Ref<LinOp>> parts)
    : LinOp(parts.front()->ctx, parts.front()->domain, parts.front()->codomain),
      parts_(std::move(parts)) {}

Ref<Value> SumLinOp::apply_core(Value &x) const {
  Ref<Value> y = parts_.front()->apply_core(x);
  for (std::size_t i = 1; i < parts_.size(); ++i)
    y = codomain->add_core(*y, *parts_[i]->apply_core(x));
  return y;
}

Ref<Value> SumLinOp::rapply_core(Value &y) const {
  Ref<Value> x = parts_.front()->rapply_core(y);
  for (std::size_t i = 1; i < parts_.size(); ++i)
    x = domain->add_core(*x, *parts_[i]->rapply_core(y));
  return x;
}

void SumLinOp::apply_into_core(Value *alpha, Value &x, Value *beta, Value &y, Mode mode) const {
  Ref<Value> kept = Ref<Value>::share(&x);
  // The first term overwrites y while the others still need x.
  if (parts_.size() > 1 && target(mode).overlap(x, y)) {
    kept = source(mode).new_element();
    source(mode).copy_into(x, *kept);
  }
  parts_.front()->apply_into_core(alpha, *kept, beta, y, mode);
  Scalar one(SPC_WEAK_INT, 1, 1.0);
  for (std::size_t i = 1; i < parts_.size(); ++i)
    parts_[i]->apply_into_core(alpha, *kept, &one, y, mode);
}

Verdict SumLinOp::is_hermitian() const {
  for (const Ref<LinOp> &p : parts_)
    if (p->is_hermitian() != Verdict::yes) return Verdict::unknown;
  return Verdict::yes;
}

bool SumLinOp::same_values(const LinOp &other) const {
  const auto &o = static_cast<const SumLinOp &>(other);
  return std::equal(parts_.begin(), parts_.end(), o.parts_.begin(), o.parts_.end(),
                    [](const Ref<LinOp> &a, const Ref<LinOp> &b) { return a->equals(*b); });
}

// ---- composed

Ref<LinOp> ComposedLinOp::create(Ref<LinOp> left, Ref<LinOp> right) {
  require_same_context(*left, *right, "ComposedLinOp");
  if (!right->codomain->interchangeable(*left->domain))
    fail(SPC_E_VALUE, "ComposedLinOp requires right.codomain == left.domain; got {} and {}",
         describe(*right->codomain), describe(*left->domain));
  return probed(make<ComposedLinOp>(std::move(left), std::move(right)));
}

ComposedLinOp::ComposedLinOp(Ref<LinOp> left, Ref<LinOp> right)
    : LinOp(left->ctx, right->domain, left->codomain),
      left_(std::move(left)),
      right_(std::move(right)) {
  for (LinOp *op : {left_.get(), right_.get()}) {
    if (const auto *nested = dynamic_cast<const ComposedLinOp *>(op))
      chain_.insert(chain_.end(), nested->chain_.begin(), nested->chain_.end());
    else
      chain_.push_back(op);
  }
}

Ref<Value> ComposedLinOp::apply_core(Value &x) const {
  Ref<Value> t = Ref<Value>::share(&x);
  for (auto op = chain_.rbegin(); op != chain_.rend(); ++op) t = (*op)->apply_core(*t);
  return t;
}

Ref<Value> ComposedLinOp::rapply_core(Value &y) const {
  Ref<Value> t = Ref<Value>::share(&y);
  for (const LinOp *op : chain_) t = op->rapply_core(*t);
  return t;
}

void ComposedLinOp::apply_into_core(Value *alpha, Value &x, Value *beta, Value &y,
                                    Mode mode) const {
  Ref<Value> t = Ref<Value>::share(&x);
  const std::size_t n = chain_.size();
  for (std::size_t i = 0; i < n; ++i) {
    // (L R)^T = R^T L^T, and so for the other reversing modes.
    const LinOp &op = *chain_[mode == Mode::none ? n - 1 - i : i];
    if (i == n - 1) return op.apply_into_core(alpha, *t, beta, y, mode);
    Ref<Value> next;
    if (mode == Mode::none || mode == Mode::adjoint) {
      next = mode == Mode::none ? op.apply_core(*t) : op.rapply_core(*t);
    } else {
      next = op.target(mode).new_element();
      op.apply_into_core(nullptr, *t, nullptr, *next, mode);
    }
    t = std::move(next);
  }
}

Verdict ComposedLinOp::is_hermitian() const {
  // A# A and A A#.
  const auto *left = dynamic_cast<const AdjointView *>(left_.get());
  const auto *right = dynamic_cast<const AdjointView *>(right_.get());
  const bool pair = (left != nullptr && left->operand().equals(*right_)) ||
                    (right != nullptr && right->operand().equals(*left_));
  return pair ? Verdict::yes : Verdict::unknown;
}

bool ComposedLinOp::same_values(const LinOp &other) const {
  const auto &o = static_cast<const ComposedLinOp &>(other);
  return left_->equals(*o.left_) && right_->equals(*o.right_);
}

Ref<LinOp> IdentityLinOp::rebuilt(const Conversion &conversion, Context &) {
  return make<IdentityLinOp>(domain->convert(conversion));
}

Ref<LinOp> ZeroLinOp::rebuilt(const Conversion &conversion, Context &) {
  return create(domain->convert(conversion), codomain->convert(conversion));
}

Ref<LinOp> ScaledLinOp::rebuilt(const Conversion &conversion, Context &) {
  return create(s_, op_->convert(conversion));
}

Ref<LinOp> SumLinOp::rebuilt(const Conversion &conversion, Context &) {
  std::vector<Ref<LinOp>> parts;
  for (const Ref<LinOp> &part : parts_) parts.push_back(part->convert(conversion));
  return create(std::move(parts));
}

Ref<LinOp> ComposedLinOp::rebuilt(const Conversion &conversion, Context &) {
  return create(left_->convert(conversion), right_->convert(conversion));
}

}  // namespace spc
