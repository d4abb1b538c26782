// SPDX-License-Identifier: Apache-2.0
#include "plugins/reference/close.hpp"
#include "plugins/reference/kernels.hpp"
#include "plugins/reference/loops.hpp"

namespace spc::reference {

spc_status isclose(void *, const spc_call *call) {
  return for_dtype(AllTypes(), call->in[0]->dtype, [&]<class T>(Tag<T>) {
    const auto &p = params<spc_params_close>(call);
    return map_predicate<T>(call, [&](T a, T b) { return is_close_to(a, b, p); });
  });
}

}  // namespace spc::reference
