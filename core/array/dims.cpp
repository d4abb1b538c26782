// SPDX-License-Identifier: Apache-2.0
#include "core/array/dims.hpp"

#include "core/support/error.hpp"

namespace spc {

void Dims::assign(std::span<const std::int64_t> v) {
  if (v.size() > SPC_MAX_NDIM)
    fail(SPC_E_VALUE, "array: {} axes, at most {} are supported", v.size(), int{SPC_MAX_NDIM});
  n_ = static_cast<int>(v.size());
  std::copy(v.begin(), v.end(), v_);
}

void Dims::push_back(std::int64_t value) {
  insert(n_, value);
}

void Dims::insert(int position, std::int64_t value) {
  if (n_ == SPC_MAX_NDIM)
    fail(SPC_E_VALUE, "array: {} axes, at most {} are supported", n_ + 1, int{SPC_MAX_NDIM});
  std::copy_backward(v_ + position, v_ + n_, v_ + n_ + 1);
  v_[position] = value;
  ++n_;
}

void Dims::erase(int position) noexcept {
  std::copy(v_ + position + 1, v_ + n_, v_ + position);
  --n_;
}

std::string to_string(const Dims &dims) {
  std::string text = "(";
  for (int i = 0; i < dims.size(); ++i) {
    if (i > 0) text += ", ";
    text += std::to_string(dims[i]);
  }
  if (dims.size() == 1) text += ',';
  return text + ')';
}

std::int64_t product(const Dims &dims, const char *op) {
  std::int64_t n = 1;
  bool overflow = false;
  for (std::int64_t d : dims) {
    if (d == 0) return 0;  // whatever the other lengths are
    overflow |= __builtin_mul_overflow(n, d, &n);
  }
  if (overflow) fail(SPC_E_VALUE, "{}: an array of shape {} has too many elements", op, dims);
  return n;
}

Dims row_major_strides(const Dims &shape) noexcept {
  Dims strides = shape;
  std::int64_t s = 1;
  for (int i = shape.size() - 1; i >= 0; --i) {
    strides[i] = s;
    // Only a shape without elements can overflow; its strides are never walked.
    if (shape[i] > 0 && __builtin_mul_overflow(s, shape[i], &s)) s = 0;
  }
  return strides;
}

Dims checked_shape(std::int32_t ndim, const std::int64_t *shape, const char *op) {
  if (ndim < 0 || ndim > SPC_MAX_NDIM)
    fail(SPC_E_VALUE, "{}: {} axes, expected 0 to {}", op, ndim, int{SPC_MAX_NDIM});
  if (ndim > 0 && shape == nullptr) fail(SPC_E_VALUE, "{}: shape is NULL with ndim {}", op, ndim);
  Dims dims(std::span<const std::int64_t>(shape, static_cast<std::size_t>(ndim)));
  for (std::int64_t d : dims)
    if (d < 0) fail(SPC_E_VALUE, "{}: negative length {} in shape {}", op, d, dims);
  product(dims, op);
  return dims;
}

int checked_axis(std::int64_t axis, int n, const char *op) {
  if (axis < -n || axis >= n)
    fail(SPC_E_AXIS, "{}: axis {} is out of bounds for an array of dimension {}", op, axis, n);
  return static_cast<int>(axis < 0 ? axis + n : axis);
}

Dims checked_axes(std::int32_t n_axes, const std::int64_t *axes, int n, const char *op) {
  Dims result;
  if (n_axes < 0) {
    for (int i = 0; i < n; ++i) result.push_back(i);
    return result;
  }
  if (n_axes > 0 && axes == nullptr)
    fail(SPC_E_VALUE, "{}: axes is NULL with n_axes {}", op, n_axes);
  for (std::int32_t i = 0; i < n_axes; ++i) {
    const int axis = checked_axis(axes[i], n, op);
    for (std::int64_t seen : result)
      if (seen == axis) fail(SPC_E_VALUE, "{}: repeated axis {}", op, axes[i]);
    result.push_back(axis);
  }
  std::sort(result.data(), result.data() + result.size());
  return result;
}

Dims broadcast_shapes(const Dims &a, const Dims &b, const char *op) {
  const Dims &longer = a.size() >= b.size() ? a : b;
  const Dims &shorter = a.size() >= b.size() ? b : a;
  Dims result = longer;
  const int shift = longer.size() - shorter.size();
  for (int i = 0; i < shorter.size(); ++i) {
    std::int64_t &r = result[i + shift];
    const std::int64_t s = shorter[i];
    if (r == s || s == 1) continue;
    if (r != 1)
      fail(SPC_E_VALUE,
           "{}: shapes {} and {} cannot be broadcast together; lengths {} and {} differ", op, a, b,
           r, s);
    r = s;
  }
  return result;
}

}  // namespace spc
