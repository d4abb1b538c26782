// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>
#include <tuple>
#include <utility>

#include "core/solver/linear_solve.hpp"

namespace spc {

namespace {

using Complex = std::complex<double>;

/// Van der Vorst. s, the residual of the half step, lives in r_; p^ = M^-1 p and s^ = M^-1 s.
class Bicgstab final : public SquareSolve {
 public:
  Bicgstab(LinOp &A, Value &b, Value *x0, const SolveOptions &options, SolveResult &result)
      : SquareSolve("bicgstab", Demand::none, A, b, x0, options, result) {}

 private:
  std::int32_t iterate() override {
    if (const std::int32_t over = progress_.limit(2)) return over;
    for (Ref<Value> *v : {&shadow_, &p_, &v_, &t_}) *v = memory_.element(X_);
    p_hat_ = M_ != nullptr ? memory_.element(X_) : p_;
    s_hat_ = M_ != nullptr ? memory_.element(X_) : r_;
    spare_ = t_;
    choose_scale(vectors_.norm(*r_));
    vectors_.copy(*r_, *shadow_);
    vectors_.copy(*r_, *p_);

    double size = vectors_.norm(*r_);  // of r
    const double shadow_size = size;
    Complex rho = size * size;
    const auto residual = [&] { return (plain_norm() ? size : measure(*r_)) / scale_; };
    const auto tiny = [&](Complex z, double a, double b) {
      return std::abs(z) <= progress_.eps() * a * b;
    };
    for (;;) {
      if (M_ != nullptr) precondition(*p_, *p_hat_);
      apply(*p_hat_, *v_);
      const auto [bend, v_size] = vectors_.dot_and_norm(*shadow_, *v_);
      if (!finite(bend) || !std::isfinite(v_size)) return SPC_REASON_NONFINITE;
      if (tiny(bend, shadow_size, v_size)) return progress_.stuck(SPC_REASON_BREAKDOWN, residual);
      const Complex alpha = rho / bend;
      if (!finite(alpha)) return progress_.stuck(SPC_REASON_BREAKDOWN, residual);
      size = vectors_.step(alpha / scale_, *p_hat_, *x_, -alpha, *v_, *r_);
      if (!std::isfinite(size)) return SPC_REASON_NONFINITE;
      // Half a step may be enough, and from r = 0 there is no second half.
      if (const double half = residual();
          half <= std::max(progress_.test().threshold(), progress_.test().roundoff()))
        return progress_.step(2, residual, true);

      const auto [across, t_size] = second_half();
      const Complex along = std::conj(across);
      if (!std::isfinite(t_size) || !finite(along)) return SPC_REASON_NONFINITE;
      const double s_size = M_ == nullptr ? size : vectors_.norm(*s_hat_);
      operator_norm_ = std::max(operator_norm_, t_size / s_size);
      const Complex omega = along / t_size / t_size;
      const bool stalls = tiny(along, t_size, size) || !finite(omega);
      Complex rho_new = 0;
      if (!stalls) {
        std::tie(rho_new, size) =
            vectors_.step(omega / scale_, *s_hat_, *x_, -omega, *t_, *r_, *shadow_);
        if (!std::isfinite(size)) return SPC_REASON_NONFINITE;
      }
      const bool rounded = size / scale_ <= progress_.test().roundoff();
      if (const std::int32_t reason = progress_.step(2, residual, rounded || stalls)) return reason;
      if (stalls) return SPC_REASON_BREAKDOWN;

      if (!finite(rho_new)) return SPC_REASON_NONFINITE;
      if (tiny(rho_new, shadow_size, size)) return progress_.stuck(SPC_REASON_BREAKDOWN, residual);
      const Complex beta = rho_new / rho * (alpha / omega);
      rho = rho_new;
      vectors_.restart(*r_, beta, -omega, *v_, *p_);
    }
  }

  // t = A s^. <r, t> and ||t||.
  std::pair<Complex, double> second_half() {
    if (M_ == nullptr) {
      const auto products = vectors_.apply_dot_norm(A_, *r_, *t_);
      progress_.applied();
      return products;
    }
    precondition(*r_, *s_hat_);
    apply(*s_hat_, *t_);
    return vectors_.dot_and_norm(*r_, *t_);
  }

  static bool finite(Complex z) { return std::isfinite(z.real()) && std::isfinite(z.imag()); }

  Ref<Value> shadow_, p_, v_, t_, p_hat_, s_hat_;
};

}  // namespace

void bicgstab(LinOp &A, Value &b, Value *x0, const SolveOptions &options, Ref<Value> &x,
              SolveResult &result) {
  solve_square<Bicgstab>(A, b, x0, options, x, result);
}

}  // namespace spc
