// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/linop/derived.hpp"
#include "core/linop/linop.hpp"
#include "core/space/geometry.hpp"

namespace spc {

/// <x, y> = vdot(x, R y) for a self-adjoint, positive operator R: E -> E on a Euclidean space E of
/// arrays. R^-1 is the given operator, one by R's structure or a factorization, or none; then every
/// R^-1 x is solved for by conjugate gradients.
class OperatorGeometry final : public Geometry {
 public:
  /// inverse nullptr: see positive_inverse; rtol: see solve_positive. ValueErr: not square, not
  /// Euclidean, provably not self-adjoint; TypeErr: E is no space of arrays; LinAlgErr: structure or
  /// a factorization shows that R is not positive.
  static Ref<Geometry> create(const Ref<LinOp> &R, Ref<LinOp> inverse, double rtol);

  OperatorGeometry(Ref<LinOp> R, Ref<LinOp> given, double rtol);
  const char *kind() const noexcept override { return "OperatorInnerProduct"; }
  void validate_for(const Space &space) const override;
  Ref<Geometry> converted_to(Context &ctx) override;
  bool equals(const Geometry &other) const override;

  Ref<Array> inner(Array &x, Array &y) const override;
  void inner_into(Array &x, Array &y, Array *work, Array &out) const override;
  Ref<Array> riesz(Array &x) const override;
  /// RuntimeErr: conjugate gradients did not converge.
  Ref<Array> riesz_inverse(Array &x) const override;
  void riesz_into(Array &x, Array &out) const override;
  void riesz_inverse_into(Array &x, Array &out) const override;

 private:
  Ref<Array> mapped(const LinOp &map, Array &x) const;
  Ref<Value> solved(Value &x) const;
  /// R^-1 as an operator, made anew when R's arrays were written; nullptr: by cg.
  Ref<LinOp> inverse() const;

  const Ref<LinOp> R_;
  const Ref<LinOp> given_;  // nullptr: none
  const double rtol_;       // as it was given; 0: the default
  Derived<Ref<LinOp>> derived_;
};

}  // namespace spc
