// SPDX-License-Identifier: Apache-2.0
#include "plugins/reference/arithmetic.hpp"
#include "plugins/reference/kernels.hpp"
#include "plugins/reference/loops.hpp"

namespace spc::reference {

spc_status astype(void *, const spc_call *call) {
  return for_dtype(AllTypes(), call->in[0]->dtype, [&]<class From>(Tag<From>) {
    return for_dtype(AllTypes(), call->out[0]->dtype, [&]<class To>(Tag<To>) {
      if constexpr (is_complex<From> && !is_complex<To>) {
        return spc_status{SPC_E_PLUGIN};  // refused by the core and not in the table
      } else {
        return map_unary<To, From>(call, [](From x) { return cast<To>(x); });
      }
    });
  });
}

}  // namespace spc::reference
