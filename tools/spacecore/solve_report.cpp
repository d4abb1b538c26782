// SPDX-License-Identifier: Apache-2.0
#include "tools/spacecore/solve_report.hpp"

#include <fmt/format.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "tools/spacecore/table.hpp"

namespace cmd {
namespace {

// What to make of a negative reason; the names alone are for programs.
const char *advice(std::int32_t reason) {
  switch (reason) {
    case SPC_REASON_MAXITER:
      return "the iteration limit was reached";
    case SPC_REASON_BREAKDOWN:
      return "a search direction vanished: is the matrix singular?";
    case SPC_REASON_INDEFINITE:
      return "the matrix or preconditioner is not positive definite";
    case SPC_REASON_NONFINITE:
      return "a number overflowed or was not a number";
    case SPC_REASON_LOSS_OF_ACCURACY:
      return "rounding keeps the true residual above the target";
    case SPC_REASON_STAGNATION:
      return "the residual stopped falling";
    default:
      return "";
  }
}

std::string line(const char *what, const std::string &text) {
  return fmt::format("{:<16}{}\n", what, text);
}

nlohmann::ordered_json finite(double value) {
  return std::isfinite(value) ? nlohmann::ordered_json(value) : nlohmann::ordered_json(nullptr);
}

}  // namespace

std::string SolveReport::reason() const {
  return get<const char *>(spc_reason_name, result.reason);
}

std::string report_text(const SolveReport &report) {
  const auto &problem = report.problem;
  const auto &result = report.result;
  std::string text = line("matrix", problem.name);
  text += line("size", fmt::format("{} x {}, {} entries{}", with_separators(problem.rows),
                                   with_separators(problem.cols), with_separators(problem.nnz),
                                   problem.sparse ? "" : " (dense)"));
  text += line("right-hand side", report.rhs);
  text += line("backend",
               fmt::format("{}, {}, checks {}", problem.family, problem.dtype, report.check_level));
  text += line("solver", report.precond == "none"
                             ? report.solver
                             : fmt::format("{}, preconditioner {}", report.solver, report.precond));
  if (!report.why.empty()) text += line("chosen because", report.why);
  if (report.factors) {
    const FactorReport &f = *report.factors;
    text +=
        line("factors", f.entries < 0 ? fmt::format("{} of {}", f.method, f.family)
                                      : fmt::format("{} of {}, {} entries, {}, ordering {}",
                                                    f.method, f.family, with_separators(f.entries),
                                                    f.variant, f.ordering));
    if (f.reason != "it was asked for") text += line("factors because", f.reason);
  }
  text += line("result", fmt::format("{} after {} iteration{} ({}{}{})",
                                     report.converged() ? "converged" : "NOT CONVERGED",
                                     with_separators(result.iterations),
                                     result.iterations == 1 ? "" : "s", report.reason(),
                                     *advice(result.reason) ? ": " : "", advice(result.reason)));
  text += line("residual", fmt::format("{:.3e}, true {:.3e}, target {:.3e}", result.residual_norm,
                                       result.true_residual_norm, result.threshold));
  if (report.max_error) {
    text +=
        line("largest error", fmt::format("{:.3e} against the known solution", *report.max_error));
  }
  return text + line("time", fmt::format("{:.3f} s", result.seconds));
}

std::string report_json(const SolveReport &report) {
  const auto &problem = report.problem;
  const auto &result = report.result;
  nlohmann::ordered_json json = {{"backend", problem.family},
                                 {"dtype", problem.dtype},
                                 {"check_level", report.check_level},
                                 {"matrix", problem.name},
                                 {"rows", problem.rows},
                                 {"cols", problem.cols},
                                 {"nnz", problem.nnz},
                                 {"rhs", report.rhs},
                                 {"solver", report.solver},
                                 {"precond", report.precond},
                                 {"rtol", report.rtol},
                                 {"atol", report.atol},
                                 {"iterations", result.iterations},
                                 {"applies", result.applies},
                                 {"reason", report.reason()},
                                 {"converged", report.converged()},
                                 {"residual_norm", finite(result.residual_norm)},
                                 {"true_residual_norm", finite(result.true_residual_norm)},
                                 {"baseline_norm", finite(result.baseline_norm)},
                                 {"threshold", finite(result.threshold)},
                                 {"max_error", nullptr},
                                 {"seconds", finite(result.seconds)}};
  if (report.max_error) json["max_error"] = finite(*report.max_error);
  if (!report.why.empty()) json["solver_reason"] = report.why;
  if (report.factors) {
    const FactorReport &f = *report.factors;
    json["factors"] = {{"method", f.method},     {"family", f.family},   {"reason", f.reason},
                       {"ordering", f.ordering}, {"variant", f.variant}, {"entries", f.entries},
                       {"rank", f.rank}};
  }
  // A file name need not be UTF-8.
  return json.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) + '\n';
}

}  // namespace cmd
