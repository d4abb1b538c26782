// SPDX-License-Identifier: Apache-2.0
#include "core/array/value.hpp"

#include <cmath>
#include <cstring>
#include <limits>

#include "core/support/error.hpp"

namespace spc {

Dtype Scalar::natural_dtype() const noexcept {
  constexpr Dtype by_kind[] = {Dtype::boolean, Dtype::int64, Dtype::float64, Dtype::complex128};
  return by_kind[weak_kind];
}

std::string describe(const Value *v) {
  if (v == nullptr) return "null";
  switch (v->kind()) {
    case ValueKind::none:
      return "null";
    case ValueKind::array:
      return "array of family " + static_cast<const Array *>(v)->family->name();
    case ValueKind::sparse:
      return "sparse array of family " + static_cast<const SparseArray *>(v)->family().name();
    case ValueKind::scalar:
      return "scalar";
    case ValueKind::list:
      return "list";
    case ValueKind::tuple:
      return "tuple";
    case ValueKind::map:
      return "map";
  }
  return "value";
}

Array &as_dense(Value *v, const char *op) {
  if (v == nullptr || v->kind() != ValueKind::array)
    fail(SPC_E_TYPE, "{}: expected a dense array, got {}", op, describe(v));
  return static_cast<Array &>(*v);
}

SparseArray &as_sparse(Value *v, const char *op) {
  if (v == nullptr || v->kind() != ValueKind::sparse)
    fail(SPC_E_TYPE, "{}: expected a sparse array, got {}", op, describe(v));
  return static_cast<SparseArray &>(*v);
}

bool fits(std::int64_t v, Dtype d) noexcept {
  if (d == Dtype::int64 || !is_integer(d)) return true;
  const std::int64_t count = std::int64_t{1} << (8 * size_of(d));
  const std::int64_t least = d == Dtype::uint8 ? 0 : -count / 2;
  return v >= least && v < least + count;
}

namespace {

template <class T>
void put(std::byte *out, T value) {
  std::memcpy(out, &value, sizeof value);
}

template <class I>
void put_integer(std::byte *out, const Scalar &s, Dtype d, const char *op) {
  if (s.weak_kind > SPC_WEAK_INT) {
    // A weak float reaches an integer dtype only where the caller named that dtype: truncate, and
    // give out-of-range values the fixed answer 0 instead of undefined behaviour.
    const double v = s.number.real();
    const double limit = std::ldexp(1.0, std::numeric_limits<I>::digits);
    const bool inside =
        v > -limit - 1 && v < limit && (std::numeric_limits<I>::is_signed || v > -1);
    put(out, inside ? static_cast<I>(v) : I{0});
    return;
  }
  if (!fits(s.integer, d))
    fail(SPC_E_OVERFLOW, "{}: the integer {} does not fit dtype {}", op, s.integer, name(d));
  put(out, static_cast<I>(s.integer));
}

}  // namespace

void scalar_bytes(const Scalar &s, Dtype d, std::byte out[16], const char *op) {
  if (s.weak_kind == SPC_WEAK_COMPLEX && !is_complex(d))
    refuse_complex_to_real(op, Dtype::complex128, d);
  const std::complex<double> z = s.number;
  switch (d) {
    case Dtype::boolean:
      return put(out, static_cast<std::uint8_t>(s.weak_kind <= SPC_WEAK_INT ? s.integer != 0
                                                                            : z.real() != 0));
    case Dtype::int8:
      return put_integer<std::int8_t>(out, s, d, op);
    case Dtype::uint8:
      return put_integer<std::uint8_t>(out, s, d, op);
    case Dtype::int32:
      return put_integer<std::int32_t>(out, s, d, op);
    case Dtype::int64:
      return put_integer<std::int64_t>(out, s, d, op);
    case Dtype::float32:
      return put(out, static_cast<float>(z.real()));
    case Dtype::float64:
      return put(out, z.real());
    case Dtype::complex64:
      return put(out,
                 std::complex<float>(static_cast<float>(z.real()), static_cast<float>(z.imag())));
    case Dtype::complex128:
      return put(out, z);
    case Dtype::none:
      break;
  }
  fail(SPC_E_TYPE, "{}: no dtype", op);
}

}  // namespace spc
