// SPDX-License-Identifier: Apache-2.0
// A short list of lengths, strides or axes, without the heap.
#pragma once

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <initializer_list>
#include <span>
#include <string>

#include "spacecore/types.h"

namespace spc {

class Dims {
 public:
  Dims() = default;
  Dims(std::initializer_list<std::int64_t> v) { assign({v.begin(), v.size()}); }
  explicit Dims(std::span<const std::int64_t> v) { assign(v); }
  Dims(int n, std::int64_t value) : n_(n) { std::fill_n(v_, n, value); }
  // Only the entries in use are copied.
  Dims(const Dims &o) noexcept : n_(o.n_) { std::copy_n(o.v_, o.n_, v_); }
  Dims &operator=(const Dims &o) noexcept {
    if (this == &o) return *this;
    n_ = o.n_;
    std::copy_n(o.v_, o.n_, v_);
    return *this;
  }

  int size() const noexcept { return n_; }
  bool empty() const noexcept { return n_ == 0; }
  std::int64_t &operator[](int i) noexcept { return v_[i]; }
  std::int64_t operator[](int i) const noexcept { return v_[i]; }
  const std::int64_t *data() const noexcept { return v_; }
  std::int64_t *data() noexcept { return v_; }
  const std::int64_t *begin() const noexcept { return v_; }
  const std::int64_t *end() const noexcept { return v_ + n_; }
  operator std::span<const std::int64_t>() const noexcept {  // NOLINT(google-explicit-constructor)
    return {v_, static_cast<std::size_t>(n_)};
  }

  /// ValueErr beyond SPC_MAX_NDIM.
  void push_back(std::int64_t value);
  void insert(int position, std::int64_t value);
  void erase(int position) noexcept;

  friend bool operator==(const Dims &a, const Dims &b) noexcept {
    if (a.n_ != b.n_) return false;
    for (int i = 0; i < a.n_; ++i)  // memcmp costs more than the few numbers that there are
      if (a.v_[i] != b.v_[i]) return false;
    return true;
  }

 private:
  void assign(std::span<const std::int64_t> v);

  int n_ = 0;
  std::int64_t v_[SPC_MAX_NDIM];
};

/// "(2, 3)", "(4,)", "()".
std::string to_string(const Dims &dims);
/// Product of the lengths; 1 for rank 0. ValueErr naming op when it exceeds int64.
std::int64_t product(const Dims &dims, const char *op = "shape");
Dims row_major_strides(const Dims &shape) noexcept;

/// A shape from the C API: no NULL with ndim > 0, no negative length. ValueErr naming op.
Dims checked_shape(std::int32_t ndim, const std::int64_t *shape, const char *op);
/// Axis in [0, n). AxisErr `op: axis 3 is out of bounds for an array of dimension 2`.
int checked_axis(std::int64_t axis, int n, const char *op);
/// Sorted distinct axes in [0, n); n_axes < 0: all. AxisErr, ValueErr on repeats.
Dims checked_axes(std::int32_t n_axes, const std::int64_t *axes, int n, const char *op);
/// Trailing-aligned broadcast of two shapes. ValueErr naming op and both shapes.
Dims broadcast_shapes(const Dims &a, const Dims &b, const char *op);

}  // namespace spc

// Self-contained: formatters of fmt are not instantiated in its light header.
template <>
struct fmt::formatter<spc::Dims> {
  constexpr auto parse(fmt::format_parse_context &ctx) { return ctx.begin(); }
  template <class C>
  auto format(const spc::Dims &d, C &ctx) const {
    auto out = ctx.out();
    for (char c : spc::to_string(d)) *out++ = c;
    return out;
  }
};
