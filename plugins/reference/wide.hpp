// SPDX-License-Identifier: Apache-2.0
// Computing in double: float32 cannot overflow there, float64 is scaled by a power of two.
#pragma once

#include <algorithm>
#include <cmath>
#include <type_traits>

#include "plugins/reference/arithmetic.hpp"

namespace spc::reference {

template <class T>
using Wide = std::conditional_t<is_complex<T>, Complex<double>, double>;

template <class T>
Wide<T> widen(T x) {
  return cast<Wide<T>>(x);
}

inline double largest_part(double x) {
  return std::fabs(x);
}
inline double largest_part(Complex<double> x) {
  return std::max(std::fabs(x.re), std::fabs(x.im));
}

inline double squared_modulus(double x) {
  return x * x;
}
inline double squared_modulus(Complex<double> x) {
  return x.re * x.re + x.im * x.im;
}

inline double scaled(double x, double scale) {
  return x * scale;
}
inline Complex<double> scaled(Complex<double> x, double scale) {
  return {x.re * scale, x.im * scale};
}

// A power of two near 1 / largest, so that scaling is exact and squares stay in range. The exponent
// is bounded because the reciprocal of a subnormal number has none.
inline double scale_for(double largest) {
  if (largest == 0 || !std::isfinite(largest)) return 1;
  return std::ldexp(1.0, -std::clamp(std::ilogb(largest), -1000, 1000));
}

}  // namespace spc::reference
