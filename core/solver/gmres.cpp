// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>

#include "core/solver/linear_solve.hpp"

namespace spc {

namespace {

using Complex = std::complex<double>;

/// Cycles of at most `restart` Arnoldi steps on A M^-1. The Hessenberg matrix is made triangular by
/// one rotation a step, so that its last right-hand side is the norm of the residual.
class Gmres final : public SquareSolve {
 public:
  Gmres(bool flexible, LinOp &A, Value &b, Value *x0, const SolveOptions &options,
        SolveResult &result)
      : SquareSolve(flexible ? "fgmres" : "gmres", Demand::none, A, b, x0, options, result),
        keep_preconditioned_(flexible && options.precond != nullptr),
        m_(static_cast<std::size_t>(std::min(
            {options.restart, std::max<std::int64_t>(A.domain->size(), 1), iterations(options)}))) {
  }

 private:
  // What restart may be cut down to.
  static std::int64_t iterations(const SolveOptions &o) {
    return o.maxiter == SPC_NONE_I64 ? INT64_MAX : std::max<std::int64_t>(o.maxiter, 1);
  }

  std::int32_t iterate() override {
    if (const std::int32_t over = progress_.limit(1)) return over;
    H_ = memory_.complexes((m_ + 1) * m_);
    g_ = memory_.complexes(m_ + 1);
    y_ = memory_.complexes(m_);
    sines_ = memory_.complexes(m_);
    cosines_ = memory_.reals(m_);
    if (M_ != nullptr) z_ = memory_.element(X_);
    w_ = memory_.element(X_);
    spare_ = w_;
    for (;;) {
      const std::int32_t reason = cycle();
      if (reason != 0) return reason;
      if (const std::int32_t over = progress_.limit(2)) return over;
      true_residual(*r_);
    }
  }

  // From r_ = b - A x_; 0: the next cycle may begin.
  std::int32_t cycle() {
    double beta = vectors_.norm(*r_);
    if (!std::isfinite(beta)) return SPC_REASON_NONFINITE;
    if (beta == 0) return progress_.check(0);
    vectors_.multiple(1 / beta, *r_, basis(0));
    g_[0] = beta;
    std::size_t k = 0;
    std::int32_t reason = 0;
    const auto residual = [&] { return plain_norm() ? beta : measure(*r_); };
    while (reason == 0 && k < m_) {
      Value &image = *w_;
      const double before = next(k, image);
      std::fill_n(&h(0, k), k + 2, Complex(0));
      const double after = vectors_.orthogonalise({basis_.data(), k + 1}, image, before, &h(0, k));
      if (!std::isfinite(after)) {
        reason = progress_.stuck(SPC_REASON_NONFINITE, residual);
        break;
      }
      operator_norm_ = std::max(operator_norm_, growth_);
      // What is left after the orthogonalisation is nothing but rounding errors.
      const bool exhausted = after <= progress_.eps() * before;
      h(k + 1, k) = exhausted ? 0.0 : after;
      const double pivot = rotate(k);
      if (pivot <= 10 * std::sqrt(static_cast<double>(k + 1)) * progress_.eps() * largest_) {
        // The matrix of this space is singular to working precision: the column says nothing.
        reason = progress_.stuck(SPC_REASON_BREAKDOWN, residual);
        break;
      }
      beta = std::abs(g_[k + 1]);
      if (!exhausted) {
        Value &v = basis(k + 1);
        vectors_.multiple(1 / after, image, v);
        if (!plain_norm()) vectors_.combine(g_[k + 1] * cosines_[k], v, std::norm(sines_[k]), *r_);
      } else if (!plain_norm()) {
        vectors_.zero(*r_);
      }
      ++k;
      reason = progress_.step(1, residual, beta <= progress_.test().roundoff());
      if (reason == 0 && exhausted) reason = SPC_REASON_BREAKDOWN;
    }
    update(k);
    return reason;
  }

  // image = A M^-1 v_k; its norm.
  double next(std::size_t k, Value &image) {
    Value *from = &basis(k);
    if (M_ != nullptr) {
      Value &z = keep_preconditioned_ ? preconditioned(k) : *z_;
      precondition(*from, z);
      from = &z;
    }
    const double size = vectors_.apply_norm(A_, *from, image);
    progress_.applied();
    growth_ = M_ == nullptr ? size : size / vectors_.norm(*from);
    return size;
  }

  // Column k under the rotations so far and a new one that annihilates h(k+1, k). The pivot.
  double rotate(std::size_t k) {
    double column = std::norm(h(k + 1, k));
    for (std::size_t i = 0; i <= k; ++i) column += std::norm(h(i, k));
    largest_ = std::max(largest_, std::sqrt(column));
    for (std::size_t i = 0; i < k; ++i) {
      const Complex upper = h(i, k), lower = h(i + 1, k);
      h(i, k) = cosines_[i] * upper + sines_[i] * lower;
      h(i + 1, k) = -std::conj(sines_[i]) * upper + cosines_[i] * lower;
    }
    const Complex a = h(k, k);
    const double b = h(k + 1, k).real(), pivot = std::hypot(std::abs(a), b);
    if (pivot == 0) return 0;
    // [c s; -conj(s) c] (a, b) = (pivot a / |a|, 0)
    const Complex phase = a == 0.0 ? Complex(1) : a / std::abs(a);
    cosines_[k] = std::abs(a) / pivot;
    sines_[k] = phase * (b / pivot);
    h(k, k) = phase * pivot;
    h(k + 1, k) = 0;
    g_[k + 1] = -std::conj(sines_[k]) * g_[k];
    g_[k] *= cosines_[k];
    return pivot;
  }

  // x = x + M^-1 V y with R y = g, from the first k columns.
  void update(std::size_t k) {
    if (k == 0) return;
    for (std::size_t i = k; i-- > 0;) {
      Complex sum = g_[i];
      for (std::size_t j = i + 1; j < k; ++j) sum -= h(i, j) * y_[j];
      y_[i] = sum / h(i, i);
    }
    if (M_ == nullptr || keep_preconditioned_) {
      const Elements &directions = M_ == nullptr ? basis_ : preconditioned_;
      vectors_.add_all(y_.first(k), {directions.data(), k}, *x_);
      return;
    }
    vectors_.add_all(y_.first(k), {basis_.data(), k}, *w_, true);
    precondition(*w_, *z_);
    vectors_.add(1, *z_, *x_);
  }

  Complex &h(std::size_t i, std::size_t j) { return H_[j * (m_ + 1) + i]; }
  // Made when a cycle first comes that far.
  Value &basis(std::size_t k) { return memory_.nth(basis_, k, X_); }
  Value &preconditioned(std::size_t k) { return memory_.nth(preconditioned_, k, X_); }

  const bool keep_preconditioned_;
  const std::size_t m_;
  Elements &basis_ = memory_.list(), &preconditioned_ = memory_.list();
  Ref<Value> w_, z_;
  std::span<Complex> H_, g_, y_, sines_;
  std::span<double> cosines_;
  double largest_ = 0;  // norm of a column of the Hessenberg matrix
  double growth_ = 0;   // ||A z|| / ||z|| of the last step
};

void solve_gmres(bool flexible, LinOp &A, Value &b, Value *x0, const SolveOptions &options,
                 Ref<Value> &x, SolveResult &result) {
  Gmres solve(flexible, A, b, x0, options, result);
  x = solve.run(x0);
}

}  // namespace

void gmres(LinOp &A, Value &b, Value *x0, const SolveOptions &options, Ref<Value> &x,
           SolveResult &result) {
  solve_gmres(false, A, b, x0, options, x, result);
}

void fgmres(LinOp &A, Value &b, Value *x0, const SolveOptions &options, Ref<Value> &x,
            SolveResult &result) {
  solve_gmres(true, A, b, x0, options, x, result);
}

}  // namespace spc
