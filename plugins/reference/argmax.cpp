// SPDX-License-Identifier: Apache-2.0
#include "plugins/reference/kernels.hpp"
#include "plugins/reference/search.hpp"

namespace spc::reference {

spc_status argmax(void *, const spc_call *call) {
  return for_dtype(AllTypes(), call->in[0]->dtype, [&]<class T>(Tag<T>) {
    return search<T>(call, [](T x, T best) { return !greater_equal(best, x); });
  });
}

}  // namespace spc::reference
