// SPDX-License-Identifier: Apache-2.0
// Functionals of the coordinates, entry by entry: one code for elements of every shape, trees and
// batches.
#pragma once

#include <string>

#include "core/functional/functional.hpp"
#include "core/ops/ops.hpp"

namespace spc {

/// Sum over the last axis.
Ref<Array> sum_last(Array &x);
/// (sum |x_i|^p)^(1/p) over the last axis, which stays with length 1 if asked.
Ref<Array> norm_last(Array &x, double p, bool keepdims = false);
/// sign(x) max(|x| - tau, 0); tau is a number or broadcasts.
Ref<Array> shrunk(Array &x, Value &tau);

/// t / w by entries of the coordinates, 0-d where the metric is the identity, of the real dtype. Only
/// of a diagonal metric.
Ref<Array> metric_step(const Space &space, double t);
/// TypeErr `who requires a real field, got complex128` over the complex field.
void require_real(const Space &space, const char *who);

/// F(x) = f(coordinates of x), metric gradient R^-1 f'. What it computes with is (..., size).
class CoordinateFunctional : public Functional {
 public:
  Ref<Array> value_core(Value &x) const final;
  Ref<Value> grad_core(Value &x) const final;
  Ref<Array> vvalue_core(Value &xs) const final;
  Ref<Value> vgrad_core(Value &xs) const final;
  Ref<Value> hess_apply_core(Value &x, Value &h) const final;
  Ref<Value> prox_core(Value &v, double t) const final;

 protected:
  using Functional::Functional;

  /// (..., n) -> (...)
  virtual Ref<Array> f(Array &x) const = 0;
  /// (..., n): the derivative along each coordinate.
  virtual Ref<Array> slope(Array &x) const = 0;
  /// (n): the derivative of slope along h. NotImpl.
  virtual Ref<Array> curvature(Array &x, Array &h) const;
  /// (n): argmin t f(x) + 1/2 sum w_i |x_i - v_i|^2, step being t / w. NotImpl.
  virtual Ref<Array> nearest(Array &v, Array &step) const;
  /// What nearest needs of the domain.
  virtual void require_prox() const;
};

}  // namespace spc
