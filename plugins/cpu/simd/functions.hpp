// SPDX-License-Identifier: Apache-2.0
// Elementary functions of a register of doubles: reduction of the argument, a polynomial, no
// branches. Accurate to an ulp of double where `precise`, else to 2^-29, which is what a result
// that will be rounded to float needs. To be compiled with contraction: sums and products fuse where
// the instruction set can, and nowhere does a result depend on its neighbours.
//
// The polynomials are minimax approximations on the reduced interval.
#pragma once

#include "plugins/cpu/simd/number.hpp"

SPC_CPU_ISA_BEGIN

using Doubles = Lanes<double, lanes_of<double>>::Register;
using Words = Lanes<int64_t, lanes_of<double>>::Register;
using Unsigneds = Lanes<uint64_t, lanes_of<double>>::Register;

inline Doubles splat(double x) {
  return Doubles{} + x;
}
inline Unsigneds bits_of(Doubles x) {
  return reinterpret_cast<Unsigneds>(x);
}
inline Doubles from_bits(Unsigneds x) {
  return reinterpret_cast<Doubles>(x);
}

inline constexpr uint64_t exponent_one = uint64_t{1023} << 52;
inline constexpr uint64_t sign_bit = uint64_t{1} << 63;

// Adding it rounds to an integer, which then is in the low bits of the sum.
inline constexpr double rounder = 0x1.8p52;
inline constexpr uint64_t rounder_bits = 0x4338000000000000;

// 2^k for k in (-1023, 1024).
inline Doubles power_of_two(Unsigneds k) {
  return from_bits((k << 52) + exponent_one);
}

template <int n>
inline Doubles polynomial(Doubles x, const double (&c)[n]) {
  Doubles sum = splat(c[n - 1]);
#pragma GCC unroll 16
  for (int k = n - 2; k >= 0; --k) sum = sum * x + c[k];
  return sum;
}

// ---- exponential --------------------------------------------------------------------------------

inline constexpr double log2_e = 0x1.71547652b82fep+0;
// log 2 in two parts: an exponent times the first is exact.
inline constexpr double ln2_high = 0x1.62e42fefa38p-1;
inline constexpr double ln2_low = 0x1.ef35793c7673p-45;

// (exp(r) - 1 - r) / r^2 for |r| <= log(2) / 2
inline constexpr double exp_precise[] = {0x1p-1,
                                         0x1.5555555555557p-3,
                                         0x1.5555555555558p-5,
                                         0x1.11111111100dbp-7,
                                         0x1.6c16c16c151fep-10,
                                         0x1.a01a01abe825cp-13,
                                         0x1.a01a01acfa9b3p-16,
                                         0x1.71de023130627p-19,
                                         0x1.27e4cccd8578ep-22,
                                         0x1.af4dea330149dp-26,
                                         0x1.1f8b4e60cfa84p-29};
inline constexpr double exp_short[] = {0x1.0000000b92059p-1,  0x1.55555574236e8p-3,
                                       0x1.5554e9024bc31p-5,  0x1.1110ab80af859p-7,
                                       0x1.6d43289396c5ep-10, 0x1.a17df0e2cbd9fp-13};

// exp(x + tail). Beyond the limits lie only 0 and infinity; a NaN is within them.
template <bool precise>
inline Doubles exponential(Doubles x, Doubles tail = Doubles{}) {
  constexpr double low = precise ? -746 : -700;
  constexpr double high = precise ? 710 : 700;
  const auto vanishes = x < low;
  const auto overflows = x > high;
  x = vanishes ? splat(low) : x;
  x = overflows ? splat(high) : x;
  const Doubles rounded = x * log2_e + rounder;
  const Unsigneds k = bits_of(rounded) - rounder_bits;
  const Doubles n = rounded - rounder;
  const Doubles large = x - n * ln2_high;
  const Doubles small = n * ln2_low - tail;
  const Doubles r = large - small;
  if constexpr (precise) {
    const Doubles rest = (large - r) - small;
    const Doubles y = (r + (r * r * polynomial(r, exp_precise) + rest)) + 1.0;
    // In two factors: the result may be subnormal, and 2^k infinite.
    const Unsigneds half = ((k + 2048) >> 1) - 1024;
    return y * power_of_two(half) * power_of_two(k - half);
  } else {
    const Doubles y = (r * r * polynomial(r, exp_short) + r + 1.0) * power_of_two(k);
    return vanishes ? Doubles{} : overflows ? splat(__builtin_inf()) : y;
  }
}

// ---- logarithm ----------------------------------------------------------------------------------

// x = 2^exponent * (1 + f) with sqrt(1/2) <= 1 + f < sqrt(2), for x normal and positive.
struct Split {
  Doubles exponent;
  Doubles f;
};

inline Split split(Doubles x) {
  constexpr uint64_t root_half = 0x3fe6a09e667f3bcd;
  constexpr uint64_t integer = 0x4330000000000000;  // 2^52: what is or-ed in is the integer above
  const Unsigneds shifted = bits_of(x) + (exponent_one - root_half);
  const Unsigneds biased = shifted >> 52;
  const Doubles exponent = from_bits(biased | integer) - (0x1p52 + 1023.0);
  const Doubles m = from_bits(bits_of(x) - ((biased - 1023) << 52));
  return {exponent, m - 1.0};
}

// (log((1 + s) / (1 - s)) - 2s) / s^3 as a polynomial in s^2, |s| <= 3 - 2 sqrt(2)
inline constexpr double log_precise[] = {
    0x1.5555555555555p-1, 0x1.9999999999a39p-2, 0x1.2492492476905p-2, 0x1.c71c7201ba2bbp-3,
    0x1.745cf8df6e793p-3, 0x1.3b1c3ca3a4754p-3, 0x1.0fbde05e573b5p-3, 0x1.0c0a8bd475011p-3};
inline constexpr double log_short[] = {0x1.5555554b9252cp-1, 0x1.9999ebfa4f938p-2,
                                       0x1.245c0b5e9c1bfp-2, 0x1.ddd8e22561c74p-3};

// What belongs at 0, below, at infinity and at NaN.
inline Doubles with_log_limits(Doubles x, Doubles y) {
  const Doubles infinite = splat(__builtin_inf());
  const Doubles odd = x == 0.0 ? -infinite : splat(__builtin_nan(""));
  y = x > 0.0 ? y : odd;
  return x == infinite ? infinite : y;
}

// log(1 + f) = f - (half_square - rest): the parts that the two logarithms put together.
struct LogParts {
  Doubles exponent;
  Doubles f;
  Doubles half_square;
  Doubles rest;
};

inline LogParts log_parts(Doubles x) {
  const auto small = x < 0x1p-1022;
  const Split parts = split(small ? x * 0x1p54 : x);
  const Doubles exponent = parts.exponent - (small ? splat(54.0) : Doubles{});
  const Doubles f = parts.f;
  const Doubles s = f / (f + 2.0);
  const Doubles z = s * s;
  const Doubles half_square = f * f * 0.5;
  return {exponent, f, half_square, s * (half_square + z * polynomial(z, log_precise))};
}

inline Doubles log_of_one_plus(Doubles f) {
  const Doubles s = f / (f + 2.0);
  const Doubles z = s * s;
  return s * (z * polynomial(z, log_short) + 2.0);
}

template <bool precise>
inline Doubles logarithm(Doubles x) {
  if constexpr (precise) {
    const LogParts p = log_parts(x);
    const Doubles small = p.half_square - (p.rest + p.exponent * ln2_low);
    return with_log_limits(x, p.exponent * ln2_high - (small - p.f));
  } else {  // every float is a normal double
    const Split parts = split(x);
    return with_log_limits(x, parts.exponent * (ln2_high + ln2_low) + log_of_one_plus(parts.f));
  }
}

template <bool precise>
inline Doubles logarithm2(Doubles x) {
  if constexpr (precise) {
    // log(1 + f) in two parts, the first short enough to be multiplied exactly.
    constexpr double high = 0x1.71547652p+0;
    constexpr double low = 0x1.705fc2eefa2p-33;
    const LogParts p = log_parts(x);
    const Doubles first = from_bits(bits_of(p.f - p.half_square) & ~uint64_t{0xffffffff});
    const Doubles second = ((p.f - first) - p.half_square) + p.rest;
    const Doubles large = first * high;
    const Doubles small = (first + second) * low + second * high;
    const Doubles sum = p.exponent + large;
    return with_log_limits(x, sum + (((p.exponent - sum) + large) + small));
  } else {
    const Split parts = split(x);
    return with_log_limits(x, log_of_one_plus(parts.f) * log2_e + parts.exponent);
  }
}

// ---- power --------------------------------------------------------------------------------------

// The first 26 bits of the significand: products of two such numbers are exact.
inline Doubles leading(Doubles x) {
  return from_bits(bits_of(x) & ~((uint64_t{1} << 27) - 1));
}

// A number in two parts, the second much smaller than the first.
struct Sum {
  Doubles high;
  Doubles low;
};

// (log((1 + s) / (1 - s)) - 2s - 2s^3/3) / s^5 as a polynomial in s^2
inline constexpr double log_rest[] = {
    0x1.999999999999fp-2, 0x1.249249248e48fp-2, 0x1.c71c71d807a05p-3, 0x1.745d09de78e84p-3,
    0x1.3b18bd8864154p-3, 0x1.1018232833308p-3, 0x1.087eb3b7fbe92p-3};

// log(x) for x finite and positive, to 2^-62; the high part has 26 bits.
inline Sum extended_logarithm(Doubles x) {
  constexpr double third_high = 0x1.555555p-1;  // 2/3
  constexpr double third_low = 0x1.5555555555555p-27;
  const auto small = x < 0x1p-1022;
  const Split parts = split(small ? x * 0x1p54 : x);
  const Doubles k = parts.exponent - (small ? splat(54.0) : Doubles{});
  const Doubles f = parts.f;

  // s = f / (2 + f) in two parts, the first of 26 bits.
  const Doubles sum = f + 2.0;
  const Doubles t = leading(sum);
  const Doubles t_rest = f - (t - 2.0);
  const Doubles inverse = 1.0 / sum;
  const Doubles ratio = f * inverse;
  const Doubles s = leading(ratio);
  const Doubles s_rest = ((f - s * t) - s * t_rest) * inverse;

  // 2 s^3 / 3: p, the leading product of s^3, is exact.
  const Doubles square = s * s;
  const Doubles square_rest = (s + s + s_rest) * s_rest;
  const Doubles z = square + square_rest;
  const Doubles lead = leading(square);
  const Doubles p = s * lead;
  const Doubles p_rest = s * ((square - lead) + square_rest) + s_rest * z;
  const Doubles p_lead = leading(p);
  const Doubles cube = p_lead * third_high;
  const Doubles cube_rest = (p - p_lead) * third_high + (p * third_low + p_rest * (2.0 / 3.0));

  // k log(2) + 2 s + cube + ..., falling in size.
  const Doubles whole = k * ln2_high;
  const Doubles first = whole + (s + s);
  const Doubles first_rest = (whole - first) + (s + s);
  const Doubles second = first + cube;
  const Doubles second_rest = (first - second) + cube;
  const Doubles low =
      ((k * ln2_low + (s_rest + s_rest)) + (ratio * z * z) * polynomial(z, log_rest)) +
      (cube_rest + (first_rest + second_rest));
  const Doubles high = leading(second + low);
  return {high, (second - high) + low};
}

// x^y for x and y finite, x not 0, |y| < 2^52.
template <bool precise>
inline Doubles power(Doubles x, Doubles y) {
  const Doubles size = from_bits(bits_of(x) & ~sign_bit);
  Doubles result;
  if constexpr (precise) {
    const Sum log = extended_logarithm(size);
    const Doubles y_lead = leading(y);
    const Doubles exponent = y_lead * log.high;
    const Doubles tail = (y - y_lead) * log.high + y * log.low;
    // What is out of range needs no tail, which may be infinite itself.
    const auto in_range = (exponent < 1000.0) & (exponent > -1000.0);
    result = exponential<true>(exponent, in_range ? tail : Doubles{});
  } else {
    const Split parts = split(size);
    const Doubles log = parts.exponent * (ln2_high + ln2_low) + log_of_one_plus(parts.f);
    result = exponential<false>(y * log);
  }
  // A negative base: the sign of an odd exponent, NaN for one that is no integer.
  const Doubles y_size = from_bits(bits_of(y) & ~sign_bit);
  const Doubles shifted = y_size + 0x1p52;
  const Doubles odd = from_bits(bits_of(result) ^ (bits_of(shifted) << 63));
  const Doubles negative = shifted - 0x1p52 == y_size ? odd : splat(__builtin_nan(""));
  return x < 0.0 ? negative : result;
}

// ---- sine and cosine ----------------------------------------------------------------------------

// Arguments up to here are reduced with four parts of pi/2; beyond, a library function has to.
inline constexpr double trigonometric_limit = 1.6e6;

// (sin(r) - r) / r^3 and (cos(r) - 1 + r^2 / 2) / r^4 in r^2, |r| <= pi / 4
inline constexpr double sin_precise[] = {-0x1.5555555555555p-3,  0x1.1111111110bb2p-7,
                                         -0x1.a01a019e839p-13,   0x1.71de37965e0a4p-19,
                                         -0x1.ae600acd78dd8p-26, 0x1.5e0b04aa9e9d4p-33};
inline constexpr double cos_precise[] = {0x1.5555555555555p-5,  -0x1.6c16c16c16967p-10,
                                         0x1.a01a019f4e9f7p-16, -0x1.27e4fa17c074cp-22,
                                         0x1.1eeb68cb4c47cp-29, -0x1.907d8bf27a696p-37};
inline constexpr double sin_short[] = {-0x1.555555545e557p-3, 0x1.11110def978ccp-7,
                                       -0x1.a013a7e47173dp-13, 0x1.6dbe150ed6f73p-19};
inline constexpr double cos_short[] = {0x1.5555555502e24p-5, -0x1.6c16bf5517b3ap-10,
                                       0x1.a015c49be0306p-16, -0x1.25245056d74e5p-22};

// sin(x + quarter_turns * pi / 2), |x| <= trigonometric_limit.
template <bool precise>
inline Doubles sine(Doubles x, uint64_t quarter_turns) {
  constexpr double two_over_pi = 0x1.45f306dc9c883p-1;
  // pi/2: n times the first three parts is exact for every n that occurs.
  constexpr double first = 0x1.921fb544p+0;
  constexpr double second = 0x1.0b4611a6p-34;
  constexpr double third = 0x1.3198a2ep-69;
  constexpr double fourth = 0x1.b839a252049c1p-104;
  const Doubles rounded = x * two_over_pi + rounder;
  const Doubles n = rounded - rounder;
  const Unsigneds quadrant = bits_of(rounded) + quarter_turns;

  Doubles r = x - n * first;
  Doubles tail = {};
  if constexpr (precise) {
    // r - n * second with its rounding error, whatever their order; then the rest.
    const Doubles b = n * second;
    const Doubles difference = r - b;
    const Doubles part = difference - r;
    const Doubles error = (r - (difference - part)) - (b + part);
    const Doubles c = n * third;
    r = difference - c;
    tail = ((difference - r) - c) + (error - n * fourth);
  } else {
    r = r - n * (second + third);
  }
  const Doubles z = r * r;
  Doubles s;
  Doubles c;
  if constexpr (precise) {
    s = r + (r * z * polynomial(z, sin_precise) + tail);
    const Doubles half = z * 0.5;
    const Doubles rest = z * z * polynomial(z, cos_precise) - r * tail;
    const Doubles large = 1.0 - half;
    c = large + (((1.0 - large) - half) + rest);
  } else {
    s = r * z * polynomial(z, sin_short) + r;
    c = z * z * polynomial(z, cos_short) + (1.0 - z * 0.5);
  }
  s = r == 0.0 ? r : s;  // the sign of 0
  const Doubles value = (quadrant & 1) != 0 ? c : s;
  return from_bits(bits_of(value) ^ ((quadrant & 2) << 62));
}

SPC_CPU_ISA_END
