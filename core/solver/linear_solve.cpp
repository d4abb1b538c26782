// SPDX-License-Identifier: Apache-2.0
#include "core/solver/linear_solve.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

#include "core/solver/batch.hpp"

namespace spc {

LinearSolver &linear_solver(std::int32_t solver, const char *op) {
  switch (solver) {
    case SPC_SOLVER_CG:
      return cg;
    case SPC_SOLVER_MINRES:
      return minres;
    case SPC_SOLVER_GMRES:
      return gmres;
    case SPC_SOLVER_FGMRES:
      return fgmres;
    case SPC_SOLVER_BICGSTAB:
      return bicgstab;
    case SPC_SOLVER_LSQR:
      return lsqr;
    case SPC_SOLVER_LSMR:
      return lsmr;
    default:
      fail(SPC_E_VALUE, "{}: solver is {}, expected {} (cg) to {} (lsmr)", op, solver,
           static_cast<int>(SPC_SOLVER_CG), static_cast<int>(SPC_SOLVER_LSMR));
  }
}

namespace {

SolveOptions to_tolerance(const LinOp &A, double rtol) {
  SolveOptions options;
  options.rtol = rtol > 0 ? rtol : size_of(real_of(A.ctx->dtype)) == 4 ? 1e-6 : 1e-12;
  options.probe_curvature = false;
  return options;
}

void require_converged(const SolveResult &result, const char *who) {
  if (result.reason < 0)
    fail(SPC_E_RUNTIME,
         "{} by conjugate gradients: {} after {} iterations with residual {}, the threshold is {}",
         who, reason_name(result.reason), result.iterations, result.residual_norm,
         result.threshold);
}

}  // namespace

Ref<Value> solve_positive(LinOp &A, Value &b, double rtol, const char *who, bool *indefinite) {
  Ref<Value> x;
  SolveResult result = {};
  cg(A, b, nullptr, to_tolerance(A, rtol), x, result);
  if (indefinite != nullptr) {
    *indefinite = result.reason == SPC_REASON_INDEFINITE;
    if (*indefinite) return nullptr;
  }
  require_converged(result, who);
  return x;
}

Ref<Value> solve_positive_batch(LinOp &A, Value &bs, std::int64_t n, double rtol, const char *who) {
  Ref<Value> xs;
  std::vector<SolveResult> results(static_cast<std::size_t>(n), SolveResult{});
  solve_batch(cg, A, bs, nullptr, to_tolerance(A, rtol), xs, results);
  for (const SolveResult &result : results) require_converged(result, who);
  return xs;
}

namespace {

// At level strict cg is owed positive curvature: the normalised all-ones element is a probe that
// costs one application.
void check_curvature(const LinOp &A, const char *solver) {
  const Space &space = *A.domain;
  Memory memory(nullptr, solver);
  const Ref<Value> v = space.coordinate_ones(), image = space.new_element();
  Vectors vectors(space, memory, *v);
  const double size = vectors.norm(*v);
  if (!(size > 0)) return;
  vectors.scale(1 / size, *v);
  A.apply_into_core(nullptr, *v, nullptr, *image, Mode::none);
  const double curvature = vectors.inner(*v, *image);
  if (!(curvature > 0))
    fail(SPC_E_VALUE,
         "{} strict checks require positive curvature on the probe vector. Got Re<v, A v> = {}",
         solver, curvature);
}

// Before anything is made: what the constructor's initialisers rely on.
const LinOp &checked(const char *solver, SquareSolve::Demand demand, LinOp &A, Value &b, Value *x0,
                     const SolveOptions &options) {
  check_system(solver, demand, A, options);
  check_vector(*A.domain, b, solver, "b");
  if (x0 != nullptr) check_vector(*A.domain, *x0, solver, "x0");
  return A;
}

}  // namespace

void check_system(const char *solver, SquareSolve::Demand demand, LinOp &A,
                  const SolveOptions &options) {
  check_square(A, solver);
  const bool strict = demand == SquareSolve::Demand::positive && A.ctx->level == CheckLevel::strict;
  const bool self_adjoint = demand != SquareSolve::Demand::none;
  if (strict && A.is_hermitian() == Verdict::no)
    fail(SPC_E_VALUE, "{} strict checks require A to be Hermitian/self-adjoint.", solver);
  if (self_adjoint) check_self_adjoint(A, solver);
  if (strict && options.probe_curvature) check_curvature(A, solver);
  check_options(options, solver);
  check_preconditioner(*A.domain, options, solver, self_adjoint);
}

SquareSolve::SquareSolve(const char *solver, Demand demand, LinOp &A, Value &b, Value *x0,
                         const SolveOptions &options, SolveResult &result)
    : A_(checked(solver, demand, A, b, x0, options)),
      M_(options.precond),
      X_(*A.domain),
      b_(b),
      options_(options),
      memory_(options.workspace, solver),
      progress_(options, result, eps(A.ctx->dtype), iteration_limit(options, A.domain->size())),
      x_(memory_.element(X_)),
      r_(memory_.element(X_)),
      vectors_(X_, memory_, b),
      result_(result),
      plain_norm_(options.norm == SPC_NORM_SPACE ||
                  (options.norm == SPC_NORM_EUCLIDEAN ? X_.is_euclidean() : M_ == nullptr)) {
  if (x0 != nullptr)
    vectors_.copy(*x0, *x_);
  else
    vectors_.zero(*x_);
}

Ref<Value> SquareSolve::run(Value *x0) {
  progress_.conduct([&] {
    rhs_norm_ = measure(b_);
    double residual = rhs_norm_;
    if (x0 == nullptr) {
      vectors_.copy(b_, *r_);
    } else {
      true_residual(*r_);
      residual = measure(*r_);
    }
    std::int32_t reason = progress_.start(rhs_norm_, residual);
    if (reason == 0) reason = iterate();
    if (reason == SPC_REASON_NONFINITE && indefinite_) reason = SPC_REASON_INDEFINITE;
    return verified(reason);
  });
  return x_;
}

void SquareSolve::apply(Value &x, Value &y) {
  A_.apply_into_core(nullptr, x, nullptr, y, Mode::none);
  progress_.applied();
}

void SquareSolve::precondition(Value &r, Value &z) const {
  if (M_ == nullptr)
    X_.copy_into(r, z);
  else
    M_->apply_into_core(nullptr, r, nullptr, z, Mode::none);
}

void SquareSolve::true_residual(Value &out) {
  vectors_.copy(b_, out);
  Scalar minus(SPC_WEAK_FLOAT, 0, -1.0), one(SPC_WEAK_FLOAT, 0, 1.0);
  A_.apply_into_core(&minus, *x_, &one, out, Mode::none);
  progress_.applied();
}

double SquareSolve::measure(Value &r, Value *z) {
  if (plain_norm_) return vectors_.norm(r);
  if (options_.norm == SPC_NORM_EUCLIDEAN) return vectors_.coordinate_norm(r);
  if (z == nullptr) {
    if (!measured_) measured_ = memory_.element(X_);
    z = measured_.get();
    precondition(r, *z);
  }
  if (options_.norm == SPC_NORM_PRECONDITIONED) return vectors_.norm(*z);
  const double natural = vectors_.root(r, *z);
  if (!(natural < 0)) return natural;
  indefinite_ = true;
  return std::nan("");
}

void SquareSolve::choose_scale(double norm) {
  const int limit = size_of(real_of(A_.ctx->dtype)) == 8 ? 1000 : 120;
  const int exponent = norm > 0 ? std::clamp(std::ilogb(norm), -limit, limit) : 0;
  if (exponent == 0) return;
  scale_ = std::ldexp(1.0, -exponent);
  vectors_.scale(scale_, *r_);
}

// The recurrence may have drifted from b - A x.
std::int32_t SquareSolve::verified(std::int32_t reason) {
  double actual = progress_.residual();
  if (progress_.iterations() > 0) {
    if (!spare_) spare_ = memory_.element(X_);
    true_residual(*spare_);
    actual = measure(*spare_);
  }
  result_.true_residual_norm = actual;
  const double scale =
      reason == SPC_REASON_ROUNDOFF ? rhs_norm_ + operator_norm_ * vectors_.norm(*x_) : rhs_norm_;
  return progress_.verified(reason, actual, scale);
}

}  // namespace spc
