// SPDX-License-Identifier: Apache-2.0
// What the kernels share: errors, scratch, parts of work for the host's threads, strided indices.
#pragma once

#include <stdint.h>

#include <type_traits>

#include "spacecore/plugin.hpp"

#include "plugins/cpu/simd/loops.hpp"

namespace spc::cpu {

using plugin::fail, plugin::params;

// 64-byte aligned host memory of at least one byte, freed when the kernel returns.
spc_status scratch(const spc_call *call, int64_t bytes, void **out);

// Elements below which a call stays in the calling thread, and the least share of a part: waking a
// thread costs as much as 10^5 additions.
inline constexpr int64_t serial_elements = int64_t{1} << 17;
inline constexpr int64_t part_elements = int64_t{1} << 15;

// Runs body(first, last) over [0, count), which costs `cost` elements each, on the host's threads.
// The parts depend on count and cost alone. The body returns a status.
template <class Body>
spc_status for_parts(const spc_call *call, int64_t count, int64_t cost, Body &&body) {
  const int64_t each = cost > 0 ? cost : 1;
  if (count <= 1 || count <= serial_elements / each) return body(int64_t{0}, count);
  struct Task {
    std::remove_reference_t<Body> *body;
    int64_t count;
    int64_t share;
  };
  const int64_t share = each >= part_elements ? 1 : part_elements / each;
  Task task{&body, count, share};
  const int64_t parts = (count + share - 1) / share;
  return call->host->parallel(
      call->exec, parts,
      [](void *arg, int64_t part) -> spc_status {
        const Task &t = *static_cast<const Task *>(arg);
        const int64_t first = part * t.share;
        const int64_t last = t.count - first < t.share ? t.count : first + t.share;
        return (*t.body)(first, last);
      },
      &task);
}

// Position in a row-major walk over some axes, with the offsets (in elements) of up to five
// operands.
template <int operands>
class Walk {
 public:
  Walk(int32_t ndim, const int64_t *shape, const int64_t *const (&strides)[operands])
      : ndim_(ndim), shape_(shape) {
    for (int k = 0; k < operands; ++k) strides_[k] = strides[k];
  }

  // Number of positions.
  int64_t count() const {
    int64_t n = 1;
    for (int32_t axis = 0; axis < ndim_; ++axis) n *= shape_[axis];
    return n;
  }

  void seek(int64_t position) {
    for (int k = 0; k < operands; ++k) offsets_[k] = 0;
    for (int32_t axis = ndim_ - 1; axis >= 0; --axis) {
      index_[axis] = position % shape_[axis];
      position /= shape_[axis];
      for (int k = 0; k < operands; ++k) offsets_[k] += index_[axis] * strides_[k][axis];
    }
  }

  void next() {
    for (int32_t axis = ndim_ - 1; axis >= 0; --axis) {
      for (int k = 0; k < operands; ++k) offsets_[k] += strides_[k][axis];
      if (++index_[axis] < shape_[axis]) return;
      for (int k = 0; k < operands; ++k) offsets_[k] -= shape_[axis] * strides_[k][axis];
      index_[axis] = 0;
    }
  }

  int64_t offset(int operand) const { return offsets_[operand]; }

 private:
  int32_t ndim_;
  const int64_t *shape_;
  const int64_t *strides_[operands];
  int64_t offsets_[operands] = {};
  int64_t index_[SPC_MAX_NDIM] = {};
};

int64_t element_size(int32_t dtype);

inline const char *address(const void *base, int64_t offset, int64_t size) {
  return static_cast<const char *>(base) + offset * size;
}
inline char *address(void *base, int64_t offset, int64_t size) {
  return static_cast<char *>(base) + offset * size;
}

}  // namespace spc::cpu
