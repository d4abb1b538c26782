// SPDX-License-Identifier: Apache-2.0
#include "core/array/borrowed.hpp"

#include <algorithm>
#include <span>
#include <utility>
#include <vector>

#include "core/support/error.hpp"

namespace spc {

namespace {

// Elements from the lowest to the highest address. ValueErr beyond the address space.
std::int64_t strided_extent(const Dims &shape, const Dims &strides, const char *op) {
  std::int64_t extent = 1;
  for (int i = 0; i < shape.size(); ++i) {
    std::int64_t reach = 0;
    const std::int64_t step = strides[i] < 0 ? strides[i] : -strides[i];  // -INT64_MIN overflows
    if (__builtin_mul_overflow(shape[i] - 1, step, &reach) ||
        __builtin_sub_overflow(extent, reach, &extent) || extent > (INT64_MAX >> 4))
      fail(SPC_E_VALUE, "{}: shape {} with strides {} exceeds the address space", op, shape,
           strides);
  }
  return extent;
}

// No element lies behind two positions: taken by rising stride, each axis steps over all that the
// finer ones reach. Some interleaved layouts that repeat nothing are not recognised.
bool names_each_once(const Dims &shape, const Dims &strides) {
  std::vector<std::pair<std::int64_t, std::int64_t>> axes;  // stride, length
  for (int i = 0; i < shape.size(); ++i)
    if (shape[i] > 1) axes.emplace_back(strides[i] < 0 ? -strides[i] : strides[i], shape[i]);
  std::sort(axes.begin(), axes.end());
  std::int64_t reach = 0;
  for (const auto &[stride, length] : axes) {
    if (stride <= reach) return false;
    reach += stride * (length - 1);
  }
  return true;
}

}  // namespace

Ref<Array> borrowed_array(Context &ctx, Dtype dtype, const Dims &shape, const std::int64_t *strides,
                          void *data, bool writable, const char *op) {
  MemorySpace &host = host_space();
  if (ctx.family.opaque() || &ctx.family.memory() != &host)
    fail(SPC_E_TYPE, "{}: family {} uses memory space {}, not host memory", op, ctx.family.name(),
         ctx.family.memory().name);
  const Dims steps = strides == nullptr
                         ? row_major_strides(shape)
                         : Dims(std::span(strides, static_cast<std::size_t>(shape.size())));
  const std::int64_t n = product(shape, op);
  if (n > 0 && data == nullptr) fail(SPC_E_VALUE, "{}: data is NULL", op);
  const auto alignment =
      static_cast<std::uintptr_t>(size_of(is_complex(dtype) ? real_of(dtype) : dtype));
  if (reinterpret_cast<std::uintptr_t>(data) % alignment != 0)
    fail(SPC_E_VALUE, "{}: data is at address {}, which is not a multiple of {} for dtype {}", op,
         data, alignment, name(dtype));
  const std::int64_t extent = n > 0 ? strided_extent(shape, steps, op) : 0;
  writable = writable && (n == 0 || names_each_once(shape, steps));
  return make<Array>(
      ctx.family, dtype, shape, steps,
      Buffer::borrow(host, data, static_cast<std::uint64_t>(extent * size_of(dtype))),
      static_cast<std::byte *>(data), writable);
}

}  // namespace spc
