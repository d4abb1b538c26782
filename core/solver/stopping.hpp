// SPDX-License-Identifier: Apache-2.0
// When a solve stops, and what it tells while it runs.
#pragma once

#include <chrono>
#include <limits>

#include "core/solver/solve.hpp"
#include "core/support/error.hpp"

namespace spc {

/// norm(r) <= atol (+) rtol * baseline, (+) being the combiner; and norm(r) <= roundoff, below which
/// a recurrence holds nothing but rounding errors.
class StoppingTest {
 public:
  StoppingTest() = default;
  StoppingTest(const SolveOptions &options, double baseline, double roundoff);

  double baseline() const noexcept { return baseline_; }
  double threshold() const noexcept { return threshold_; }
  double roundoff() const noexcept { return roundoff_; }
  /// A norm or a threshold that is not finite: nothing can be said.
  bool usable() const noexcept;
  /// SPC_REASON_RTOL, _ATOL, _ROUNDOFF, or 0 if the test does not hold; NaN never holds. Of RTOL and
  /// ATOL the one whose term alone suffices, else the larger term.
  std::int32_t met(double residual) const noexcept;

 private:
  double rtol_term_ = 0, atol_term_ = 0, baseline_ = 0, threshold_ = 0, roundoff_ = 0;
};

/// The course of one solve: iterations, checks, history, monitor, limits, result. Every function
/// that can end the solve gives the reason, or 0 to go on.
class Progress {
 public:
  /// eps: that of the dtype; limit: of the iterations.
  Progress(const SolveOptions &options, SolveResult &result, double eps, std::int64_t limit);

  /// Sets the test and makes the first check. rhs_norm, initial: norms of the right-hand side and of
  /// the first residual.
  std::int32_t start(double rhs_norm, double initial);
  /// For eigenvalues, where the baseline comes with the residual: sets the test anew. INITIAL is the
  /// first. size: of what cancels in the residual.
  void set_baseline(double baseline, double size);

  /// The reason not to begin an iteration that applies operators `cost` times.
  std::int32_t limit(std::int64_t cost) const;
  /// One iteration is done. The residual is looked at when a check is due, when `rounded` says that
  /// it may be down to rounding errors, or when the next iteration, of `cost` applications, may not
  /// begin.
  template <class Residual>
  std::int32_t step(std::int64_t cost, Residual &&residual, bool rounded = false) {
    ++result_.iterations;
    const std::int32_t over = limit(cost);
    if (over != 0 || rounded || result_.iterations % options_.check_every == 0)
      if (const std::int32_t reason = check(residual())) return reason;
    return over;
  }
  /// The method cannot go on for `reason`; if the last residual was not looked at, that comes first.
  template <class Residual>
  std::int32_t stuck(std::int32_t reason, Residual &&residual) {
    if (last_check_ != result_.iterations)
      if (const std::int32_t met = check(residual())) return met;
    return reason;
  }
  /// One check. rounded: the residual is as small as rounding errors allow.
  std::int32_t check(double residual, bool rounded = false);

  /// The reason after the norm of the true residual is known: LOSS_OF_ACCURACY where it contradicts.
  /// scale: of the terms that cancel in the residual, norm(b) + norm(A) norm(x).
  std::int32_t verified(std::int32_t reason, double actual, double scale) const;

  void applied(std::int64_t n = 1) noexcept { result_.applies += n; }
  std::int64_t iterations() const noexcept { return result_.iterations; }
  /// Of the last check.
  double residual() const noexcept { return result_.residual_norm; }
  double eps() const noexcept { return eps_; }
  const StoppingTest &test() const noexcept { return test_; }

  /// Runs body, which gives the reason; the result is complete afterwards, whatever happens.
  template <class Body>
  void conduct(Body &&body) {
    try {
      result_.reason = body();
    } catch (const Error &e) {
      failed(e);
      throw;
    }
    finish();
  }

 private:
  double seconds() const noexcept;
  void failed(const Error &e) noexcept;
  void finish() noexcept { result_.seconds = seconds(); }

  const SolveOptions &options_;
  SolveResult &result_;
  const double eps_;
  const std::int64_t limit_;
  const std::chrono::steady_clock::time_point begin_;
  StoppingTest test_;
  double initial_ = -1;  // baseline of the first set_baseline
  double least_ = std::numeric_limits<double>::infinity();
  std::int64_t without_gain_ = 0;
  std::int64_t last_check_ = -1;
};

}  // namespace spc
