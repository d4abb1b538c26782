// SPDX-License-Identifier: Apache-2.0
// The stopping test and the monitor.
#pragma once

#include <chrono>

#include "core/solver/solve.hpp"

namespace spc {

/// norm(r) <= atol (+) rtol * baseline, (+) being the combiner; and norm(r) <= eps * norm(b), below
/// which a recurrence holds nothing but rounding errors.
class StoppingTest {
 public:
  /// eps: that of the dtype.
  StoppingTest(const SolveOptions &options, double rhs_norm, double initial_norm, double eps);

  double baseline() const noexcept { return baseline_; }
  double threshold() const noexcept { return threshold_; }
  double roundoff() const noexcept { return roundoff_; }
  /// A norm or a threshold that is not finite: nothing can be said.
  bool usable() const noexcept;
  /// SPC_REASON_RTOL, _ATOL, _ROUNDOFF, or 0 if the test does not hold; NaN never holds. Of RTOL and
  /// ATOL the one whose term alone suffices, else the larger term.
  std::int32_t met(double residual) const noexcept;

 private:
  double rtol_term_, atol_term_, baseline_, threshold_, roundoff_;
};

/// Times a solve, records the residual norms of its checks and asks the monitor.
class Monitor {
 public:
  explicit Monitor(const SolveOptions &options);

  /// One check; iteration 0 is the first. True: the monitor asks to stop.
  bool check(std::int64_t iteration, double residual, double threshold);
  std::int64_t checks() const noexcept { return checks_; }
  double seconds() const noexcept;

 private:
  const SolveOptions &options_;
  const std::chrono::steady_clock::time_point begin_;
  std::int64_t checks_ = 0;
};

}  // namespace spc
