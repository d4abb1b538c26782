// SPDX-License-Identifier: Apache-2.0
#include "core/solver/solve.hpp"

#include <algorithm>
#include <cmath>

#include "core/support/error.hpp"

namespace spc {

void check_options(const SolveOptions &o, const char *solver) {
  if (o.norm < SPC_NORM_SPACE || o.norm > SPC_NORM_NATURAL)
    fail(SPC_E_VALUE,
         "{}: norm is {}, expected {} (of the space), {} (Euclidean), {} (preconditioned) or {} "
         "(natural)",
         solver, o.norm, static_cast<int>(SPC_NORM_SPACE), static_cast<int>(SPC_NORM_EUCLIDEAN),
         static_cast<int>(SPC_NORM_PRECONDITIONED), static_cast<int>(SPC_NORM_NATURAL));
  if (o.baseline < SPC_BASELINE_RHS || o.baseline > SPC_BASELINE_NONE)
    fail(SPC_E_VALUE,
         "{}: baseline is {}, expected {} (right-hand side), {} (initial residual), {} (given) or "
         "{} (none)",
         solver, o.baseline, static_cast<int>(SPC_BASELINE_RHS),
         static_cast<int>(SPC_BASELINE_INITIAL), static_cast<int>(SPC_BASELINE_GIVEN),
         static_cast<int>(SPC_BASELINE_NONE));
  if (o.baseline == SPC_BASELINE_GIVEN &&
      (!(o.baseline_value >= 0) || std::isinf(o.baseline_value)))
    fail(SPC_E_VALUE, "{}: baseline_value is {}, expected a finite number >= 0", solver,
         o.baseline_value);
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
  if (std::isnan(o.max_seconds)) fail(SPC_E_VALUE, "{}: max_seconds is {}", solver, o.max_seconds);
  if (o.max_applies < 0 && o.max_applies != SPC_NONE_I64)
    fail(SPC_E_VALUE, "{}: max_applies must be nonnegative, got {}", solver, o.max_applies);
  if (o.stagnation_checks < 0)
    fail(SPC_E_VALUE, "{}: stagnation_checks must be nonnegative, got {}", solver,
         o.stagnation_checks);
  if (!(o.damp >= 0) || std::isinf(o.damp))
    fail(SPC_E_VALUE, "{}: damp is {}, expected a finite number >= 0", solver, o.damp);
  if (o.restart < 1) fail(SPC_E_VALUE, "{}: restart must be at least 1, got {}", solver, o.restart);
  if (o.residual_mode != SPC_RESIDUAL_EXACT && o.residual_mode != SPC_RESIDUAL_RECURRENCE)
    fail(SPC_E_VALUE, "{}: residual_mode is {}, expected {} (exact) or {} (recurrence)", solver,
         o.residual_mode, static_cast<int>(SPC_RESIDUAL_EXACT),
         static_cast<int>(SPC_RESIDUAL_RECURRENCE));
}

void require_space_norm(const SolveOptions &o, const char *solver) {
  if (o.norm != SPC_NORM_SPACE)
    fail(SPC_E_VALUE, "{}: norm is {}, expected {} (of the space)", solver, o.norm,
         static_cast<int>(SPC_NORM_SPACE));
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
    case SPC_REASON_TIMEOUT:
      return "TIMEOUT";
    case SPC_REASON_MAXAPPLIES:
      return "MAXAPPLIES";
    default:
      return nullptr;
  }
}

}  // namespace spc
