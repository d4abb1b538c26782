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

// What factors cost that are made without reordering.
struct Cost {
  double entries = 0, operations = 0;
  // Some seconds, or some minutes and gigabytes.
  bool small() const { return entries <= 2e7 && operations <= 1e9; }
  bool bearable() const { return entries <= 1e8 && operations <= 3e10; }
};

std::vector<std::int64_t> numbers_of(const Array &array) {
  const auto wide = make(spc_astype, array.get(), std::int32_t{SPC_INT64});
  std::vector<std::int64_t> host(get<std::int64_t>(spc_array_size, wide.get()));
  check(spc_array_to_host(wide.get(), host.data(),
                          static_cast<std::int64_t>(host.size() * sizeof host[0])));
  return host;
}

// By the profile of A + A^T, which Cholesky factors do not leave; pivoting triples it. Of a rectangular
// matrix those of qr, which are made as dense ones.
Cost cost_of(const Problem &problem, bool hermitian) {
  const auto rows = static_cast<double>(problem.rows), cols = static_cast<double>(problem.cols);
  if (problem.rows != problem.cols) return {rows * cols, rows * cols * std::min(rows, cols) / 10};
  const auto csr = make(spc_context_assparse, problem.context.get(),
                        static_cast<spc_value>(problem.matrix.get()));
  Array first, second;
  check(spc_sparse_parts(csr.get(), first.out(), second.out(), nullptr));
  const auto indptr = numbers_of(first), indices = numbers_of(second);
  std::vector<std::int64_t> width(static_cast<std::size_t>(problem.rows), 0);
  for (std::int64_t i = 0; i < problem.rows; ++i) {
    for (auto k = indptr[static_cast<std::size_t>(i)]; k < indptr[static_cast<std::size_t>(i) + 1];
         ++k) {
      const std::int64_t j = indices[static_cast<std::size_t>(k)];
      auto &widest = width[static_cast<std::size_t>(std::max(i, j))];
      widest = std::max(widest, std::abs(i - j));
    }
  }
  Cost cost;
  for (const std::int64_t w : width) {
    cost.entries += static_cast<double>(w) + 1;
    cost.operations += static_cast<double>(w) * static_cast<double>(w);
  }
  const double pivoting = hermitian ? 1 : 3;
  return {pivoting * cost.entries, pivoting * cost.operations};
}

// qr of a square matrix that turned out to be singular.
bool can_afford_qr(const Problem &problem) {
  if (problem.family == suitesparse) return problem.nnz <= 5'000'000;
  const auto n = static_cast<double>(problem.rows);
  return n * n * n <= 1e10;
}

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

bool is_complex(const Problem &problem) {
  return problem.dtype.rfind("complex", 0) == 0;
}

const char *not_hermitian(const Problem &problem) {
  return is_complex(problem) ? "not Hermitian" : "not symmetric";
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
    factors.rank = problem.cols;
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
             info.method == SPC_FACTOR_QR ? info.rank : problem.cols};
  if (choice.method == SPC_FACTOR_AUTO && info.method == SPC_FACTOR_LU) {
    if (problem.rows == 0)
      factors.reason = "the matrix is empty";
    else if (!is_hermitian(problem))
      factors.reason = std::string("the matrix is ") + not_hermitian(problem);
  }
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

std::string family_for(const std::string &solver, const IterativeOptions &with) {
  const Direct *const direct = direct_solver(solver);
  if (direct != nullptr && direct->of_suitesparse) return suitesparse;
  const bool factors = (solver == "auto" && !with.given()) || direct != nullptr;
  return factors && usable(suitesparse) ? suitesparse : "cpu";
}

namespace {

SolverChoice asked_for(const Direct &direct, const Problem &problem, const IterativeOptions &with) {
  const std::string solver = direct.name;
  if (with.precond != "none")
    throw BadInput(fmt::format("--solver {} takes no preconditioner", solver));
  if (with.maxiter)
    throw BadInput(fmt::format("--solver {} takes no --maxiter: it does not iterate", solver));
  if (direct.of_suitesparse && problem.family != suitesparse)
    throw BadInput(fmt::format("--solver {} runs on the backend suitesparse, not on {}", solver,
                               problem.family));
  if (!problem.sparse && (direct.of_suitesparse || direct.method == SPC_FACTOR_QR))
    throw BadInput(fmt::format("{}: --solver {} takes sparse matrices only", problem.name, solver));
  const bool of_triangle = direct.method == SPC_FACTOR_CHOLESKY || direct.method == SPC_FACTOR_LDL;
  if (of_triangle && problem.rows == problem.cols && !is_hermitian(problem))
    throw BadInput(
        fmt::format("{}: --solver {} takes Hermitian matrices only", problem.name, solver));
  return {solver, true, direct.method, direct.variant, ""};
}

std::vector<SolverChoice> by_structure(const Problem &problem, const IterativeOptions &with) {
  std::vector<SolverChoice> choices;
  const auto factor = [&](const char *name, std::int32_t method, const std::string &why) {
    choices.push_back({name, true, method, SPC_VARIANT_AUTO, why});
  };
  const auto iterate = [&](const char *name, const std::string &why) {
    choices.push_back({name, false, SPC_FACTOR_AUTO, SPC_VARIANT_AUTO, why});
  };
  const bool square = problem.rows == problem.cols;
  const bool hermitian = square && is_hermitian(problem);
  const std::string property = !square               ? "rectangular"
                               : !hermitian          ? not_hermitian(problem)
                               : is_complex(problem) ? "Hermitian"
                                                     : "symmetric";
  const std::string structure = "the matrix is " + property;
  if (with.given()) {
    const std::string why =
        fmt::format("{} is for iterative methods, and {}",
                    with.precond != "none" ? "--precond" : "--maxiter", structure);
    iterate(!square ? "lsqr" : hermitian ? "cg" : "gmres", why);
    if (hermitian && with.precond == "none") iterate("minres", structure);
    return choices;
  }

  const char *const last = "it takes singular matrices";
  if (!problem.sparse) {
    const std::string dense = "the matrix is dense and " + property;
    if (hermitian) factor("cholesky", SPC_FACTOR_CHOLESKY, dense);
    if (square) factor("lu", SPC_FACTOR_LU, dense);
    iterate("lsqr", square ? last : dense);
    return choices;
  }
  const bool ordered = problem.family == suitesparse;
  const Cost cost = ordered ? Cost{} : cost_of(problem, hermitian);
  if (cost.small()) {
    factor(square ? "lu" : "qr", SPC_FACTOR_AUTO,
           ordered ? "sparse factorizations are available"
                   : fmt::format("factors without reordering stay small: about {:.1e} entries",
                                 cost.entries));
  } else {
    iterate(!square     ? "lsqr"
            : hermitian ? "cg"
                        : "gmres",
            fmt::format("factors without reordering may have {:.1e} entries; {}", cost.entries,
                        structure));
    if (cost.bearable()) factor(square ? "lu" : "qr", SPC_FACTOR_AUTO, "it does not iterate");
  }
  if (!square) return choices;
  if (can_afford_qr(problem)) factor("qr", SPC_FACTOR_QR, last);
  iterate(hermitian ? "minres" : "lsqr", last);
  return choices;
}

}  // namespace

namespace {

// The Frobenius norm of A.
double size_of(const Problem &problem) {
  if (!problem.sparse) return norm_of(problem.matrix.get());
  Array values;
  check(spc_sparse_parts(problem.matrix.get(), nullptr, nullptr, values.out()));
  return norm_of(values.get());
}

}  // namespace

bool is_finite(const Problem &problem) {
  return std::isfinite(size_of(problem));
}

double normal_threshold(const Problem &problem, const spc_solve_result &result) {
  const double fraction = result.baseline_norm > 0 ? result.threshold / result.baseline_norm : 0;
  return fraction * size_of(problem) * result.true_residual_norm;
}

std::vector<SolverChoice> choose_solvers(const std::string &solver, const Problem &problem,
                                         const IterativeOptions &with) {
  if (solver == "auto") return by_structure(problem, with);
  if (const Direct *const direct = direct_solver(solver))
    return {asked_for(*direct, problem, with)};
  return {{solver, false, SPC_FACTOR_AUTO, SPC_VARIANT_AUTO, ""}};
}

Array solve_directly(const SolverChoice &choice, const Problem &problem, double rtol, double atol,
                     spc_solve_result &result, FactorReport &factors,
                     std::optional<double> &normal_target) {
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
    measured = result.normal_residual_norm = norm_of(normal.get());
    threshold = normal_threshold(problem, result);
    normal_target = threshold;
  }
  result.reason = !std::isfinite(measured + threshold) ? SPC_REASON_NONFINITE
                  : measured <= threshold              ? SPC_REASON_RTOL
                                                       : SPC_REASON_LOSS_OF_ACCURACY;
  return x;
}

}  // namespace cmd
