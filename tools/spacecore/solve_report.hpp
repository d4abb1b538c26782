// SPDX-License-Identifier: Apache-2.0
// The outcome of `spacecore solve`, for people and for programs.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "tools/spacecore/problem.hpp"
#include "tools/spacecore/solver_choice.hpp"

namespace cmd {

struct SolveReport {
  const Problem &problem;
  std::string solver, precond, check_level, rhs;
  double rtol = 0, atol = 0;
  spc_solve_result result{};
  /// Largest |x_i - 1| where ones is the solution, the only one as far as is known.
  std::optional<double> max_error;
  /// Why auto chose the solver; empty: it was asked for.
  std::string why;
  /// What auto tried before, and what became of it.
  struct Attempt {
    std::string solver, outcome;
  };
  std::vector<Attempt> tried;
  /// The solver was asked for and iterates.
  bool may_ask_auto = false;
  /// Target of |A^H (b - A x)| where that was looked at.
  std::optional<double> normal_threshold;
  /// Of a direct solver.
  std::optional<FactorReport> factors;

  bool converged() const { return result.reason > 0; }
  /// Converged, though no x solves the equations: to the least squares solution.
  bool least_squares() const {
    return converged() && normal_threshold && !(result.true_residual_norm <= result.threshold);
  }
  std::string reason() const;
};

std::string report_text(const SolveReport &report);

/// One object on one line; numbers that are not finite are null.
std::string report_json(const SolveReport &report);

/// The same for a solve that has failed.
std::string error_json(const std::string &kind, const std::string &text);

}  // namespace cmd
