// SPDX-License-Identifier: Apache-2.0
// Functionals made of functionals. The factories simplify; constructors never do.
#pragma once

#include <span>
#include <vector>

#include "core/functional/functional.hpp"

namespace spc {

/// s F: 0 F is the zero functional, 1 F is F, s (t F) is (s t) F. TypeErr: s is not scalar-like, or
/// complex in a real context.
Ref<Functional> make_scaled_functional(Value &s, const Ref<Functional> &F);
/// F_1 + ... + F_n: nested sums laid flat, zeros dropped, one term left is itself. ValueErr: no term,
/// domains differ.
Ref<Functional> make_functional_sum(std::span<const Ref<Functional>> terms);
/// F + c: 0 gives F, offsets of offsets are added. TypeErr as make_scaled_functional.
Ref<Functional> make_shifted_functional(const Ref<Functional> &F, Value &c);

/// x -> 0
class ZeroFunctional final : public Functional {
 public:
  explicit ZeroFunctional(Ref<Space> x) : Functional(std::move(x)) {}

  const char *kind() const noexcept override { return "ZeroFunctional"; }
  Ref<Array> value_core(Value &) const override;
  Ref<Value> grad_core(Value &) const override { return domain->zeros_core(); }
  Ref<Array> vvalue_core(Value &xs) const override;
  Ref<Value> vgrad_core(Value &xs) const override;
  Ref<Value> hess_apply_core(Value &, Value &) const override { return domain->zeros_core(); }
  Ref<Value> representer() const override { return domain->zeros_core(); }
  bool has_representer() const noexcept override { return true; }
  bool is_zero() const noexcept override { return true; }
  bool add_to(double, SimpleQuadratic &) const override { return true; }

 protected:
  bool same_values(const Functional &) const override { return true; }
  Ref<Functional> rebuilt(const Conversion &conversion) override;
};

/// x -> s F(x), with gradient conj(s) grad F(x).
class ScaledFunctional final : public Functional {
 public:
  ScaledFunctional(Ref<Scalar> s, Ref<Functional> F);

  const char *kind() const noexcept override { return "ScaledFunctional"; }
  Ref<Array> value_core(Value &x) const override;
  Ref<Value> grad_core(Value &x) const override;
  ValueAndGrad value_and_grad_core(Value &x) const override;
  Ref<Array> vvalue_core(Value &xs) const override;
  Ref<Value> vgrad_core(Value &xs) const override;
  Ref<Value> hess_apply_core(Value &x, Value &h) const override;
  Ref<Value> prox_core(Value &v, double t) const override;
  Ref<Value> representer() const override;
  bool has_representer() const noexcept override { return F_->has_representer(); }
  bool is_linear() const noexcept override { return F_->is_linear(); }
  bool add_to(double factor, SimpleQuadratic &to) const override;
  std::string text() const override;

  Scalar &scalar() const noexcept { return *s_; }
  const Ref<Functional> &operand() const noexcept { return F_; }

 protected:
  bool same_values(const Functional &other) const override;
  Ref<Functional> rebuilt(const Conversion &conversion) override;

 private:
  const Ref<Scalar> s_, conjugate_;  // weak
  const Ref<Functional> F_;
};

/// x -> F_1(x) + ... + F_n(x), added from left to right.
class SumFunctional final : public Functional {
 public:
  explicit SumFunctional(std::vector<Ref<Functional>> terms);

  const char *kind() const noexcept override { return "SumFunctional"; }
  Ref<Array> value_core(Value &x) const override;
  Ref<Value> grad_core(Value &x) const override;
  ValueAndGrad value_and_grad_core(Value &x) const override;
  Ref<Array> vvalue_core(Value &xs) const override;
  Ref<Value> vgrad_core(Value &xs) const override;
  Ref<Value> hess_apply_core(Value &x, Value &h) const override;
  /// Of one term that has a prox and simple quadratics. NotImpl otherwise.
  Ref<Value> prox_core(Value &v, double t) const override;
  Ref<Value> representer() const override;
  bool has_representer() const noexcept override;
  bool is_linear() const noexcept override;
  bool add_to(double factor, SimpleQuadratic &to) const override;
  std::string text() const override;

  std::span<const Ref<Functional>> terms() const noexcept { return terms_; }

 protected:
  bool same_values(const Functional &other) const override;
  Ref<Functional> rebuilt(const Conversion &conversion) override;

 private:
  const std::vector<Ref<Functional>> terms_;
};

/// x -> F(x) + c
class ShiftedFunctional final : public Functional {
 public:
  ShiftedFunctional(Ref<Functional> F, Ref<Scalar> c);

  const char *kind() const noexcept override { return "ShiftedFunctional"; }
  Ref<Array> value_core(Value &x) const override;
  Ref<Value> grad_core(Value &x) const override { return F_->grad_core(x); }
  ValueAndGrad value_and_grad_core(Value &x) const override;
  Ref<Array> vvalue_core(Value &xs) const override;
  Ref<Value> vgrad_core(Value &xs) const override { return F_->vgrad_core(xs); }
  Ref<Value> hess_apply_core(Value &x, Value &h) const override {
    return F_->hess_apply_core(x, h);
  }
  Ref<Value> prox_core(Value &v, double t) const override { return F_->prox_core(v, t); }
  bool add_to(double factor, SimpleQuadratic &to) const override { return F_->add_to(factor, to); }
  std::string text() const override;

  Scalar &offset() const noexcept { return *c_; }
  const Ref<Functional> &operand() const noexcept { return F_; }

 protected:
  bool same_values(const Functional &other) const override;
  Ref<Functional> rebuilt(const Conversion &conversion) override;

 private:
  const Ref<Functional> F_;
  const Ref<Scalar> c_;  // weak
};

}  // namespace spc
