// SPDX-License-Identifier: Apache-2.0
// Quadratic forms of operators, and least squares.
#pragma once

#include "core/functional/functional.hpp"
#include "core/linop/derived.hpp"

namespace spc {

/// x -> 1/2 <x, Q x> + linear(x) + a, with gradient Q x + representer. An operator that is not known
/// to be self-adjoint is trusted to be.
class LinOpQuadraticForm final : public Functional {
 public:
  /// linear nullptr: 0; a nullptr: 0. TypeErr: linear is not linear; ValueErr: Q not square or
  /// provably not self-adjoint, domains differ, a not 0-d.
  static Ref<Functional> create(Ref<LinOp> Q, Ref<Functional> linear, Value *a);
  LinOpQuadraticForm(Ref<LinOp> q, Ref<Functional> linear, Ref<Scalar> a);

  const Ref<LinOp> Q;

  const char *kind() const noexcept override { return "LinOpQuadraticForm"; }
  Ref<Array> value_core(Value &x) const override;
  Ref<Value> grad_core(Value &x) const override;
  ValueAndGrad value_and_grad_core(Value &x) const override;
  Ref<Array> vvalue_core(Value &xs) const override;
  Ref<Value> vgrad_core(Value &xs) const override;
  Ref<Value> hess_apply_core(Value &, Value &h) const override { return Q->apply_core(h); }
  /// (1 + t Q)^-1 (v - t c): by entries for a diagonal Q, by the inverse of 1 + t Q where that is at
  /// hand (it is kept for the last t), else by cg. NotImpl: no representer, 1 + t Q not positive.
  Ref<Value> prox_core(Value &v, double t) const override;
  bool add_to(double factor, SimpleQuadratic &to) const override;
  std::string text() const override;

  /// The form of A# Q A. TypeErr: the linear part has no representer.
  Ref<Functional> pulled_back(const Ref<LinOp> &A) const;

 protected:
  bool same_values(const Functional &other) const override;
  Ref<Functional> rebuilt(const Conversion &conversion) override;

 private:
  /// 1/2 <x, q> + linear(x) + a
  Ref<Array> value_from(Value &x, Value &q) const;
  /// q + representer
  Ref<Value> grad_from(Ref<Value> q) const;
  /// 1 + t Q and its inverse; nullptr: not at hand.
  struct Shifted {
    double t;
    Ref<LinOp> op, inverse;
  };
  Shifted shifted(double t) const;

  const Ref<Functional> linear_;  // nullptr: 0
  const Ref<Scalar> a_;           // weak
  Derived<Shifted> shifted_;      // of the last t
};

/// scale <A x - b, W (A x - b)>_Y with W diagonal; weights nullptr: W = 1. ValueErr: scale not
/// positive and finite; weights of another shape, not finite or not positive, or W not self-adjoint
/// in the geometry of Y.
Ref<Functional> least_squares(const Ref<LinOp> &A, Value &b, Value *weights, double scale);

}  // namespace spc
