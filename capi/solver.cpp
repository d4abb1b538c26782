// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cstddef>
#include <cstring>
#include <vector>

#include "spacecore/api.h"

#include "capi/callback.hpp"
#include "capi/handles.hpp"
#include "capi/record.hpp"
#include "core/functional/functional.hpp"
#include "core/solver/batch.hpp"
#include "core/solver/eigen.hpp"

namespace spc::capi {

namespace {

// The layouts of the first version end with these fields.
constexpr std::size_t least_options =
    offsetof(spc_solve_options, history_capacity) + sizeof(spc_solve_options::history_capacity);
constexpr std::size_t least_result =
    offsetof(spc_solve_result, seconds) + sizeof(spc_solve_result::seconds);

spc_solve_options default_options() {
  const SolveOptions defaults;
  spc_solve_options o = {};
  o.struct_size = sizeof o;
  o.norm = defaults.norm;
  o.baseline = defaults.baseline;
  o.combiner = defaults.combiner;
  o.rtol = defaults.rtol;
  o.atol = defaults.atol;
  o.maxiter = defaults.maxiter;
  o.check_every = defaults.check_every;
  o.baseline_value = defaults.baseline_value;
  o.max_seconds = defaults.max_seconds;
  o.max_applies = defaults.max_applies;
  o.stagnation_checks = defaults.stagnation_checks;
  o.damp = defaults.damp;
  o.restart = defaults.restart;
  o.residual_mode = defaults.residual_mode;
  o.largest = 0;
  return o;
}

/// The options of one call and what they hold alive: the monitor and the functions of an operator
/// may release handles.
struct Options {
  Options(const spc_solve_options *given, const char *name) : op(name) {
    if (given == nullptr) return;
    if (given->struct_size < least_options)
      fail(SPC_E_VALUE, "{}: struct_size of the options is {}, expected at least {}", op,
           given->struct_size, least_options);
    // A shorter record is one of an older version: what it does not have keeps its default.
    spc_solve_options o = default_options();
    std::memcpy(&o, given, std::min<std::size_t>(given->struct_size, sizeof o));
    core.norm = o.norm;
    core.baseline = o.baseline;
    core.combiner = o.combiner;
    core.rtol = o.rtol;
    core.atol = o.atol;
    core.maxiter = o.maxiter;
    core.check_every = o.check_every;
    core.history = o.history;
    core.history_capacity = o.history == nullptr ? 0 : o.history_capacity;
    core.baseline_value = o.baseline_value;
    core.max_seconds = o.max_seconds;
    core.max_applies = o.max_applies;
    core.stagnation_checks = o.stagnation_checks;
    core.damp = o.damp;
    core.restart = o.restart;
    core.residual_mode = o.residual_mode;
    core.largest = o.largest != 0;
    precond = Ref<LinOp>::share(get_or_null<LinOp>(o.precond, op));
    workspace = Ref<Workspace>::share(get_or_null<Workspace>(o.workspace, op));
    core.precond = precond.get();
    core.workspace = workspace.get();
    if (o.monitor == nullptr) return;
    monitor = o.monitor;
    monitor_user = o.monitor_user;
    core.monitor = ask;
    core.monitor_user = this;
  }
  Options(const Options &) = delete;
  Options &operator=(const Options &) = delete;

  static bool ask(void *user, const spc_solve_info &info) {
    const Options &self = *static_cast<Options *>(user);
    before_callback();
    const int32_t answer = self.monitor(self.monitor_user, &info);
    if (answer == SPC_E_CANCELLED)
      throw Error(SPC_E_CANCELLED, fmt::format("{}: cancelled by the monitor", self.op), answer);
    if (answer < 0) fail_callback(self.op, answer);
    return answer > 0;
  }

  const char *const op;
  SolveOptions core;
  Ref<LinOp> precond;
  Ref<Workspace> workspace;
  spc_monitor_fn monitor = nullptr;
  void *monitor_user = nullptr;
};

void check_result(const spc_solve_result *result, const char *op) {
  if (result != nullptr && result->struct_size < least_result)
    fail(SPC_E_VALUE, "{}: struct_size of the result is {}, expected at least {}", op,
         result->struct_size, least_result);
}

/// Runs solve(outcome) and delivers the outcome, also when it throws.
template <class Solve>
void with_result(spc_solve_result *result, const char *op, Solve &&solve) {
  SolveResult outcome = {};
  const auto deliver = [&] {
    if (result != nullptr) write_record(result, outcome, least_result, op);
  };
  try {
    solve(outcome);
  } catch (...) {
    deliver();
    throw;
  }
  deliver();
}

spc_status linear(const char *name, LinearSolver &solver, spc_linop A, spc_element b,
                  spc_element x0, const spc_solve_options *options, spc_element *x,
                  spc_solve_result *result) {
  return guard(name, [&] {
    require(x, name, "x");
    check_result(result, name);
    const Options o(options, name);
    const Ref<LinOp> op = Ref<LinOp>::share(&get<LinOp>(A, name));
    const Ref<Value> rhs = Ref<Value>::share(&get<Value>(b, name));
    const Ref<Value> start = Ref<Value>::share(get_or_null<Value>(x0, name));
    with_result(result, name, [&](SolveResult &outcome) {
      Ref<Value> solution;
      solver(*op, *rhs, start.get(), o.core, solution, outcome);
      *x = new_handle<Value>(std::move(solution));
    });
  });
}

/// Gives one eigenpair: solve(options, eigenvalue, eigenvector, outcome).
template <class T, class Solve>
spc_status eigenpair(const char *name, typename HandleOf<T>::type A, spc_element start,
                     const spc_solve_options *options, double *eigenvalue, spc_element *eigenvector,
                     spc_solve_result *result, Solve &&solve) {
  return guard(name, [&] {
    require(eigenvalue, name, "eigenvalue");
    require(eigenvector, name, "eigenvector");
    check_result(result, name);
    const Options o(options, name);
    const Ref<T> op = Ref<T>::share(&get<T>(A, name));
    const Ref<Value> x0 = Ref<Value>::share(get_or_null<Value>(start, name));
    with_result(result, name, [&](SolveResult &outcome) {
      double value = 0;
      Ref<Value> vector;
      solve(*op, x0.get(), o.core, value, vector, outcome);
      *eigenvector = new_handle<Value>(std::move(vector));
      *eigenvalue = value;
    });
  });
}

}  // namespace

}  // namespace spc::capi

using namespace spc;        // NOLINT(google-build-using-namespace): C bodies of this library
using namespace spc::capi;  // NOLINT(google-build-using-namespace)

extern "C" {

spc_status spc_solve_options_init(spc_solve_options *options) {
  return guard("solve_options_init", [&] {
    require(options, "solve_options_init", "options");
    write_record(options, default_options(), least_options, "solve_options_init");
  });
}

spc_status spc_cg(spc_linop A, spc_element b, spc_element x0, const spc_solve_options *options,
                  spc_element *x, spc_solve_result *result) {
  return linear("cg", spc::cg, A, b, x0, options, x, result);
}

spc_status spc_minres(spc_linop A, spc_element b, spc_element x0, const spc_solve_options *options,
                      spc_element *x, spc_solve_result *result) {
  return linear("minres", spc::minres, A, b, x0, options, x, result);
}

spc_status spc_gmres(spc_linop A, spc_element b, spc_element x0, const spc_solve_options *options,
                     spc_element *x, spc_solve_result *result) {
  return linear("gmres", spc::gmres, A, b, x0, options, x, result);
}

spc_status spc_fgmres(spc_linop A, spc_element b, spc_element x0, const spc_solve_options *options,
                      spc_element *x, spc_solve_result *result) {
  return linear("fgmres", spc::fgmres, A, b, x0, options, x, result);
}

spc_status spc_bicgstab(spc_linop A, spc_element b, spc_element x0,
                        const spc_solve_options *options, spc_element *x,
                        spc_solve_result *result) {
  return linear("bicgstab", spc::bicgstab, A, b, x0, options, x, result);
}

spc_status spc_lsqr(spc_linop A, spc_element b, spc_element x0, const spc_solve_options *options,
                    spc_element *x, spc_solve_result *result) {
  return linear("lsqr", spc::lsqr, A, b, x0, options, x, result);
}

spc_status spc_lsmr(spc_linop A, spc_element b, spc_element x0, const spc_solve_options *options,
                    spc_element *x, spc_solve_result *result) {
  return linear("lsmr", spc::lsmr, A, b, x0, options, x, result);
}

spc_status spc_solve_batch(int32_t solver, spc_linop A, spc_element bs, spc_element x0s,
                           const spc_solve_options *options, int64_t n, spc_element *xs,
                           spc_solve_result *results) {
  constexpr const char *name = "solve_batch";
  return guard(name, [&] {
    require(xs, name, "xs");
    if (n < 0) fail(SPC_E_VALUE, "{}: n is {}, expected a number >= 0", name, n);
    if (n > 0) check_result(results, name);
    LinearSolver &run = linear_solver(solver, name);
    const Options o(options, name);
    const Ref<LinOp> op = Ref<LinOp>::share(&get<LinOp>(A, name));
    const Ref<Value> rhs = Ref<Value>::share(&get<Value>(bs, name));
    const Ref<Value> start = Ref<Value>::share(get_or_null<Value>(x0s, name));
    std::vector<SolveResult> outcomes(static_cast<std::size_t>(n), SolveResult{});
    const auto deliver = [&] {
      if (results == nullptr || n == 0) return;
      // The records lie as far apart as the caller's version makes them.
      const std::uint32_t size = results->struct_size;
      auto *bytes = reinterpret_cast<std::byte *>(results);
      for (SolveResult &outcome : outcomes) {
        outcome.struct_size = size;
        std::memcpy(bytes, &outcome, std::min<std::size_t>(size, sizeof outcome));
        bytes += size;
      }
    };
    try {
      Ref<Value> solutions;
      solve_batch(run, *op, *rhs, start.get(), o.core, solutions, outcomes);
      *xs = new_handle<Value>(std::move(solutions));
    } catch (...) {
      deliver();
      throw;
    }
    deliver();
  });
}

spc_status spc_lanczos_smallest(spc_linop A, spc_element v0, const spc_solve_options *options,
                                double *eigenvalue, spc_element *eigenvector,
                                spc_solve_result *result) {
  return eigenpair<LinOp>("lanczos_smallest", A, v0, options, eigenvalue, eigenvector, result,
                          lanczos_smallest);
}

spc_status spc_expm_multiply(spc_linop A, spc_element v, spc_array t,
                             const spc_solve_options *options, spc_element *out,
                             spc_solve_result *result) {
  constexpr const char *name = "expm_multiply";
  return guard(name, [&] {
    require(out, name, "out");
    check_result(result, name);
    Options o(options, name);
    if (options == nullptr) o.core.rtol = 1e-10;
    const Ref<LinOp> op = Ref<LinOp>::share(&get<LinOp>(A, name));
    const Ref<Value> x = Ref<Value>::share(&get<Value>(v, name));
    const Ref<Value> time = Ref<Value>::share(get_or_null<Value>(t, name));
    with_result(result, name, [&](SolveResult &outcome) {
      Ref<Value> y;
      expm_multiply(*op, *x, time.get(), o.core, y, outcome);
      *out = new_handle<Value>(std::move(y));
    });
  });
}

spc_status spc_power_iteration(spc_linop A, spc_element x0, const spc_solve_options *options,
                               double *eigenvalue, spc_element *eigenvector,
                               spc_solve_result *result) {
  return eigenpair<LinOp>("power_iteration", A, x0, options, eigenvalue, eigenvector, result,
                          [](LinOp &op, auto &&...rest) { power_iteration(op, rest...); });
}

spc_status spc_power_iteration_quadratic(spc_functional q, spc_element x0,
                                         const spc_solve_options *options, double *eigenvalue,
                                         spc_element *eigenvector, spc_solve_result *result) {
  return eigenpair<Functional>(
      "power_iteration", q, x0, options, eigenvalue, eigenvector, result,
      [](Functional &form, auto &&...rest) { power_iteration(form, rest...); });
}

spc_status spc_lobpcg(spc_linop A, spc_linop B, spc_element X0, const spc_solve_options *options,
                      spc_array *eigenvalues, spc_element *eigenvectors, spc_solve_result *result) {
  constexpr const char *name = "lobpcg";
  return guard(name, [&] {
    require(eigenvalues, name, "eigenvalues");
    require(eigenvectors, name, "eigenvectors");
    check_result(result, name);
    const Options o(options, name);
    const Ref<LinOp> op = Ref<LinOp>::share(&get<LinOp>(A, name));
    const Ref<LinOp> mass = Ref<LinOp>::share(get_or_null<LinOp>(B, name));
    const Ref<Value> start = Ref<Value>::share(&get<Value>(X0, name));
    with_result(result, name, [&](SolveResult &outcome) {
      Ref<Array> values;
      Ref<Value> vectors;
      lobpcg(*op, mass.get(), *start, o.core, values, vectors, outcome);
      const Ref<Value> both[] = {values, vectors};
      give_handles<Value>(both, {eigenvalues, eigenvectors});
    });
  });
}

spc_status spc_workspace_create(spc_workspace *out) {
  return guard("workspace_create", [&] {
    require(out, "workspace_create", "out");
    *out = new_handle<Workspace>(make<Workspace>());
  });
}

spc_status spc_workspace_retain(spc_workspace w) {
  return guard("workspace_retain", [&] { retain_handle<Workspace>(w, "workspace_retain"); });
}

spc_status spc_workspace_release(spc_workspace *w) {
  return release_handle<Workspace>(w);
}

spc_status spc_reason_name(int32_t reason, const char **out) {
  return guard("reason_name", [&] {
    require(out, "reason_name", "out");
    const char *const text = reason_name(reason);
    if (text == nullptr) fail(SPC_E_VALUE, "reason_name: {} is no reason of a solver", reason);
    *out = text;
  });
}

}  // extern "C"
