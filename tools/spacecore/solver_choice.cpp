// SPDX-License-Identifier: Apache-2.0
#include "tools/spacecore/solver_choice.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>

namespace cmd {
namespace {

struct Direct {
  const char *name;
  std::int32_t method, variant;
  bool of_suitesparse;
};

constexpr Direct direct_solvers[] = {
    {"cholmod", SPC_FACTOR_CHOLESKY, SPC_VARIANT_AUTO, true},
    {"umfpack", SPC_FACTOR_LU, SPC_VARIANT_SUPERNODAL, true},
    {"klu", SPC_FACTOR_LU, SPC_VARIANT_SIMPLICIAL, true},
    {"spqr", SPC_FACTOR_QR, SPC_VARIANT_AUTO, true},
    {"cholesky", SPC_FACTOR_CHOLESKY, SPC_VARIANT_AUTO, false},
    {"ldl", SPC_FACTOR_LDL, SPC_VARIANT_AUTO, false},
    {"lu", SPC_FACTOR_LU, SPC_VARIANT_AUTO, false},
    {"qr", SPC_FACTOR_QR, SPC_VARIANT_AUTO, false},
};

const Direct *direct_solver(const std::string &name) {
  const auto *const found = std::find_if(std::begin(direct_solvers), std::end(direct_solvers),
                                         [&](const Direct &d) { return d.name == name; });
  return found == std::end(direct_solvers) ? nullptr : found;
}

constexpr const char *suitesparse = "suitesparse";

bool usable(const char *family) {
  const auto all = all_backends();
  return std::any_of(all.begin(), all.end(), [&](const spc_backend_info &info) {
    return std::string(info.name) == family && info.available != 0;
  });
}

// Without reordering, factors of larger matrices fill up.
constexpr std::int64_t most_rows_unordered = 2000;

double norm_of(spc_array x) {
  const auto norm =
      make(spc_norm, x, std::int32_t{SPC_ORD_DEFAULT}, 0.0, std::int32_t{SPC_ALL_AXES},
           static_cast<const std::int64_t *>(nullptr), std::int32_t{0});
  const auto value = make(spc_astype, norm.get(), std::int32_t{SPC_FLOAT64});
  double host = 0;
  check(spc_array_to_host(value.get(), &host, sizeof host));
  return host;
}

bool is_hermitian(const Problem &problem) {
  return get<std::int32_t>(spc_linop_is_hermitian, problem.op.get()) == SPC_TRUE;
}

const char *word(const char *const *words, std::int32_t i) {
  return words[i];
}

LinOp inverse_of(const SolverChoice &choice, const Problem &problem, FactorReport &factors) {
  static constexpr const char *methods[] = {"auto", "cholesky", "ldl", "lu", "qr"};
  static constexpr const char *orderings[] = {"auto", "natural", "amd", "colamd", "metis"};
  static constexpr const char *variants[] = {"auto", "simplicial", "supernodal"};
  if (!problem.sparse) {
    factors.method = word(methods, choice.method);
    factors.family = problem.family;
    factors.reason = "the matrix is dense";
    return make<LinOp>(spc_linop_inverse, problem.op.get(), factors.method.c_str());
  }
  spc_factor_options options{};
  options.struct_size = sizeof options;
  check(spc_factor_options_init(&options));
  options.method = choice.method;
  options.variant = choice.variant;
  auto inverse = make<LinOp>(spc_linop_factorize, problem.op.get(),
                             static_cast<const spc_factor_options *>(&options));
  spc_factor_info info{};
  info.struct_size = sizeof info;
  check(spc_linop_factor_info(inverse.get(), &info));
  factors = {word(methods, info.method),
             word(orderings, info.ordering),
             word(variants, info.variant),
             info.family,
             info.reason,
             info.entries,
             info.rank};
  return inverse;
}

}  // namespace

const std::vector<std::string> &solver_names() {
  static const std::vector<std::string> names = [] {
    std::vector<std::string> list = {"auto"};
    for (const Direct &d : direct_solvers) list.emplace_back(d.name);
    for (const char *iterative : {"cg", "minres", "gmres", "bicgstab", "lsqr", "lsmr"})
      list.emplace_back(iterative);
    return list;
  }();
  return names;
}

std::string family_for(const std::string &solver) {
  const Direct *const direct = direct_solver(solver);
  if (direct != nullptr && direct->of_suitesparse) return suitesparse;
  const bool factors = solver == "auto" || direct != nullptr;
  return factors && usable(suitesparse) ? suitesparse : "cpu";
}

SolverChoice choose_solver(const std::string &solver, const Problem &problem) {
  if (const Direct *const direct = direct_solver(solver)) {
    if (direct->of_suitesparse && problem.family != suitesparse)
      throw BadInput(fmt::format("--solver {} runs on the backend suitesparse, not on {}", solver,
                                 problem.family));
    if (!problem.sparse && (direct->of_suitesparse || direct->method == SPC_FACTOR_QR))
      throw BadInput(
          fmt::format("{}: --solver {} takes sparse matrices only", problem.name, solver));
    const bool of_triangle =
        direct->method == SPC_FACTOR_CHOLESKY || direct->method == SPC_FACTOR_LDL;
    if (of_triangle && problem.rows == problem.cols && !is_hermitian(problem))
      throw BadInput(
          fmt::format("{}: --solver {} takes Hermitian matrices only", problem.name, solver));
    return {solver, true, direct->method, direct->variant, ""};
  }
  if (solver != "auto") return {solver, false, SPC_FACTOR_AUTO, SPC_VARIANT_AUTO, ""};

  const bool square = problem.rows == problem.cols;
  if (!problem.sparse && square)
    return {"direct", true, SPC_FACTOR_AUTO, SPC_VARIANT_AUTO, "the matrix is dense and square"};
  const bool ordered = problem.family == suitesparse;
  if (problem.sparse && (ordered || std::max(problem.rows, problem.cols) <= most_rows_unordered))
    return {"direct", true, SPC_FACTOR_AUTO, SPC_VARIANT_AUTO,
            ordered ? "sparse factorizations are available" : "the matrix is small"};
  const std::string lacking =
      problem.sparse ? fmt::format("{} has no sparse factorizations for this size", problem.family)
                     : "the matrix is dense and not square";
  if (!square)
    return {"lsqr", false, SPC_FACTOR_AUTO, SPC_VARIANT_AUTO, lacking + "; it is rectangular"};
  const bool hermitian = is_hermitian(problem);
  return {hermitian ? "cg" : "gmres", false, SPC_FACTOR_AUTO, SPC_VARIANT_AUTO,
          lacking + (hermitian ? "; it is self-adjoint" : "; it is not known to be self-adjoint")};
}

Array solve_directly(const SolverChoice &choice, const Problem &problem, double rtol, double atol,
                     spc_solve_result &result, FactorReport &factors) {
  const auto begin = std::chrono::steady_clock::now();
  const LinOp inverse = inverse_of(choice, problem, factors);
  auto x = make(spc_linop_apply, inverse.get(), problem.rhs.get());
  result.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();

  const auto image = make(spc_linop_apply, problem.op.get(), x.get());
  const auto residual = make(spc_subtract, problem.rhs.get(), image.get());
  result.applies = 1;
  result.true_residual_norm = result.residual_norm = norm_of(residual.get());
  result.baseline_norm = norm_of(problem.rhs.get());
  result.threshold = atol + rtol * result.baseline_norm;
  double measured = result.true_residual_norm, threshold = result.threshold;
  if (!(measured <= threshold) && factors.method == "qr") {
    const auto normal = make(spc_linop_rapply, problem.op.get(), residual.get());
    const auto whole = make(spc_linop_rapply, problem.op.get(), problem.rhs.get());
    measured = result.normal_residual_norm = norm_of(normal.get());
    threshold = atol + rtol * norm_of(whole.get());
  }
  result.reason = !std::isfinite(measured + threshold) ? SPC_REASON_NONFINITE
                  : measured <= threshold              ? SPC_REASON_RTOL
                                                       : SPC_REASON_LOSS_OF_ACCURACY;
  return x;
}

}  // namespace cmd
