// SPDX-License-Identifier: Apache-2.0
// What all iterative solvers share: options, result record, reasons.
#pragma once

#include <cstdint>

#include "spacecore/types.h"

#include "core/linop/linop.hpp"
#include "core/solver/workspace.hpp"

namespace spc {

/// The stopping rule and the controls of one solve, resolved from the C record.
struct SolveOptions {
  std::int32_t norm = SPC_NORM_SPACE;
  std::int32_t baseline = SPC_BASELINE_RHS;
  std::int32_t combiner = SPC_COMBINE_SUM;
  double rtol = 1e-6;
  double atol = 0;
  std::int64_t maxiter = SPC_NONE_I64;  // the solver's default
  std::int64_t check_every = 1;
  LinOp *precond = nullptr;  // X -> X, applies M^-1
  /// Called at every check, iteration 0 included: true stops the solve, throwing fails it.
  bool (*monitor)(void *user, const spc_solve_info &info) = nullptr;
  void *monitor_user = nullptr;
  double *history = nullptr;
  std::int64_t history_capacity = 0;
  double baseline_value = 0;
  double max_seconds = 0;  // <= 0: no limit
  /// Bounds the applications of the iteration; the true residual at the end comes on top.
  std::int64_t max_applies = SPC_NONE_I64;
  std::int64_t stagnation_checks = 0;  // 0: not tested
  double damp = 0;
  std::int64_t restart = 30;
  std::int32_t residual_mode = SPC_RESIDUAL_EXACT;
  bool largest = false;
  Workspace *workspace = nullptr;
  std::int64_t column = 0;  // for the monitor
  /// At level strict the program is told beforehand what a probe shows of A; who solves on its behalf
  /// tells in its own words what comes of it.
  bool probe_curvature = true;
};

/// The one result record, as the C API hands it out.
using SolveResult = spc_solve_result;

/// ValueErr naming the solver and the option that is out of range.
void check_options(const SolveOptions &options, const char *solver);
/// ValueErr: residuals of this solver are measured in the norm of the space alone.
void require_space_norm(const SolveOptions &options, const char *solver);
/// maxiter, or max(1000, 10 n) for n unknowns.
std::int64_t iteration_limit(const SolveOptions &options, std::int64_t n);
/// "RTOL", "MAXITER", ...; nullptr for a number that is no reason.
const char *reason_name(std::int32_t reason) noexcept;

}  // namespace spc
