// SPDX-License-Identifier: Apache-2.0
// What `spacecore solve --solver NAME` means.
#pragma once

#include <optional>
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

/// Options that mean something to iterative methods only: auto keeps to these where one is given.
struct IterativeOptions {
  std::string precond = "none";
  bool maxiter = false;
  bool given() const { return precond != "none" || maxiter; }
};

/// The family that a solver runs on where the user has named none.
std::string family_for(const std::string &solver, const IterativeOptions &with);

/// What to try, the next where one has failed: the solver that was asked for, alone. auto: a
/// factorization where its cost is bearable, else an iterative method by shape and symmetry; then what
/// takes singular matrices.
std::vector<SolverChoice> choose_solvers(const std::string &solver, const Problem &problem,
                                         const IterativeOptions &with);

/// Whether the norm of the entries is finite.
bool is_finite(const Problem &problem);

/// What |A^H r| of a least squares solution is measured against: (rtol + atol / |b|) |A| |r|, |A| the
/// Frobenius norm, which is no less than what lsqr and lsmr know of it.
double normal_threshold(const Problem &problem, const spc_solve_result &result);

/// What factors say about themselves, filled in by solve_directly.
struct FactorReport {
  std::string method, ordering, variant, family, reason;
  std::int64_t entries = -1, rank = -1;
};

/// x = A^-1 b or the least squares solution, with the outcome as a solver tells it. The reason is RTOL
/// where |b - A x| (least squares: |A^H (b - A x)|) is small, NONFINITE where it is out of range, else
/// LOSS_OF_ACCURACY. normal_target is set where the latter was looked at.
Array solve_directly(const SolverChoice &choice, const Problem &problem, double rtol, double atol,
                     spc_solve_result &result, FactorReport &factors,
                     std::optional<double> &normal_target);

}  // namespace cmd
