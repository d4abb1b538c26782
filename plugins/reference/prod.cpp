// SPDX-License-Identifier: Apache-2.0
#include "plugins/reference/arithmetic.hpp"
#include "plugins/reference/kernels.hpp"
#include "plugins/reference/loops.hpp"

namespace spc::reference {

spc_status prod(void *, const spc_call *call) {
  return for_dtype(AllTypes(), call->in[0]->dtype, [&]<class In>(Tag<In>) {
    auto into = [&]<class T>(Tag<T>) -> spc_status {
      const auto &p = params<spc_params_reduce>(call);
      const In *x = data<const In>(*call->in[0]);
      T *out = data<T>(*call->out[0]);
      reduce<1>(call, p.n_kept, [&](int64_t at, auto scan) {
        // From the first factor on: 1 times an infinite complex number would not be that number.
        bool started = p.accumulate != 0;
        T product = started ? out[at] : T{};
        scan([&](const Offsets<1> &i) {
          const T factor = cast<T>(x[i[0]]);
          product = started ? times(product, factor) : factor;
          started = true;
        });
        out[at] = product;
      });
      return SPC_OK;
    };
    // Bool and the narrow integers are also multiplied in int64.
    if (call->out[0]->dtype == dtype_of<In>) return into(Tag<In>());
    if constexpr (is_inexact<In>) {
      return spc_status{SPC_E_PLUGIN};
    } else {
      return into(Tag<int64_t>());
    }
  });
}

}  // namespace spc::reference
