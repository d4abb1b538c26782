// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cstddef>
#include <cstring>

#include "spacecore/api.h"

#include "capi/callback.hpp"
#include "capi/handles.hpp"
#include "capi/record.hpp"
#include "core/solver/cg.hpp"

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
  return o;
}

SolveOptions resolve(const spc_solve_options *given, const char *op) {
  if (given == nullptr) return {};
  if (given->struct_size < least_options)
    fail(SPC_E_VALUE, "{}: struct_size of the options is {}, expected at least {}", op,
         given->struct_size, least_options);
  spc_solve_options o = default_options();
  std::memcpy(&o, given, std::min<std::size_t>(given->struct_size, sizeof o));
  SolveOptions options;
  options.norm = o.norm;
  options.baseline = o.baseline;
  options.combiner = o.combiner;
  options.rtol = o.rtol;
  options.atol = o.atol;
  options.maxiter = o.maxiter;
  options.check_every = o.check_every;
  options.precond = get_or_null<LinOp>(o.precond, op);
  options.history = o.history;
  options.history_capacity = o.history_capacity;
  if (o.history == nullptr) options.history_capacity = 0;
  if (o.monitor != nullptr)
    options.monitor = [fn = o.monitor, user = o.monitor_user, op](const spc_solve_info &info) {
      before_callback();
      const int32_t answer = fn(user, &info);
      if (answer < 0) fail_callback(op, answer);
      return answer > 0;
    };
  return options;
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
  return guard("cg", [&] {
    require(x, "cg", "x");
    if (result != nullptr && result->struct_size < least_result)
      fail(SPC_E_VALUE, "cg: struct_size of the result is {}, expected at least {}",
           result->struct_size, least_result);
    const SolveOptions o = resolve(options, "cg");
    // The monitor and the functions of an operator may release the handles.
    const Ref<LinOp> op = Ref<LinOp>::share(&get<LinOp>(A, "cg"));
    const Ref<LinOp> precond = Ref<LinOp>::share(o.precond);
    const Ref<Value> rhs = Ref<Value>::share(&get<Value>(b, "cg"));
    const Ref<Value> start = Ref<Value>::share(get_or_null<Value>(x0, "cg"));
    SolveResult outcome = {};
    Ref<Value> solution;
    auto deliver = [&] {
      if (result != nullptr) write_record(result, outcome, least_result, "cg");
    };
    try {
      spc::cg(*op, *rhs, start.get(), o, solution, outcome);
    } catch (...) {
      deliver();
      throw;
    }
    *x = new_handle<Value>(std::move(solution));
    deliver();
  });
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
