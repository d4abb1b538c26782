// SPDX-License-Identifier: Apache-2.0
// What `spacecore solve --solver NAME` means.
#pragma once

#include <string>
#include <vector>

#include "tools/spacecore/problem.hpp"

namespace cmd {

/// Every word that --solver takes.
const std::vector<std::string> &solver_names();

struct SolverChoice {
  /// Iterative: "cg", ...; direct: what was asked for. Of auto, what it became.
  std::string name;
  bool direct = false;
  /// Of a direct solver: SPC_FACTOR_*, SPC_VARIANT_*.
  std::int32_t method = SPC_FACTOR_AUTO, variant = SPC_VARIANT_AUTO;
  /// Why auto took it; empty: it was asked for.
  std::string why;
};

/// The family that a solver runs on where the user has named none.
std::string family_for(const std::string &solver);

/// auto: a factorization where one is to be had, else an iterative method, by shape and symmetry.
SolverChoice choose_solver(const std::string &solver, const Problem &problem);

/// What factors say about themselves, filled in by solve_directly.
struct FactorReport {
  std::string method, ordering, variant, family, reason;
  std::int64_t entries = -1, rank = -1;
};

/// x = A^-1 b or the least squares solution, with the outcome as a solver tells it. The reason is RTOL
/// where |b - A x| (least squares: |A^H (b - A x)|) is small, NONFINITE where it is out of range, else
/// LOSS_OF_ACCURACY.
Array solve_directly(const SolverChoice &choice, const Problem &problem, double rtol, double atol,
                     spc_solve_result &result, FactorReport &factors);

}  // namespace cmd
