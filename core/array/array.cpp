// SPDX-License-Identifier: Apache-2.0
#include <cstdint>
#include <cstring>

#include "core/array/value.hpp"
#include "core/support/error.hpp"

namespace spc {

namespace {

struct Span {
  std::uintptr_t begin, end;
};

// Bytes that a non-empty strided array may touch.
Span byte_span(const Array &a) {
  std::int64_t low = 0, high = 0;
  for (int i = 0; i < a.ndim(); ++i) {
    const std::int64_t reach = (a.shape[i] - 1) * a.strides[i];
    (reach < 0 ? low : high) += reach;
  }
  const auto base = reinterpret_cast<std::uintptr_t>(a.data);
  const std::int64_t size = size_of(a.dtype);
  return {base + static_cast<std::uintptr_t>(low * size),
          base + static_cast<std::uintptr_t>((high + 1) * size)};
}

}  // namespace

bool Array::contiguous() const noexcept {
  std::int64_t expected = 1;
  for (int i = ndim() - 1; i >= 0; --i) {
    if (shape[i] != 1 && strides[i] != expected) return size == 0;
    expected *= shape[i];
  }
  return true;
}

bool may_overlap(const Array &a, const Array &b) noexcept {
  if (a.size == 0 || b.size == 0) return false;
  if (a.opaque() || b.opaque()) return a.data == b.data;
  // Two buffers may be borrowed from one allocation of the program, so addresses decide.
  if (&a.buffer->space() != &b.buffer->space()) return false;
  const Span s = byte_span(a), t = byte_span(b);
  return s.begin < t.end && t.begin < s.end;
}

bool same_elements(const Array &a, const Array &b) noexcept {
  return a.data == b.data && a.dtype == b.dtype && a.shape == b.shape && a.strides == b.strides;
}

Ref<Array> new_array(Family &family, Dtype dtype, const Dims &shape) {
  const std::int64_t n = product(shape, "array");
  std::int64_t bytes;
  if (__builtin_mul_overflow(n, size_of(dtype), &bytes))
    fail(SPC_E_MEMORY, "array: shape {} of dtype {} exceeds the address space", shape, name(dtype));
  Ref<Buffer> buffer = Buffer::allocate(family.memory(), static_cast<std::uint64_t>(bytes));
#ifndef NDEBUG
  // A signalling pattern (0xff bytes are NaN in every float dtype) shows what a kernel left out.
  if (bytes > 0 && buffer->space().host_accessible())
    std::memset(buffer->data(), 0xff, static_cast<std::size_t>(bytes));
#endif
  auto *first = static_cast<std::byte *>(buffer->data());
  return make<Array>(family, dtype, shape, row_major_strides(shape), std::move(buffer), first);
}

Ref<Array> new_view(const Array &base, const Dims &shape, const Dims &strides, std::byte *data,
                    Dtype dtype, bool writable) {
  return make<Array>(*base.family, dtype, shape, strides, base.buffer, data,
                     writable && base.writable);
}

Ref<Array> retag(const Ref<Array> &a, Family &family) {
  if (a->family == &family) return a;
  return make<Array>(family, a->dtype, a->shape, a->strides, a->buffer, a->data, a->writable);
}

std::complex<double> read_scalar(const Array &a) {
  std::byte bytes[16];
  if (a.size < 1) fail(SPC_E_VALUE, "read_scalar: an array of shape {} has no element", a.shape);
  copy_to_host(a.buffer->space(), bytes, a.data, static_cast<std::uint64_t>(size_of(a.dtype)));
  auto read = [&]<class T>(T value) {
    std::memcpy(&value, bytes, sizeof value);
    return value;
  };
  switch (a.dtype) {
    case Dtype::boolean:
    case Dtype::uint8:
      return read(std::uint8_t{});
    case Dtype::int8:
      return read(std::int8_t{});
    case Dtype::int32:
      return read(std::int32_t{});
    case Dtype::int64:
      return static_cast<double>(read(std::int64_t{}));
    case Dtype::float32:
      return read(float{});
    case Dtype::float64:
      return read(double{});
    case Dtype::complex64: {
      const auto z = read(std::complex<float>{});
      return {z.real(), z.imag()};
    }
    case Dtype::complex128:
      return read(std::complex<double>{});
    case Dtype::none:
      break;
  }
  fail(SPC_E_TYPE, "read_scalar: no dtype");
}

}  // namespace spc
