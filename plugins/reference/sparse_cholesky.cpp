// SPDX-License-Identifier: Apache-2.0
#include "plugins/reference/kernels.hpp"
#include "plugins/reference/sparse_factor.hpp"

namespace spc::reference {
namespace {

// L L^H as (L sqrt(D)^-1) D (..)^H: D is positive.
template <class W>
struct Cholesky : factor::Ldl<W> {
  spc_status make(const spc_call *call, factor::Rows<W> a) {
    return factor::Ldl<W>::make(call, std::move(a), true);
  }
};

}  // namespace

spc_status sparse_cholesky_prepare(void *, const spc_call *call, uint64_t, void **plan) {
  return factor::prepare<Cholesky>(call, plan, true);
}

spc_status sparse_cholesky(void *, const spc_call *call) {
  return factor::run(call);
}

}  // namespace spc::reference
