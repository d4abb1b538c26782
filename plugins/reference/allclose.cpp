// SPDX-License-Identifier: Apache-2.0
#include "plugins/reference/close.hpp"
#include "plugins/reference/kernels.hpp"
#include "plugins/reference/loops.hpp"

namespace spc::reference {

spc_status allclose(void *, const spc_call *call) {
  return for_dtype(AllTypes(), call->in[0]->dtype, [&]<class T>(Tag<T>) {
    const auto &p = params<spc_params_close>(call);
    const T *a = data<const T>(*call->in[0]);
    const T *b = data<const T>(*call->in[1]);
    Bool *out = data<Bool>(*call->out[0]);
    reduce<2>(call, p.n_kept, [&](int64_t at, auto scan) {
      bool all = true;
      scan([&](const Offsets<2> &i) { all = all && is_close_to(a[i[0]], b[i[1]], p); });
      out[at] = truth(all);
    });
    return SPC_OK;
  });
}

}  // namespace spc::reference
