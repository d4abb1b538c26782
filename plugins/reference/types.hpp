// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <concepts>
#include <cstdint>
#include <type_traits>

#include "spacecore/types.h"

namespace spc::reference {

// Any non-zero byte reads as true; kernels store 0 or 1.
struct Bool {
  uint8_t byte;
};

// Not std::complex: its products and quotients recover infinities, ours are the plain formulas.
template <class R>
struct Complex {
  R re;
  R im;
};

template <class T>
inline constexpr bool is_complex = false;
template <class R>
inline constexpr bool is_complex<Complex<R>> = true;

template <class T>
inline constexpr bool is_bool = std::same_as<T, Bool>;

// Floating or complex: the dtypes whose sums round.
template <class T>
inline constexpr bool is_inexact = std::floating_point<T> || is_complex<T>;

template <class T>
struct RealOfStruct {
  using type = T;
};
template <class R>
struct RealOfStruct<Complex<R>> {
  using type = R;
};
template <class T>
using RealOf = typename RealOfStruct<T>::type;

// dtype of a norm: the real counterpart, float64 for bool and integers.
template <class T>
using NormOf = std::conditional_t<is_inexact<T>, RealOf<T>, double>;

template <class T>
inline constexpr int32_t dtype_of = SPC_DTYPE_NONE;
template <>
inline constexpr int32_t dtype_of<Bool> = SPC_BOOL;
template <>
inline constexpr int32_t dtype_of<int8_t> = SPC_INT8;
template <>
inline constexpr int32_t dtype_of<uint8_t> = SPC_UINT8;
template <>
inline constexpr int32_t dtype_of<int32_t> = SPC_INT32;
template <>
inline constexpr int32_t dtype_of<int64_t> = SPC_INT64;
template <>
inline constexpr int32_t dtype_of<float> = SPC_FLOAT32;
template <>
inline constexpr int32_t dtype_of<double> = SPC_FLOAT64;
template <>
inline constexpr int32_t dtype_of<Complex<float>> = SPC_COMPLEX64;
template <>
inline constexpr int32_t dtype_of<Complex<double>> = SPC_COMPLEX128;

template <class... Ts>
struct Types {};
using FloatingTypes = Types<float, double, Complex<float>, Complex<double>>;
using NumericTypes =
    Types<int8_t, uint8_t, int32_t, int64_t, float, double, Complex<float>, Complex<double>>;
using AllTypes =
    Types<Bool, int8_t, uint8_t, int32_t, int64_t, float, double, Complex<float>, Complex<double>>;
using IndexTypes = Types<int32_t, int64_t>;

template <class T>
struct Tag {
  using type = T;
};

// Runs body(Tag<T>) for the T of the list that the dtype names, and returns its status.
template <class... Ts, class Body>
spc_status for_dtype(Types<Ts...>, int32_t dtype, Body body) {
  spc_status status = SPC_E_PLUGIN;  // the host sent a dtype that the entry does not list
  (void)((dtype == dtype_of<Ts> && ((status = body(Tag<Ts>())), true)) || ...);
  return status;
}

}  // namespace spc::reference
