// SPDX-License-Identifier: Apache-2.0
#include "core/solver/cg.hpp"

#include <algorithm>
#include <cmath>

#include "core/solver/reductions.hpp"
#include "core/solver/stopping.hpp"
#include "core/support/error.hpp"

namespace spc {

namespace {

Scalar number(double v) {
  return Scalar(SPC_WEAK_FLOAT, 0, v);
}

void check_operator(const LinOp &A, const char *role) {
  const Space &from = *A.domain, &to = *A.codomain;
  if (!from.interchangeable(to))
    fail(SPC_E_VALUE, "cg requires a square {}; got {}: {} of shape {} -> {} of shape {}{}", role,
         A.kind(), from.kind(), from.shape(), to.kind(), to.shape(),
         from.shape() == to.shape() ? " with another geometry" : "");
  if (!is_floating(A.ctx->dtype))
    fail(SPC_E_TYPE, "cg requires a floating dtype; got {}", name(A.ctx->dtype));
  if (!from.has(Capability::inner_product))
    fail(SPC_E_CAPABILITY, "cg requires a space with an inner product; got {}", from.kind());
}

void check_vector(const LinOp &A, Value &v, const char *role) {
  A.domain->admit(v, "cg", role);
  // Level none admits any dtype, but the solver works in place.
  if (v.kind() == ValueKind::array && static_cast<Array &>(v).dtype != A.ctx->dtype)
    fail(SPC_E_TYPE, "cg: {} has dtype {}, the operator has dtype {}", role,
         name(static_cast<Array &>(v).dtype), name(A.ctx->dtype));
}

void check_preconditioner(const LinOp &A, const LinOp &M) {
  if (!M.domain->interchangeable(*A.domain) || !M.codomain->interchangeable(*A.domain))
    fail(SPC_E_VALUE, "cg: the preconditioner maps shape {} to {}, the space has shape {}{}",
         M.domain->shape(), M.codomain->shape(), A.domain->shape(),
         M.domain->shape() == A.domain->shape() ? " and another geometry, family or dtype" : "");
  if (M.is_hermitian() == Verdict::no)
    fail(SPC_E_VALUE, "cg: the preconditioner, a {}, is not self-adjoint", M.kind());
}

// The normalised all-ones element is a probe that costs one application.
void check_curvature(const LinOp &A) {
  const Space &space = *A.domain;
  const Ref<Value> v = space.coordinate_ones(), image = space.new_element();
  Reductions reduce(space, *v);
  const double size = reduce.norm(*v);
  if (!(size > 0)) return;
  Scalar factor = number(1 / size);
  space.axpby_into(&factor, *v, nullptr, *v);
  A.apply_into_core(nullptr, *v, nullptr, *image, Mode::none);
  const double curvature = reduce.inner(*v, *image);
  if (!(curvature > 0))
    fail(SPC_E_VALUE,
         "cg strict checks require positive curvature on the probe vector. Got Re<v, A v> = {}",
         curvature);
}

void check_entry(const LinOp &A, Value &b, Value *x0, const SolveOptions &options) {
  check_operator(A, "LinOp");
  const bool strict = A.ctx->level == CheckLevel::strict;
  if (A.is_hermitian() == Verdict::no) {
    if (strict) fail(SPC_E_VALUE, "cg strict checks require A to be Hermitian/self-adjoint.");
    fail(SPC_E_VALUE, "cg requires a self-adjoint LinOp; got a {} that provably is not", A.kind());
  }
  if (strict) check_curvature(A);
  check_vector(A, b, "b");
  check_options(options, "cg");
  if (x0 != nullptr) check_vector(A, *x0, "x0");
  if (options.precond != nullptr) check_preconditioner(A, *options.precond);
}

/// One solve. p: direction, q: A p, r: residual, z: M^-1 r.
class Solve {
 public:
  Solve(const LinOp &A, Value &b, Value *x0, const SolveOptions &options, SolveResult &result)
      : A_(A),
        M_(options.precond),
        X_(*A.domain),
        b_(b),
        options_(options),
        result_(result),
        eps_(eps(A.ctx->dtype)),
        monitor_(options),
        reduce_(X_, b),
        x_(x0 == nullptr ? X_.zeros_core() : X_.new_element()),
        r_(X_.new_element()) {
    if (x0 != nullptr) X_.copy_into(*x0, *x_);
  }

  Ref<Value> run(bool from_zero) {
    rhs_norm_ = reduce_.norm(b_);
    if (from_zero)
      X_.copy_into(b_, *r_);
    else
      true_residual(*r_);
    residual_ = from_zero ? rhs_norm_ : reduce_.norm(*r_);
    const StoppingTest test(options_, rhs_norm_, residual_, eps_);
    result_.baseline_norm = test.baseline();
    result_.threshold = test.threshold();
    const std::int32_t at_once = check(test);
    if (!test.usable() || !std::isfinite(residual_))
      result_.reason = SPC_REASON_NONFINITE;
    else
      result_.reason = at_once != 0 ? at_once : iterate(test);
    verify(test);
    return x_;
  }

  /// What is known of the outcome, at any time.
  void report() noexcept {
    result_.iterations = iterations_;
    result_.history_count = monitor_.checks();
    result_.residual_norm = residual_;
    result_.seconds = monitor_.seconds();
  }

 private:
  std::int32_t iterate(const StoppingTest &test) {
    const std::int64_t limit = iteration_limit(options_, X_.size());
    if (limit == 0) return SPC_REASON_MAXITER;
    p_ = X_.new_element();
    q_ = X_.new_element();
    if (M_ != nullptr) z_ = X_.new_element();
    Value &z = M_ != nullptr ? *z_ : *r_;
    choose_scale();

    double rr = reduce_.inner(*r_, *r_), rz = rr;
    if (const std::int32_t reason = precondition(rz)) return reason;
    X_.copy_into(z, *p_);
    double p_bound = 0;  // at least ||p||
    for (;;) {
      A_.apply_into_core(nullptr, *p_, nullptr, *q_, Mode::none);
      ++result_.applies;
      const double pq = reduce_.inner(*p_, *q_);
      if (!std::isfinite(pq)) return SPC_REASON_NONFINITE;
      const double alpha = rz / pq;
      if (pq <= 0 || !std::isfinite(alpha)) return at_curvature(test, pq);
      add(-alpha, *q_, *r_);
      const double rr_new = reduce_.inner(*r_, *r_);
      if (!std::isfinite(rr_new)) return SPC_REASON_NONFINITE;
      // pq <= eps ||p|| ||q|| is possible only where it holds for bounds that cost nothing, by
      // alpha ||q|| = ||r - r_new||. x still is what it was.
      p_bound = M_ != nullptr ? std::sqrt(reduce_.inner(*p_, *p_)) : p_bound + std::sqrt(rr);
      const double q_bound = (std::sqrt(rr) + std::sqrt(rr_new)) / alpha;
      if (pq <= eps_ * p_bound * q_bound && pq <= curvature_limit()) return at_curvature(test, pq);
      operator_norm_ = std::max(operator_norm_, M_ != nullptr ? q_bound / p_bound : 1 / alpha);

      add(alpha / scale_, *p_, *x_);
      ++iterations_;
      rr = rr_new;
      residual_ = std::sqrt(rr) / scale_;
      if (iterations_ % options_.check_every == 0 || iterations_ == limit ||
          residual_ <= test.roundoff()) {
        if (const std::int32_t reason = check(test)) return reason;
        if (iterations_ == limit) return SPC_REASON_MAXITER;
      }
      double rz_new = rr;
      if (const std::int32_t reason = precondition(rz_new)) return reason;
      Scalar beta = number(rz_new / rz), one = number(1);
      X_.axpby_into(&one, z, &beta, *p_);
      p_bound *= rz_new / rz;
      rz = rz_new;
    }
  }

  // The recurrence runs on a power of two times r, p, q and z that makes the first residual about
  // 1, so that no norm of b is too small or too large to be squared. Exact; x is not scaled.
  void choose_scale() {
    const int limit = size_of(real_of(A_.ctx->dtype)) == 8 ? 1000 : 120;
    const int exponent = std::clamp(std::ilogb(residual_), -limit, limit);
    if (exponent == 0) return;
    scale_ = std::ldexp(1.0, -exponent);
    Scalar factor = number(scale_);
    X_.axpby_into(&factor, *r_, nullptr, *r_);
  }

  // z = M^-1 r and rz = Re <r, z>; without M rz stays. A reason to stop, or 0.
  std::int32_t precondition(double &rz) {
    if (M_ == nullptr) return 0;
    M_->apply_into_core(nullptr, *r_, nullptr, *z_, Mode::none);
    rz = reduce_.inner(*r_, *z_);
    if (!std::isfinite(rz)) return SPC_REASON_NONFINITE;
    return rz <= 0 ? SPC_REASON_INDEFINITE : 0;
  }

  double curvature_limit() { return eps_ * reduce_.norm(*p_) * reduce_.norm(*q_); }

  // The curvature of A along p is not positive. If the last residual was not looked at, that comes
  // first: along p = 0 everything is flat.
  std::int32_t at_curvature(const StoppingTest &test, double pq) {
    if (last_check_ != iterations_)
      if (const std::int32_t reason = check(test)) return reason;
    return pq < -curvature_limit() ? SPC_REASON_INDEFINITE : SPC_REASON_BREAKDOWN;
  }

  std::int32_t check(const StoppingTest &test) {
    last_check_ = iterations_;
    const bool asked = monitor_.check(iterations_, residual_, test.threshold());
    const std::int32_t met = test.met(residual_);
    return met != 0 ? met : asked ? SPC_REASON_STOPPED_BY_MONITOR : 0;
  }

  // y = y + a x
  void add(double a, Value &x, Value &y) {
    Scalar factor = number(a), one = number(1);
    X_.axpby_into(&factor, x, &one, y);
  }

  // out = b - A x
  void true_residual(Value &out) {
    X_.copy_into(b_, out);
    Scalar minus = number(-1), one = number(1);
    A_.apply_into_core(&minus, *x_, &one, out, Mode::none);
    ++result_.applies;
  }

  // The recurrence may have drifted from b - A x.
  void verify(const StoppingTest &test) {
    double actual = residual_;
    if (iterations_ > 0) {
      true_residual(*q_);
      actual = reduce_.norm(*q_);
    }
    result_.true_residual_norm = actual;
    double allowed = 2 * test.threshold();
    if (result_.reason == SPC_REASON_ROUNDOFF)
      // What rounding in every step may add up to.
      allowed = std::max(allowed, 10 * static_cast<double>(iterations_ + 1) * eps_ *
                                      (rhs_norm_ + operator_norm_ * reduce_.norm(*x_)));
    else if (result_.reason != SPC_REASON_RTOL && result_.reason != SPC_REASON_ATOL)
      return;
    if (!(actual <= allowed)) result_.reason = SPC_REASON_LOSS_OF_ACCURACY;
  }

  const LinOp &A_;
  const LinOp *const M_;
  const Space &X_;
  Value &b_;
  const SolveOptions &options_;
  SolveResult &result_;
  const double eps_;
  Monitor monitor_;
  Reductions reduce_;
  const Ref<Value> x_, r_;
  Ref<Value> p_, q_, z_;
  std::int64_t iterations_ = 0, last_check_ = 0;
  double residual_ = 0;  // of the recurrence, unscaled
  double rhs_norm_ = 0, scale_ = 1;
  double operator_norm_ = 0;  // the largest growth seen
};

}  // namespace

void cg(LinOp &A, Value &b, Value *x0, const SolveOptions &options, Ref<Value> &x,
        SolveResult &result) {
  check_entry(A, b, x0, options);
  Solve solve(A, b, x0, options, result);
  try {
    x = solve.run(x0 == nullptr);
  } catch (const Error &e) {
    if (e.code() == SPC_E_CALLBACK) result.reason = SPC_REASON_CALLBACK;
    if (e.code() == SPC_E_CANCELLED) result.reason = SPC_REASON_CANCELLED;
    solve.report();
    throw;
  }
  solve.report();
}

}  // namespace spc
