// SPDX-License-Identifier: Apache-2.0
#include "plugins/reference/kernels.hpp"
#include "plugins/reference/sparse_factor.hpp"

namespace spc::reference {
namespace {

template <class W>
struct Indefinite : factor::Ldl<W> {
  spc_status make(const spc_call *call, factor::Rows<W> a) {
    return factor::Ldl<W>::make(call, std::move(a), false);
  }
};

}  // namespace

spc_status sparse_ldl_prepare(void *, const spc_call *call, uint64_t, void **plan) {
  return factor::prepare<Indefinite>(call, plan, true);
}

spc_status sparse_ldl(void *, const spc_call *call) {
  return factor::run(call);
}

void release_factor(void *, void *plan) {
  delete static_cast<factor::Plan *>(plan);
}

}  // namespace spc::reference
