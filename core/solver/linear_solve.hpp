// SPDX-License-Identifier: Apache-2.0
// What the solvers of square systems share.
#pragma once

#include "core/solver/entry.hpp"
#include "core/solver/linear.hpp"
#include "core/solver/stopping.hpp"
#include "core/solver/vectors.hpp"

namespace spc {

/// One solve of a square system: start, norms of residuals, true residual at the end. A class of it
/// iterates.
class SquareSolve {
 public:
  /// What the method asks of A: nothing; that it is self-adjoint, and M with it; that it is positive,
  /// too, which level strict probes.
  enum class Demand { none, self_adjoint, positive };

  /// Makes all checks of the entry.
  SquareSolve(const char *solver, Demand demand, LinOp &A, Value &b, Value *x0,
              const SolveOptions &options, SolveResult &result);
  SquareSolve(const SquareSolve &) = delete;
  SquareSolve &operator=(const SquareSolve &) = delete;

  Ref<Value> run(Value *x0);

 protected:
  ~SquareSolve() = default;

  /// From r_, the residual of x_, which is not small enough. The reason; x_ is the solution.
  virtual std::int32_t iterate() = 0;

  /// y = A x
  void apply(Value &x, Value &y);
  /// z = M^-1 r; without M, z = r.
  void precondition(Value &r, Value &z) const;
  /// out = b - A x
  void true_residual(Value &out);
  /// The space norm of r is what the test looks at.
  bool plain_norm() const noexcept { return plain_norm_; }
  /// Norm of scale_ r that the test looks at; z: M^-1 r where known. NaN where r has none because M
  /// is not positive.
  double measure(Value &r, Value *z = nullptr);
  /// Multiplies r_ by the power of two scale_ that makes its norm about 1, so that no b is too small
  /// or too large for products of two residuals.
  void choose_scale(double norm);

  const LinOp &A_;
  const LinOp *const M_;
  const Space &X_;
  Value &b_;
  const SolveOptions &options_;
  Memory memory_;
  Progress progress_;
  const Ref<Value> x_, r_;
  Vectors vectors_;
  double scale_ = 1;
  double operator_norm_ = 0;  // the largest growth seen
  Ref<Value> spare_;          // a vector that is free when iterate is through, if there is one
  bool indefinite_ = false;   // a residual had no natural norm

 private:
  std::int32_t verified(std::int32_t reason);

  SolveResult &result_;
  const bool plain_norm_;
  double rhs_norm_ = 0;
  Ref<Value> measured_;  // M^-1 r of measure
};

/// The checks of the entry but those of the vectors.
void check_system(const char *solver, SquareSolve::Demand demand, LinOp &A,
                  const SolveOptions &options);

/// What every LinearSolver of a square system is: one Solve, run.
template <class Solve>
void solve_square(LinOp &A, Value &b, Value *x0, const SolveOptions &options, Ref<Value> &x,
                  SolveResult &result) {
  Solve solve(A, b, x0, options, result);
  x = solve.run(x0);
}

}  // namespace spc
