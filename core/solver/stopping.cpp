// SPDX-License-Identifier: Apache-2.0
#include "core/solver/stopping.hpp"

#include <algorithm>
#include <cmath>

namespace spc {

StoppingTest::StoppingTest(const SolveOptions &options, double rhs_norm, double initial_norm,
                           double eps)
    : baseline_(options.baseline == SPC_BASELINE_RHS ? rhs_norm : initial_norm),
      roundoff_(eps * rhs_norm) {
  rtol_term_ = options.rtol * baseline_;
  atol_term_ = options.atol;
  threshold_ = options.combiner == SPC_COMBINE_SUM ? atol_term_ + rtol_term_
                                                   : std::max(atol_term_, rtol_term_);
}

bool StoppingTest::usable() const noexcept {
  return std::isfinite(threshold_) && std::isfinite(roundoff_);
}

std::int32_t StoppingTest::met(double residual) const noexcept {
  if (residual <= threshold_) {
    const bool relative = residual <= rtol_term_, absolute = residual <= atol_term_;
    const bool rtol = relative == absolute ? rtol_term_ >= atol_term_ : relative;
    return rtol ? SPC_REASON_RTOL : SPC_REASON_ATOL;
  }
  return residual <= roundoff_ ? SPC_REASON_ROUNDOFF : 0;
}

Monitor::Monitor(const SolveOptions &options)
    : options_(options), begin_(std::chrono::steady_clock::now()) {}

double Monitor::seconds() const noexcept {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin_).count();
}

bool Monitor::check(std::int64_t iteration, double residual, double threshold) {
  if (checks_ < options_.history_capacity && options_.history != nullptr)
    options_.history[checks_] = residual;
  ++checks_;
  if (!options_.monitor) return false;
  spc_solve_info info = {};
  info.struct_size = sizeof info;
  info.iteration = iteration;
  info.residual_norm = residual;
  info.threshold = threshold;
  info.seconds = seconds();
  return options_.monitor(info);
}

}  // namespace spc
