// SPDX-License-Identifier: Apache-2.0
#include <cstdint>
#include <cstring>

#include "core/array/value.hpp"
#include "core/support/error.hpp"

namespace spc {

ByteSpan byte_span(const void *first, Dtype dtype, const Dims &shape,
                   const Dims &strides) noexcept {
  std::int64_t low = 0, high = 0;
  for (int i = 0; i < shape.size(); ++i) {
    const std::int64_t reach = (shape[i] - 1) * strides[i];
    (reach < 0 ? low : high) += reach;
  }
  const auto base = reinterpret_cast<std::uintptr_t>(first);
  const std::int64_t size = size_of(dtype);
  return {base + static_cast<std::uintptr_t>(low * size),
          base + static_cast<std::uintptr_t>((high + 1) * size)};
}

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
  return intersect(byte_span(a.data, a.dtype, a.shape, a.strides),
                   byte_span(b.data, b.dtype, b.shape, b.strides));
}

bool same_elements(const Array &a, const Array &b) noexcept {
  return a.data == b.data && a.dtype == b.dtype && a.shape == b.shape && a.strides == b.strides;
}

Ref<Array> new_array(Family &family, Dtype dtype, const Dims &shape) {
  if (family.opaque())
    fail(SPC_E_NOTIMPL,
         "array: family {} is opaque; shape {} of dtype {} cannot be allocated as strided",
         family.name(), shape, name(dtype));
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
                     writable && base.view_writable);
}

Ref<Array> retag(const Ref<Array> &a, Family &family) {
  if (a->family == &family) return a;
  return make<Array>(family, a->dtype, a->shape, a->strides, a->buffer, a->data, a->view_writable);
}

Ref<SparseArray> retag(const Ref<SparseArray> &s, Family &family) {
  if (&s->family() == &family) return s;
  return make<SparseArray>(s->format, s->rows, s->cols, retag(s->first, family),
                           retag(s->second, family), retag(s->data, family));
}

bool is_interposed(const Value &v) noexcept {
  if (v.interposed) return true;
  if (v.kind() == ValueKind::list || v.kind() == ValueKind::tuple)
    for (const Ref<Value> &item : static_cast<const Sequence &>(v).items)
      if (is_interposed(*item)) return true;
  if (v.kind() == ValueKind::map)
    for (const auto &item : static_cast<const Map &>(v).items)
      if (is_interposed(*item.second)) return true;
  return false;
}

Ref<Value> plain(Value &v) {
  if (!is_interposed(v)) return Ref<Value>::share(&v);
  if (v.kind() == ValueKind::array) {
    const Array &a = static_cast<const Array &>(v);
    return make<Array>(*a.family, a.dtype, a.shape, a.strides, a.buffer, a.data, a.view_writable);
  }
  if (v.kind() == ValueKind::map) {
    std::vector<std::pair<std::string, Ref<Value>>> items;
    for (const auto &item : static_cast<const Map &>(v).items)
      items.emplace_back(item.first, plain(*item.second));
    return make<Map>(std::move(items));
  }
  std::vector<Ref<Value>> items;
  for (const Ref<Value> &item : static_cast<const Sequence &>(v).items)
    items.push_back(plain(*item));
  return make<Sequence>(v.kind(), std::move(items), static_cast<const Sequence &>(v).type);
}

std::complex<double> read_scalar(const Array &a) {
  std::byte bytes[16];
  if (a.opaque())
    fail(SPC_E_NOTIMPL, "read_scalar: arrays of family {} are opaque", a.family->name());
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

void read_numbers(const Array &a, int n, std::complex<double> *out) {
  constexpr int most = 16;
  alignas(16) std::byte bytes[most][16];
  const std::size_t size = static_cast<std::size_t>(size_of(a.dtype));
  if (n > most || n > a.size)
    fail(SPC_E_VALUE, "read_numbers: {} numbers of an array of shape {}", n, a.shape);
  copy_to_host(a.buffer->space(), bytes, a.data, static_cast<std::uint64_t>(n) * size);
  const auto read = [&]<class T>(T value) {
    for (int k = 0; k < n; ++k) {
      std::memcpy(&value, bytes[0] + static_cast<std::size_t>(k) * size, sizeof value);
      out[k] = std::complex<double>(value);
    }
  };
  switch (a.dtype) {
    case Dtype::float32:
      return read(float{});
    case Dtype::float64:
      return read(double{});
    case Dtype::complex64:
      return read(std::complex<float>{});
    case Dtype::complex128:
      return read(std::complex<double>{});
    default:
      fail(SPC_E_TYPE, "read_numbers: an array of dtype {}", name(a.dtype));
  }
}

}  // namespace spc
