// SPDX-License-Identifier: Apache-2.0
// Copies move bytes: one body per element size serves every dtype.
#include <string.h>

#include "plugins/cpu/kernels/kernels.hpp"
#include "plugins/cpu/kernels/rows.hpp"

namespace spc::cpu {
namespace {

struct Pair {
  uint64_t words[2];
};

template <class T>
void fill_row(const Run &run) {
  T value;
  memcpy(&value, run.in[0], sizeof value);
  T *out = static_cast<T *>(run.out);
  if (run.out_step == 1) {
    for (int64_t i = 0; i < run.n; ++i) out[i] = value;
    return;
  }
  for (int64_t i = 0; i < run.n; ++i) out[i * run.out_step] = value;
}

template <class T>
void copy_row(const Run &run) {
  const T *x = static_cast<const T *>(run.in[0]);
  T *out = static_cast<T *>(run.out);
  if (run.in_step[0] == 1 && run.out_step == 1) {
    if (x != out) memcpy(out, x, static_cast<size_t>(run.n) * sizeof(T));
  } else if (run.in_step[0] == 0) {
    fill_row<T>(run);
  } else {
    for (int64_t i = 0; i < run.n; ++i) out[i * run.out_step] = x[i * run.in_step[0]];
  }
}

// A tensor without two of its axes, and those two: the output is contiguous along `last`, the input
// along `across`.
struct Turned {
  int32_t ndim = 0;
  int64_t shape[SPC_MAX_NDIM];
  int64_t in_strides[SPC_MAX_NDIM];
  int64_t out_strides[SPC_MAX_NDIM];
  int64_t rows;
  int64_t out_row_step;
  int64_t columns;
  int64_t in_column_step;
};

// Below this many elements along either axis a tile does not pay.
constexpr int64_t tile = 32;

bool find_turned(const spc_tensor &in, const spc_tensor &out, Turned *turned) {
  const int32_t last = out.ndim - 1;
  if (out.strides[last] != 1 || out.shape[last] < tile) return false;
  int32_t across = -1;
  for (int32_t axis = 0; axis < last; ++axis) {
    if (in.strides[axis] == 1 && out.shape[axis] >= tile) across = axis;
  }
  if (across < 0) return false;
  for (int32_t axis = 0; axis < last; ++axis) {
    if (axis == across) continue;
    turned->shape[turned->ndim] = out.shape[axis];
    turned->in_strides[turned->ndim] = in.strides[axis];
    turned->out_strides[turned->ndim++] = out.strides[axis];
  }
  turned->rows = out.shape[across];
  turned->out_row_step = out.strides[across];
  turned->columns = out.shape[last];
  turned->in_column_step = in.strides[last];
  return true;
}

// Tile by tile, so that the cache lines of both sides are used whole.
template <class T>
spc_status copy_turned(const spc_call *call, const Turned &turned) {
  const T *x = static_cast<const T *>(call->in[0]->data);
  T *out = static_cast<T *>(call->out[0]->data);
  const Walk<2> start(turned.ndim, turned.shape, {turned.in_strides, turned.out_strides});
  const int64_t bands = (turned.rows + tile - 1) / tile;
  return for_parts(call, start.count() * bands, tile * turned.columns,
                   [&](int64_t first, int64_t last) {
                     Walk<2> walk = start;
                     walk.seek(first / bands);
                     int64_t band = first % bands;
                     for (int64_t k = first; k < last; ++k) {
                       const int64_t i0 = band * tile;
                       const int64_t i1 = i0 + tile < turned.rows ? i0 + tile : turned.rows;
                       for (int64_t j0 = 0; j0 < turned.columns; j0 += tile) {
                         const int64_t j1 = j0 + tile < turned.columns ? j0 + tile : turned.columns;
                         for (int64_t i = i0; i < i1; ++i) {
                           const T *from = x + walk.offset(0) + i;
                           T *to = out + walk.offset(1) + i * turned.out_row_step;
                           for (int64_t j = j0; j < j1; ++j)
                             to[j] = from[j * turned.in_column_step];
                         }
                       }
                       if (++band == bands) {
                         band = 0;
                         walk.next();
                       }
                     }
                     return SPC_OK;
                   });
}

template <class T>
spc_status copy_elements(const spc_call *call) {
  Turned turned;
  if (find_turned(*call->in[0], *call->out[0], &turned)) return copy_turned<T>(call, turned);
  return over_rows<1>(call, copy_row<T>);
}

}  // namespace

spc_status copy(void *, const spc_call *call) {
  switch (element_size(call->out[0]->dtype)) {
    case 1:
      return copy_elements<uint8_t>(call);
    case 4:
      return copy_elements<uint32_t>(call);
    case 8:
      return copy_elements<uint64_t>(call);
    default:
      return copy_elements<Pair>(call);
  }
}

spc_status fill(void *, const spc_call *call) {
  switch (element_size(call->out[0]->dtype)) {
    case 1:
      return over_rows<1>(call, fill_row<uint8_t>);
    case 4:
      return over_rows<1>(call, fill_row<uint32_t>);
    case 8:
      return over_rows<1>(call, fill_row<uint64_t>);
    default:
      return over_rows<1>(call, fill_row<Pair>);
  }
}

}  // namespace spc::cpu
