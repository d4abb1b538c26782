// SPDX-License-Identifier: Apache-2.0
#include "core/functional/toolbox.hpp"

#include <cmath>

#include "core/functional/scalars.hpp"
#include "core/support/error.hpp"

namespace spc {

namespace {

Ref<Array> call(Op op, Value &a) {
  return ops::call(op, {&a});
}
Ref<Array> call(Op op, Value &a, Value &b) {
  return ops::call(op, {&a, &b});
}
Ref<Array> choose(Value &condition, Value &yes, Value &no) {
  return ops::call(Op::where, {&condition, &yes, &no});
}

void require_inner(const Space &space, const char *who) {
  if (!space.has(Capability::inner_product))
    fail(SPC_E_TYPE, "{}: the domain is a {} without inner product", who, space.kind());
}

// Re(conj(a) b) by entries.
Ref<Array> real_product(Array &a, Array &b) {
  return ops::real(*ops::multiply(*ops::conj(a), b));
}

}  // namespace

// ---- squared 2-norm

Ref<Functional> SquaredL2NormFunctional::create(const Ref<Space> &domain) {
  require_inner(*domain, "SquaredL2NormFunctional");
  return make<SquaredL2NormFunctional>(domain);
}

Ref<Array> SquaredL2NormFunctional::value_core(Value &x) const {
  const Weak half(0.5);
  return ops::multiply(*half, *ops::real(*domain->inner_core(x, x)));
}

Ref<Array> SquaredL2NormFunctional::vvalue_core(Value &xs) const {
  const Weak half(0.5);
  return ops::multiply(*half, *ops::real(*domain->inner_batch_core(xs, xs)));
}

bool SquaredL2NormFunctional::add_to(double factor, SimpleQuadratic &to) const {
  to.alpha += factor;
  return true;
}

Ref<Functional> SquaredL2NormFunctional::rebuilt(const Conversion &conversion) {
  return create(domain->convert(conversion));
}

// ---- p-norms

void check_exponent(double p, const char *who) {
  if (!std::isfinite(p) || p < 1)
    fail(SPC_E_VALUE, "{}: p is {}, expected a finite number >= 1", who, p);
}

Ref<Array> norm_slope(Array &x, Array &size, double p) {
  const Ref<Array> sign = call(Op::sign, x);
  if (p == 1) return sign;
  const Weak zero(0), one(1), exponent(p - 1);
  const Ref<Array> positive = call(Op::greater, size, *zero);
  const Ref<Array> divisor = choose(*positive, size, *one);
  const Ref<Array> ratio = ops::divide(*call(Op::abs, x), *divisor);
  return ops::multiply(*sign, *call(Op::power, *ratio, *exponent));
}

Ref<Functional> LpNormFunctional::create(const Ref<Space> &domain, double p) {
  require_inner(*domain, "LpNormFunctional");
  check_exponent(p, "LpNormFunctional");
  return make<LpNormFunctional>(domain, p);
}

Ref<Array> LpNormFunctional::slope(Array &x) const {
  return norm_slope(x, *norm_last(x, p_, true), p_);
}

// With s = sign(x), r = |x| / N and g the slope:
// (r^(p-2) (h + (p - 2) s Re(conj(s) h)) - (p - 1) g Re<g, h>) / N.
Ref<Array> LpNormFunctional::curvature(Array &x, Array &h) const {
  if (p_ < 2)
    fail(SPC_E_NOTIMPL, "functional_hess_apply: {} with p = {} has no Hessian, p >= 2 has", kind(),
         p_);
  const Weak exponent(p_ - 2), minus(1 - p_);
  const Ref<Array> size = norm_last(x, p_, true);
  const Ref<Array> sign = call(Op::sign, x), g = norm_slope(x, *size, p_);
  const Ref<Array> ratio = ops::divide(*call(Op::abs, x), *size);
  const Ref<Array> along = ops::multiply(*sign, *real_product(*sign, h));
  const Ref<Array> spread = ops::add(h, *ops::multiply(*exponent, *along));
  const Ref<Array> first = ops::multiply(*call(Op::power, *ratio, *exponent), *spread);
  const Ref<Array> change = sum_last(*real_product(*g, h));
  const Ref<Array> second = ops::multiply(*ops::multiply(*minus, *change), *g);
  return ops::divide(*ops::add(*first, *second), *size);
}

void LpNormFunctional::require_prox() const {
  if (p_ == 1) return CoordinateFunctional::require_prox();
  if (p_ != 2) no_prox(fmt::format("p is {}, 1 and 2 have one", p_));
  if (!domain->is_euclidean()) no_prox("p is 2, and the geometry is not Euclidean");
}

Ref<Array> LpNormFunctional::nearest(Array &v, Array &step) const {
  if (p_ == 1) return shrunk(v, step);
  const Weak zero(0), one(1);
  const Ref<Array> size = norm_last(v, 2);
  const Ref<Array> outside = call(Op::greater, *size, step);
  const Ref<Array> divisor = choose(*outside, *size, *one);
  const Ref<Array> factor = call(Op::subtract, *one, *ops::divide(step, *divisor));
  return ops::multiply(*choose(*outside, *factor, *zero), v);
}

std::string LpNormFunctional::text() const {
  return fmt::format("{}({}, p={})", kind(), domain->shape(), p_);
}

bool LpNormFunctional::same_values(const Functional &other) const {
  return p_ == static_cast<const LpNormFunctional &>(other).p_;
}

Ref<Functional> LpNormFunctional::rebuilt(const Conversion &conversion) {
  return create(domain->convert(conversion), p_);
}

// ---- entropies

namespace {

// x log(x / t) where x > 0, else 0; t nullptr: 1.
Ref<Array> entropy(Array &x, Array *t) {
  const Weak zero(0), one(1);
  const Ref<Array> positive = call(Op::greater, x, *zero);
  const Ref<Array> ratio = t == nullptr ? Ref<Array>::share(&x) : ops::divide(x, *t);
  const Ref<Array> logarithm = call(Op::log, *choose(*positive, *ratio, *one));
  return sum_last(*choose(*positive, *ops::multiply(x, *logarithm), *zero));
}

Ref<Array> entropy_slope(Array &x, Array *t) {
  const Weak one(1);
  const Ref<Array> ratio = t == nullptr ? Ref<Array>::share(&x) : ops::divide(x, *t);
  return ops::add(*call(Op::log, *ratio), *one);
}

// The y > 0 with y + log y = z. Newton's method from exp(z) / (1 + exp(z)) below z = 1 and from
// z - log z above: from there every entry converges in four steps to double precision; a fifth leaves a
// margin. Far below, y = exp(z) up to rounding, and the logarithm of what underflows is avoided.
Ref<Array> wright_omega(Array &z) {
  constexpr double far = -40;
  constexpr int steps = 5;
  const Weak one(1), low(far);
  const Ref<Array> big = call(Op::greater, z, *one), tiny = call(Op::less, z, *low);
  const Ref<Array> inner = call(Op::maximum, z, *low);
  const Ref<Array> growth = call(Op::exp, *call(Op::minimum, *inner, *one));
  const Ref<Array> below = ops::divide(*growth, *ops::add(*one, *growth));
  const Ref<Array> safe = call(Op::maximum, z, *one);
  const Ref<Array> above = call(Op::subtract, *safe, *call(Op::log, *safe));
  Ref<Array> y = choose(*big, *above, *below);
  for (int i = 0; i < steps; ++i) {
    const Ref<Array> rest = call(Op::subtract, *inner, *call(Op::log, *y));
    const Ref<Array> upper = ops::multiply(*y, *ops::add(*one, *rest));
    y = ops::divide(*upper, *ops::add(*one, *y));
  }
  return choose(*tiny, *call(Op::exp, *call(Op::minimum, z, *low)), *y);
}

// s (log(x / t) + 1) + x - v = 0: with y = x / s, y + log y = v / s - 1 + log(t / s).
Ref<Array> entropy_nearest(Array &v, Array &step, Array *t) {
  const Weak one(1);
  Ref<Array> z = call(Op::subtract, *ops::divide(v, step), *one);
  const Ref<Array> scale = ops::divide(t == nullptr ? *one : static_cast<Value &>(*t), step);
  z = ops::add(*z, *call(Op::log, *scale));
  return ops::multiply(step, *wright_omega(*z));
}

}  // namespace

Ref<Functional> NegativeEntropyFunctional::create(const Ref<Space> &domain) {
  require_inner(*domain, "NegativeEntropyFunctional");
  require_real(*domain, "NegativeEntropyFunctional");
  return make<NegativeEntropyFunctional>(domain);
}

Ref<Array> NegativeEntropyFunctional::f(Array &x) const {
  return entropy(x, nullptr);
}
Ref<Array> NegativeEntropyFunctional::slope(Array &x) const {
  return entropy_slope(x, nullptr);
}
Ref<Array> NegativeEntropyFunctional::curvature(Array &x, Array &h) const {
  return ops::divide(h, x);
}
Ref<Array> NegativeEntropyFunctional::nearest(Array &v, Array &step) const {
  return entropy_nearest(v, step, nullptr);
}

Ref<Functional> NegativeEntropyFunctional::rebuilt(const Conversion &conversion) {
  return create(domain->convert(conversion));
}

Ref<Functional> KLDivergenceFunctional::create(const Ref<Space> &domain, Value &target) {
  constexpr const char *who = "KLDivergenceFunctional";
  require_inner(*domain, who);
  require_real(*domain, who);
  Ref<Value> t = own_element(*domain, target, who, "target");
  if (domain->ctx->level >= CheckLevel::standard && domain->size() > 0) {
    const double least = read_scalar(*call(Op::min, *domain->flatten_core(*t))).real();
    if (!(least > 0))
      fail(SPC_E_VALUE, "{}: the target must be positive; its least entry is {}", who, least);
  }
  return make<KLDivergenceFunctional>(domain, std::move(t));
}

KLDivergenceFunctional::KLDivergenceFunctional(Ref<Space> x, Ref<Value> target)
    : CoordinateFunctional(std::move(x)),
      target_(std::move(target)),
      t_(domain->flatten_core(*target_)) {}

Ref<Array> KLDivergenceFunctional::f(Array &x) const {
  return entropy(x, t_.get());
}
Ref<Array> KLDivergenceFunctional::slope(Array &x) const {
  return entropy_slope(x, t_.get());
}
Ref<Array> KLDivergenceFunctional::curvature(Array &x, Array &h) const {
  return ops::divide(h, x);
}
Ref<Array> KLDivergenceFunctional::nearest(Array &v, Array &step) const {
  return entropy_nearest(v, step, t_.get());
}

bool KLDivergenceFunctional::same_values(const Functional &other) const {
  return spc::same_elements(*domain, *target_,
                            *static_cast<const KLDivergenceFunctional &>(other).target_);
}

Ref<Functional> KLDivergenceFunctional::rebuilt(const Conversion &conversion) {
  return create(domain->convert(conversion), *target_);
}

// ---- Huber

Ref<Functional> HuberFunctional::create(const Ref<Space> &domain, double delta) {
  require_inner(*domain, "HuberFunctional");
  if (!std::isfinite(delta) || !(delta > 0))
    fail(SPC_E_VALUE, "HuberFunctional: delta is {}, expected a positive finite number", delta);
  return make<HuberFunctional>(domain, delta);
}

Ref<Array> HuberFunctional::f(Array &x) const {
  const Weak delta(delta_), half(0.5), offset(-0.5 * delta_ * delta_);
  const Ref<Array> r = call(Op::abs, x);
  const Ref<Array> inside = call(Op::less_equal, *r, *delta);
  const Ref<Array> square = ops::multiply(*half, *call(Op::square, *r));
  const Ref<Array> line = ops::add(*ops::multiply(*delta, *r), *offset);
  return sum_last(*choose(*inside, *square, *line));
}

Ref<Array> HuberFunctional::slope(Array &x) const {
  const Weak delta(delta_);
  const Ref<Array> inside = call(Op::less_equal, *call(Op::abs, x), *delta);
  return choose(*inside, x, *ops::multiply(*delta, *call(Op::sign, x)));
}

// d(delta x / |x|) = delta (h - s Re(conj(s) h)) / |x|: nothing for real x.
Ref<Array> HuberFunctional::curvature(Array &x, Array &h) const {
  const Weak delta(delta_), zero(0);
  const Ref<Array> r = call(Op::abs, x);
  const Ref<Array> inside = call(Op::less_equal, *r, *delta);
  if (!domain->complex()) return choose(*inside, h, *zero);
  const Ref<Array> sign = call(Op::sign, x);
  const Ref<Array> along = ops::multiply(*sign, *real_product(*sign, h));
  const Ref<Array> across = call(Op::subtract, h, *along);
  const Ref<Array> size = call(Op::maximum, *r, *delta);
  return choose(*inside, h, *ops::multiply(*ops::divide(*delta, *size), *across));
}

// Inside, x (1 + s) = v; outside, x = v - s delta sign(v).
Ref<Array> HuberFunctional::nearest(Array &v, Array &step) const {
  const Weak delta(delta_), one(1);
  const Ref<Array> divisor = ops::call(Op::add, {one.get(), &step});
  const Ref<Array> bound = ops::multiply(*delta, *divisor);
  const Ref<Array> inside = call(Op::less_equal, *call(Op::abs, v), *bound);
  const Ref<Array> shift = ops::multiply(*ops::multiply(*delta, step), *call(Op::sign, v));
  return choose(*inside, *ops::divide(v, *divisor), *call(Op::subtract, v, *shift));
}

std::string HuberFunctional::text() const {
  return fmt::format("{}({}, delta={})", kind(), domain->shape(), delta_);
}

bool HuberFunctional::same_values(const Functional &other) const {
  return delta_ == static_cast<const HuberFunctional &>(other).delta_;
}

Ref<Functional> HuberFunctional::rebuilt(const Conversion &conversion) {
  return create(domain->convert(conversion), delta_);
}

// ---- shrinkage

Ref<Value> generalized_shrinkage(const Space &X, Value &c, Value &x0, double eps, double lam,
                                 bool nonneg) {
  constexpr const char *op = "generalized_shrinkage";
  if (!std::isfinite(eps) || !(eps > 0))
    fail(SPC_E_VALUE, "{}: eps is {}, expected a positive finite number", op, eps);
  if (!std::isfinite(lam) || lam < 0)
    fail(SPC_E_VALUE, "{}: lam is {}, expected a finite number >= 0", op, lam);
  if (X.geometry() == nullptr) fail(SPC_E_TYPE, "{}: a {} has no geometry", op, X.kind());
  if (!X.diagonal_metric())
    fail(SPC_E_VALUE, "{}: the geometry {} is not diagonal", op, X.geometry()->kind());
  Array &slope = as_dense(&c, op), &center = as_dense(&x0, op);
  if (slope.shape != X.shape())
    fail(SPC_E_VALUE, "{}: c has shape {}, the space has shape {}", op, slope.shape, X.shape());
  if (center.shape != X.shape())
    fail(SPC_E_VALUE, "{}: x0 has shape {}, the space has shape {}", op, center.shape, X.shape());
  if (nonneg && (is_complex(slope.dtype) || is_complex(center.dtype)))
    fail(SPC_E_VALUE, "{}: nonneg on complex data: c has dtype {}, x0 has dtype {}", op,
         name(slope.dtype), name(center.dtype));
  const Weak one(1), factor(-0.5 / eps), zero(0);
  const Ref<Array> v = X.flatten_core(*ops::axpby(factor.get(), c, one.get(), x0));
  const Ref<Array> tau = metric_step(X, lam / (2 * eps));
  if (!nonneg) return X.unflatten_core(*shrunk(*v, *tau));
  const Ref<Array> rest = call(Op::subtract, *v, *tau);
  return X.unflatten_core(*call(Op::maximum, *rest, *zero));
}

}  // namespace spc
