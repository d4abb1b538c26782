// SPDX-License-Identifier: Apache-2.0
#include "plugins/cpu/simd/functions.hpp"
#include "plugins/cpu/simd/map.hpp"

SPC_CPU_ISA_BEGIN
namespace {

constexpr int width = lanes_of<double>;

// A register of elements as doubles, and back: floats are computed in double and rounded once.
inline Doubles load_doubles(const double *x) {
  return load<double, width>(x);
}
inline Doubles load_doubles(const float *x) {
  return __builtin_convertvector(load<float, width>(x), Doubles);
}
inline void store_doubles(double *out, Doubles y) {
  store<double, width>(out, y);
}
inline void store_doubles(float *out, Doubles y) {
  store<float, width>(out, __builtin_convertvector(y, Lanes<float, width>::Register));
}

// Elements that are gathered where a row is not adjacent, and looked over for odd ones.
constexpr int64_t block = 256;

// out[i] = f(x[i]) for n <= block adjacent elements; out may be x.
template <class T, class F>
inline void map_adjacent(const T *x, int64_t n, T *out, F f) {
  int64_t i = 0;
  for (; i + width <= n; i += width) store_doubles(out + i, f(load_doubles(x + i)));
  if (i == n) return;
  T rest[width];
  for (int k = 0; k < width; ++k) rest[k] = i + k < n ? x[i + k] : T(1);
  store_doubles(rest, f(load_doubles(rest)));
  for (int k = 0; i + k < n; ++k) out[i + k] = rest[k];
}

template <class T, class F>
inline void map_register(const Run &run, F f) {
  const T *x = static_cast<const T *>(run.in[0]);
  T *out = static_cast<T *>(run.out);
  if (run.in_step[0] == 1 && run.out_step == 1) return map_adjacent(x, run.n, out, f);
  T values[block];
  for (int64_t i = 0; i < run.n; i += block) {
    const int64_t n = run.n - i < block ? run.n - i : block;
    for (int64_t k = 0; k < n; ++k) values[k] = x[(i + k) * run.in_step[0]];
    map_adjacent(values, n, values, f);
    for (int64_t k = 0; k < n; ++k) out[(i + k) * run.out_step] = values[k];
  }
}

template <class T>
void exp_loop(const Run &run) {
  map_register<T>(run, [](Doubles x) { return exponential<is_same<T, double>>(x); });
}
template <class T>
void log_loop(const Run &run) {
  map_register<T>(run, [](Doubles x) { return logarithm<is_same<T, double>>(x); });
}
template <class T>
void log2_loop(const Run &run) {
  map_register<T>(run, [](Doubles x) { return logarithm2<is_same<T, double>>(x); });
}

template <class T>
inline bool too_large(T x) {
  return (x > T(trigonometric_limit)) | (x < T(-trigonometric_limit));
}

// Arguments too large for the reduction go through `exact` one by one.
template <class T, class Exact>
inline void map_trigonometric(const Run &run, uint64_t quarter_turns, Exact exact) {
  const T *x = static_cast<const T *>(run.in[0]);
  T *out = static_cast<T *>(run.out);
  const auto f = [quarter_turns](Doubles v) { return sine<is_same<T, double>>(v, quarter_turns); };
  T values[block];
  for (int64_t i = 0; i < run.n; i += block) {
    const int64_t n = run.n - i < block ? run.n - i : block;
    const T *part = x + i * run.in_step[0];
    if (run.in_step[0] != 1) {
      for (int64_t k = 0; k < n; ++k) values[k] = part[k * run.in_step[0]];
      part = values;
    }
    int large = 0;
    for (int64_t k = 0; k < n; ++k) large |= static_cast<int>(too_large(part[k]));
    if (large == 0 && run.out_step == 1) {
      map_adjacent(part, n, out + i, f);
      continue;
    }
    T results[block];
    map_adjacent(part, n, results, f);
    if (large != 0) {
      for (int64_t k = 0; k < n; ++k) {
        if (too_large(part[k])) results[k] = exact(part[k]);
      }
    }
    for (int64_t k = 0; k < n; ++k) out[(i + k) * run.out_step] = results[k];
  }
}

template <class T>
void sin_loop(const Run &run) {
  map_trigonometric<T>(run, 0, [](T x) -> T {
    return is_same<T, float> ? static_cast<T>(__builtin_sinf(static_cast<float>(x)))
                             : static_cast<T>(__builtin_sin(static_cast<double>(x)));
  });
}
template <class T>
void cos_loop(const Run &run) {
  map_trigonometric<T>(run, 1, [](T x) -> T {
    return is_same<T, float> ? static_cast<T>(__builtin_cosf(static_cast<float>(x)))
                             : static_cast<T>(__builtin_cos(static_cast<double>(x)));
  });
}

template <class T>
inline T exact_power(T x, T y) {
  return is_same<T, float>
             ? static_cast<T>(__builtin_powf(static_cast<float>(x), static_cast<float>(y)))
             : static_cast<T>(__builtin_pow(static_cast<double>(x), static_cast<double>(y)));
}

// 0, infinity, NaN and exponents so large that their parity is no bit of theirs.
template <class T>
inline bool plain_power(T x, T y) {
  const T x_size = x < 0 ? -x : x;
  const T y_size = y < 0 ? -y : y;
  return (x_size > 0) & (x_size < static_cast<T>(__builtin_inf())) & (y_size < T(0x1p52));
}

// A full block of adjacent elements is read where it lies, anything else from a copy.
template <class T>
inline const T *block_of(const T *x, int64_t n, int64_t step, T *copy) {
  if (step == 1 && n == block) return x;
  for (int64_t k = 0; k < n; ++k) copy[k] = x[k * step];
  for (int64_t k = n; k % width != 0; ++k) copy[k] = T(1);
  return copy;
}

template <class T>
void general_power(const Run &run) {
  const T *x = static_cast<const T *>(run.in[0]);
  const T *y = static_cast<const T *>(run.in[1]);
  T *out = static_cast<T *>(run.out);
  T copies[2][block];
  T results[block];
  for (int64_t i = 0; i < run.n; i += block) {
    const int64_t n = run.n - i < block ? run.n - i : block;
    const T *bases = block_of(x + i * run.in_step[0], n, run.in_step[0], copies[0]);
    const T *exponents = block_of(y + i * run.in_step[1], n, run.in_step[1], copies[1]);
    int plain = 1;
    for (int64_t k = 0; k < n; ++k) {
      plain &= static_cast<int>(plain_power(bases[k], exponents[k]));
    }
    for (int64_t k = 0; k < n; k += width) {
      store_doubles(results + k, power<is_same<T, double>>(load_doubles(bases + k),
                                                           load_doubles(exponents + k)));
    }
    if (plain == 0) {
      for (int64_t k = 0; k < n; ++k) {
        if (!plain_power(bases[k], exponents[k])) results[k] = exact_power(bases[k], exponents[k]);
      }
    }
    if (run.out_step == 1) {
      for (int64_t k = 0; k < n; ++k) out[i + k] = results[k];
    } else {
      for (int64_t k = 0; k < n; ++k) out[(i + k) * run.out_step] = results[k];
    }
  }
}

template <class T>
void power_loop(const Run &run) {
  const T exponent = *static_cast<const T *>(run.in[1]);
  if (run.in_step[1] == 0 && exponent == T(2)) {
    map1<T, T>(run, [](T x) { return x * x; });
  } else if (run.in_step[1] == 0 && exponent == T(0.5)) {
    // Unlike a root: 0 of -0, and infinity of -infinity.
    map1<T, T>(run, [](T x) {
      const T infinite = static_cast<T>(__builtin_inf());
      const T root = is_same<T, float> ? static_cast<T>(__builtin_sqrtf(static_cast<float>(x)))
                                       : static_cast<T>(__builtin_sqrt(static_cast<double>(x)));
      return x == -infinite ? infinite : root + T(0);
    });
  } else {
    general_power<T>(run);
  }
}

}  // namespace

extern const MathLoops math_loops;

#define SPC_CPU_FLOATING(loop) \
  { nullptr, nullptr, nullptr, nullptr, nullptr, loop<float>, loop<double>, nullptr, nullptr }

const MathLoops math_loops = {
    .exp = SPC_CPU_FLOATING(exp_loop),
    .log = SPC_CPU_FLOATING(log_loop),
    .log2 = SPC_CPU_FLOATING(log2_loop),
    .sin = SPC_CPU_FLOATING(sin_loop),
    .cos = SPC_CPU_FLOATING(cos_loop),
    .power = SPC_CPU_FLOATING(power_loop),
};

SPC_CPU_ISA_END
