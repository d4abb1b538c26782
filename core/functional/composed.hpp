// SPDX-License-Identifier: Apache-2.0
// Pull-backs F o A.
#pragma once

#include "core/functional/functional.hpp"

namespace spc {

/// x -> F(A x): <c, .> becomes <A# c, .>, a quadratic form that of A# Q A with its linear part pulled
/// back, the zero functional that of the domain; anything else a ComposedFunctional. ValueErr:
/// A.codomain is not F.domain; TypeErr: a quadratic form with a matrix-free linear part.
Ref<Functional> make_functional_composed(const Ref<Functional> &F, const Ref<LinOp> &A);

/// x -> F(A x), with gradient A#(grad F(A x)).
class ComposedFunctional final : public Functional {
 public:
  ComposedFunctional(Ref<Functional> F, Ref<LinOp> A);

  const char *kind() const noexcept override { return "ComposedFunctional"; }
  Ref<Array> value_core(Value &x) const override;
  Ref<Value> grad_core(Value &x) const override;
  ValueAndGrad value_and_grad_core(Value &x) const override;
  Ref<Array> vvalue_core(Value &xs) const override;
  Ref<Value> vgrad_core(Value &xs) const override;
  Ref<Value> hess_apply_core(Value &x, Value &h) const override;
  /// A# prox of F at A v where A is unitary. NotImpl otherwise.
  Ref<Value> prox_core(Value &v, double t) const override;
  Ref<Value> representer() const override;
  bool has_representer() const noexcept override { return F_->has_representer(); }
  bool is_linear() const noexcept override { return F_->is_linear(); }
  std::string text() const override;

 protected:
  bool same_values(const Functional &other) const override;
  Ref<Functional> rebuilt(const Conversion &conversion) override;

 private:
  const Ref<Functional> F_;
  const Ref<LinOp> A_;
};

}  // namespace spc
