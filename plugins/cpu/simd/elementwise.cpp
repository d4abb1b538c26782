// SPDX-License-Identifier: Apache-2.0
#include "plugins/cpu/simd/map.hpp"

SPC_CPU_ISA_BEGIN
namespace {

// ---- complex products, rounded after every operation --------------------------------------------
// Written in registers: from the plain formula the compiler makes a fused multiply with alternating
// addition and subtraction even where contraction is off.

template <class R>
struct IntegerOf;
template <>
struct IntegerOf<float> {
  using type = int32_t;
};
template <>
struct IntegerOf<double> {
  using type = int64_t;
};

template <class R, int N>
inline auto negate_even(typename Lanes<R, N>::Register v) {
  using I = typename IntegerOf<R>::type;
  using Bits = typename Lanes<I, N>::Register;
  constexpr I sign = sizeof(I) == 4 ? static_cast<I>(INT32_MIN) : static_cast<I>(INT64_MIN);
  return reinterpret_cast<typename Lanes<R, N>::Register>(reinterpret_cast<Bits>(v) ^
                                                          alternate<I, N>(sign, 0));
}

template <class R, int N>
inline auto product(typename Lanes<R, N>::Register a, typename Lanes<R, N>::Register b) {
  const auto straight = a * repeat_pairs<N, 0>(b);
  const auto crossed = exchange_pairs<N>(a) * repeat_pairs<N, 1>(b);
  return straight + negate_even<R, N>(crossed);
}

template <class R, int N>
inline typename Lanes<R, N>::Register load_at(const Complex<R> *z, int64_t step) {
  if (step != 0) return load<R, N>(&z->re);
  return alternate<R, N>(z->re, z->im);
}

// f(a, b) works on N lanes, interleaved; f.template operator()<N>.
template <class R, class F>
inline void map2_complex(const Run &run, F f) {
  constexpr int width = lanes_of<R>;
  constexpr int64_t each = width / 2;
  const auto *a = static_cast<const Complex<R> *>(run.in[0]);
  const auto *b = static_cast<const Complex<R> *>(run.in[1]);
  auto *out = static_cast<Complex<R> *>(run.out);
  const int64_t a_step = run.in_step[0];
  const int64_t b_step = run.in_step[1];
  int64_t i = 0;
  if (run.out_step == 1 && (a_step | b_step | 1) == 1) {
    for (; i + each <= run.n; i += each) {
      store<R, width>(&out[i].re,
                      f.template operator()<width>(load_at<R, width>(a + i * a_step, a_step),
                                                   load_at<R, width>(b + i * b_step, b_step)));
    }
  }
  for (; i < run.n; ++i) {
    store<R, 2>(&out[i * run.out_step].re,
                f.template operator()<2>(load_at<R, 2>(a + i * a_step, 1),
                                         load_at<R, 2>(b + i * b_step, 1)));
  }
}

template <class T>
void add_loop(const Run &run) {
  map2<T>(run, [](T a, T b) { return add(a, b); });
}

template <class T>
void subtract_loop(const Run &run) {
  map2<T>(run, [](T a, T b) { return subtract(a, b); });
}

template <class T>
void multiply_loop(const Run &run) {
  if constexpr (is_complex<T>) {
    using R = Real<T>;
    map2_complex<R>(run, []<int N>(auto a, auto b) { return product<R, N>(a, b); });
  } else {
    map2<T>(run, [](T a, T b) { return multiply(a, b); });
  }
}

template <class T>
void divide_loop(const Run &run) {
  map2<T>(run, [](T a, T b) { return a / b; });
}

// The second test keeps a NaN in a; a NaN in b loses no comparison, so it is taken.
template <class T>
inline T larger(T a, T b) {
  return (a >= b) | (a != a) ? a : b;
}
template <class T>
inline T smaller(T a, T b) {
  return (a <= b) | (a != a) ? a : b;
}

template <class T>
void maximum_loop(const Run &run) {
  const auto f = [](auto a, auto b) { return larger(a, b); };
  if (!map_lanes<T, 2>(run, f)) map2<T>(run, f);
}

template <class T>
void minimum_loop(const Run &run) {
  const auto f = [](auto a, auto b) { return smaller(a, b); };
  if (!map_lanes<T, 2>(run, f)) map2<T>(run, f);
}

template <class T>
void clip_loop(const Run &run) {
  const auto f = [](auto x, auto low, auto high) { return smaller(larger(x, low), high); };
  if (!map_lanes<T, 3>(run, f)) map3<T, T>(run, f);
}

template <class T>
void negative_loop(const Run &run) {
  if constexpr (is_complex<T>) {
    map1<T, T>(run, [](T x) { return T{-x.re, -x.im}; });
  } else if constexpr (is_floating<T>) {
    map1<T, T>(run, [](T x) { return -x; });
  } else {
    map1<T, T>(run, [](T x) { return subtract(T(0), x); });
  }
}

// A NaN is neither above nor below 0 and stays.
template <class T>
void sign_loop(const Run &run) {
  map1<T, T>(run, [](T x) {
    const T flat = x == x ? T(0) : x;
    return x > 0 ? T(1) : x < 0 ? static_cast<T>(-1) : flat;
  });
}

template <class T>
void square_loop(const Run &run) {
  if constexpr (is_complex<T>) {
    Run twice = run;
    twice.in[1] = run.in[0];
    twice.in_step[1] = run.in_step[0];
    multiply_loop<T>(twice);
  } else {
    map1<T, T>(run, [](T x) { return multiply(x, x); });
  }
}

// By squaring; exponents are not negative.
template <class T>
inline T integer_power(T base, T exponent) {
  T result = 1;
  for (uint64_t left = static_cast<uint64_t>(exponent);;) {
    if ((left & 1) != 0) result = multiply(result, base);
    left >>= 1;
    if (left == 0) return result;
    base = multiply(base, base);
  }
}

// One exponent for all elements asks for the same products in every lane.
template <class T>
void integer_power_loop(const Run &run) {
  const T exponent = *static_cast<const T *>(run.in[1]);
  if (run.in_step[1] == 0 && exponent == 1) {
    map1<T, T>(run, [](T x) { return x; });
  } else if (run.in_step[1] == 0 && exponent == 2) {
    square_loop<T>(run);
  } else if (run.in_step[1] == 0 && exponent == 3) {
    map1<T, T>(run, [](T x) { return multiply(x, multiply(x, x)); });
  } else {
    map2<T>(run, [](T a, T b) { return integer_power(a, b); });
  }
}

template <class T>
void conj_loop(const Run &run) {
  map1<T, T>(run, [](T x) { return conjugate(x); });
}

template <class T>
void abs_loop(const Run &run) {
  if constexpr (is_same<T, float>) {
    map1<T, T>(run, [](T x) { return __builtin_fabsf(x); });
  } else if constexpr (is_same<T, double>) {
    map1<T, T>(run, [](T x) { return __builtin_fabs(x); });
  } else {
    map1<T, T>(run, [](T x) { return x < 0 ? subtract(T(0), x) : x; });
  }
}

template <class R>
void modulus_loop(const Run &run) {
  const auto *x = static_cast<const Complex<R> *>(run.in[0]);
  R *out = static_cast<R *>(run.out);
  R block[modulus_block];
  for (int64_t i = 0; i < run.n; i += modulus_block) {
    const int64_t left = run.n - i;
    const int64_t n = left < modulus_block ? left : modulus_block;
    moduli(n, x + i * run.in_step[0], run.in_step[0], block);
    for (int64_t k = 0; k < n; ++k) out[(i + k) * run.out_step] = block[k];
  }
}

template <class T>
void sqrt_loop(const Run &run) {
  if constexpr (is_same<T, float>) {
    map1<T, T>(run, [](T x) { return __builtin_sqrtf(x); });
  } else {
    map1<T, T>(run, [](T x) { return __builtin_sqrt(x); });
  }
}

// out = factor * in[1]; in[0] is the factor, step 0.
template <class T>
void scale(const Run &run) {
  if constexpr (is_complex<T>) {
    multiply_loop<T>(run);
  } else {
    map2<T>(run, [](T a, T x) { return multiply(a, x); });
  }
}

// The operand of a zero factor is not read.
template <class T>
void axpby_loop(const Run &run) {
  const T a = *static_cast<const T *>(run.in[0]);
  const T b = *static_cast<const T *>(run.in[2]);
  if (is_zero(a) && is_zero(b)) {
    T *out = static_cast<T *>(run.out);
    for (int64_t i = 0; i < run.n; ++i) out[i * run.out_step] = T{};
    return;
  }
  Run rest = run;
  if (is_zero(a)) {
    rest.in[0] = run.in[2];
    rest.in[1] = run.in[3];
    rest.in_step[1] = run.in_step[3];
    scale<T>(rest);
    return;
  }
  if (is_zero(b)) {
    scale<T>(rest);
    return;
  }
  rest.in[0] = run.in[1];
  rest.in_step[0] = run.in_step[1];
  rest.in[1] = run.in[3];
  rest.in_step[1] = run.in_step[3];
  if constexpr (is_complex<T>) {
    using R = Real<T>;
    map2_complex<R>(rest, [a, b]<int N>(auto x, auto y) {
      return product<R, N>(alternate<R, N>(a.re, a.im), x) +
             product<R, N>(alternate<R, N>(b.re, b.im), y);
    });
  } else {
    map2<T>(rest, [a, b](T x, T y) { return add(multiply(a, x), multiply(b, y)); });
  }
}

using C64 = Complex<float>;
using C128 = Complex<double>;

}  // namespace

extern const ElementwiseLoops elementwise_loops;

// Rows in the order of the dtypes: bool int8 uint8 int32 int64 float32 float64 complex64
// complex128.
const ElementwiseLoops elementwise_loops = {
    .add = {nullptr, add_loop<int8_t>, add_loop<uint8_t>, add_loop<int32_t>, add_loop<int64_t>,
            add_loop<float>, add_loop<double>, add_loop<C64>, add_loop<C128>},
    .subtract = {nullptr, subtract_loop<int8_t>, subtract_loop<uint8_t>, subtract_loop<int32_t>,
                 subtract_loop<int64_t>, subtract_loop<float>, subtract_loop<double>,
                 subtract_loop<C64>, subtract_loop<C128>},
    .multiply = {nullptr, multiply_loop<int8_t>, multiply_loop<uint8_t>, multiply_loop<int32_t>,
                 multiply_loop<int64_t>, multiply_loop<float>, multiply_loop<double>,
                 multiply_loop<C64>, multiply_loop<C128>},
    .divide = {nullptr, nullptr, nullptr, nullptr, nullptr, divide_loop<float>, divide_loop<double>,
               nullptr, nullptr},
    .maximum = {nullptr, maximum_loop<int8_t>, maximum_loop<uint8_t>, maximum_loop<int32_t>,
                maximum_loop<int64_t>, maximum_loop<float>, maximum_loop<double>, nullptr, nullptr},
    .negative = {nullptr, negative_loop<int8_t>, negative_loop<uint8_t>, negative_loop<int32_t>,
                 negative_loop<int64_t>, negative_loop<float>, negative_loop<double>,
                 negative_loop<C64>, negative_loop<C128>},
    .conj = {nullptr, nullptr, nullptr, nullptr, nullptr, nullptr, nullptr, conj_loop<C64>,
             conj_loop<C128>},
    .abs = {nullptr, abs_loop<int8_t>, nullptr, abs_loop<int32_t>, abs_loop<int64_t>,
            abs_loop<float>, abs_loop<double>, modulus_loop<float>, modulus_loop<double>},
    .sqrt = {nullptr, nullptr, nullptr, nullptr, nullptr, sqrt_loop<float>, sqrt_loop<double>,
             nullptr, nullptr},
    .minimum = {nullptr, minimum_loop<int8_t>, minimum_loop<uint8_t>, minimum_loop<int32_t>,
                minimum_loop<int64_t>, minimum_loop<float>, minimum_loop<double>, nullptr, nullptr},
    .clip = {nullptr, clip_loop<int8_t>, clip_loop<uint8_t>, clip_loop<int32_t>, clip_loop<int64_t>,
             clip_loop<float>, clip_loop<double>, nullptr, nullptr},
    .sign = {nullptr, sign_loop<int8_t>, sign_loop<uint8_t>, sign_loop<int32_t>, sign_loop<int64_t>,
             sign_loop<float>, sign_loop<double>, nullptr, nullptr},
    .square = {nullptr, square_loop<int8_t>, square_loop<uint8_t>, square_loop<int32_t>,
               square_loop<int64_t>, square_loop<float>, square_loop<double>, square_loop<C64>,
               square_loop<C128>},
    .integer_power = {nullptr, integer_power_loop<int8_t>, integer_power_loop<uint8_t>,
                      integer_power_loop<int32_t>, integer_power_loop<int64_t>, nullptr, nullptr,
                      nullptr, nullptr},
    .axpby = {nullptr, nullptr, nullptr, nullptr, nullptr, axpby_loop<float>, axpby_loop<double>,
              axpby_loop<C64>, axpby_loop<C128>},
};

SPC_CPU_ISA_END
