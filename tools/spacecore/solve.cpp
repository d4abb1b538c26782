// SPDX-License-Identifier: Apache-2.0
// spacecore solve: a linear system from files, or a generated one.
#include <fmt/core.h>

#include <algorithm>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "tools/spacecore/commands.hpp"
#include "tools/spacecore/problem.hpp"
#include "tools/spacecore/solve_report.hpp"
#include "tools/spacecore/solver_choice.hpp"
#include "tools/spacecore/support.hpp"
#include "tools/spacecore/terminal.hpp"

namespace cmd {
namespace {

struct Options {
  ProblemOptions problem;
  std::string solver = "auto", precond = "none", dtype, check_level = "standard", out;
  double rtol = 1e-8, atol = 0;
  std::int64_t maxiter = SPC_NONE_I64;
  bool json = false;
  bool backend_given = false, solver_given = false;

  IterativeOptions iterative() const { return {precond, maxiter != SPC_NONE_I64}; }
};

const std::vector<std::string> kCheckLevels = {"none", "cheap", "standard", "strict"};

std::int32_t check_level(const std::string &name) {
  const auto found = std::find(kCheckLevels.begin(), kCheckLevels.end(), name);
  return static_cast<std::int32_t>(found - kCheckLevels.begin());
}

// CLI11's own check of this prints the largest double in full.
std::string not_negative(const std::string &text) {
  double value = 0;
  const bool number = CLI::detail::lexical_cast(text, value);
  return number && value >= 0 ? std::string() : fmt::format("{} is not a number >= 0", text);
}

std::int32_t show_progress(void *user, const spc_solve_info *info) {
  static_cast<ProgressLine *>(user)->update([info] {
    return fmt::format("iteration {:>7}  residual {:.3e}  target {:.3e}  {:.1f} s", info->iteration,
                       info->residual_norm, info->threshold, info->seconds);
  });
  return 0;
}

double largest_error(spc_array x) {
  const auto one = make(spc_weak_f64, 1.0);
  const auto difference = make(spc_subtract, x, one.get());
  const auto size = make(spc_abs, difference.get());
  const auto largest = make(spc_max, size.get(), std::int32_t{SPC_ALL_AXES},
                            static_cast<const std::int64_t *>(nullptr), std::int32_t{0});
  const auto value = make(spc_astype, largest.get(), std::int32_t{SPC_FLOAT64});
  double host = 0;
  check(spc_array_to_host(value.get(), &host, sizeof host));
  return host;
}

using Solver = spc_status(spc_linop, spc_element, spc_element, const spc_solve_options *,
                          spc_element *, spc_solve_result *);

Solver *iterative(const std::string &name) {
  if (name == "minres") return spc_minres;
  if (name == "gmres") return spc_gmres;
  if (name == "bicgstab") return spc_bicgstab;
  if (name == "lsqr") return spc_lsqr;
  if (name == "lsmr") return spc_lsmr;
  return spc_cg;
}

LinOp preconditioner(const std::string &name, const Problem &problem) {
  if (name == "none") return {};
  if (name == "jacobi") return jacobi(problem);
  return make<LinOp>(spc_linop_incomplete, problem.op.get(), name.c_str());
}

// By one choice; fills in the outcome.
Array attempt(const Options &options, const SolverChoice &choice, const Problem &problem,
              SolveReport &report) {
  report.solver = choice.name;
  report.why = choice.why;
  report.result = {};
  report.result.struct_size = sizeof report.result;
  report.factors.reset();
  report.normal_threshold.reset();
  if (choice.direct) {
    FactorReport factors;
    auto x = solve_directly(choice, problem, options.rtol, options.atol, report.result, factors,
                            report.normal_threshold);
    if (choice.method == SPC_FACTOR_AUTO) report.solver = factors.method;
    report.factors = std::move(factors);
    return x;
  }
  const LinOp precond = preconditioner(options.precond, problem);
  ProgressLine line;

  spc_solve_options with{};
  with.struct_size = sizeof with;
  check(spc_solve_options_init(&with));
  with.rtol = options.rtol;
  with.atol = options.atol;
  with.maxiter = options.maxiter;
  with.precond = precond.get();
  with.monitor = show_progress;
  with.monitor_user = &line;
  Array x;
  check(iterative(choice.name)(problem.op.get(), problem.rhs.get(), nullptr, &with, x.out(),
                               &report.result));
  if (choice.name == "lsqr" || choice.name == "lsmr")
    report.normal_threshold = normal_threshold(problem, report.result);
  return x;
}

// Solves and returns x; fills in the outcome.
Array solve(const Options &options, const Problem &problem, SolveReport &report) {
  const auto choices = choose_solvers(options.solver, problem, options.iterative());
  bool singular = false;
  Array x;
  for (std::size_t i = 0; i < choices.size(); ++i) {
    const SolverChoice &choice = choices[i];
    const bool last = i + 1 == choices.size();
    report.may_ask_auto = options.solver != "auto" && !choice.direct;
    try {
      x = attempt(options, choice, problem, report);
      const bool at_given_limit =
          options.maxiter != SPC_NONE_I64 && report.result.reason == SPC_REASON_MAXITER;
      if (report.converged() || last || at_given_limit) break;
      report.tried.push_back({report.solver, report.reason()});
    } catch (const Failure &failure) {
      if (report.may_ask_auto && is_a(failure.code(), SPC_E_VALUE))
        throw Failure(failure.code(), std::string(failure.what()) +
                                          "; --solver auto takes a method that fits the matrix");
      if (last || !is_a(failure.code(), SPC_E_LINALG) || !is_finite(problem)) throw;
      singular = singular || choice.method != SPC_FACTOR_CHOLESKY;
      report.tried.push_back({choice.name, failure.what()});
    }
  }
  const bool regular =
      report.factors ? report.factors->rank == problem.cols : problem.cols <= problem.rows;
  if (problem.ones_solve_it && problem.cols > 0 && regular && !singular)
    report.max_error = largest_error(x.get());
  return x;
}

// Better now than after a long solve.
void require_writable(const std::string &out) {
  const auto parent = std::filesystem::absolute(out).parent_path();
  if (!std::filesystem::is_directory(parent)) {
    throw BadInput(fmt::format("{}: cannot be written, {} is no directory", out, parent.string()));
  }
}

int run(Options options) {
  if (options.problem.matrix.empty() == !options.problem.poisson) {
    throw BadInput("name a Matrix Market file, or --poisson N, and not both");
  }
  if (options.problem.matrix == "-" && options.problem.rhs == "-") {
    throw BadInput("standard input holds one file; name the other one");
  }
  if (!options.dtype.empty()) {
    options.problem.dtype = get<std::int32_t>(spc_dtype_from_name, options.dtype.c_str());
  }
  options.problem.check_level = check_level(options.check_level);
  if (options.problem.poisson && !options.solver_given) options.solver = "cg";
  if (!options.backend_given)
    options.problem.backend = family_for(options.solver, options.iterative());
  find_backend(options.problem.backend);
  if (!options.out.empty()) require_writable(options.out);

  const Problem problem = load_problem(options.problem);
  SolveReport report{.problem = problem,
                     .solver = options.solver,
                     .precond = options.precond,
                     .check_level = options.check_level,
                     .rhs = problem.ones_solve_it ? "A * ones" : options.problem.rhs,
                     .rtol = options.rtol,
                     .atol = options.atol,
                     .result = {},
                     .max_error = {},
                     .why = {},
                     .tried = {},
                     .normal_threshold = {},
                     .factors = {}};
  Array x;
  try {
    x = solve(options, problem, report);
  } catch (const Failure &failure) {
    throw Failure(failure.code(), problem.name + ": " + failure.what());
  }
  fmt::print("{}", options.json ? report_json(report) : report_text(report));
  if (!options.out.empty()) {
    std::string comment =
        fmt::format("Solution of {} by {}: {}", problem.name, report.solver, report.reason());
    if (!report.factors) comment += fmt::format(" after {} iterations", report.result.iterations);
    check(spc_mm_write(options.out.c_str(), x.get(), SPC_MM_GENERAL, comment.c_str()));
    if (!options.json) fmt::print("{:<16}{}\n", "solution in", options.out);
  }
  return report.converged() ? kOk : kNegative;
}

// auto runs on cpu where the libraries of the family that it would take cannot be opened.
int run_where_possible(Options options) {
  try {
    return run(options);
  } catch (const Failure &failure) {
    const bool once = options.problem.matrix == "-" || options.problem.rhs == "-";
    if (options.backend_given || options.solver != "auto" || once ||
        !is_a(failure.code(), SPC_E_BACKEND_UNAVAILABLE))
      throw;
    fmt::print(stderr, "spacecore solve: warning: {}; on with the backend cpu\n", failure.what());
  }
  options.backend_given = true;
  options.problem.backend = "cpu";
  return run(options);
}

}  // namespace

Command add_solve(CLI::App &root) {
  auto *app = root.add_subcommand("solve", "Solve A x = b");
  app->fallthrough();
  auto o = std::make_shared<Options>();
  app->add_option("matrix", o->problem.matrix, "Matrix Market file with A; -: standard input")
      ->type_name("A.mtx");
  app->add_option("--poisson", o->problem.poisson,
                  "Instead of a file: the 3-D Poisson equation on an N x N x N grid, 7 points")
      ->type_name("N")
      ->check(CLI::Range(1, 512));
  app->add_option("--rhs", o->problem.rhs,
                  "Matrix Market file with b, one column (default: A times ones)")
      ->type_name("b.mtx");
  auto *solver = app->add_option("--solver", o->solver,
                                 "Method: direct, iterative, or auto by the structure of the "
                                 "matrix (default: auto; cg with --poisson)")
                     ->check(CLI::IsMember(solver_names()));
  app->add_option("--precond", o->precond, "Preconditioner of an iterative method")
      ->check(CLI::IsMember({"none", "jacobi", "ic0", "ilu0"}))
      ->capture_default_str();
  auto *backend =
      app->add_option(
             "--backend", o->problem.backend,
             "Family that stores and computes (default: cpu; where its libraries are, suitesparse, "
             "which is cpu with sparse factorizations, for direct solvers and auto)")
          ->type_name("NAME");
  app->add_option("--dtype", o->dtype, "Default: complex128 if a file is complex, else float64")
      ->check(CLI::IsMember({"float32", "float64", "complex64", "complex128"}));
  app->add_option("--rtol", o->rtol, "Stop when |b - A x| <= atol + rtol |b|")
      ->type_name("R")
      ->check(not_negative)
      ->capture_default_str();
  app->add_option("--atol", o->atol, "See --rtol")
      ->type_name("A")
      ->check(not_negative)
      ->capture_default_str();
  app->add_option("--maxiter", o->maxiter, "Most iterations (default: max(1000, 10 n))")
      ->type_name("N")
      ->check(not_negative);
  app->add_option("--check-level", o->check_level, "How much is verified on the way")
      ->check(CLI::IsMember(kCheckLevels))
      ->capture_default_str();
  app->add_option("--out", o->out, "Write x to this Matrix Market file, converged or not")
      ->type_name("x.mtx");
  app->add_flag("--json", o->json, "Print one JSON object instead of text");
  app->footer(
      "auto factors where that is cheap, else iterates; what fails or turns out singular goes on "
      "to\n"
      "the next method, and the report says so. With --precond or --maxiter it iterates.\n"
      "With --json a failure is an object, too, of error and kind.\n"
      "Exit status: 0 converged, 1 not converged, 2 bad usage or input.");
  return {app, [o, backend, solver] {
            o->backend_given = backend->count() > 0;
            o->solver_given = solver->count() > 0;
            try {
              return run_where_possible(*o);
            } catch (const Failure &failure) {
              if (o->json)
                fmt::print("{}", error_json(status_name(failure.code()), failure.what()));
              throw;
            } catch (const BadInput &bad) {
              if (o->json) fmt::print("{}", error_json("BadInput", bad.what()));
              throw;
            }
          }};
}

}  // namespace cmd
