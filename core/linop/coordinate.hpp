// SPDX-License-Identifier: Apache-2.0
// Operators that are a map of coordinates.
#pragma once

#include <string>

#include "core/linop/linop.hpp"

namespace spc {

/// y = unflatten_Y(M flatten_X(x)), and with it the adjoint R_X^-1 M^H R_Y, batches and all modes,
/// for a matrix M that a class applies without having it.
class CoordinateLinOp : public LinOp {
 public:
  Ref<Value> apply_core(Value &x) const final;
  Ref<Value> rapply_core(Value &y) const final;
  Ref<Value> vapply_core(Value &xs) const final;
  Ref<Value> rvapply_core(Value &ys) const final;
  void apply_into_core(Value *alpha, Value &x, Value *beta, Value &y, Mode mode) const final;
  bool runs_user_code() const noexcept override { return !diagonal_metrics(); }
  Verdict is_hermitian() const override { return is(Property::hermitian); }
  Verdict is(Property property) const override;
  void explain(Explanation &to, Mode mode) const override;

 protected:
  explicit CoordinateLinOp(Endpoints e)
      : LinOp(std::move(e.ctx), std::move(e.domain), std::move(e.codomain)) {}

  /// M x, or M^H x if adjoint, of every row of x: (..., n) to (..., m).
  virtual Ref<Array> map(Array &x, bool adjoint) const = 0;
  /// What structure says of M in coordinates, that is between Euclidean spaces.
  virtual Verdict coordinates_are(Property) const { return Verdict::unknown; }
  /// The line of an explanation below the head.
  virtual std::string how() const = 0;

 private:
  Ref<Array> map(Array &x, Mode mode) const;
};

}  // namespace spc
