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

std::string outcome(const SolveReport &report) {
  const auto &result = report.result;
  std::string how = "NOT CONVERGED";
  if (report.least_squares())
    how = "least squares solution";
  else if (result.reason == SPC_REASON_ROUNDOFF)
    how = "as exact as rounding allows";
  else if (report.converged())
    how = "converged";
  if (!report.factors)
    how += fmt::format(" after {} iteration{}", with_separators(result.iterations),
                       result.iterations == 1 ? "" : "s");
  const std::string said =
      report.least_squares() ? "no x solves A x = b to the target" : advice(result.reason);
  std::string text = line(
      "result", fmt::format("{} ({}{}{})", how, report.reason(), said.empty() ? "" : ": ", said));
  if (!report.converged() && report.may_ask_auto)
    text += line("hint", "--solver auto takes a method by the structure of the matrix");

  std::string residual = fmt::format("{:.3e}", result.true_residual_norm);
  if (!report.factors && !report.normal_threshold)
    residual = fmt::format("{:.3e}, true {}", result.residual_norm, residual);
  if (!report.least_squares()) residual += fmt::format(", target {:.3e}", result.threshold);
  text += line("residual", residual);
  if (report.normal_threshold) {
    std::string normal = fmt::format("{:.3e} = |A^H (b - A x)|", result.normal_residual_norm);
    if (report.least_squares() || !report.converged())
      normal += fmt::format(", target {:.3e}", *report.normal_threshold);
    text += line("normal residual", normal);
  }
  if (!report.max_error) return text;
  const bool only_one = report.factors || (report.solver == "cg" && report.converged());
  return text + line("largest error",
                     fmt::format("{:.3e} against {}", *report.max_error,
                                 only_one ? "the known solution"
                                          : "ones, the only solution if the rank is full"));
}

nlohmann::ordered_json finite(double value) {
  return std::isfinite(value) ? nlohmann::ordered_json(value) : nlohmann::ordered_json(nullptr);
}

// A file name need not be UTF-8.
std::string on_one_line(const nlohmann::ordered_json &json) {
  return json.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) + '\n';
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
  for (const auto &[solver, outcome] : report.tried)
    text += line("tried before", solver + ": " + outcome);
  if (!report.why.empty()) text += line("chosen because", report.why);
  if (report.factors) {
    const FactorReport &f = *report.factors;
    std::string what = fmt::format("{}, dense", f.method);
    if (f.entries >= 0)
      what = fmt::format("{} of {}, {} entries, {}, ordering {}", f.method, f.family,
                         with_separators(f.entries), f.variant, f.ordering);
    if (f.method == "qr" && f.rank >= 0) what += fmt::format(", rank {}", with_separators(f.rank));
    text += line("factors", what);
    if (f.reason != "it was asked for" && f.entries >= 0) text += line("factors because", f.reason);
  }
  return text + outcome(report) + line("time", fmt::format("{:.3f} s", result.seconds));
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
  if (report.normal_threshold) {
    json["normal_residual_norm"] = finite(result.normal_residual_norm);
    json["normal_threshold"] = finite(*report.normal_threshold);
    json["least_squares"] = report.least_squares();
  }
  if (!report.tried.empty()) {
    auto tried = nlohmann::ordered_json::array();
    for (const auto &[solver, outcome] : report.tried)
      tried.push_back({{"solver", solver}, {"outcome", outcome}});
    json["tried"] = tried;
  }
  if (report.max_error) json["max_error"] = finite(*report.max_error);
  if (!report.why.empty()) json["solver_reason"] = report.why;
  if (report.factors) {
    const FactorReport &f = *report.factors;
    json["factors"] = {{"method", f.method},     {"family", f.family},   {"reason", f.reason},
                       {"ordering", f.ordering}, {"variant", f.variant}, {"entries", f.entries},
                       {"rank", f.rank}};
  }
  return on_one_line(json);
}

std::string error_json(const std::string &kind, const std::string &text) {
  return on_one_line({{"error", text}, {"kind", kind}});
}

}  // namespace cmd
