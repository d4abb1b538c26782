// SPDX-License-Identifier: Apache-2.0
#include "plugins/reference/arithmetic.hpp"
#include "plugins/reference/kernels.hpp"
#include "plugins/reference/loops.hpp"

namespace spc::reference {

spc_status where(void *, const spc_call *call) {
  return for_dtype(AllTypes(), call->in[0]->dtype, [&]<class T>(Tag<T>) {
    return map_ternary<T, Bool>(call, [](T x, T y, Bool cond) { return is_zero(cond) ? y : x; });
  });
}

}  // namespace spc::reference
