// SPDX-License-Identifier: Apache-2.0
#include "core/solver/stopping.hpp"

#include <algorithm>
#include <cmath>

namespace spc {

StoppingTest::StoppingTest(const SolveOptions &options, double baseline, double roundoff)
    : baseline_(baseline), roundoff_(roundoff) {
  rtol_term_ = options.rtol * baseline_;
  atol_term_ = options.atol;
  threshold_ = options.combiner == SPC_COMBINE_SUM ? atol_term_ + rtol_term_
                                                   : std::max(atol_term_, rtol_term_);
}

bool StoppingTest::usable() const noexcept {
  return std::isfinite(threshold_) && std::isfinite(roundoff_);
}

std::int32_t StoppingTest::met(double residual) const noexcept {
  // What a threshold below the rounding errors is met by is rounding errors.
  if (residual <= threshold_ && threshold_ >= roundoff_) {
    const bool relative = residual <= rtol_term_, absolute = residual <= atol_term_;
    const bool rtol = relative == absolute ? rtol_term_ >= atol_term_ : relative;
    return rtol ? SPC_REASON_RTOL : SPC_REASON_ATOL;
  }
  return residual <= roundoff_ ? SPC_REASON_ROUNDOFF : 0;
}

Progress::Progress(const SolveOptions &options, SolveResult &result, double eps, std::int64_t limit)
    : options_(options),
      result_(result),
      eps_(eps),
      limit_(limit),
      begin_(std::chrono::steady_clock::now()) {}

double Progress::seconds() const noexcept {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin_).count();
}

std::int32_t Progress::start(double rhs_norm, double initial) {
  double baseline = 1;
  if (options_.baseline == SPC_BASELINE_RHS) baseline = rhs_norm;
  if (options_.baseline == SPC_BASELINE_INITIAL) baseline = initial;
  if (options_.baseline == SPC_BASELINE_GIVEN) baseline = options_.baseline_value;
  test_ = StoppingTest(options_, baseline, eps_ * rhs_norm);
  result_.baseline_norm = test_.baseline();
  result_.threshold = test_.threshold();
  return check(initial);
}

void Progress::set_baseline(double value, double size) {
  double baseline = 1;
  if (initial_ < 0) initial_ = value;
  if (options_.baseline == SPC_BASELINE_RHS) baseline = value;
  if (options_.baseline == SPC_BASELINE_INITIAL) baseline = initial_;
  if (options_.baseline == SPC_BASELINE_GIVEN) baseline = options_.baseline_value;
  test_ = StoppingTest(options_, baseline, eps_ * size);
  result_.baseline_norm = test_.baseline();
  result_.threshold = test_.threshold();
}

std::int32_t Progress::limit(std::int64_t cost) const {
  if (result_.iterations >= limit_) return SPC_REASON_MAXITER;
  if (options_.max_applies != SPC_NONE_I64 && options_.max_applies - result_.applies < cost)
    return SPC_REASON_MAXAPPLIES;
  if (options_.max_seconds > 0 && seconds() >= options_.max_seconds) return SPC_REASON_TIMEOUT;
  return 0;
}

std::int32_t Progress::check(double residual, bool rounded) {
  last_check_ = result_.iterations;
  result_.residual_norm = residual;
  if (result_.history_count < options_.history_capacity && options_.history != nullptr)
    options_.history[result_.history_count] = residual;
  ++result_.history_count;
  bool asked = false;
  if (options_.monitor != nullptr) {
    spc_solve_info info = {};
    info.struct_size = sizeof info;
    info.iteration = result_.iterations;
    info.residual_norm = residual;
    info.threshold = test_.threshold();
    info.seconds = seconds();
    info.applies = result_.applies;
    info.column = options_.column;
    asked = options_.monitor(options_.monitor_user, info);
  }
  if (!test_.usable() || !std::isfinite(residual)) return SPC_REASON_NONFINITE;
  if (const std::int32_t met = test_.met(residual)) return met;
  if (rounded) return SPC_REASON_ROUNDOFF;
  if (asked) return SPC_REASON_STOPPED_BY_MONITOR;
  if (residual < least_) {
    least_ = residual;
    without_gain_ = 0;
  } else if (++without_gain_ == options_.stagnation_checks) {
    return SPC_REASON_STAGNATION;
  }
  return 0;
}

std::int32_t Progress::verified(std::int32_t reason, double actual, double scale) const {
  double allowed = 2 * test_.threshold();
  if (reason == SPC_REASON_ROUNDOFF)
    // What rounding in every step may add up to.
    allowed = std::max(allowed, 10 * static_cast<double>(result_.iterations + 1) * eps_ * scale);
  else if (reason != SPC_REASON_RTOL && reason != SPC_REASON_ATOL)
    return reason;
  return actual <= allowed ? reason : SPC_REASON_LOSS_OF_ACCURACY;
}

void Progress::failed(const Error &e) noexcept {
  if (e.code() == SPC_E_CALLBACK) result_.reason = SPC_REASON_CALLBACK;
  if (e.code() == SPC_E_CANCELLED || e.native() == SPC_E_CANCELLED)
    result_.reason = SPC_REASON_CANCELLED;
  finish();
}

}  // namespace spc
