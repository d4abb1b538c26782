// SPDX-License-Identifier: Apache-2.0
// The nine dtypes, their joins (NEP 50 closed over the nine) and the refusals of casts.
#pragma once

#include <array>
#include <cstdint>
#include <initializer_list>
#include <string_view>

#include "spacecore/types.h"

namespace spc {

enum class Dtype : std::int32_t {
  none = SPC_DTYPE_NONE,
  boolean = SPC_BOOL,
  int8 = SPC_INT8,
  uint8 = SPC_UINT8,
  int32 = SPC_INT32,
  int64 = SPC_INT64,
  float32 = SPC_FLOAT32,
  float64 = SPC_FLOAT64,
  complex64 = SPC_COMPLEX64,
  complex128 = SPC_COMPLEX128,
};

enum class Kind : std::int8_t { boolean, integer, floating, complex };

constexpr int dtype_count = SPC_DTYPE_COUNT;

struct DtypeInfo {
  const char *name;
  std::int8_t size;
  Kind kind;
  Dtype real;
};

inline constexpr std::array<DtypeInfo, dtype_count> dtype_table = {{
    {"bool", 1, Kind::boolean, Dtype::boolean},
    {"int8", 1, Kind::integer, Dtype::int8},
    {"uint8", 1, Kind::integer, Dtype::uint8},
    {"int32", 4, Kind::integer, Dtype::int32},
    {"int64", 8, Kind::integer, Dtype::int64},
    {"float32", 4, Kind::floating, Dtype::float32},
    {"float64", 8, Kind::floating, Dtype::float64},
    {"complex64", 8, Kind::complex, Dtype::float32},
    {"complex128", 16, Kind::complex, Dtype::float64},
}};

constexpr int index_of(Dtype d) {
  return static_cast<int>(d);
}
constexpr const DtypeInfo &info(Dtype d) {
  return dtype_table[static_cast<std::size_t>(d)];
}
constexpr const char *name(Dtype d) {
  return d == Dtype::none ? "none" : info(d).name;
}
constexpr std::int64_t size_of(Dtype d) {
  return info(d).size;
}
constexpr Kind kind(Dtype d) {
  return info(d).kind;
}
constexpr bool is_complex(Dtype d) {
  return kind(d) == Kind::complex;
}
constexpr bool is_integer(Dtype d) {
  return kind(d) == Kind::integer;
}
constexpr bool is_floating(Dtype d) {
  return kind(d) >= Kind::floating;
}
/// R: the real dtype of the same precision; itself unless complex.
constexpr Dtype real_of(Dtype d) {
  return info(d).real;
}
/// F: bool and integers become float64.
constexpr Dtype floating_of(Dtype d) {
  return is_floating(d) ? d : Dtype::float64;
}
/// A: bool and integers become int64.
constexpr Dtype accumulator_of(Dtype d) {
  return is_floating(d) ? d : Dtype::int64;
}
/// 2^-23 for single, 2^-52 for double precision; ValueErr for bool and integers.
double eps(Dtype d);

/// Checks an integer from the C API. TypeErr naming `op` unless it is one of the nine.
Dtype checked_dtype(std::int32_t value, const char *op);
/// As checked_dtype, with SPC_DTYPE_NONE replaced by fallback.
Dtype dtype_or(std::int32_t value, Dtype fallback, const char *op);
/// A name or a token (bool, int, float, complex). TypeErr.
Dtype dtype_from_name(std::string_view name);

/// Collects operands and gives their join: strong dtypes by section 2.4, weak scalars by 2.5.
class Join {
 public:
  void strong(Dtype d) noexcept { strong_mask_ |= 1u << index_of(d); }
  void weak(int weak_kind) noexcept { weak_ = weak_kind > weak_ ? weak_kind : weak_; }
  bool empty() const noexcept { return strong_mask_ == 0 && weak_ < 0; }
  Dtype result() const noexcept;

 private:
  unsigned strong_mask_ = 0;
  int weak_ = -1;
};

Dtype join(std::initializer_list<Dtype> dtypes) noexcept;

/// TypeErr if a complex representation would become a non-complex one.
void refuse_complex_to_real(const char *operation, Dtype from, Dtype to);

}  // namespace spc
