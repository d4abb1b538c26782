// SPDX-License-Identifier: Apache-2.0
// Element types, registers and the few primitives that the loops share.
#pragma once

#include "plugins/cpu/simd/isa.hpp"
#include "plugins/cpu/simd/loops.hpp"

SPC_CPU_ISA_BEGIN

#if defined(__AVX512F__)
inline constexpr int register_bytes = 64;
#elif defined(__AVX__)
inline constexpr int register_bytes = 32;
#else
inline constexpr int register_bytes = 16;
#endif

// Any byte but 0 is true.
struct Bool {
  uint8_t value;
};

template <class R>
struct Complex {
  R re;
  R im;
};

template <class T>
struct RealOf {
  using type = T;
};
template <class R>
struct RealOf<Complex<R>> {
  using type = R;
};
template <class T>
using Real = typename RealOf<T>::type;

template <class T>
inline constexpr bool is_complex = false;
template <class R>
inline constexpr bool is_complex<Complex<R>> = true;

template <class A, class B>
inline constexpr bool is_same = false;
template <class A>
inline constexpr bool is_same<A, A> = true;

template <class T>
inline constexpr bool is_floating = is_same<T, float> || is_same<T, double>;

// N lanes of T; Unaligned is the same register at any address of a T.
template <class T, int N>
struct Lanes {
  typedef T Register __attribute__((vector_size(N * sizeof(T))));
  typedef T Unaligned __attribute__((vector_size(N * sizeof(T)), aligned(alignof(T)), may_alias));
};

template <class T>
inline constexpr int lanes_of = register_bytes / static_cast<int>(sizeof(T));

template <class T, int N>
inline typename Lanes<T, N>::Register load(const T *p) {
  return *reinterpret_cast<const typename Lanes<T, N>::Unaligned *>(p);
}

template <class T, int N>
inline void store(T *p, typename Lanes<T, N>::Register value) {
  *reinterpret_cast<typename Lanes<T, N>::Unaligned *>(p) = value;
}

// Lanes 2k and 2k + 1 exchanged: real and imaginary parts of interleaved complex numbers.
template <int N, class V>
inline V exchange_pairs(V v) {
  if constexpr (N == 2) {
    return __builtin_shufflevector(v, v, 1, 0);
  } else if constexpr (N == 4) {
    return __builtin_shufflevector(v, v, 1, 0, 3, 2);
  } else if constexpr (N == 8) {
    return __builtin_shufflevector(v, v, 1, 0, 3, 2, 5, 4, 7, 6);
  } else {
    static_assert(N == 16);
    return __builtin_shufflevector(v, v, 1, 0, 3, 2, 5, 4, 7, 6, 9, 8, 11, 10, 13, 12, 15, 14);
  }
}

// Lanes 2k and 2k + 1 both with what lane 2k (or 2k + 1) holds.
template <int N, int odd, class V>
inline V repeat_pairs(V v) {
  constexpr int o = odd;
  if constexpr (N == 2) {
    return __builtin_shufflevector(v, v, o, o);
  } else if constexpr (N == 4) {
    return __builtin_shufflevector(v, v, o, o, o + 2, o + 2);
  } else if constexpr (N == 8) {
    return __builtin_shufflevector(v, v, o, o, o + 2, o + 2, o + 4, o + 4, o + 6, o + 6);
  } else {
    static_assert(N == 16);
    return __builtin_shufflevector(v, v, o, o, o + 2, o + 2, o + 4, o + 4, o + 6, o + 6, o + 8,
                                   o + 8, o + 10, o + 10, o + 12, o + 12, o + 14, o + 14);
  }
}

// even, odd, even, odd, ...
template <class T, int N>
inline typename Lanes<T, N>::Register alternate(T even, T odd) {
  T lanes[N];
  for (int k = 0; k < N; k += 2) {
    lanes[k] = even;
    lanes[k + 1] = odd;
  }
  return load<T, N>(lanes);
}

// ---- arithmetic ---------------------------------------------------------------------------------
// Integers wrap: they are computed unsigned, in a type that the language does not promote to int.

template <class T>
struct WrapOf {
  using type = T;
};
template <>
struct WrapOf<int8_t> {
  using type = uint32_t;
};
template <>
struct WrapOf<uint8_t> {
  using type = uint32_t;
};
template <>
struct WrapOf<int32_t> {
  using type = uint32_t;
};
template <>
struct WrapOf<int64_t> {
  using type = uint64_t;
};
template <class T>
using Wrap = typename WrapOf<T>::type;

template <class T>
inline T add(T a, T b) {
  return static_cast<T>(static_cast<Wrap<T>>(a) + static_cast<Wrap<T>>(b));
}
template <class T>
inline T subtract(T a, T b) {
  return static_cast<T>(static_cast<Wrap<T>>(a) - static_cast<Wrap<T>>(b));
}
template <class T>
inline T multiply(T a, T b) {
  return static_cast<T>(static_cast<Wrap<T>>(a) * static_cast<Wrap<T>>(b));
}
template <class R>
inline Complex<R> add(Complex<R> a, Complex<R> b) {
  return {a.re + b.re, a.im + b.im};
}
template <class R>
inline Complex<R> subtract(Complex<R> a, Complex<R> b) {
  return {a.re - b.re, a.im - b.im};
}
template <class R>
inline Complex<R> multiply(Complex<R> a, Complex<R> b) {
  return {a.re * b.re - a.im * b.im, a.re * b.im + a.im * b.re};
}
template <class R>
inline Complex<R> conjugate(Complex<R> a) {
  return {a.re, -a.im};
}
template <class T>
inline bool is_zero(T a) {
  return a == T(0);
}
template <class R>
inline bool is_zero(Complex<R> a) {
  return a.re == R(0) && a.im == R(0);
}
template <class T>
inline bool is_one(T a) {
  return a == T(1);
}
template <class R>
inline bool is_one(Complex<R> a) {
  return a.re == R(1) && a.im == R(0);
}

inline float modulus_exact(float re, float im) {
  return __builtin_hypotf(re, im);
}
inline double modulus_exact(double re, double im) {
  return __builtin_hypot(re, im);
}

// Moduli of at most 256 complex numbers. The plain formula is used where no intermediate can
// overflow or underflow; a block with any other number is computed again with hypot.
inline constexpr int64_t modulus_block = 256;

template <class R>
inline void moduli(int64_t n, const Complex<R> *x, int64_t step, R *out) {
  // float squares fit double with room to spare; double squares must stay in the normal range.
  constexpr double low = is_same<R, float> ? 0.0 : 0x1p-960;
  constexpr double high = is_same<R, float> ? 0x1p1000 : 0x1p1000;
  int safe = 1;
  auto one = [&](Complex<R> z, R *result) {
    const double re = z.re;
    const double im = z.im;
    const double square = re * re + im * im;
    const int zero = (re == 0.0) & (im == 0.0);
    safe &= ((square >= low) & (square <= high)) | zero;
    *result = static_cast<R>(__builtin_sqrt(square));
  };
  if (step == 1) {
    for (int64_t i = 0; i < n; ++i) one(x[i], out + i);
  } else {
    for (int64_t i = 0; i < n; ++i) one(x[i * step], out + i);
  }
  if (safe) return;
  for (int64_t i = 0; i < n; ++i) out[i] = modulus_exact(x[i * step].re, x[i * step].im);
}

SPC_CPU_ISA_END
