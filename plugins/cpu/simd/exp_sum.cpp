// SPDX-License-Identifier: Apache-2.0
// Sums of exponentials, shifted by the largest exponent seen so far.
#include "plugins/cpu/simd/accumulate.hpp"
#include "plugins/cpu/simd/functions.hpp"

SPC_CPU_ISA_BEGIN
namespace {

constexpr int width = lanes_of<double>;

inline Doubles as_doubles(const double *x) {
  return load<double, width>(x);
}
inline Doubles as_doubles(const float *x) {
  return __builtin_convertvector(load<float, width>(x), Doubles);
}

// Infinite exponents cannot be subtracted; unshifted they give 0 or infinity by themselves.
inline double shift_of(double largest) {
  return __builtin_fabs(largest) < __builtin_inf() ? largest : 0.0;
}

// Four chains hide the latency of the additions; the order is that of a register of eight.
template <class T>
inline double sum_of_exponentials(const T *x, int64_t n, double shift) {
  constexpr bool precise = is_same<T, double>;
  constexpr int lanes = 8;
  constexpr int registers = lanes / width;
  Doubles sums[registers] = {};
  int64_t i = 0;
  for (; i + lanes <= n; i += lanes) {
    for (int r = 0; r < registers; ++r) {
      sums[r] += exponential<precise>(as_doubles(x + i + r * width) - shift);
    }
  }
  if (i < n) {
    T rest[lanes];
    for (int k = 0; k < lanes; ++k) rest[k] = i + k < n ? x[i + k] : T(-__builtin_inf());
    for (int r = 0; r < registers; ++r) {
      sums[r] += exponential<precise>(as_doubles(rest + r * width) - shift);
    }
  }
  double all[lanes];
  for (int r = 0; r < registers; ++r) store<double, width>(all + r * width, sums[r]);
  return ((all[0] + all[4]) + (all[1] + all[5])) + ((all[2] + all[6]) + (all[3] + all[7]));
}

constexpr int64_t block = 512;

inline void join(ExpSum &into, const ExpSum &other) {
  const double largest = MaxOp<double, double>::join(into.largest, other.largest);
  const double shift = shift_of(largest);
  auto moved = [shift](const ExpSum &x) {
    return x.sum == 0.0 ? 0.0 : x.sum * __builtin_exp(shift_of(x.largest) - shift);
  };
  into = {largest, moved(into) + moved(other)};
}

template <class T>
void row(const void *data, int64_t n, int64_t step, void *partial) {
  const T *x = static_cast<const T *>(data);
  T values[block];
  ExpSum result{};
  for (int64_t i = 0; i < n; i += block) {
    const int64_t count = n - i < block ? n - i : block;
    const T *part = x + i * step;
    if (step != 1) {
      for (int64_t k = 0; k < count; ++k) values[k] = part[k * step];
      part = values;
    }
    const double largest = static_cast<double>(reduce_row<T, T, MaxOp<T, T>>(part, count, 1));
    const ExpSum found{largest, sum_of_exponentials(part, count, shift_of(largest))};
    if (i == 0) {
      result = found;
    } else {
      join(result, found);
    }
  }
  *static_cast<ExpSum *>(partial) = result;
}

template <class T>
void column(const void *data, int64_t rows, int64_t row_step, int64_t columns, void *partials) {
  constexpr bool precise = is_same<T, double>;
  auto *out = static_cast<ExpSum *>(partials);
  for (int64_t first = 0; first < columns; first += block) {
    const T *x = static_cast<const T *>(data) + first;
    const int64_t n = columns - first < block ? columns - first : block;
    T largest[block];
    double shift[block];
    double sums[block];
    for (int64_t j = 0; j < n; ++j) largest[j] = x[j];
    for (int64_t i = 1; i < rows; ++i) {
      const T *line = x + i * row_step;
      for (int64_t j = 0; j < n; ++j) largest[j] = MaxOp<T, T>::join(largest[j], line[j]);
    }
    for (int64_t j = 0; j < n; ++j) {
      shift[j] = shift_of(static_cast<double>(largest[j]));
      sums[j] = 0.0;
    }
    for (int64_t i = 0; i < rows; ++i) {
      const T *line = x + i * row_step;
      int64_t j = 0;
      for (; j + width <= n; j += width) {
        const Doubles exponent = as_doubles(line + j) - load<double, width>(shift + j);
        store<double, width>(sums + j,
                             load<double, width>(sums + j) + exponential<precise>(exponent));
      }
      if (j == n) continue;
      double rest[width] = {};
      for (int k = 0; j + k < n; ++k) rest[k] = static_cast<double>(line[j + k]) - shift[j + k];
      store<double, width>(rest, exponential<precise>(load<double, width>(rest)));
      for (int k = 0; j + k < n; ++k) sums[j + k] += rest[k];
    }
    for (int64_t j = 0; j < n; ++j) out[first + j] = {static_cast<double>(largest[j]), sums[j]};
  }
}

void combine(int64_t n, void *partials, const void *others) {
  auto *out = static_cast<ExpSum *>(partials);
  const auto *in = static_cast<const ExpSum *>(others);
  for (int64_t i = 0; i < n; ++i) join(out[i], in[i]);
}

template <class T>
constexpr Reducer exp_sum() {
  return {sizeof(ExpSum), row<T>, column<T>, combine};
}

constexpr Reducer none{0, nullptr, nullptr, nullptr};

}  // namespace

extern const ExpSumLoops exp_sum_loops;

const ExpSumLoops exp_sum_loops = {
    .exp_sum = {none, none, none, none, none, exp_sum<float>(), exp_sum<double>(), none, none}};

SPC_CPU_ISA_END
