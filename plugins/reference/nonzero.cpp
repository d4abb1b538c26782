// SPDX-License-Identifier: Apache-2.0
#include "plugins/reference/arithmetic.hpp"
#include "plugins/reference/kernels.hpp"
#include "plugins/reference/loops.hpp"

namespace spc::reference {

spc_status nonzero_extent(void *, const spc_call *call, int64_t *sizes, void **plan) {
  *plan = nullptr;
  return for_dtype(AllTypes(), call->in[0]->dtype, [&]<class T>(Tag<T>) {
    const spc_tensor &in = *call->in[0];
    const T *x = data<const T>(in);
    int64_t count = 0;
    auto body = [&](const Offsets<1> &i) { count += is_zero(x[i[0]]) ? 0 : 1; };
    for_each<1>(in.ndim, in.shape, {in.strides}, {}, body);
    sizes[0] = count;
    return SPC_OK;
  });
}

spc_status nonzero(void *, const spc_call *call) {
  return for_dtype(AllTypes(), call->in[0]->dtype, [&]<class T>(Tag<T>) {
    const spc_tensor &in = *call->in[0];
    const T *x = data<const T>(in);
    int64_t place = 0;  // row-major number of the element
    int64_t found = 0;
    auto body = [&](const Offsets<1> &i) {
      int64_t rest = place++;
      if (is_zero(x[i[0]])) return;
      for (int32_t axis = in.ndim - 1; axis >= 0; --axis) {
        vector<int64_t>(*call->out[axis])[found] = rest % in.shape[axis];
        rest /= in.shape[axis];
      }
      ++found;
    };
    for_each<1>(in.ndim, in.shape, {in.strides}, {}, body);
    return SPC_OK;
  });
}

void release_nothing(void *, void *) {}

}  // namespace spc::reference
