// SPDX-License-Identifier: Apache-2.0
// Geometries: the inner product of a space and its Riesz maps.
#pragma once

#include <string>

#include "core/array/value.hpp"

namespace spc {

class Context;
class Space;
class UserData;

/// An inner product <x, y> = vdot(x, R y), conjugate-linear in x, with its Riesz map R. Immutable.
/// The maps work on elements as they are and check nothing; the space does.
class Geometry : public Object {
 public:
  /// Class name for messages and equality.
  virtual const char *kind() const noexcept = 0;
  /// The argument of the functions of the program that it is made of; nullptr: none.
  virtual UserData *user_data() const noexcept { return nullptr; }
  virtual bool is_euclidean() const noexcept { return false; }
  /// Invariants of a space over this geometry; they hold at every check level. TypeErr, ValueErr.
  virtual void validate_for(const Space &space) const = 0;
  /// The same geometry with its arrays in the family and dtype of ctx.
  virtual Ref<Geometry> converted_to(Context &ctx) = 0;
  /// Same class and exactly equal values.
  virtual bool equals(const Geometry &other) const = 0;

  /// <x, y>, 0-d.
  virtual Ref<Array> inner(Array &x, Array &y) const = 0;
  /// out = <x, y>; work is an element of the space, needed unless Euclidean.
  virtual void inner_into(Array &x, Array &y, Array *work, Array &out) const = 0;
  /// R x, R^-1 x; leading axes of a batch are kept. x itself where R is the identity.
  virtual Ref<Array> riesz(Array &x) const = 0;
  virtual Ref<Array> riesz_inverse(Array &x) const = 0;
  /// out = R x, out = R^-1 x; out may be x.
  virtual void riesz_into(Array &x, Array &out) const = 0;
  virtual void riesz_inverse_into(Array &x, Array &out) const = 0;

  /// The weights of a diagonal R (nullptr for R = 1).
  virtual Array *weights() const noexcept { return nullptr; }
};

/// <x, y> = vdot(x, y), R = 1.
class EuclideanGeometry final : public Geometry {
 public:
  const char *kind() const noexcept override { return "EuclideanInnerProduct"; }
  bool is_euclidean() const noexcept override { return true; }
  void validate_for(const Space &) const override {}
  Ref<Geometry> converted_to(Context &) override;
  bool equals(const Geometry &other) const override { return other.is_euclidean(); }

  Ref<Array> inner(Array &x, Array &y) const override;
  void inner_into(Array &x, Array &y, Array *work, Array &out) const override;
  Ref<Array> riesz(Array &x) const override { return Ref<Array>::share(&x); }
  Ref<Array> riesz_inverse(Array &x) const override { return Ref<Array>::share(&x); }
  void riesz_into(Array &x, Array &out) const override;
  void riesz_inverse_into(Array &x, Array &out) const override;
};

/// <x, y> = vdot(x, w y) with real, finite, positive weights w; R x = w x.
class WeightedGeometry final : public Geometry {
 public:
  /// Keeps a copy of an array of weights; anything else is refused by validate_for.
  explicit WeightedGeometry(Value &weights);

  const char *kind() const noexcept override { return "WeightedInnerProduct"; }
  void validate_for(const Space &space) const override;
  Ref<Geometry> converted_to(Context &ctx) override;
  bool equals(const Geometry &other) const override;

  Ref<Array> inner(Array &x, Array &y) const override;
  void inner_into(Array &x, Array &y, Array *work, Array &out) const override;
  Ref<Array> riesz(Array &x) const override;
  Ref<Array> riesz_inverse(Array &x) const override;
  void riesz_into(Array &x, Array &out) const override;
  void riesz_inverse_into(Array &x, Array &out) const override;

  /// Only after validate_for.
  Array *weights() const noexcept override { return static_cast<Array *>(weights_.get()); }

 private:
  const Ref<Value> weights_;  // own copy; any value until a space has validated it
};

/// The one Euclidean geometry.
Ref<Geometry> euclidean_geometry();

}  // namespace spc
