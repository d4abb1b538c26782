// SPDX-License-Identifier: Apache-2.0
#include "core/functional/algebra.hpp"

#include <algorithm>

#include "core/functional/scalars.hpp"
#include "core/ops/ops.hpp"
#include "core/support/error.hpp"

namespace spc {

// ---- factories

Ref<Functional> make_scaled_functional(Value &s, const Ref<Functional> &F) {
  const Ref<Scalar> scalar = weak_scalar(s, *F->ctx, "ScaledFunctional");
  if (F->is_zero()) return F;
  if (scalar->number == 0.0) return make<ZeroFunctional>(F->domain);
  if (scalar->number == 1.0) return F;
  if (const auto *nested = dynamic_cast<const ScaledFunctional *>(F.get()))
    return make_scaled_functional(*product(*scalar, nested->scalar()), nested->operand());
  return make<ScaledFunctional>(scalar, F);
}

Ref<Functional> make_functional_sum(std::span<const Ref<Functional>> terms) {
  if (terms.empty()) fail(SPC_E_VALUE, "SumFunctional requires at least one functional, got 0");
  const Functional &first = *terms.front();
  for (const Ref<Functional> &F : terms)
    if (!first.domain->interchangeable(*F->domain))
      fail(SPC_E_VALUE, "SumFunctional requires equal domains; got {} and {}", first.domain->text(),
           F->domain->text());
  std::vector<Ref<Functional>> kept;
  for (const Ref<Functional> &F : terms) {
    if (const auto *nested = dynamic_cast<const SumFunctional *>(F.get()))
      kept.insert(kept.end(), nested->terms().begin(), nested->terms().end());
    else if (!F->is_zero())
      kept.push_back(F);
  }
  if (kept.empty()) return make<ZeroFunctional>(first.domain);
  if (kept.size() == 1) return kept.front();
  return make<SumFunctional>(std::move(kept));
}

Ref<Functional> make_shifted_functional(const Ref<Functional> &F, Value &c) {
  const Ref<Scalar> offset = weak_scalar(c, *F->ctx, "ShiftedFunctional");
  if (offset->number == 0.0) return F;
  if (const auto *nested = dynamic_cast<const ShiftedFunctional *>(F.get()))
    return make_shifted_functional(nested->operand(), *sum(nested->offset(), *offset));
  return make<ShiftedFunctional>(F, offset);
}

// ---- zero

Ref<Array> ZeroFunctional::value_core(Value &) const {
  return ops::zeros(*ctx, {}, ctx->dtype);
}

Ref<Array> ZeroFunctional::vvalue_core(Value &xs) const {
  return ops::zeros(*ctx, domain->batch_shape(xs), ctx->dtype);
}

Ref<Value> ZeroFunctional::vgrad_core(Value &xs) const {
  return domain->zeros_batch(domain->batch_shape(xs));
}

Ref<Functional> ZeroFunctional::rebuilt(const Conversion &conversion) {
  return make<ZeroFunctional>(domain->convert(conversion));
}

// ---- scaled

ScaledFunctional::ScaledFunctional(Ref<Scalar> s, Ref<Functional> F)
    : Functional(F->domain), s_(std::move(s)), conjugate_(conjugated(s_)), F_(std::move(F)) {}

Ref<Array> ScaledFunctional::value_core(Value &x) const {
  return ops::multiply(*s_, *F_->value_core(x));
}

Ref<Value> ScaledFunctional::grad_core(Value &x) const {
  return domain->scale_core(*conjugate_, *F_->grad_core(x));
}

Functional::ValueAndGrad ScaledFunctional::value_and_grad_core(Value &x) const {
  ValueAndGrad both = F_->value_and_grad_core(x);
  return {ops::multiply(*s_, *both.value), domain->scale_core(*conjugate_, *both.grad)};
}

Ref<Array> ScaledFunctional::vvalue_core(Value &xs) const {
  return ops::multiply(*s_, *F_->vvalue_core(xs));
}

Ref<Value> ScaledFunctional::vgrad_core(Value &xs) const {
  return domain->scale_core(*conjugate_, *F_->vgrad_core(xs));
}

Ref<Value> ScaledFunctional::hess_apply_core(Value &x, Value &h) const {
  return domain->scale_core(*conjugate_, *F_->hess_apply_core(x, h));
}

Ref<Value> ScaledFunctional::prox_core(Value &v, double t) const {
  SimpleQuadratic q;
  if (add_to(1, q)) return simple_prox(*this, q, v, t);
  const std::complex<double> s = s_->number;
  if (s.imag() != 0 || !(s.real() > 0))
    no_prox(fmt::format("the factor is {}, expected a positive number", text_of(*s_)));
  return F_->prox_core(v, t * s.real());
}

Ref<Value> ScaledFunctional::representer() const {
  return domain->scale_core(*conjugate_, *F_->representer());
}

bool ScaledFunctional::add_to(double factor, SimpleQuadratic &to) const {
  if (s_->number.imag() == 0) return F_->add_to(factor * s_->number.real(), to);
  return Functional::add_to(factor, to);
}

std::string ScaledFunctional::text() const {
  return fmt::format("{}({}, {})", kind(), text_of(*s_), F_->text());
}

bool ScaledFunctional::same_values(const Functional &other) const {
  const auto &o = static_cast<const ScaledFunctional &>(other);
  return same_number(*s_, *o.s_) && F_->equals(*o.F_);
}

Ref<Functional> ScaledFunctional::rebuilt(const Conversion &conversion) {
  return make_scaled_functional(*s_, F_->convert(conversion));
}

// ---- sum

SumFunctional::SumFunctional(std::vector<Ref<Functional>> terms)
    : Functional(terms.front()->domain), terms_(std::move(terms)) {}

Ref<Array> SumFunctional::value_core(Value &x) const {
  Ref<Array> y = terms_.front()->value_core(x);
  for (std::size_t i = 1; i < terms_.size(); ++i) y = ops::add(*y, *terms_[i]->value_core(x));
  return y;
}

Ref<Value> SumFunctional::grad_core(Value &x) const {
  Ref<Value> g = terms_.front()->grad_core(x);
  for (std::size_t i = 1; i < terms_.size(); ++i)
    g = domain->add_core(*g, *terms_[i]->grad_core(x));
  return g;
}

Functional::ValueAndGrad SumFunctional::value_and_grad_core(Value &x) const {
  ValueAndGrad both = terms_.front()->value_and_grad_core(x);
  for (std::size_t i = 1; i < terms_.size(); ++i) {
    const ValueAndGrad next = terms_[i]->value_and_grad_core(x);
    both.value = ops::add(*both.value, *next.value);
    both.grad = domain->add_core(*both.grad, *next.grad);
  }
  return both;
}

Ref<Array> SumFunctional::vvalue_core(Value &xs) const {
  Ref<Array> ys = terms_.front()->vvalue_core(xs);
  for (std::size_t i = 1; i < terms_.size(); ++i) ys = ops::add(*ys, *terms_[i]->vvalue_core(xs));
  return ys;
}

Ref<Value> SumFunctional::vgrad_core(Value &xs) const {
  Ref<Value> gs = terms_.front()->vgrad_core(xs);
  for (std::size_t i = 1; i < terms_.size(); ++i)
    gs = domain->add_core(*gs, *terms_[i]->vgrad_core(xs));
  return gs;
}

Ref<Value> SumFunctional::hess_apply_core(Value &x, Value &h) const {
  Ref<Value> y = terms_.front()->hess_apply_core(x, h);
  for (std::size_t i = 1; i < terms_.size(); ++i)
    y = domain->add_core(*y, *terms_[i]->hess_apply_core(x, h));
  return y;
}

// t (G + alpha/2 ||x||^2 + <c, x>) + 1/2 ||x - v||^2 is, up to a constant and the factor
// k = 1 + t alpha, t/k G + 1/2 ||x - (v - t c) / k||^2.
Ref<Value> SumFunctional::prox_core(Value &v, double t) const {
  SimpleQuadratic q;
  const Functional *rest = nullptr;
  for (const Ref<Functional> &F : terms_) {
    if (F->add_to(1, q)) continue;
    if (rest != nullptr)
      no_prox("more than one term is neither linear nor a multiple of the squared norm");
    rest = F.get();
  }
  const Ref<Value> center = simple_prox(*this, q, v, t);
  return rest == nullptr ? center : rest->prox_core(*center, t / (1 + t * q.alpha));
}

Ref<Value> SumFunctional::representer() const {
  Ref<Value> c = terms_.front()->representer();
  for (std::size_t i = 1; i < terms_.size(); ++i)
    c = domain->add_core(*c, *terms_[i]->representer());
  return c;
}

bool SumFunctional::has_representer() const noexcept {
  return std::all_of(terms_.begin(), terms_.end(),
                     [](const Ref<Functional> &F) { return F->has_representer(); });
}

bool SumFunctional::is_linear() const noexcept {
  return std::all_of(terms_.begin(), terms_.end(),
                     [](const Ref<Functional> &F) { return F->is_linear(); });
}

bool SumFunctional::add_to(double factor, SimpleQuadratic &to) const {
  SimpleQuadratic all = to;
  for (const Ref<Functional> &F : terms_)
    if (!F->add_to(factor, all)) return false;
  to = std::move(all);
  return true;
}

std::string SumFunctional::text() const {
  std::string text = terms_.front()->text();
  for (std::size_t i = 1; i < terms_.size(); ++i) text += ", " + terms_[i]->text();
  return fmt::format("{}({})", kind(), text);
}

bool SumFunctional::same_values(const Functional &other) const {
  const auto &o = static_cast<const SumFunctional &>(other);
  return std::equal(
      terms_.begin(), terms_.end(), o.terms_.begin(), o.terms_.end(),
      [](const Ref<Functional> &F, const Ref<Functional> &G) { return F->equals(*G); });
}

Ref<Functional> SumFunctional::rebuilt(const Conversion &conversion) {
  std::vector<Ref<Functional>> terms;
  for (const Ref<Functional> &F : terms_) terms.push_back(F->convert(conversion));
  return make<SumFunctional>(std::move(terms));
}

// ---- shifted

ShiftedFunctional::ShiftedFunctional(Ref<Functional> F, Ref<Scalar> c)
    : Functional(F->domain), F_(std::move(F)), c_(std::move(c)) {}

Ref<Array> ShiftedFunctional::value_core(Value &x) const {
  return ops::add(*F_->value_core(x), *c_);
}

Functional::ValueAndGrad ShiftedFunctional::value_and_grad_core(Value &x) const {
  ValueAndGrad both = F_->value_and_grad_core(x);
  both.value = ops::add(*both.value, *c_);
  return both;
}

Ref<Array> ShiftedFunctional::vvalue_core(Value &xs) const {
  return ops::add(*F_->vvalue_core(xs), *c_);
}

std::string ShiftedFunctional::text() const {
  return fmt::format("{}({}, {})", kind(), F_->text(), text_of(*c_));
}

bool ShiftedFunctional::same_values(const Functional &other) const {
  const auto &o = static_cast<const ShiftedFunctional &>(other);
  return same_number(*c_, *o.c_) && F_->equals(*o.F_);
}

Ref<Functional> ShiftedFunctional::rebuilt(const Conversion &conversion) {
  return make<ShiftedFunctional>(F_->convert(conversion), c_);
}

}  // namespace spc
