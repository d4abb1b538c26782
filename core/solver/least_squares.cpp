// SPDX-License-Identifier: Apache-2.0
// LSQR and LSMR: Golub-Kahan bidiagonalisation of A M^-1 in the geometries of X and Y.
//
// With damp the operator is x -> (A x, damp x) into Y x X and the right-hand side (b, 0): what holds
// without damp holds then, from any start, and the space of u has a second part.
#include <algorithm>
#include <cmath>

#include "core/solver/entry.hpp"
#include "core/solver/linear.hpp"
#include "core/solver/stopping.hpp"
#include "core/solver/vectors.hpp"

namespace spc {

namespace {

void check_entry(const char *solver, LinOp &A, Value &b, Value *x0, const SolveOptions &options) {
  check_rectangular(A, solver);
  check_vector(*A.codomain, b, solver, "b");
  check_options(options, solver);
  require_space_norm(options, solver);
  if (x0 != nullptr) check_vector(*A.domain, *x0, solver, "x0");
  check_preconditioner(*A.domain, options, solver, false);
}

const LinOp &checked(const char *solver, LinOp &A, Value &b, Value *x0,
                     const SolveOptions &options) {
  check_entry(solver, A, b, x0, options);
  return A;
}

class LeastSquares {
 public:
  LeastSquares(const char *solver, LinOp &A, Value &b, Value *x0, const SolveOptions &options,
               SolveResult &result)
      : A_(checked(solver, A, b, x0, options)),
        M_(options.precond),
        damp_(options.damp),
        exact_(options.residual_mode == SPC_RESIDUAL_EXACT),
        memory_(options.workspace, solver),
        progress_(options, result, eps(A.ctx->dtype), iteration_limit(options, A.domain->size())),
        x_(memory_.element(*A.domain)),
        u_(memory_.element(*A.codomain)),
        v_(memory_.element(*A.domain)),
        X_(*A.domain, memory_, *v_),
        Y_(*A.codomain, memory_, *u_),
        b_(b),
        result_(result) {}
  LeastSquares(const LeastSquares &) = delete;
  LeastSquares &operator=(const LeastSquares &) = delete;

  Ref<Value> run(Value *x0) {
    const Space &X = X_.space();
    t_ = M_ != nullptr ? memory_.element(X) : v_;
    if (M_ != nullptr) g_ = memory_.element(X);
    if (damp_ > 0) u_damped_ = memory_.element(X);
    progress_.conduct([&] {
      std::int32_t reason = begin(x0);
      if (reason == 0) reason = progress_.limit(cost());
      if (reason == 0) reason = iterate();
      return verified(reason);
    });
    return x_;
  }

 protected:
  ~LeastSquares() = default;

  /// From the first u, v, alpha, beta. The reason; x_ is the solution.
  virtual std::int32_t iterate() = 0;
  /// Vectors for residual_ and normal_ of the recurrence under a preconditioner.
  virtual void track_normal_residual() {}

  /// The next u, beta and v, t = M^-1 v, alpha. false: something is not finite.
  bool advance() {
    Scalar minus_alpha(SPC_WEAK_FLOAT, 0, -alpha_);
    A_.apply_into_core(nullptr, *t_, &minus_alpha, *u_, Mode::none);
    if (u_damped_) X_.combine(damp_, *t_, -alpha_, *u_damped_);
    progress_.applied();
    const double alpha_old = alpha_;
    normalise_u();
    transpose(beta_);
    largest_ = std::max(largest_, std::hypot(alpha_old, beta_));
    return std::isfinite(alpha_) && std::isfinite(beta_);
  }

  /// What the test looks at: the residual at x_ or, if that is smaller, the normal residual.
  double tested() {
    if (exact_) take_exact();
    if (!std::isfinite(residual_) || !std::isfinite(normal_)) return std::nan("");
    return smaller();
  }
  /// preconditioned: norm of the normal residual of A M^-1 by the recurrence. x_ solves the least
  /// squares problem up to rounding errors.
  bool rounded(double residual, double preconditioned) const {
    return residual <= progress_.test().roundoff() ||
           preconditioned <= 10 * progress_.eps() * largest_ * residual;
  }
  /// One iteration of the method is done, with these norms by its recurrences.
  std::int32_t step(double residual, double preconditioned, double normal) {
    residual_ = residual;
    normal_ = normal;
    const bool small = rounded(residual, preconditioned);
    if (const std::int32_t reason = progress_.step(
            cost(), [&] { return tested(); }, small))
      return reason;
    // Nothing of what the recurrence could remove is left.
    return small ? SPC_REASON_ROUNDOFF : 0;
  }
  std::int32_t stuck(std::int32_t reason) {
    return progress_.stuck(reason, [&] { return tested(); });
  }
  /// Directions M# v of unit v are tracked for the normal residual of A itself.
  bool tracks() const noexcept { return M_ != nullptr && !exact_; }

  const LinOp &A_;
  const LinOp *const M_;
  const double damp_;
  const bool exact_;
  Memory memory_;
  Progress progress_;
  const Ref<Value> x_, u_, v_;
  Vectors X_, Y_;
  Ref<Value> t_, v_hat_;  // M^-1 v, M# v
  double alpha_ = 0, beta_ = 0;

 private:
  std::int64_t cost() const noexcept { return exact_ ? 4 : 2; }

  std::int32_t begin(Value *x0) {
    const double rhs_norm = Y_.norm(b_);
    Y_.copy(b_, *u_);
    if (x0 == nullptr) {
      X_.zero(*x_);
      if (u_damped_) X_.zero(*u_damped_);
    } else {
      X_.copy(*x0, *x_);
      subtract_image(*u_);
      if (u_damped_) X_.combine(-damp_, *x_, 0, *u_damped_);
    }
    if (tracks()) v_hat_ = memory_.element(X_.space());
    plain_residual_ = Y_.norm(*u_);
    normalise_u();
    residual_ = beta_;
    const double steep = transpose(0);
    largest_ = alpha_;
    normal_ = beta_ * steep;
    if (tracks()) track_normal_residual();
    rhs_norm_ = rhs_norm;
    if (!std::isfinite(residual_) || !std::isfinite(normal_))
      return progress_.start(rhs_norm, std::nan(""));
    return progress_.start(rhs_norm, normal_ == 0 ? 0 : residual_);
  }

  // Of ||r|| and ||A# r|| baseline / (||A|| ||r||), so that one threshold serves both: x_ is the
  // solution for an A that differs by ||A# r|| / ||r|| (Paige and Saunders 1982).
  double smaller() const {
    if (residual_ == 0 || normal_ == 0) return 0;
    const double baseline = progress_.test().baseline();
    const double size = baseline > 0 ? baseline / residual_ : 1;
    return std::min(residual_, normal_ / steepest_ * size);
  }

  double damped_square() {
    const double size = damp_ * X_.norm(*x_);
    return size * size;
  }

  void normalise_u() {
    beta_ = Y_.norm(*u_);
    if (u_damped_) beta_ = std::hypot(beta_, X_.norm(*u_damped_));
    if (!(beta_ > 0)) return;
    Y_.scale(1 / beta_, *u_);
    if (u_damped_) X_.scale(1 / beta_, *u_damped_);
  }

  // v = (A M^-1)# u - beta v, normalised, with what goes with it. ||A# u||, u's second part included.
  double transpose(double beta) {
    Scalar minus_beta(SPC_WEAK_FLOAT, 0, -beta);
    progress_.applied();
    Value *const old = beta == 0 ? nullptr : &minus_beta;
    double steep = 0;
    if (M_ == nullptr) {
      A_.apply_into_core(nullptr, *u_, old, *v_, Mode::adjoint);
      if (u_damped_) X_.add(damp_, *u_damped_, *v_);
    } else {
      A_.apply_into_core(nullptr, *u_, nullptr, *g_, Mode::adjoint);
      if (u_damped_) X_.add(damp_, *u_damped_, *g_);
      steep = X_.norm(*g_);
      if (v_hat_) X_.combine(1, *g_, -beta, *v_hat_);
      M_->apply_into_core(nullptr, *g_, old, *v_, Mode::adjoint);
    }
    alpha_ = X_.norm(*v_);
    if (M_ == nullptr) steep = alpha_;
    steepest_ = std::max(steepest_, steep);
    if (alpha_ > 0) {
      X_.scale(1 / alpha_, *v_);
      if (v_hat_) X_.scale(1 / alpha_, *v_hat_);
    }
    if (M_ != nullptr) M_->apply_into_core(nullptr, *v_, nullptr, *t_, Mode::none);
    return steep;
  }

  // r = r - A x
  void subtract_image(Value &r) {
    Scalar minus(SPC_WEAK_FLOAT, 0, -1.0), one(SPC_WEAK_FLOAT, 0, 1.0);
    A_.apply_into_core(&minus, *x_, &one, r, Mode::none);
    progress_.applied();
  }

  // The norms of b - A x and A# (b - A x) - damp^2 x themselves.
  void take_exact() {
    if (!r_) {
      r_ = memory_.element(Y_.space());
      normal_residual_ = memory_.element(X_.space());
    }
    Y_.copy(b_, *r_);
    subtract_image(*r_);
    plain_residual_ = residual_ = Y_.norm(*r_);
    A_.apply_into_core(nullptr, *r_, nullptr, *normal_residual_, Mode::adjoint);
    progress_.applied();
    if (damp_ > 0) {
      X_.add(-damp_ * damp_, *x_, *normal_residual_);
      residual_ = std::sqrt(residual_ * residual_ + damped_square());
    }
    normal_ = X_.norm(*normal_residual_);
    exact_at_ = progress_.iterations();
  }

  std::int32_t verified(std::int32_t reason) {
    const double by_recurrence = residual_;
    if (progress_.iterations() > 0 && exact_at_ != progress_.iterations()) take_exact();
    result_.residual_norm = exact_ ? residual_ : by_recurrence;
    result_.true_residual_norm = plain_residual_;
    result_.normal_residual_norm = normal_;
    double actual = smaller();
    // A normal residual that cancels has terms of this size.
    if (reason == SPC_REASON_ROUNDOFF && steepest_ > 0)
      actual = std::min(residual_, normal_ / steepest_);
    const double scale =
        reason == SPC_REASON_ROUNDOFF ? rhs_norm_ + steepest_ * X_.norm(*x_) : rhs_norm_;
    return progress_.verified(reason, actual, scale);
  }

  Value &b_;
  SolveResult &result_;
  Ref<Value> g_, u_damped_, r_, normal_residual_;
  double residual_ = 0, normal_ = 0;  // of the last check; by the recurrence unless exact
  double plain_residual_ = 0;         // ||b - A x||
  double rhs_norm_ = 0;
  double largest_ = 0;   // norm of a column of the bidiagonal matrix
  double steepest_ = 0;  // ||A# u|| of a unit u
  std::int64_t exact_at_ = -1;
};

class Lsqr final : public LeastSquares {
 public:
  Lsqr(LinOp &A, Value &b, Value *x0, const SolveOptions &options, SolveResult &result)
      : LeastSquares("lsqr", A, b, x0, options, result) {}

 private:
  std::int32_t iterate() override {
    const Ref<Value> w = memory_.element(X_.space());
    X_.copy(*t_, *w);
    double phi_bar = beta_, rho_bar = alpha_;
    for (;;) {
      if (!advance()) return stuck(SPC_REASON_NONFINITE);
      const double rho = std::hypot(rho_bar, beta_);
      // A preconditioner that is not invertible has taken the direction away.
      if (rho == 0) return stuck(SPC_REASON_BREAKDOWN);
      const double c = rho_bar / rho, s = beta_ / rho, theta = s * alpha_;
      const double phi = c * phi_bar;
      rho_bar = -c * alpha_;
      phi_bar *= s;
      X_.advance(phi / rho, *w, *x_, *t_, -theta / rho);
      // The normal residual is a multiple of v.
      const double normal = alpha_ * std::abs(s * phi);
      const double of_A = tracks() ? normal * X_.norm(*v_hat_) : normal;
      if (const std::int32_t reason = step(std::abs(phi_bar), normal, of_A)) return reason;
    }
  }
};

/// Fong and Saunders: MINRES on the normal equations, by two rotations a step.
class Lsmr final : public LeastSquares {
 public:
  Lsmr(LinOp &A, Value &b, Value *x0, const SolveOptions &options, SolveResult &result)
      : LeastSquares("lsmr", A, b, x0, options, result) {}

 private:
  void track_normal_residual() override {
    normal_hat_ = memory_.element(X_.space());
    X_.combine(alpha_ * beta_, *v_hat_, 0, *normal_hat_);
  }

  std::int32_t iterate() override {
    const Ref<Value> h = memory_.element(X_.space()), h_bar = memory_.element(X_.space());
    X_.copy(*t_, *h);
    X_.zero(*h_bar);
    double alpha_bar = alpha_, zeta_bar = alpha_ * beta_, zeta = 0;
    double rho = 1, rho_bar = 1, c_bar = 1, s_bar = 0;
    // For ||r||: the QR factorization of the transposed bidiagonal matrix.
    double beta_dd = beta_, beta_d = 0, rho_d = 1, tau = 0, theta_tilde = 0;
    for (;;) {
      if (!advance()) return stuck(SPC_REASON_NONFINITE);
      const double rho_old = rho, rho_bar_old = rho_bar, zeta_old = zeta;
      rho = std::hypot(alpha_bar, beta_);
      const double c = alpha_bar / rho, s = beta_ / rho, theta = s * alpha_;
      alpha_bar = c * alpha_;
      const double theta_bar = s_bar * rho, middle = c_bar * rho;
      rho_bar = std::hypot(middle, theta);
      // rho is 0, and rho_bar no number, where a preconditioner that is not invertible has taken the
      // direction away.
      if (!(rho_bar > 0)) return stuck(SPC_REASON_BREAKDOWN);
      c_bar = middle / rho_bar;
      s_bar = theta / rho_bar;
      zeta = c_bar * zeta_bar;
      zeta_bar *= -s_bar;

      // Products of two of these may be no numbers of the dtype.
      X_.advance(*h, -(theta_bar / rho_bar_old) * (rho / rho_old), *h_bar, zeta / rho / rho_bar,
                 *x_, *t_, -theta / rho, *h);

      const double beta_hat = c * beta_dd;
      beta_dd *= -s;
      const double theta_tilde_old = theta_tilde;
      const double rho_tilde = std::hypot(rho_d, theta_bar);
      const double c_tilde = rho_d / rho_tilde, s_tilde = theta_bar / rho_tilde;
      theta_tilde = s_tilde * rho_bar;
      rho_d = c_tilde * rho_bar;
      beta_d = -s_tilde * beta_d + c_tilde * beta_hat;
      tau = (zeta_old - theta_tilde_old * tau) / rho_tilde;
      const double tau_d = (zeta - theta_tilde * tau) / rho_d;

      const double normal = std::abs(zeta_bar);
      double of_A = normal;
      if (tracks()) {
        X_.combine(zeta_bar * c_bar, *v_hat_, s_bar * s_bar, *normal_hat_);
        of_A = X_.norm(*normal_hat_);
      }
      if (const std::int32_t reason = step(std::hypot(beta_d - tau_d, beta_dd), normal, of_A))
        return reason;
    }
  }

  Ref<Value> normal_hat_;  // M# of the normal residual of A M^-1
};

template <class Solve>
void solve(LinOp &A, Value &b, Value *x0, const SolveOptions &options, Ref<Value> &x,
           SolveResult &result) {
  Solve s(A, b, x0, options, result);
  x = s.run(x0);
}

}  // namespace

void lsqr(LinOp &A, Value &b, Value *x0, const SolveOptions &options, Ref<Value> &x,
          SolveResult &result) {
  solve<Lsqr>(A, b, x0, options, x, result);
}

void lsmr(LinOp &A, Value &b, Value *x0, const SolveOptions &options, Ref<Value> &x,
          SolveResult &result) {
  solve<Lsmr>(A, b, x0, options, x, result);
}

}  // namespace spc
