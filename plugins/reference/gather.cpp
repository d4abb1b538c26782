// SPDX-License-Identifier: Apache-2.0
#include <cinttypes>

#include "plugins/reference/error.hpp"
#include "plugins/reference/kernels.hpp"
#include "plugins/reference/loops.hpp"

namespace spc::reference {
namespace {

int64_t offset(const int64_t *strides, const int64_t *index, int32_t ndim) {
  int64_t sum = 0;
  for (int32_t axis = 0; axis < ndim; ++axis) sum += index[axis] * strides[axis];
  return sum;
}

// The next index in row-major order; false after the last one.
bool advance(int64_t *index, const int64_t *shape, int32_t ndim) {
  for (int32_t axis = ndim - 1; axis >= 0; --axis) {
    if (++index[axis] < shape[axis]) return true;
    index[axis] = 0;
  }
  return false;
}

}  // namespace

spc_status gather(void *, const spc_call *call) {
  return for_dtype(AllTypes(), call->in[0]->dtype, [&]<class T>(Tag<T>) {
    const auto &p = params<spc_params_gather>(call);
    const spc_tensor &x = *call->in[0];
    const spc_tensor &out = *call->out[0];
    int64_t batch[SPC_MAX_NDIM] = {};
    do {
      int64_t from = 0;
      for (int32_t axis = 0; axis < p.n_index; ++axis) {
        const spc_tensor &indices = *call->in[1 + axis];
        const int64_t size = x.shape[axis];
        const int64_t index =
            data<const int64_t>(indices)[offset(indices.strides, batch, p.batch_ndim)];
        if (index < -size || index >= size) {
          return fail(call, SPC_E_INDEX,
                      "index %" PRId64 " is out of bounds for axis %d with size %" PRId64, index,
                      p.axes[axis], size);
        }
        from += (index < 0 ? index + size : index) * x.strides[axis];
      }
      const T *source = data<const T>(x) + from;
      T *target = data<T>(out) + offset(out.strides, batch, p.batch_ndim);
      auto body = [&](const Offsets<2> &i) { target[i[1]] = source[i[0]]; };
      for_each<2>(out.ndim - p.batch_ndim, out.shape + p.batch_ndim,
                  {x.strides + p.n_index, out.strides + p.batch_ndim}, {}, body);
    } while (advance(batch, out.shape, p.batch_ndim));
    return spc_status{SPC_OK};
  });
}

}  // namespace spc::reference
