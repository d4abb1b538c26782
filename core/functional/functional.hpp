// SPDX-License-Identifier: Apache-2.0
// Functionals F: X -> K (spec 4).
#pragma once

#include <string>

#include "core/linop/linop.hpp"
#include "core/space/space.hpp"

namespace spc {

/// A scalar function on a space. Immutable. The public forms check their operands by the level of
/// the domain; the forms that end in _core check nothing.
class Functional : public Object {
 public:
  const Ref<Context> ctx;
  const Ref<Space> domain;

  /// Class name.
  virtual const char *kind() const noexcept = 0;

  /// F(x), 0-d.
  Ref<Array> value(Value &x) const;
  /// The metric gradient: Re <grad F(x), h> = DF(x)[h].
  Ref<Value> grad(Value &x) const;
  struct ValueAndGrad {
    Ref<Array> value;
    Ref<Value> grad;
  };
  ValueAndGrad value_and_grad(Value &x) const;
  /// (...): F of every element of a batch.
  Ref<Array> vvalue(Value &xs) const;
  Ref<Value> vgrad(Value &xs) const;
  /// The derivative of the gradient at x along h.
  Ref<Value> hess_apply(Value &x, Value &h) const;
  /// argmin_x t F(x) + 1/2 ||x - v||^2. ValueErr: t.
  Ref<Value> prox(Value &v, double t) const;

  virtual Ref<Array> value_core(Value &x) const = 0;
  /// NotImpl unless a class has one.
  virtual Ref<Value> grad_core(Value &x) const;
  virtual ValueAndGrad value_and_grad_core(Value &x) const;
  /// Item by item unless a class knows better.
  virtual Ref<Array> vvalue_core(Value &xs) const;
  virtual Ref<Value> vgrad_core(Value &xs) const;
  virtual Ref<Value> hess_apply_core(Value &x, Value &h) const;
  virtual Ref<Value> prox_core(Value &v, double t) const;
  /// The c of <c, .>. NotImpl.
  virtual Ref<Value> representer() const;
  virtual bool is_linear() const noexcept { return false; }

  /// Same class and domain and exactly equal values.
  bool equals(const Functional &other) const;
  Ref<Functional> convert(const Conversion &conversion);
  virtual std::string text() const;

 protected:
  /// The domain in the context.
  Functional(Ref<Context> c, Ref<Space> x) : ctx(std::move(c)), domain(std::move(x)) {}

  virtual bool same_values(const Functional &other) const = 0;
  virtual Ref<Functional> rebuilt(const Conversion &conversion, Context &to) = 0;
};

}  // namespace spc
