// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/space/geometry.hpp"

namespace spc {

/// <x, y> = vdot(x, G y) in coordinates for a Hermitian, positive definite matrix G. R x = G x, and
/// R^-1 x = L^-H L^-1 x with G = L L^H; L^-1 is made once.
class GramGeometry final : public Geometry {
 public:
  /// Keeps a copy of an array; anything else is refused by validate_for.
  explicit GramGeometry(Value &gram);

  const char *kind() const noexcept override { return "GramInnerProduct"; }
  void validate_for(const Space &space) const override;
  Ref<Geometry> converted_to(Context &ctx) override;
  bool equals(const Geometry &other) const override;

  Ref<Array> inner(Array &x, Array &y) const override;
  void inner_into(Array &x, Array &y, Array *work, Array &out) const override;
  Ref<Array> riesz(Array &x) const override;
  Ref<Array> riesz_inverse(Array &x) const override;
  void riesz_into(Array &x, Array &out) const override;
  void riesz_inverse_into(Array &x, Array &out) const override;

 private:
  Array &gram() const noexcept { return static_cast<Array &>(*gram_); }
  /// L^-1. LinAlgErr.
  Ref<Array> factor() const;

  const Ref<Value> gram_;      // own copy; any value until a space has validated it
  mutable Ref<Array> factor_;  // under lock_of(this), set once
};

}  // namespace spc
