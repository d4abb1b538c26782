// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>

#include "spacecore/plugin.h"

#include "plugins/reference/arithmetic.hpp"

namespace spc::reference {

// |a - b| in double. Integers are subtracted exactly: 2^53 and 2^53 + 1 differ.
template <class T>
double distance(T a, T b) {
  if constexpr (is_complex<T>) {
    return modulus(minus(cast<Complex<double>>(a), cast<Complex<double>>(b)));
  } else if constexpr (std::integral<T>) {
    const auto large = static_cast<uint64_t>(std::max(a, b));
    return static_cast<double>(large - static_cast<uint64_t>(std::min(a, b)));
  } else {
    return modulus(cast<double>(a) - cast<double>(b));
  }
}

// |x| in double: the least integer has no modulus of its own dtype.
template <class T>
double magnitude(T x) {
  return distance(x, T{});
}

// a is near b, by the size of b. A b that is not finite would give an infinite tolerance: there
// only equality counts.
template <class T>
bool is_close_to(T a, T b, const spc_params_close &p) {
  if (equal(a, b)) return true;
  if (is_finite(b) && distance(a, b) <= p.atol + p.rtol * magnitude(b)) return true;
  return p.equal_nan != 0 && is_nan(a) && is_nan(b);
}

}  // namespace spc::reference
