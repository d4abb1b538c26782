// SPDX-License-Identifier: Apache-2.0
#include "plugins/cpu/simd/number.hpp"

SPC_CPU_ISA_BEGIN
namespace {

// An output that is an input (same address, same step) is read before it is written in every
// iteration, so the loops below carry no dependence, which is what the pragma states.
#define SPC_CPU_INDEPENDENT _Pragma("GCC ivdep")

template <class T, class U, class F>
inline void map1(const Run &run, F f) {
  const T *x = static_cast<const T *>(run.in[0]);
  U *out = static_cast<U *>(run.out);
  const int64_t n = run.n;
  if (run.out_step == 1 && run.in_step[0] == 1) {
    SPC_CPU_INDEPENDENT
    for (int64_t i = 0; i < n; ++i) out[i] = f(x[i]);
    return;
  }
  for (int64_t i = 0; i < n; ++i) out[i * run.out_step] = f(x[i * run.in_step[0]]);
}

template <class T, class F>
inline void map2(const Run &run, F f) {
  const T *a = static_cast<const T *>(run.in[0]);
  const T *b = static_cast<const T *>(run.in[1]);
  T *out = static_cast<T *>(run.out);
  const int64_t n = run.n;
  const int64_t a_step = run.in_step[0];
  const int64_t b_step = run.in_step[1];
  if (run.out_step == 1 && a_step == 1 && b_step == 1) {
    SPC_CPU_INDEPENDENT
    for (int64_t i = 0; i < n; ++i) out[i] = f(a[i], b[i]);
  } else if (run.out_step == 1 && a_step == 1 && b_step == 0) {
    const T scalar = *b;
    SPC_CPU_INDEPENDENT
    for (int64_t i = 0; i < n; ++i) out[i] = f(a[i], scalar);
  } else if (run.out_step == 1 && a_step == 0 && b_step == 1) {
    const T scalar = *a;
    SPC_CPU_INDEPENDENT
    for (int64_t i = 0; i < n; ++i) out[i] = f(scalar, b[i]);
  } else {
    for (int64_t i = 0; i < n; ++i) out[i * run.out_step] = f(a[i * a_step], b[i * b_step]);
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
  map2<T>(run, [](T a, T b) { return multiply(a, b); });
}

template <class T>
void divide_loop(const Run &run) {
  map2<T>(run, [](T a, T b) { return a / b; });
}

// The second test keeps a NaN in a; a NaN in b loses no comparison, so it is taken.
template <class T>
void maximum_loop(const Run &run) {
  map2<T>(run, [](T a, T b) { return (a >= b) | (a != a) ? a : b; });
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

// The operand of a zero factor is not read.
template <class T>
void axpby_loop(const Run &run) {
  const T a = *static_cast<const T *>(run.in[0]);
  const T b = *static_cast<const T *>(run.in[2]);
  Run rest = run;
  if (is_zero(a) || is_zero(b)) {
    const int kept = is_zero(a) ? 3 : 1;
    const T factor = is_zero(a) ? b : a;
    rest.in[0] = run.in[kept];
    rest.in_step[0] = run.in_step[kept];
    if (is_zero(factor)) {
      T *out = static_cast<T *>(run.out);
      for (int64_t i = 0; i < run.n; ++i) out[i * run.out_step] = T{};
    } else {
      map1<T, T>(rest, [factor](T x) { return multiply(factor, x); });
    }
    return;
  }
  rest.in[0] = run.in[1];
  rest.in_step[0] = run.in_step[1];
  rest.in[1] = run.in[3];
  rest.in_step[1] = run.in_step[3];
  map2<T>(rest, [a, b](T x, T y) { return add(multiply(a, x), multiply(b, y)); });
}

using C64 = Complex<float>;
using C128 = Complex<double>;

}  // namespace

extern const ElementwiseLoops elementwise_loops;

// Rows in the order of the dtypes: bool int8 uint8 int32 int64 float32 float64 complex64 complex128.
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
    .axpby = {nullptr, nullptr, nullptr, nullptr, nullptr, axpby_loop<float>, axpby_loop<double>,
              axpby_loop<C64>, axpby_loop<C128>},
};

SPC_CPU_ISA_END
