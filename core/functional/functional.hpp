// SPDX-License-Identifier: Apache-2.0
// Functionals F: X -> K (spec 4).
#pragma once

#include <string>

#include "core/linop/linop.hpp"
#include "core/space/element.hpp"
#include "core/space/space.hpp"

namespace spc {

/// c <., .> and 1/2 alpha <., .> of a functional that is no more than that and a constant.
struct SimpleQuadratic {
  double alpha = 0;
  Ref<Value> c;  // nullptr: 0
};

/// A scalar function on a space. Immutable. The public forms check their operands by the level of
/// the domain; the forms that end in _core check nothing.
class Functional : public Object {
 public:
  const Ref<Context> ctx;
  const Ref<Space> domain;

  /// Class name.
  virtual const char *kind() const noexcept = 0;
  /// The argument of the functions of the program that it is made of; nullptr: none.
  virtual UserData *user_data() const noexcept { return nullptr; }

  /// F(x), 0-d.
  Ref<Array> value(Value &x) const;
  /// The metric gradient: Re <grad F(x), h> = Re DF(x)[h].
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
  /// argmin_x t Re F(x) + 1/2 ||x - v||^2. ValueErr: t.
  Ref<Value> prox(Value &v, double t) const;

  virtual Ref<Array> value_core(Value &x) const = 0;
  /// NotImpl unless a class has one.
  virtual Ref<Value> grad_core(Value &x) const;
  /// One after the other unless a class shares work.
  virtual ValueAndGrad value_and_grad_core(Value &x) const;
  /// Item by item unless a class knows better.
  virtual Ref<Array> vvalue_core(Value &xs) const;
  virtual Ref<Value> vgrad_core(Value &xs) const;
  virtual Ref<Value> hess_apply_core(Value &x, Value &h) const;
  /// That of a simple quadratic where F is one; otherwise NotImpl.
  virtual Ref<Value> prox_core(Value &v, double t) const;

  /// The c of <c, .>. NotImpl.
  virtual Ref<Value> representer() const;
  virtual bool has_representer() const noexcept { return false; }
  virtual bool is_linear() const noexcept { return has_representer(); }
  /// True if F vanishes by structure.
  virtual bool is_zero() const noexcept { return false; }
  /// Adds factor F to `to` and gives true where F is a simple quadratic; false leaves `to` as it is.
  virtual bool add_to(double factor, SimpleQuadratic &to) const;

  /// Same class and domain and exactly equal values.
  bool equals(const Functional &other) const;
  /// The functional in the context that a conversion gives it, with its domain, elements and
  /// operands; itself if that changes nothing.
  Ref<Functional> convert(const Conversion &conversion);
  /// Deterministic text for people: class, shape of the domain, parameters, operands.
  virtual std::string text() const;

 protected:
  explicit Functional(Ref<Space> x) : ctx(x->ctx), domain(std::move(x)) {}

  virtual bool same_values(const Functional &other) const = 0;
  virtual Ref<Functional> rebuilt(const Conversion &conversion) = 0;
  /// NotImpl `functional_prox: {kind} has no closed form: why`.
  [[noreturn]] [[gnu::cold]] void no_prox(const std::string &why) const;
  /// At level standard and above: ValueErr unless y has the shape of a scalar, or of one for each
  /// element of a batch.
  void check_scalars(const Array &y, const Dims &leading) const;
};

/// The proximal point of a simple quadratic: (v - t c) / (1 + t alpha). NotImpl: 1 + t alpha <= 0.
Ref<Value> simple_prox(const Functional &F, const SimpleQuadratic &q, Value &v, double t);

/// F at coordinates, for optimizers outside: Re F(x), and flatten(riesz(grad F(x))); either may be
/// nullptr. ValueErr: n is not the size, a complex field; TypeErr: no inner product.
void objective(const Functional &F, std::int64_t n, const double *v, double *value,
               double *gradient);

/// Same structure, shapes, dtypes and values.
bool same_elements(const Space &space, Value &x, Value &y);

}  // namespace spc
