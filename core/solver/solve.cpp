// SPDX-License-Identifier: Apache-2.0
#include "core/solver/solve.hpp"

#include <algorithm>
#include <cmath>

#include "core/support/error.hpp"

namespace spc {

void check_options(const SolveOptions &o, const char *solver) {
  if (o.norm != SPC_NORM_SPACE)
    fail(SPC_E_VALUE, "{}: norm is {}, expected {} (of the space)", solver, o.norm,
         static_cast<int>(SPC_NORM_SPACE));
  if (o.baseline != SPC_BASELINE_RHS && o.baseline != SPC_BASELINE_INITIAL)
    fail(SPC_E_VALUE, "{}: baseline is {}, expected {} (right-hand side) or {} (initial residual)",
         solver, o.baseline, static_cast<int>(SPC_BASELINE_RHS),
         static_cast<int>(SPC_BASELINE_INITIAL));
  if (o.combiner != SPC_COMBINE_SUM && o.combiner != SPC_COMBINE_MAX)
    fail(SPC_E_VALUE, "{}: combiner is {}, expected {} (sum) or {} (max)", solver, o.combiner,
         static_cast<int>(SPC_COMBINE_SUM), static_cast<int>(SPC_COMBINE_MAX));
  if (!(o.rtol >= 0) || std::isinf(o.rtol))
    fail(SPC_E_VALUE, "{}: rtol is {}, expected a finite number >= 0", solver, o.rtol);
  if (!(o.atol >= 0) || std::isinf(o.atol))
    fail(SPC_E_VALUE, "{}: atol is {}, expected a finite number >= 0", solver, o.atol);
  if (o.maxiter < 0 && o.maxiter != SPC_NONE_I64)
    fail(SPC_E_VALUE, "{}: maxiter must be nonnegative, got {}", solver, o.maxiter);
  if (o.check_every < 1)
    fail(SPC_E_VALUE, "{}: check_every must be at least 1, got {}", solver, o.check_every);
  if (o.history_capacity < 0)
    fail(SPC_E_VALUE, "{}: history_capacity must be nonnegative, got {}", solver,
         o.history_capacity);
}

std::int64_t iteration_limit(const SolveOptions &o, std::int64_t n) {
  if (o.maxiter != SPC_NONE_I64) return o.maxiter;
  return std::max<std::int64_t>(1000, n > INT64_MAX / 10 ? INT64_MAX : 10 * n);
}

const char *reason_name(std::int32_t reason) noexcept {
  switch (reason) {
    case SPC_REASON_RTOL:
      return "RTOL";
    case SPC_REASON_ATOL:
      return "ATOL";
    case SPC_REASON_ROUNDOFF:
      return "ROUNDOFF";
    case SPC_REASON_STOPPED_BY_MONITOR:
      return "STOPPED_BY_MONITOR";
    case SPC_REASON_MAXITER:
      return "MAXITER";
    case SPC_REASON_BREAKDOWN:
      return "BREAKDOWN";
    case SPC_REASON_INDEFINITE:
      return "INDEFINITE";
    case SPC_REASON_NONFINITE:
      return "NONFINITE";
    case SPC_REASON_LOSS_OF_ACCURACY:
      return "LOSS_OF_ACCURACY";
    case SPC_REASON_STAGNATION:
      return "STAGNATION";
    case SPC_REASON_CANCELLED:
      return "CANCELLED";
    case SPC_REASON_CALLBACK:
      return "CALLBACK";
    default:
      return nullptr;
  }
}

}  // namespace spc
