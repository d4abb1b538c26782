// SPDX-License-Identifier: Apache-2.0
// Norms and divergences.
#pragma once

#include "core/functional/coordinates.hpp"

namespace spc {

/// 1/2 Re <x, x>, with gradient x.
class SquaredL2NormFunctional final : public Functional {
 public:
  /// TypeErr: no inner product.
  static Ref<Functional> create(const Ref<Space> &domain);
  explicit SquaredL2NormFunctional(Ref<Space> x) : Functional(std::move(x)) {}

  const char *kind() const noexcept override { return "SquaredL2NormFunctional"; }
  Ref<Array> value_core(Value &x) const override;
  Ref<Value> grad_core(Value &x) const override { return Ref<Value>::share(&x); }
  Ref<Array> vvalue_core(Value &xs) const override;
  Ref<Value> vgrad_core(Value &xs) const override { return Ref<Value>::share(&xs); }
  Ref<Value> hess_apply_core(Value &, Value &h) const override { return Ref<Value>::share(&h); }
  bool add_to(double factor, SimpleQuadratic &to) const override;

 protected:
  bool same_values(const Functional &) const override { return true; }
  Ref<Functional> rebuilt(const Conversion &conversion) override;
};

/// ValueErr unless p is finite and at least 1.
void check_exponent(double p, const char *who);
/// Derivatives of the p-norm `size` of x along its entries: sign(x) (|x| / size)^(p-1), 0 at 0.
Ref<Array> norm_slope(Array &x, Array &size, double p);

/// (sum |x_i|^p)^(1/p), without weights.
class LpNormFunctional final : public CoordinateFunctional {
 public:
  /// TypeErr: no inner product; ValueErr: p.
  static Ref<Functional> create(const Ref<Space> &domain, double p);
  LpNormFunctional(Ref<Space> x, double p) : CoordinateFunctional(std::move(x)), p_(p) {}

  const char *kind() const noexcept override { return "LpNormFunctional"; }
  std::string text() const override;

 protected:
  Ref<Array> f(Array &x) const override { return norm_last(x, p_); }
  Ref<Array> slope(Array &x) const override;
  /// For p >= 2; not finite at the origin.
  Ref<Array> curvature(Array &x, Array &h) const override;
  Ref<Array> nearest(Array &v, Array &step) const override;
  /// p = 1 in diagonal geometries, p = 2 in the Euclidean one.
  void require_prox() const override;
  bool same_values(const Functional &other) const override;
  Ref<Functional> rebuilt(const Conversion &conversion) override;

 private:
  const double p_;
};

/// sum over x_i > 0 of x_i log x_i. Natural domain x > 0: the gradient is -inf at 0 and NaN below,
/// the prox searches x >= 0.
class NegativeEntropyFunctional final : public CoordinateFunctional {
 public:
  /// TypeErr: complex field, no inner product.
  static Ref<Functional> create(const Ref<Space> &domain);
  explicit NegativeEntropyFunctional(Ref<Space> x) : CoordinateFunctional(std::move(x)) {}

  const char *kind() const noexcept override { return "NegativeEntropyFunctional"; }

 protected:
  Ref<Array> f(Array &x) const override;
  Ref<Array> slope(Array &x) const override;
  Ref<Array> curvature(Array &x, Array &h) const override;
  Ref<Array> nearest(Array &v, Array &step) const override;
  bool same_values(const Functional &) const override { return true; }
  Ref<Functional> rebuilt(const Conversion &conversion) override;
};

/// sum over x_i > 0 of x_i log(x_i / t_i), otherwise as NegativeEntropyFunctional.
class KLDivergenceFunctional final : public CoordinateFunctional {
 public:
  /// TypeErr: complex field, no inner product; SpaceValidation; ValueErr at level standard and above:
  /// a target that is not positive.
  static Ref<Functional> create(const Ref<Space> &domain, Value &target);
  KLDivergenceFunctional(Ref<Space> x, Ref<Value> target);

  const char *kind() const noexcept override { return "KLDivergenceFunctional"; }

 protected:
  Ref<Array> f(Array &x) const override;
  Ref<Array> slope(Array &x) const override;
  Ref<Array> curvature(Array &x, Array &h) const override;
  Ref<Array> nearest(Array &v, Array &step) const override;
  bool same_values(const Functional &other) const override;
  Ref<Functional> rebuilt(const Conversion &conversion) override;

 private:
  const Ref<Value> target_;
  const Ref<Array> t_;  // its coordinates
};

/// sum of r^2 / 2 where r = |x_i| <= delta, else delta (r - delta / 2).
class HuberFunctional final : public CoordinateFunctional {
 public:
  /// TypeErr: no inner product; ValueErr: delta not finite or not positive.
  static Ref<Functional> create(const Ref<Space> &domain, double delta);
  HuberFunctional(Ref<Space> x, double delta) : CoordinateFunctional(std::move(x)), delta_(delta) {}

  const char *kind() const noexcept override { return "HuberFunctional"; }
  std::string text() const override;

 protected:
  Ref<Array> f(Array &x) const override;
  Ref<Array> slope(Array &x) const override;
  /// h inside, the part across x outside.
  Ref<Array> curvature(Array &x, Array &h) const override;
  Ref<Array> nearest(Array &v, Array &step) const override;
  bool same_values(const Functional &other) const override;
  Ref<Functional> rebuilt(const Conversion &conversion) override;

 private:
  const double delta_;
};

/// argmin_x <c, x> + eps ||x - x0||_X^2 + lam ||x||_1, over x >= 0 if nonneg. ValueErr: eps, lam,
/// shapes, nonneg on complex data, a geometry that is not diagonal; TypeErr: X has no geometry.
Ref<Value> generalized_shrinkage(const Space &X, Value &c, Value &x0, double eps, double lam,
                                 bool nonneg);

}  // namespace spc
