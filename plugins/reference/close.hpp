// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>

#include "plugins/reference/arithmetic.hpp"

namespace spc::reference {

// |a - b| in double, also of integers.
template <class T>
double distance(T a, T b) {
  if constexpr (is_complex<T>) {
    return modulus(minus(cast<Complex<double>>(a), cast<Complex<double>>(b)));
  } else {
    return modulus(cast<double>(a) - cast<double>(b));
  }
}

// |x| in double: the least integer has no modulus of its own dtype.
template <class T>
double magnitude(T x) {
  return distance(x, T{});
}

}  // namespace spc::reference
