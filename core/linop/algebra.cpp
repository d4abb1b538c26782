// SPDX-License-Identifier: Apache-2.0
#include "core/linop/algebra.hpp"

#include <algorithm>
#include <optional>

#include "core/ops/ops.hpp"
#include "core/support/error.hpp"

namespace spc {

void require_same_context(const LinOp &a, const LinOp &b, const char *kind) {
  if (a.ctx->dtype != b.ctx->dtype || !compatible(a.ctx->family, b.ctx->family))
    fail(SPC_E_VALUE, "{} operands must have the same ctx; got {} and {}", kind, to_string(*a.ctx),
         to_string(*b.ctx));
}

std::string describe(const Space &s) {
  return fmt::format("{}(shape={}, geometry={})", s.kind(), s.shape(),
                     s.geometry() != nullptr ? s.geometry()->kind() : "none");
}

namespace {

bool any_user_code(std::span<const Ref<LinOp>> parts) {
  return std::ranges::any_of(parts, [](const Ref<LinOp> &p) { return p->runs_user_code(); });
}

bool all_settled(std::span<const Ref<LinOp>> parts) {
  return std::ranges::all_of(parts, [](const Ref<LinOp> &p) { return p->settled(); });
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

Ref<Value> ZeroLinOp::vapply_core(Value &xs) const {
  return codomain->zeros_batch(domain->batch_shape(xs));
}

Ref<Value> ZeroLinOp::rvapply_core(Value &ys) const {
  return domain->zeros_batch(codomain->batch_shape(ys));
}

Ref<Array> ZeroLinOp::to_matrix() const {
  require_coordinates(*ctx);
  return ops::zeros(*ctx, {codomain->size(), domain->size()}, ctx->dtype);
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

// The product of two weak scalars; where integers would overflow, a floating one.
Scalar product(const Scalar &a, const Scalar &b) {
  int weak = std::max(a.weak_kind, b.weak_kind);
  std::int64_t integer = 0;
  if (weak <= SPC_WEAK_INT && __builtin_mul_overflow(a.integer, b.integer, &integer))
    weak = SPC_WEAK_FLOAT;
  // A product with a real factor takes both parts times it: infinite ones make no NaN.
  const std::complex<double> z = a.weak_kind != SPC_WEAK_COMPLEX   ? a.number.real() * b.number
                                 : b.weak_kind != SPC_WEAK_COMPLEX ? a.number * b.number.real()
                                                                   : a.number * b.number;
  return Scalar(weak, weak <= SPC_WEAK_INT ? integer : 0, z);
}

Ref<Scalar> checked_factor(Value &s, const LinOp &op) {
  Ref<Scalar> scalar;
  if (s.kind() == ValueKind::scalar) {
    scalar = Ref<Scalar>::share(static_cast<Scalar *>(&s));
  } else if (s.kind() == ValueKind::array && static_cast<Array &>(s).ndim() == 0) {
    const Array &a = static_cast<Array &>(s);
    const std::complex<double> z = read_scalar(a);
    const int weak = static_cast<int>(spc::kind(a.dtype));
    scalar = make<Scalar>(weak, weak <= SPC_WEAK_INT ? static_cast<std::int64_t>(z.real()) : 0, z);
  } else {
    fail(SPC_E_TYPE, "ScaledLinOp: expected a scalar or a 0-d array, got {}", describe(&s));
  }
  if (scalar->weak_kind == SPC_WEAK_COMPLEX && !op.ctx->complex())
    fail(SPC_E_TYPE, "ScaledLinOp: a complex scalar in a context of dtype {}", name(op.ctx->dtype));
  return scalar;
}

}  // namespace

Ref<LinOp> ScaledLinOp::create(const Ref<Value> &s, Ref<LinOp> op) {
  Ref<Scalar> scalar = checked_factor(*s, *op);
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
  Scalar &s = plain ? *s_ : *conjugate_;
  if (alpha == nullptr) return op_->apply_into_core(&s, x, beta, y, mode);
  if (alpha->kind() == ValueKind::scalar) {
    Scalar factor = product(static_cast<Scalar &>(*alpha), s);
    return op_->apply_into_core(&factor, x, beta, y, mode);
  }
  op_->apply_into_core(ops::multiply(*alpha, s).get(), x, beta, y, mode);
}

Ref<Value> ScaledLinOp::vapply_core(Value &xs) const {
  return codomain->scale_core(*s_, *op_->vapply_core(xs));
}

Ref<Value> ScaledLinOp::rvapply_core(Value &ys) const {
  return domain->scale_core(*conjugate_, *op_->rvapply_core(ys));
}

Ref<LinOp> ScaledLinOp::structural_inverse() {
  const Ref<LinOp> inverse = op_->structural_inverse();
  if (!inverse) return nullptr;
  if (s_->number == 0.0) fail(SPC_E_LINALG, "linop_inverse: ScaledLinOp has the factor 0");
  const bool complex = s_->weak_kind == SPC_WEAK_COMPLEX;
  return create(make<Scalar>(complex ? SPC_WEAK_COMPLEX : SPC_WEAK_FLOAT, 0,
                             complex ? 1.0 / s_->number : 1.0 / s_->number.real()),
                inverse);
}

std::string ScaledLinOp::text() const {
  const std::complex<double> z = s_->number;
  const std::string factor = s_->weak_kind == SPC_WEAK_COMPLEX
                                 ? fmt::format("{}{:+}i", z.real(), z.imag())
                             : s_->weak_kind <= SPC_WEAK_INT ? fmt::format("{}", s_->integer)
                                                             : fmt::format("{}", z.real());
  return text_with(factor + ", " + op_->text());
}

Verdict ScaledLinOp::is_hermitian() const {
  return s_->number == std::conj(s_->number) ? op_->is_hermitian() : Verdict::unknown;
}

bool ScaledLinOp::same_values(const LinOp &other) const {
  const auto &o = static_cast<const ScaledLinOp &>(other);
  return s_->number == o.s_->number && op_->equals(*o.op_);
}

// ---- sum

void SumLinOp::require_addable(std::span<const Ref<LinOp>> parts) {
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
}

Ref<LinOp> SumLinOp::create(std::vector<Ref<LinOp>> parts) {
  require_addable(parts);
  return probed(make<SumLinOp>(std::move(parts)));
}

SumLinOp::SumLinOp(std::vector<Ref<LinOp>> parts)
    : LinOp(parts.front()->ctx, parts.front()->domain, parts.front()->codomain),
      parts_(std::move(parts)),
      settled_(all_settled(parts_)) {}

bool SumLinOp::runs_user_code() const noexcept {
  return any_user_code(parts_);
}

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
  const Space &space = target(mode);
  Scalar one(SPC_WEAK_INT, 1, 1.0);
  // The first term overwrites y while the others still need x; and a term that fails must find y as
  // it was.
  if (parts_.size() > 1 && (!settled_ || space.overlap(x, y))) {
    const Ref<Value> t = space.new_element();
    for (std::size_t i = 0; i < parts_.size(); ++i)
      parts_[i]->apply_into_core(nullptr, x, i == 0 ? nullptr : &one, *t, mode);
    return space.axpby_into(alpha, *t, beta, y);
  }
  parts_.front()->apply_into_core(alpha, x, beta, y, mode);
  for (std::size_t i = 1; i < parts_.size(); ++i)
    parts_[i]->apply_into_core(alpha, x, &one, y, mode);
}

Ref<Value> SumLinOp::vapply_core(Value &xs) const {
  Ref<Value> ys = parts_.front()->vapply_core(xs);
  for (std::size_t i = 1; i < parts_.size(); ++i)
    ys = codomain->add_core(*ys, *parts_[i]->vapply_core(xs));
  return ys;
}

Ref<Value> SumLinOp::rvapply_core(Value &ys) const {
  Ref<Value> xs = parts_.front()->rvapply_core(ys);
  for (std::size_t i = 1; i < parts_.size(); ++i)
    xs = domain->add_core(*xs, *parts_[i]->rvapply_core(ys));
  return xs;
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

void ComposedLinOp::require_composable(const LinOp &left, const LinOp &right) {
  require_same_context(left, right, "ComposedLinOp");
  if (!right.codomain->interchangeable(*left.domain))
    fail(SPC_E_VALUE, "ComposedLinOp requires right.codomain == left.domain; got {} and {}",
         describe(*right.codomain), describe(*left.domain));
}

Ref<LinOp> ComposedLinOp::create(Ref<LinOp> left, Ref<LinOp> right) {
  require_composable(*left, *right);
  return probed(make<ComposedLinOp>(std::move(left), std::move(right)));
}

namespace {

std::vector<LinOp *> flat_chain(LinOp &left, LinOp &right) {
  std::vector<LinOp *> chain;
  for (LinOp *op : {&left, &right}) {
    if (const auto *nested = dynamic_cast<const ComposedLinOp *>(op))
      chain.insert(chain.end(), nested->chain().begin(), nested->chain().end());
    else
      chain.push_back(op);
  }
  return chain;
}

}  // namespace

ComposedLinOp::ComposedLinOp(Ref<LinOp> left, Ref<LinOp> right)
    : LinOp(left->ctx, right->domain, left->codomain),
      parts_{std::move(left), std::move(right)},
      chain_(flat_chain(*parts_[0], *parts_[1])),
      settled_(all_settled(parts_)) {}

bool ComposedLinOp::runs_user_code() const noexcept {
  return any_user_code(parts_);
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
  const std::size_t n = chain_.size();
  const auto make_between = [&](std::size_t i) { return chain_[i]->domain->new_element(); };
  std::optional<Intermediates::Lease> kept;
  if (settled_) kept.emplace(between_, n - 1, make_between);
  Ref<Value> fresh;
  Value *t = &x;
  for (std::size_t k = 0; k + 1 < n; ++k) {
    // (L R)^T = R^T L^T, and so for the other reversing modes.
    const std::size_t i = mode == Mode::none ? n - 1 - k : k;
    const std::size_t slot = mode == Mode::none ? i - 1 : i;
    const LinOp &op = *chain_[i];
    if (!kept && (mode == Mode::none || mode == Mode::adjoint)) {
      fresh = mode == Mode::none ? op.apply_core(*t) : op.rapply_core(*t);
      t = fresh.get();
      continue;
    }
    const Ref<Value> next = kept ? nullptr : make_between(slot);
    Value &to = kept ? (*kept)[slot] : *next;
    op.apply_into_core(nullptr, *t, nullptr, to, mode);
    t = &to;
    fresh = next;
  }
  chain_[mode == Mode::none ? 0 : n - 1]->apply_into_core(alpha, *t, beta, y, mode);
}

Ref<Value> ComposedLinOp::vapply_core(Value &xs) const {
  Ref<Value> t = Ref<Value>::share(&xs);
  for (auto op = chain_.rbegin(); op != chain_.rend(); ++op) t = (*op)->vapply_core(*t);
  return t;
}

Ref<Value> ComposedLinOp::rvapply_core(Value &ys) const {
  Ref<Value> t = Ref<Value>::share(&ys);
  for (const LinOp *op : chain_) t = op->rvapply_core(*t);
  return t;
}

Ref<LinOp> ComposedLinOp::structural_inverse() {
  const Ref<LinOp> l = left().structural_inverse(), r = right().structural_inverse();
  return l && r ? create(r, l) : nullptr;
}

bool ComposedLinOp::is_palindrome(const LinOp *&middle) const {
  const std::size_t n = chain_.size();
  for (std::size_t i = 0; i < n / 2; ++i) {
    LinOp &a = *chain_[i], &b = *chain_[n - 1 - i];
    const bool own_adjoint = a.is_hermitian() == Verdict::yes && a.equals(b);
    if (!own_adjoint && !a.equals(*b.adjoint())) return false;
  }
  middle = n % 2 == 1 ? chain_[n / 2] : nullptr;
  return middle == nullptr || middle->is_hermitian() == Verdict::yes;
}

Verdict ComposedLinOp::is_hermitian() const {
  const LinOp *middle = nullptr;
  return is_palindrome(middle) ? Verdict::yes : Verdict::unknown;
}

bool ComposedLinOp::same_values(const LinOp &other) const {
  const auto &o = static_cast<const ComposedLinOp &>(other);
  return left().equals(o.left()) && right().equals(o.right());
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
  return create(left().convert(conversion), right().convert(conversion));
}

// ---- factories

Ref<LinOp> make_scaled(const Ref<Value> &s, Ref<LinOp> op) {
  const Ref<Scalar> factor = checked_factor(*s, *op);
  if (factor->number == 0.0) return ZeroLinOp::create(op->domain, op->codomain);
  if (factor->number == 1.0 || dynamic_cast<const ZeroLinOp *>(op.get()) != nullptr) return op;
  if (const auto *scaled = dynamic_cast<const ScaledLinOp *>(op.get())) {
    const Scalar joint = product(*factor, *scaled->scalar());
    return make_scaled(make<Scalar>(joint.weak_kind, joint.integer, joint.number),
                       scaled->operand());
  }
  return ScaledLinOp::create(factor, std::move(op));
}

namespace {

void lay_flat(const Ref<LinOp> &op, std::vector<Ref<LinOp>> &terms) {
  if (dynamic_cast<const SumLinOp *>(op.get()) == nullptr) return terms.push_back(op);
  for (const Ref<LinOp> &part : op->parts()) lay_flat(part, terms);
}

}  // namespace

Ref<LinOp> make_sum(std::vector<Ref<LinOp>> parts) {
  SumLinOp::require_addable(parts);
  const Ref<LinOp> first = parts.empty() ? nullptr : parts.front();
  std::vector<Ref<LinOp>> terms;
  for (const Ref<LinOp> &part : parts) lay_flat(part, terms);
  std::erase_if(terms, [](const Ref<LinOp> &t) {
    return dynamic_cast<const ZeroLinOp *>(t.get()) != nullptr;
  });
  if (terms.empty()) return ZeroLinOp::create(first->domain, first->codomain);
  if (terms.size() == 1) return terms.front();
  return SumLinOp::create(std::move(terms));
}

Ref<LinOp> make_composed(Ref<LinOp> left, Ref<LinOp> right) {
  ComposedLinOp::require_composable(*left, *right);
  if (dynamic_cast<const IdentityLinOp *>(right.get()) != nullptr) return left;
  if (dynamic_cast<const IdentityLinOp *>(left.get()) != nullptr) return right;
  for (const LinOp *op : {left.get(), right.get()})
    if (dynamic_cast<const ZeroLinOp *>(op) != nullptr)
      return ZeroLinOp::create(right->domain, left->codomain);
  return ComposedLinOp::create(std::move(left), std::move(right));
}

}  // namespace spc
