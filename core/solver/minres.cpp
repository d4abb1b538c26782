// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>
#include <utility>

#include "core/solver/linear_solve.hpp"

namespace spc {

namespace {

/// Paige and Saunders: the Lanczos vectors v_k, orthonormal in the inner product <u, M^-1 v>, make A
/// tridiagonal; one rotation a step keeps its QR factorization and with it the x of least residual
/// in the natural norm. z_k = M^-1 v_k; w_k: the directions of x, gamma_k times too long.
class Minres final : public SquareSolve {
 public:
  Minres(LinOp &A, Value &b, Value *x0, const SolveOptions &options, SolveResult &result)
      : SquareSolve("minres", Demand::self_adjoint, A, b, x0, options, result) {}

 private:
  std::int32_t iterate() override {
    if (const std::int32_t over = progress_.limit(1)) return over;
    for (Ref<Value> *v : {&v_, &v_old_, &t_, &w_, &w_old_}) *v = memory_.element(X_);
    z_ = M_ != nullptr ? memory_.element(X_) : v_;
    spare_ = t_;
    // The rotations know the natural norm; every other one is taken of the residual itself.
    const bool natural = M_ == nullptr ? plain_norm() : options_.norm == SPC_NORM_NATURAL;

    choose_scale(vectors_.norm(*r_));
    vectors_.copy(*r_, *v_);
    double beta = 0;
    if (const std::int32_t reason = next(vectors_.inner(*v_, *v_), beta)) return reason;
    if (beta == 0) return SPC_REASON_BREAKDOWN;
    for (const Ref<Value> &v : {v_old_, w_, w_old_}) vectors_.zero(*v);

    double phi = beta, beta_old = 0, c = -1, s = 0, dbar = 0, epsilon = 0;
    double gamma = 1, gamma_old = 1, norm = 0;
    const auto residual = [&] { return (natural ? phi : measure(*r_)) / scale_; };
    for (;;) {
      apply(*z_, *t_);
      if (M_ != nullptr)
        operator_norm_ = std::max(operator_norm_, vectors_.norm(*t_) / vectors_.norm(*z_));
      const double alpha = vectors_.add_dot(-beta_old, *v_old_, *t_, *z_).real();
      if (!std::isfinite(alpha)) return SPC_REASON_NONFINITE;
      const double square = vectors_.add_squares(-alpha, *v_, *t_);
      const double delta = c * dbar + s * alpha, gbar = s * dbar - c * alpha;
      vectors_.combine(1, *z_, -epsilon / gamma_old, *w_old_, -delta / gamma, *w_);
      std::swap(w_, w_old_);

      std::swap(v_old_, v_);
      std::swap(v_, t_);
      if (M_ == nullptr) z_ = v_;
      if (const std::int32_t reason = next(square, beta)) return progress_.stuck(reason, residual);
      norm = std::max(norm, std::hypot(alpha, beta_old, beta));
      if (M_ == nullptr) operator_norm_ = norm;
      beta_old = beta;
      epsilon = s * beta;
      dbar = -c * beta;
      // ||A r|| = phi ||(gbar, dbar)||: where it vanishes, x solves the least squares problem.
      if (std::hypot(gbar, dbar) <= 10 * progress_.eps() * norm)
        return progress_.stuck(SPC_REASON_BREAKDOWN, residual);

      gamma_old = gamma;
      gamma = std::hypot(gbar, beta);
      c = gbar / gamma;
      s = beta / gamma;
      vectors_.add(c * phi / gamma / scale_, *w_, *x_);
      phi *= s;
      if (!natural) vectors_.combine(-phi * c, *v_, s * s, *r_);
      const bool rounded = phi / scale_ <= progress_.test().roundoff();
      if (const std::int32_t reason = progress_.step(1, residual, rounded)) return reason;
      if (beta == 0) return SPC_REASON_BREAKDOWN;
    }
  }

  // beta = ||v|| in the inner product of M^-1, v = v / beta, z = M^-1 v; v stays where beta is 0.
  // square: <v, v>. A reason to stop, or 0.
  std::int32_t next(double square, double &beta) {
    if (M_ != nullptr) precondition(*v_, *z_);
    beta = M_ == nullptr ? vectors_.root(*v_, square) : vectors_.root(*v_, *z_);
    if (!std::isfinite(beta)) return SPC_REASON_NONFINITE;
    if (beta < 0) return SPC_REASON_INDEFINITE;
    if (beta == 0) return 0;
    vectors_.scale(1 / beta, *v_);
    if (M_ != nullptr) vectors_.scale(1 / beta, *z_);
    return 0;
  }

  Ref<Value> v_, v_old_, z_, t_, w_, w_old_;
};

}  // namespace

void minres(LinOp &A, Value &b, Value *x0, const SolveOptions &options, Ref<Value> &x,
            SolveResult &result) {
  solve_square<Minres>(A, b, x0, options, x, result);
}

}  // namespace spc
