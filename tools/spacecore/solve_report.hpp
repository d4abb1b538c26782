// SPDX-License-Identifier: Apache-2.0
// The outcome of `spacecore solve`, for people and for programs.
#pragma once

#include <optional>
#include <string>

#include "tools/spacecore/problem.hpp"
#include "tools/spacecore/solver_choice.hpp"

namespace cmd {

struct SolveReport {
  const Problem &problem;
  std::string solver, precond, check_level, rhs;
  double rtol = 0, atol = 0;
  spc_solve_result result{};
  /// Largest |x_i - 1| where ones is the solution.
  std::optional<double> max_error;
  /// Why auto chose the solver; empty: it was asked for.
  std::string why;
  /// Of a direct solver.
  std::optional<FactorReport> factors;

  bool converged() const { return result.reason > 0; }
  std::string reason() const;
};

std::string report_text(const SolveReport &report);

/// One object on one line; numbers that are not finite are null.
std::string report_json(const SolveReport &report);

}  // namespace cmd
