// SPDX-License-Identifier: Apache-2.0
#include "plugins/cpu/simd/map.hpp"

SPC_CPU_ISA_BEGIN
namespace {

using C64 = Complex<float>;
using C128 = Complex<double>;

// What an element is compared as: a bool by its truth.
template <class T>
inline T key(T x) {
  return x;
}
inline uint8_t key(Bool x) {
  return x.value != 0;
}

template <class T>
inline bool same(T a, T b) {
  if constexpr (is_complex<T>) {
    return (a.re == b.re) & (a.im == b.im);
  } else {
    return key(a) == key(b);
  }
}

template <class T>
void equal_loop(const Run &run) {
  map2_to<T, uint8_t>(run, [](T a, T b) -> uint8_t { return same(a, b); });
}
template <class T>
void not_equal_loop(const Run &run) {
  map2_to<T, uint8_t>(run, [](T a, T b) -> uint8_t { return !same(a, b); });
}
template <class T>
void less_loop(const Run &run) {
  map2_to<T, uint8_t>(run, [](T a, T b) -> uint8_t { return key(a) < key(b); });
}
template <class T>
void less_equal_loop(const Run &run) {
  map2_to<T, uint8_t>(run, [](T a, T b) -> uint8_t { return key(a) <= key(b); });
}

template <class R>
inline bool finite(R x) {
  return (is_same<R, float> ? static_cast<R>(__builtin_fabsf(static_cast<float>(x)))
                            : static_cast<R>(__builtin_fabs(static_cast<double>(x)))) <
         static_cast<R>(__builtin_inf());
}

template <class T>
void isfinite_loop(const Run &run) {
  map1<T, uint8_t>(run, [](T x) -> uint8_t {
    if constexpr (is_complex<T>) {
      return finite(x.re) & finite(x.im);
    } else if constexpr (is_floating<T>) {
      return finite(x);
    } else {
      return 1;
    }
  });
}

template <class T>
void isnan_loop(const Run &run) {
  map1<T, uint8_t>(run, [](T x) -> uint8_t {
    if constexpr (is_complex<T>) {
      return (x.re != x.re) | (x.im != x.im);
    } else if constexpr (is_floating<T>) {
      return x != x;
    } else {
      return 0;
    }
  });
}

// An infinite b would give an infinite tolerance: there only equality counts.
template <class T>
void isclose_loop(const Run &run) {
  const auto &close = *static_cast<const spc_params_close *>(run.in[2]);
  const double rtol = close.rtol;
  const double atol = close.atol;
  const int both_nan = close.equal_nan != 0;
  map2_to<T, uint8_t>(run, [=](T a, T b) -> uint8_t {
    const double x = static_cast<double>(a);
    const double y = static_cast<double>(b);
    const int near = __builtin_fabs(x - y) <= atol + rtol * __builtin_fabs(y);
    const int nan = both_nan & (x != x) & (y != y);
    return static_cast<uint8_t>((a == b) | (near & static_cast<int>(finite(y))) | nan);
  });
}

template <class T>
void where_loop(const Run &run) {
  map3<T, uint8_t>(run, [](T x, T y, uint8_t cond) { return cond != 0 ? x : y; });
}

}  // namespace

extern const CompareLoops compare_loops;

#define SPC_CPU_REAL(loop) \
  loop<Bool>, loop<int8_t>, loop<uint8_t>, loop<int32_t>, loop<int64_t>, loop<float>, loop<double>

// Rows in the order of the dtypes: bool int8 uint8 int32 int64 float32 float64 complex64
// complex128. Elements that are only moved are moved by their size.
const CompareLoops compare_loops = {
    .equal = {SPC_CPU_REAL(equal_loop), equal_loop<C64>, equal_loop<C128>},
    .not_equal = {SPC_CPU_REAL(not_equal_loop), not_equal_loop<C64>, not_equal_loop<C128>},
    .less = {SPC_CPU_REAL(less_loop), nullptr, nullptr},
    .less_equal = {SPC_CPU_REAL(less_equal_loop), nullptr, nullptr},
    .isfinite = {SPC_CPU_REAL(isfinite_loop), isfinite_loop<C64>, isfinite_loop<C128>},
    .isnan = {SPC_CPU_REAL(isnan_loop), isnan_loop<C64>, isnan_loop<C128>},
    .isclose = {nullptr, nullptr, nullptr, nullptr, nullptr, isclose_loop<float>,
                isclose_loop<double>, nullptr, nullptr},
    .where = {where_loop<uint8_t>, where_loop<uint8_t>, where_loop<uint8_t>, where_loop<uint32_t>,
              where_loop<uint64_t>, where_loop<uint32_t>, where_loop<uint64_t>,
              where_loop<uint64_t>, where_loop<C128>},
};

SPC_CPU_ISA_END
