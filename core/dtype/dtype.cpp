// SPDX-License-Identifier: Apache-2.0
#include "core/dtype/dtype.hpp"

#include "core/support/error.hpp"

namespace spc {

double eps(Dtype d) {
  switch (real_of(d)) {
    case Dtype::float32:
      return 1.1920928955078125e-07;
    case Dtype::float64:
      return 2.220446049250313e-16;
    default:
      fail(SPC_E_VALUE, "eps: dtype {} has no machine epsilon", name(d));
  }
}

Dtype checked_dtype(std::int32_t value, const char *op) {
  if (value < 0 || value >= dtype_count)
    fail(SPC_E_TYPE, "{}: {} is not a dtype; expected 0 (bool) to {} (complex128)", op, value,
         dtype_count - 1);
  return static_cast<Dtype>(value);
}

Dtype dtype_or(std::int32_t value, Dtype fallback, const char *op) {
  return value == SPC_DTYPE_NONE ? fallback : checked_dtype(value, op);
}

Dtype dtype_from_name(std::string_view text) {
  if (text == "int") return Dtype::int64;
  if (text == "float") return Dtype::float64;
  if (text == "complex") return Dtype::complex128;
  for (int i = 0; i < dtype_count; ++i)
    if (text == dtype_table[static_cast<std::size_t>(i)].name) return static_cast<Dtype>(i);
  fail(SPC_E_TYPE,
       "dtype '{}' is not understood; expected one of: bool, int8, uint8, int32, int64, float32, "
       "float64, complex64, complex128, int, float, complex",
       text);
}

namespace {
constexpr unsigned bit(Dtype d) {
  return 1u << index_of(d);
}
constexpr unsigned wide =
    bit(Dtype::int32) | bit(Dtype::int64) | bit(Dtype::float64) | bit(Dtype::complex128);
constexpr unsigned complexes = bit(Dtype::complex64) | bit(Dtype::complex128);
constexpr unsigned floats = bit(Dtype::float32) | bit(Dtype::float64);
constexpr unsigned bytes = bit(Dtype::int8) | bit(Dtype::uint8);

Dtype join_strong(unsigned mask) noexcept {
  const bool need64 = (mask & wide) != 0;
  if (mask & complexes) return need64 ? Dtype::complex128 : Dtype::complex64;
  if (mask & floats) return need64 ? Dtype::float64 : Dtype::float32;
  if (mask & bit(Dtype::int64)) return Dtype::int64;
  if ((mask & bit(Dtype::int32)) || (mask & bytes) == bytes) return Dtype::int32;
  if (mask & bit(Dtype::int8)) return Dtype::int8;
  if (mask & bit(Dtype::uint8)) return Dtype::uint8;
  return Dtype::boolean;
}
}  // namespace

Dtype Join::result() const noexcept {
  if (strong_mask_ == 0) {
    constexpr Dtype alone[] = {Dtype::boolean, Dtype::int64, Dtype::float64, Dtype::complex128};
    return alone[weak_ < 0 ? 0 : weak_];
  }
  const Dtype s = join_strong(strong_mask_);
  if (weak_ <= static_cast<int>(kind(s))) return s;
  if (weak_ == SPC_WEAK_INT) return Dtype::int64;  // over bool
  if (weak_ == SPC_WEAK_FLOAT) return Dtype::float64;
  return s == Dtype::float32 ? Dtype::complex64 : Dtype::complex128;
}

Dtype join(std::initializer_list<Dtype> dtypes) noexcept {
  Join j;
  for (Dtype d : dtypes) j.strong(d);
  return j.result();
}

void refuse_complex_to_real(const char *operation, Dtype from, Dtype to) {
  if (is_complex(from) && !is_complex(to))
    fail(SPC_E_TYPE,
         "{} rejected complex-valued input for non-complex dtype {}. Explicitly discard the "
         "imaginary part first, with real(x)",
         operation, name(to));
}

}  // namespace spc
