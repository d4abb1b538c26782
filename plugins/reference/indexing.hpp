// SPDX-License-Identifier: Apache-2.0
// What gather and scatter share: the places that index arrays name.
#pragma once

#include <cinttypes>

#include "plugins/reference/error.hpp"
#include "plugins/reference/loops.hpp"

namespace spc::reference {

inline int64_t offset(const int64_t *strides, const int64_t *index, int32_t ndim) {
  int64_t sum = 0;
  for (int32_t axis = 0; axis < ndim; ++axis) sum += index[axis] * strides[axis];
  return sum;
}

// The next index in row-major order; false after the last one.
inline bool advance(int64_t *index, const int64_t *shape, int32_t ndim) {
  for (int32_t axis = ndim - 1; axis >= 0; --axis) {
    if (++index[axis] < shape[axis]) return true;
    index[axis] = 0;
  }
  return false;
}

// Runs visit(batch, place) for every index of the shape B of the index arrays in[1], in[2], ...,
// row-major: place is the offset of the element of `indexed` that they name there.
template <class Params, class Visit>
spc_status for_each_place(const spc_call *call, const Params &p, const spc_tensor &indexed,
                          const int64_t *batch_shape, Visit visit) {
  int64_t batch[SPC_MAX_NDIM] = {};
  do {
    int64_t place = 0;
    for (int32_t axis = 0; axis < p.n_index; ++axis) {
      const spc_tensor &indices = *call->in[1 + axis];
      const int64_t size = indexed.shape[axis];
      const int64_t index =
          data<const int64_t>(indices)[offset(indices.strides, batch, p.batch_ndim)];
      if (index < -size || index >= size) {
        return fail(call, SPC_E_INDEX,
                    "index %" PRId64 " is out of bounds for axis %d with size %" PRId64, index,
                    p.axes[axis], size);
      }
      place += (index < 0 ? index + size : index) * indexed.strides[axis];
    }
    visit(static_cast<const int64_t *>(batch), place);
  } while (advance(batch, batch_shape, p.batch_ndim));
  return SPC_OK;
}

}  // namespace spc::reference
