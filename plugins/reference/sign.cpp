// SPDX-License-Identifier: Apache-2.0
#include "plugins/reference/arithmetic.hpp"
#include "plugins/reference/kernels.hpp"
#include "plugins/reference/loops.hpp"

namespace spc::reference {

spc_status sign(void *, const spc_call *call) {
  return for_dtype(NumericTypes(), call->in[0]->dtype, [&]<class T>(Tag<T>) {
    return map_unary<T, T>(call, [](T x) { return signum(x); });
  });
}

}  // namespace spc::reference
