// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>
#include <utility>

#include "core/solver/linear_solve.hpp"

namespace spc {

namespace {

/// p: direction, q: A p, r: residual, z: M^-1 r.
class Cg final : public SquareSolve {
 public:
  Cg(LinOp &A, Value &b, Value *x0, const SolveOptions &options, SolveResult &result)
      : SquareSolve("cg", Demand::positive, A, b, x0, options, result) {}

 private:
  std::int32_t iterate() override {
    if (const std::int32_t over = progress_.limit(1)) return over;
    p_ = memory_.element(X_);
    q_ = memory_.element(X_);
    z_ = M_ != nullptr ? memory_.element(X_) : r_;
    spare_ = q_;
    choose_scale(plain_norm() ? progress_.residual() : vectors_.norm(*r_));
    // Where the test looks at z, z comes before the check, otherwise after it.
    const bool early = !plain_norm() && options_.norm != SPC_NORM_EUCLIDEAN;

    double rr = vectors_.inner(*r_, *r_), rz = rr;
    if (const std::int32_t reason = precondition_to(rz)) return reason;
    vectors_.copy(*z_, *p_);
    double p_bound = 0;  // at least ||p||
    const auto residual = [&] {
      return (plain_norm() ? std::sqrt(rr) : measure(*r_, z_.get())) / scale_;
    };
    for (;;) {
      const auto [pq, pp] = curvature_along_p();
      if (!std::isfinite(pq)) return SPC_REASON_NONFINITE;
      const double alpha = rz / pq;
      if (pq <= 0 || !std::isfinite(alpha)) return progress_.stuck(curvature(pq), residual);
      const double rr_new = vectors_.add_squares(-alpha, *q_, *r_);
      if (!std::isfinite(rr_new)) return SPC_REASON_NONFINITE;
      // pq <= eps ||p|| ||q|| is possible only where it holds for bounds that cost nothing, by
      // alpha ||q|| = ||r - r_new||. x still is what it was.
      p_bound = M_ != nullptr ? std::sqrt(pp) : p_bound + std::sqrt(rr);
      const double q_bound = (std::sqrt(rr) + std::sqrt(rr_new)) / alpha;
      if (pq <= progress_.eps() * p_bound * q_bound && pq <= curvature_limit()) {
        vectors_.add(alpha, *q_, *r_);
        return progress_.stuck(curvature(pq), residual);
      }
      operator_norm_ = std::max(operator_norm_, M_ != nullptr ? q_bound / p_bound : 1 / alpha);

      rr = rr_new;
      double rz_new = rr;
      std::int32_t unfit = early ? precondition_to(rz_new) : 0;
      const bool rounded = std::sqrt(rr) / scale_ <= progress_.test().roundoff();
      // x makes its step in the pass that makes the next direction, if there is one.
      std::int32_t reason = progress_.step(1, residual, rounded);
      if (reason == 0 && !early) unfit = precondition_to(rz_new);
      if (reason == 0 && unfit != 0) reason = progress_.stuck(unfit, residual);
      if (reason != 0) {
        vectors_.add(alpha / scale_, *p_, *x_);
        return reason;
      }
      vectors_.advance(alpha / scale_, *p_, *x_, *z_, rz_new / rz);
      p_bound *= rz_new / rz;
      rz = rz_new;
    }
  }

  // q = A p. Re <p, q> and, with M, <p, p>.
  std::pair<double, double> curvature_along_p() {
    std::pair<std::complex<double>, double> products{0, 0};
    if (M_ != nullptr)
      products = vectors_.apply_dot_squares(A_, *p_, *q_);
    else
      products.first = vectors_.apply_dot(A_, *p_, *q_);
    progress_.applied();
    return {products.first.real(), products.second};
  }

  // z = M^-1 r and rz = Re <r, z>; without M rz stays. A reason to stop, or 0.
  std::int32_t precondition_to(double &rz) {
    if (M_ == nullptr) return 0;
    precondition(*r_, *z_);
    rz = vectors_.inner(*r_, *z_);
    if (!std::isfinite(rz)) return SPC_REASON_NONFINITE;
    return rz <= 0 ? SPC_REASON_INDEFINITE : 0;
  }

  double curvature_limit() { return progress_.eps() * vectors_.norm(*p_) * vectors_.norm(*q_); }
  // What it means that Re <p, A p> is not positive; along p = 0 everything is flat.
  std::int32_t curvature(double pq) {
    return pq < -curvature_limit() ? SPC_REASON_INDEFINITE : SPC_REASON_BREAKDOWN;
  }

  Ref<Value> p_, q_, z_;
};

}  // namespace

void cg(LinOp &A, Value &b, Value *x0, const SolveOptions &options, Ref<Value> &x,
        SolveResult &result) {
  solve_square<Cg>(A, b, x0, options, x, result);
}

}  // namespace spc
