// SPDX-License-Identifier: Apache-2.0
#include "plugins/reference/error.hpp"
#include "plugins/reference/kernels.hpp"
#include "plugins/reference/loops.hpp"
#include "plugins/reference/sorting.hpp"

namespace spc::reference {

spc_status sort(void *, const spc_call *call) {
  return for_dtype(AllTypes(), call->in[0]->dtype, [&]<class T>(Tag<T>) {
    const spc_tensor &x = *call->in[0];
    const spc_tensor &out = *call->out[0];
    const int32_t last = out.ndim - 1;
    const int64_t n = out.shape[last];
    spc_status status = SPC_OK;
    T *items = scratch<T>(call, 2 * n, &status);
    if (items == nullptr) return status;
    auto row = [&](const Offsets<2> &at) {
      const Vector<const T> from{data<const T>(x) + at[0], n, x.strides[last]};
      const Vector<T> to{data<T>(out) + at[1], n, out.strides[last]};
      for (int64_t i = 0; i < n; ++i) items[i] = cast<T>(from[i]);
      const T *sorted = merge_sort(items, items + n, n, before<T>);
      for (int64_t i = 0; i < n; ++i) to[i] = sorted[i];
    };
    for_each<2>(last, out.shape, {x.strides, out.strides}, {}, row);
    return status;
  });
}

}  // namespace spc::reference
