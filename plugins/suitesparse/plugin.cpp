// SPDX-License-Identifier: Apache-2.0
// The suitesparse family: sparse factorizations by CHOLMOD, UMFPACK, SPQR and KLU, over cpu.
#include "spacecore/plugin.hpp"

#include <cstdio>
#include <iterator>

#include "plugins/suitesparse/plan.hpp"

namespace spc::suitesparse {
namespace {

// What is thrown becomes the error of the call.
template <class Run>
spc_status guarded(const spc_call *call, Run run) {
  try {
    run();
    return SPC_OK;
  } catch (const VendorError &e) {
    call->host->set_error(call->exec, e.code(), e.native(), nullptr, e.what());
    return e.code();
  } catch (...) {
    return plugin::status_of_exception(call);
  }
}

const Vendor &vendor_of(void *state) {
  const State &s = *static_cast<State *>(state);
  if (s.vendor == nullptr) throw Error(SPC_E_BACKEND_UNAVAILABLE, s.why);
  return *s.vendor;
}

template <class Make>
spc_status prepare(const spc_call *call, void **plan, Make make) {
  return guarded(call, [&] { *plan = make(static_cast<const Plan *>(call->plan)); });
}

spc_status prepare_cholesky(void *state, const spc_call *call, uint64_t, void **plan) {
  return prepare(call, plan, [&](const Plan *analysed) {
    return new_cholesky(vendor_of(state), call, analysed, false);
  });
}
spc_status prepare_ldl(void *state, const spc_call *call, uint64_t, void **plan) {
  return prepare(call, plan, [&](const Plan *analysed) {
    return new_cholesky(vendor_of(state), call, analysed, true);
  });
}
spc_status prepare_lu(void *state, const spc_call *call, uint64_t, void **plan) {
  return prepare(call, plan,
                 [&](const Plan *analysed) { return new_lu(vendor_of(state), call, analysed); });
}
spc_status prepare_qr(void *state, const spc_call *call, uint64_t, void **plan) {
  return prepare(call, plan,
                 [&](const Plan *analysed) { return new_qr(vendor_of(state), call, analysed); });
}

spc_status run(void *, const spc_call *call) {
  return guarded(call, [&] {
    const Plan &plan = *static_cast<const Plan *>(call->plan);
    const auto &p = plugin::params<spc_params_sparse_factor>(call);
    if (p.request == SPC_REQUEST_FACTS) {
      const spc_tensor &out = *call->out[0];
      for (int i = 0; i < SPC_FACT_COUNT; ++i)
        static_cast<double *>(out.data)[i * out.strides[0]] = plan.facts[static_cast<size_t>(i)];
      return;
    }
    // A^-T b = conj(A^-H conj(b))
    const bool conjugated = p.mode == SPC_MODE_TRANSPOSE;
    store(call, plan.solve(call, load(call, conjugated), p.mode != SPC_MODE_NONE), conjugated);
  });
}

void release(void *, void *plan) {
  delete static_cast<Plan *>(plan);
}

constexpr spc_op_entry factorization(uint32_t op, spc_prepare_fn make) {
  return plugin::with_plan(
      plugin::entry(op, SPC_DTYPES_FLOATING, run, sizeof(spc_params_sparse_factor)), make, release);
}

constexpr spc_op_entry ops[] = {
    factorization(SPC_OP_sparse_cholesky, prepare_cholesky),
    factorization(SPC_OP_sparse_ldl, prepare_ldl),
    factorization(SPC_OP_sparse_lu, prepare_lu),
    factorization(SPC_OP_sparse_qr, prepare_qr),
};

spc_status probe(char *why, uint64_t capacity) {
  return plugin::guarded(nullptr, [&] {
    const char *reason = "";
    if (installed() || vendor(&reason) != nullptr) return spc_status{SPC_OK};
    std::snprintf(why, capacity, "%s", reason);
    return spc_status{SPC_E_BACKEND_UNAVAILABLE};
  });
}

spc_status create_state(const spc_host_api *api, spc_host host, void **state) {
  const char *reason = "";
  const Vendor *const functions = vendor(&reason);
  void *const memory = api->host_alloc(host, sizeof(State), alignof(State));
  if (memory == nullptr) return SPC_E_MEMORY;
  *state = new (memory) State{functions, reason};
  return SPC_OK;
}

// The load report shows it.
#ifdef SPC_SANITIZE
constexpr const char *version =
    SPACECORE_VERSION ", sanitized: SuiteSparse is opened without RTLD_DEEPBIND";
#else
constexpr const char *version = SPACECORE_VERSION;
#endif

constexpr spc_family family = [] {
  spc_family f = plugin::host_family("suitesparse", version, "cpu", ops);
  f.flags = SPC_FAMILY_NO_FORK;  // the OpenMP runtime under CHOLMOD loses its threads
  f.probe = probe;
  f.state_create = plugin::guard<create_state>;
  return f;
}();

}  // namespace
}  // namespace spc::suitesparse

SPC_PLUGIN("suitesparse", SPACECORE_VERSION, "Apache-2.0, opens libraries under LGPL and GPL",
           spc::suitesparse::family)
