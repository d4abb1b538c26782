// SPDX-License-Identifier: Apache-2.0
// Closed convex sets with metric projections.
#pragma once

#include <string>

#include "core/linop/linop.hpp"
#include "core/space/space.hpp"

namespace spc {

/// A closed convex subset of a space. Immutable.
class Set : public Object {
 public:
  const Ref<Space> space;

  /// Class name.
  virtual const char *kind() const noexcept = 0;
  /// The point of the set nearest to x in the norm of the space.
  Ref<Value> project(Value &x) const;
  virtual Ref<Value> project_core(Value &x) const = 0;
  /// ||x - project(x)|| <= tol max(1, ||x||). ValueErr: tol is negative or NaN.
  bool contains(Value &x, double tol) const;
  bool contains_core(Value &x, double tol) const;
  /// Same class and space and exactly equal values.
  bool equals(const Set &other) const;
  /// The set in the context that a conversion gives its space; itself if that changes nothing.
  Ref<Set> convert(const Conversion &conversion);
  /// Deterministic text for people: class, shape, parameters.
  virtual std::string text() const;

 protected:
  explicit Set(Ref<Space> s) : space(std::move(s)) {}
  virtual bool same_values(const Set &other) const = 0;
  virtual Ref<Set> rebuilt(const Conversion &conversion) = 0;
};

/// {x: x_i >= 0}. TypeErr: complex field, no inner product; ValueErr: a geometry that is not
/// diagonal.
Ref<Set> nonnegative_set(const Ref<Space> &space);
/// {x: lower <= x <= upper}; nullptr: no bound. ValueErr: lower > upper somewhere, NaN; otherwise as
/// nonnegative_set.
Ref<Set> box_set(const Ref<Space> &space, Value *lower, Value *upper);
/// {x: ||x - center|| <= radius}; center nullptr: 0. ValueErr: radius; TypeErr: no inner product.
Ref<Set> ball_set(const Ref<Space> &space, Value *center, double radius);
/// {x: x_i >= 0, sum x_i = total}. ValueErr: total; no coordinates; otherwise as nonnegative_set.
Ref<Set> simplex_set(const Ref<Space> &space, double total);
/// {x: A x = b}. The matrix of A A# is made and decomposed here where it has at most 2000 rows, so
/// that redundant rows do no harm; otherwise every projection runs cg. LinAlgErr: no solution;
/// RuntimeErr, at a projection: cg does not converge.
Ref<Set> affine_set(const Ref<LinOp> &A, Value &b);
/// Elements of a Euclidean Jordan algebra without negative eigenvalues. TypeErr: another space.
Ref<Set> psd_set(const Ref<Space> &space);

}  // namespace spc
