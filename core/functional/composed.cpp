// SPDX-License-Identifier: Apache-2.0
#include "core/functional/composed.hpp"

#include "core/functional/algebra.hpp"
#include "core/functional/linear.hpp"
#include "core/functional/quadratic.hpp"
#include "core/support/error.hpp"

namespace spc {

Ref<Functional> make_functional_composed(const Ref<Functional> &F, const Ref<LinOp> &A) {
  if (!A->codomain->interchangeable(*F->domain))
    fail(SPC_E_VALUE, "ComposedFunctional requires A.codomain == F.domain; got {} and {}",
         A->codomain->text(), F->domain->text());
  if (F->is_zero()) return make<ZeroFunctional>(A->domain);
  if (dynamic_cast<const InnerProductFunctional *>(F.get()) != nullptr)
    return make<InnerProductFunctional>(A->domain,
                                        A->domain->tagged(A->rapply_core(*F->representer())));
  if (const auto *q = dynamic_cast<const LinOpQuadraticForm *>(F.get())) return q->pulled_back(A);
  return make<ComposedFunctional>(F, A);
}

ComposedFunctional::ComposedFunctional(Ref<Functional> F, Ref<LinOp> A)
    : Functional(A->domain), F_(std::move(F)), A_(std::move(A)) {}

Ref<Array> ComposedFunctional::value_core(Value &x) const {
  return F_->value_core(*A_->apply_core(x));
}

Ref<Value> ComposedFunctional::grad_core(Value &x) const {
  return A_->rapply_core(*F_->grad_core(*A_->apply_core(x)));
}

Functional::ValueAndGrad ComposedFunctional::value_and_grad_core(Value &x) const {
  ValueAndGrad both = F_->value_and_grad_core(*A_->apply_core(x));
  both.grad = A_->rapply_core(*both.grad);
  return both;
}

Ref<Array> ComposedFunctional::vvalue_core(Value &xs) const {
  return F_->vvalue_core(*A_->vapply_core(xs));
}

Ref<Value> ComposedFunctional::vgrad_core(Value &xs) const {
  return A_->rvapply_core(*F_->vgrad_core(*A_->vapply_core(xs)));
}

Ref<Value> ComposedFunctional::hess_apply_core(Value &x, Value &h) const {
  return A_->rapply_core(*F_->hess_apply_core(*A_->apply_core(x), *A_->apply_core(h)));
}

Ref<Value> ComposedFunctional::prox_core(Value &v, double t) const {
  if (F_->has_representer()) return Functional::prox_core(v, t);
  if (A_->is(Property::unitary) != Verdict::yes)
    no_prox(fmt::format("{} is not known to be unitary", A_->kind()));
  return A_->rapply_core(*F_->prox_core(*A_->apply_core(v), t));
}

Ref<Value> ComposedFunctional::representer() const {
  return domain->tagged(A_->rapply_core(*F_->representer()));
}

std::string ComposedFunctional::text() const {
  return fmt::format("{}({}, {})", kind(), F_->text(), A_->text());
}

bool ComposedFunctional::same_values(const Functional &other) const {
  const auto &o = static_cast<const ComposedFunctional &>(other);
  return F_->equals(*o.F_) && A_->equals(*o.A_);
}

Ref<Functional> ComposedFunctional::rebuilt(const Conversion &conversion) {
  return make_functional_composed(F_->convert(conversion), A_->convert(conversion));
}

}  // namespace spc
