// SPDX-License-Identifier: Apache-2.0
// What each operation means on one element of each dtype.
#pragma once

#include <cmath>
#include <complex>
#include <concepts>
#include <cstdint>
#include <limits>
#include <numbers>
#include <type_traits>

#include "plugins/reference/types.hpp"

namespace spc::reference {

// ---- tests ---------------------------------------------------------------------------------------
inline bool is_zero(Bool x) {
  return x.byte == 0;
}
template <class T>
bool is_zero(T x) {
  return x == T(0);
}
template <class R>
bool is_zero(Complex<R> x) {
  return x.re == 0 && x.im == 0;
}

template <class T>
bool is_nan(T x) {
  if constexpr (is_complex<T>) {
    return std::isnan(x.re) || std::isnan(x.im);
  } else if constexpr (std::floating_point<T>) {
    return std::isnan(x);
  } else {
    return false;
  }
}

template <class T>
bool is_finite(T x) {
  if constexpr (is_complex<T>) {
    return std::isfinite(x.re) && std::isfinite(x.im);
  } else if constexpr (std::floating_point<T>) {
    return std::isfinite(x);
  } else {
    return true;
  }
}

template <class T>
bool equal(T a, T b) {
  if constexpr (is_complex<T>) {
    return a.re == b.re && a.im == b.im;
  } else if constexpr (is_bool<T>) {
    return is_zero(a) == is_zero(b);
  } else {
    return a == b;
  }
}

// ---- casts ---------------------------------------------------------------------------------------
inline Bool truth(bool x) {
  return Bool{static_cast<uint8_t>(x)};
}

// Toward 0. NaN and what int64 cannot hold give the least int64; what fits no narrower type wraps.
template <std::integral To, std::floating_point From>
To float_to_integer(From x) {
  constexpr From limit = static_cast<From>(0x1p63);
  const bool fits = x >= -limit && x < limit;
  return static_cast<To>(fits ? static_cast<int64_t>(x) : std::numeric_limits<int64_t>::min());
}

template <class To, class From>
To cast(From x) {
  static_assert(is_complex<To> || is_bool<To> || !is_complex<From>, "complex to real is refused");
  if constexpr (is_bool<To>) {
    return truth(!is_zero(x));
  } else if constexpr (is_complex<To>) {
    using R = RealOf<To>;
    if constexpr (is_complex<From>) {
      return To{static_cast<R>(x.re), static_cast<R>(x.im)};
    } else {
      return To{cast<R>(x), R(0)};
    }
  } else if constexpr (is_bool<From>) {
    return static_cast<To>(is_zero(x) ? 0 : 1);
  } else if constexpr (std::integral<To> && std::floating_point<From>) {
    return float_to_integer<To>(x);
  } else {
    return static_cast<To>(x);  // integers wrap modulo 2^n
  }
}

// ---- arithmetic ----------------------------------------------------------------------------------
// Integers are computed unsigned, where overflow wraps instead of being undefined.
template <class T>
using Unsigned = std::make_unsigned_t<T>;

inline Bool plus(Bool a, Bool b) {
  return truth(!is_zero(a) || !is_zero(b));
}
inline Bool times(Bool a, Bool b) {
  return truth(!is_zero(a) && !is_zero(b));
}

template <class T>
T plus(T a, T b) {
  if constexpr (std::integral<T>) {
    return static_cast<T>(static_cast<Unsigned<T>>(a) + static_cast<Unsigned<T>>(b));
  } else {
    return a + b;
  }
}
template <class R>
Complex<R> plus(Complex<R> a, Complex<R> b) {
  return {a.re + b.re, a.im + b.im};
}

template <class T>
T minus(T a, T b) {
  if constexpr (std::integral<T>) {
    return static_cast<T>(static_cast<Unsigned<T>>(a) - static_cast<Unsigned<T>>(b));
  } else {
    return a - b;
  }
}
template <class R>
Complex<R> minus(Complex<R> a, Complex<R> b) {
  return {a.re - b.re, a.im - b.im};
}

template <class T>
T times(T a, T b) {
  if constexpr (std::integral<T>) {
    return static_cast<T>(static_cast<Unsigned<T>>(a) * static_cast<Unsigned<T>>(b));
  } else {
    return a * b;
  }
}
template <class R>
Complex<R> times(Complex<R> a, Complex<R> b) {
  return {a.re * b.re - a.im * b.im, a.re * b.im + a.im * b.re};
}

template <std::floating_point T>
T over(T a, T b) {
  return a / b;
}
// Smith's method: no intermediate is larger than the quotient asks for.
template <class R>
Complex<R> over(Complex<R> a, Complex<R> b) {
  const R re = std::fabs(b.re);
  const R im = std::fabs(b.im);
  if (re >= im) {
    if (re == 0 && im == 0) return {a.re / re, a.im / re};
    const R ratio = b.im / b.re;
    const R scale = R(1) / (b.re + b.im * ratio);
    return {(a.re + a.im * ratio) * scale, (a.im - a.re * ratio) * scale};
  }
  const R ratio = b.re / b.im;
  const R scale = R(1) / (b.im + b.re * ratio);
  return {(a.re * ratio + a.im) * scale, (a.im * ratio - a.re) * scale};
}

template <class T>
T negated(T x) {
  if constexpr (std::integral<T>) {
    return minus(T(0), x);
  } else if constexpr (is_complex<T>) {
    return {-x.re, -x.im};
  } else {
    return -x;
  }
}

template <class T>
T conjugate(T x) {
  if constexpr (is_complex<T>) {
    return {x.re, -x.im};
  } else {
    return x;
  }
}

// |x|^2 in the type of x.
template <class T>
T square_of(T x) {
  if constexpr (is_complex<T>) {
    return {x.re * x.re + x.im * x.im, 0};
  } else {
    return times(x, x);
  }
}

// The least integer wraps to itself; hypot gives infinity for any infinite part, NaN beside it or not.
template <class T>
RealOf<T> modulus(T x) {
  if constexpr (is_complex<T>) {
    return std::hypot(x.re, x.im);
  } else if constexpr (std::floating_point<T>) {
    return std::fabs(x);
  } else if constexpr (std::signed_integral<T>) {
    return x < 0 ? negated(x) : x;
  } else {
    return x;
  }
}

template <std::floating_point T>
T square_root(T x) {
  return std::sqrt(x);
}
// csqrt: principal branch, signed zeros and infinities as Annex G of the C standard.
template <class R>
Complex<R> square_root(Complex<R> x) {
  const std::complex<R> root = std::sqrt(std::complex<R>(x.re, x.im));
  return {root.real(), root.imag()};
}

// ---- powers and elementary functions -------------------------------------------------------------
// base to the power n >= 0 by squaring; integers wrap. No factor 1, which is not neutral for complex
// numbers with an infinite part.
template <class T, class N>
T power_by_squaring(T base, N n) {
  T result = cast<T>(Bool{1});
  for (bool started = false; n != 0; n = static_cast<N>(n >> 1)) {
    if (n & 1) result = started ? times(result, base) : base;
    started |= (n & 1) != 0;
    if (n > 1) base = times(base, base);
  }
  return result;
}

template <class R, class F>
Complex<R> by_complex(F f, Complex<R> x) {
  const std::complex<R> y = f(std::complex<R>(x.re, x.im));
  return {y.real(), y.imag()};
}

template <std::integral T>
T to_power(T a, T b) {
  return power_by_squaring(a, static_cast<Unsigned<T>>(b));
}
template <std::floating_point T>
T to_power(T a, T b) {
  return std::pow(a, b);
}
// exp(b log a), but what has a plain answer gets it: z^0 is 1, also of 0; 0^b is 0 for Re b > 0 and
// otherwise undefined; small integer powers are products.
template <class R>
Complex<R> to_power(Complex<R> a, Complex<R> b) {
  if (is_zero(b)) return {R(1), R(0)};
  if (is_zero(a)) {
    constexpr R nan = std::numeric_limits<R>::quiet_NaN();
    return b.re > 0 ? Complex<R>{R(0), R(0)} : Complex<R>{nan, nan};
  }
  constexpr R most = 100;
  if (b.im == 0 && std::fabs(b.re) < most && b.re == std::trunc(b.re)) {
    const Complex<R> p = power_by_squaring(a, static_cast<int>(std::fabs(b.re)));
    return b.re < 0 ? over(Complex<R>{R(1), R(0)}, p) : p;
  }
  return by_complex([&](auto z) { return std::pow(z, std::complex<R>(b.re, b.im)); }, a);
}

template <std::floating_point T>
T exponential(T x) {
  return std::exp(x);
}
template <class R>
Complex<R> exponential(Complex<R> x) {
  return by_complex([](auto z) { return std::exp(z); }, x);
}

template <std::floating_point T>
T logarithm(T x) {
  return std::log(x);
}
template <class R>
Complex<R> logarithm(Complex<R> x) {
  return by_complex([](auto z) { return std::log(z); }, x);
}

template <std::floating_point T>
T logarithm2(T x) {
  return std::log2(x);
}
template <class R>
Complex<R> logarithm2(Complex<R> x) {
  const Complex<R> natural = logarithm(x);
  return {natural.re * std::numbers::log2e_v<R>, natural.im * std::numbers::log2e_v<R>};
}

template <std::floating_point T>
T sine(T x) {
  return std::sin(x);
}
template <class R>
Complex<R> sine(Complex<R> x) {
  return by_complex([](auto z) { return std::sin(z); }, x);
}

template <std::floating_point T>
T cosine(T x) {
  return std::cos(x);
}
template <class R>
Complex<R> cosine(Complex<R> x) {
  return by_complex([](auto z) { return std::cos(z); }, x);
}

template <class T>
T signum(T x) {
  if constexpr (std::floating_point<T>) {
    return std::isnan(x) ? x : static_cast<T>((x > 0) - (x < 0));
  } else {
    return static_cast<T>((x > 0) - (x < 0));
  }
}
// x / |x|. One infinite part outweighs the other; two have no direction.
template <class R>
Complex<R> signum(Complex<R> x) {
  constexpr R nan = std::numeric_limits<R>::quiet_NaN();
  const bool infinite_re = std::isinf(x.re), infinite_im = std::isinf(x.im);
  if (infinite_re && infinite_im) return {nan, nan};
  if (infinite_re) return {signum(x.re), R(0)};
  if (infinite_im) return {R(0), signum(x.im)};
  if (is_nan(x)) return {nan, nan};
  if (is_zero(x)) return {R(0), R(0)};
  R size = modulus(x);
  if (std::isinf(size)) {
    x = {x.re / 2, x.im / 2};
    size = modulus(x);
  }
  return {x.re / size, x.im / size};
}

// ---- order ---------------------------------------------------------------------------------------
// Complex numbers compare lexicographically. False beside a NaN.
template <class T>
bool greater_equal(T a, T b) {
  if constexpr (is_complex<T>) {
    if (is_nan(a) || is_nan(b)) return false;
    return a.re > b.re || (a.re == b.re && a.im >= b.im);
  } else if constexpr (is_bool<T>) {
    return !is_zero(a) || is_zero(b);
  } else {
    return a >= b;
  }
}

template <class T>
bool greater(T a, T b) {
  return greater_equal(a, b) && !equal(a, b);
}

// A NaN wins, the first of two.
template <class T>
T larger(T a, T b) {
  return is_nan(a) || greater_equal(a, b) ? a : b;
}
template <class T>
T smaller(T a, T b) {
  return is_nan(a) || greater_equal(b, a) ? a : b;
}

// ---- sums ----------------------------------------------------------------------------------------
// a x + b y, where a zero coefficient leaves its term unread: x and y are called only when needed.
template <class T, class X, class Y>
T linear(T a, X x, T b, Y y) {
  if (is_zero(a)) return is_zero(b) ? cast<T>(Bool{0}) : times(b, y());
  const T term = times(a, x());
  return is_zero(b) ? term : plus(term, times(b, y()));
}

// Sum of a stream, in T. Where sums round it is pairwise, so that the error grows with log(count):
// blocks of eight terms are leaves of a binary tree, of which only the open branches are kept.
template <class T>
class Sum {
 public:
  void add(T x) {
    if constexpr (is_inexact<T>) {
      leaf_ = in_leaf_ == 0 ? x : plus(leaf_, x);
      if (++in_leaf_ == leaf_size) close_leaf();
    } else {
      leaf_ = plus(leaf_, x);
    }
  }

  // 0 of an empty stream.
  T result() const {
    if constexpr (!is_inexact<T>) return leaf_;
    T total = leaf_;
    bool empty = in_leaf_ == 0;
    for (int level = 0; level < levels; ++level) {
      if ((leaves_ >> level & 1) == 0) continue;
      total = empty ? branch_[level] : plus(branch_[level], total);
      empty = false;
    }
    return total;
  }

 private:
  static constexpr int leaf_size = 8;
  static constexpr int levels = is_inexact<T> ? 60 : 1;

  // branch_[k] is the sum of 2^k leaves where bit k of their count is set.
  void close_leaf() {
    int level = 0;
    for (; leaves_ >> level & 1; ++level) leaf_ = plus(branch_[level], leaf_);
    branch_[level] = leaf_;
    ++leaves_;
    leaf_ = T{};
    in_leaf_ = 0;
  }

  T leaf_{};
  int in_leaf_ = 0;
  uint64_t leaves_ = 0;
  T branch_[levels];
};

}  // namespace spc::reference
