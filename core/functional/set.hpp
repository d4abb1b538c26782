// SPDX-License-Identifier: Apache-2.0
// Closed convex sets with metric projections.
#pragma once

#include <string>

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
  /// ||x - project(x)|| <= tol max(1, ||x||)
  bool contains(Value &x, double tol) const;
  virtual bool equals(const Set &other) const = 0;
  virtual Ref<Set> convert(const Conversion &conversion) = 0;

 protected:
  explicit Set(Ref<Space> s) : space(std::move(s)) {}
};

}  // namespace spc
