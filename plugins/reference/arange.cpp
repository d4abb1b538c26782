// SPDX-License-Identifier: Apache-2.0
#include "plugins/reference/arithmetic.hpp"
#include "plugins/reference/kernels.hpp"
#include "plugins/reference/loops.hpp"

namespace spc::reference {

spc_status arange(void *, const spc_call *call) {
  return for_dtype(AllTypes(), call->out[0]->dtype, [&]<class T>(Tag<T>) {
    const auto &p = params<spc_params_arange>(call);
    const Vector<T> out = vector<T>(*call->out[0]);
    for (int64_t i = 0; i < out.size; ++i) {
      if constexpr (is_inexact<T>) {
        out[i] = cast<T>(p.start + static_cast<double>(i) * p.step);
      } else {
        out[i] = cast<T>(plus(p.int_start, times(i, p.int_step)));
      }
    }
    return SPC_OK;
  });
}

}  // namespace spc::reference
