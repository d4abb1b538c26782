// SPDX-License-Identifier: Apache-2.0
// What all iterative solvers share: options, result record, reasons.
#pragma once

#include <cstdint>
#include <functional>

#include "spacecore/types.h"

#include "core/linop/linop.hpp"

namespace spc {

/// The stopping rule and the controls of one solve, resolved from the C record.
struct SolveOptions {
  std::int32_t norm = SPC_NORM_SPACE;
  std::int32_t baseline = SPC_BASELINE_RHS;
  std::int32_t combiner = SPC_COMBINE_SUM;
  double rtol = 1e-6;
  double atol = 0;
  std::int64_t maxiter = SPC_NONE_I64;  // max(1000, 10 n)
  std::int64_t check_every = 1;
  LinOp *precond = nullptr;  // X -> X, applies M^-1
  /// Called at every check, iteration 0 included: true stops the solve, throwing fails it.
  std::function<bool(const spc_solve_info &)> monitor;
  double *history = nullptr;
  std::int64_t history_capacity = 0;
};

/// The one result record, as the C API hands it out.
using SolveResult = spc_solve_result;

/// ValueErr naming the solver and the option that is out of range.
void check_options(const SolveOptions &options, const char *solver);
/// The iteration limit for n unknowns.
std::int64_t iteration_limit(const SolveOptions &options, std::int64_t n);
/// "RTOL", "MAXITER", ...; nullptr for a number that is no reason.
const char *reason_name(std::int32_t reason) noexcept;

}  // namespace spc
