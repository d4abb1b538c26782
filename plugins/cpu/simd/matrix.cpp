// SPDX-License-Identifier: Apache-2.0
// Dense matrix times vector. OpenBLAS spends 20 ns per call before it starts and splits sums by the
// number of threads; these loops do neither.
#include <type_traits>
#include <utility>

#include "plugins/cpu/simd/number.hpp"

SPC_CPU_ISA_BEGIN
namespace {

// Rows whose sums run side by side: enough chains to hide the latency of a multiply-add.
inline constexpr int rows_at_once = 8;

// Registers of W lanes that hold W / G rows of G lanes each become one of twice the rows: lane l of a
// row is the sum of its lanes l and l + G / 2.
template <class T, int W, int G, int upper, class Register, std::size_t... I>
inline Register pick(Register a, Register b, std::index_sequence<I...>) {
  using Index = std::conditional_t<sizeof(T) == 8, int64_t, int32_t>;
  using Mask [[gnu::vector_size(sizeof(Register))]] = Index;
  constexpr int rows = W / G;
  constexpr int half = G / 2;
  const Mask mask = {Index((static_cast<int>(I) / half < rows ? 0 : W) +
                           static_cast<int>(I) / half % rows * G + static_cast<int>(I) % half +
                           upper)...};
  return __builtin_shuffle(a, b, mask);
}

// sums[r] = the lanes of lanes[r], added by halves. The rows share the additions.
template <class T, int W, int N, int G = W, class Register>
inline void sum_lanes(const Register *lanes, T *sums) {
  if constexpr (G == 1) {
    __builtin_memcpy(sums, lanes, N * sizeof(T));
  } else {
    constexpr int count = N * G / W;  // registers in use
    constexpr int left = count > 1 ? count / 2 : 1;
    constexpr auto each = std::make_index_sequence<W>();
    Register merged[left];
    for (int k = 0; k < left; ++k) {
      const Register a = lanes[count > 1 ? 2 * k : 0];
      const Register b = lanes[count > 1 ? 2 * k + 1 : 0];
      merged[k] = pick<T, W, G, 0>(a, b, each) + pick<T, W, G, G / 2>(a, b, each);
    }
    sum_lanes<T, W, N, G / 2>(merged, sums);
  }
}

template <class T>
inline void finish(T alpha, T beta, T sum, T *y) {
  *y = is_zero(beta) ? multiply(alpha, sum) : add(multiply(alpha, sum), multiply(beta, *y));
}

// ---- real ---------------------------------------------------------------------------------------

template <class T, int N>
inline void real_rows(int64_t columns, const T *a, int64_t row_step, const T *x, T *sums) {
  constexpr int width = lanes_of<T>;
  using Register = typename Lanes<T, width>::Register;
  Register lanes[N] = {};
  int64_t j = 0;
  for (; j + width <= columns; j += width) {
    const auto v = load<T, width>(x + j);
#pragma GCC unroll 8
    for (int r = 0; r < N; ++r) lanes[r] += load<T, width>(a + r * row_step + j) * v;
  }
  sum_lanes<T, width, N>(lanes, sums);
  if (j == columns) return;
#pragma GCC unroll 8
  for (int r = 0; r < N; ++r)
    for (int64_t k = j; k < columns; ++k) sums[r] += a[r * row_step + k] * x[k];
}

template <class T>
void real_matrix_rows(int64_t rows, int64_t columns, const void *a_data, int64_t row_step,
                      const void *x_data, const void *alpha_data, const void *beta_data,
                      void *y_data, int64_t y_step, bool) {
  const T *a = static_cast<const T *>(a_data);
  const T *x = static_cast<const T *>(x_data);
  const T alpha = *static_cast<const T *>(alpha_data);
  const T beta = *static_cast<const T *>(beta_data);
  T *y = static_cast<T *>(y_data);
  T sums[rows_at_once];
  int64_t i = 0;
  for (; i + rows_at_once <= rows; i += rows_at_once) {
    real_rows<T, rows_at_once>(columns, a + i * row_step, row_step, x, sums);
    if (y_step == 1 && is_zero(beta)) {
      for (int r = 0; r < rows_at_once; ++r) y[i + r] = multiply(alpha, sums[r]);
    } else {
      for (int r = 0; r < rows_at_once; ++r) finish(alpha, beta, sums[r], y + (i + r) * y_step);
    }
  }
  for (; i < rows; ++i) {
    real_rows<T, 1>(columns, a + i * row_step, row_step, x, sums);
    finish(alpha, beta, sums[0], y + i * y_step);
  }
}

// y += sum over N rows of factor[r] * row[r].
template <class T, int N>
inline void add_real_rows(int64_t columns, const T *a, int64_t row_step, const T *factors, T *y) {
  constexpr int width = lanes_of<T>;
  int64_t j = 0;
  for (; j + width <= columns; j += width) {
    auto sum = load<T, width>(y + j);
#pragma GCC unroll 8
    for (int r = 0; r < N; ++r) sum += load<T, width>(a + r * row_step + j) * factors[r];
    store<T, width>(y + j, sum);
  }
  for (; j < columns; ++j) {
    T sum = y[j];
    for (int r = 0; r < N; ++r) sum += a[r * row_step + j] * factors[r];
    y[j] = sum;
  }
}

template <class T>
inline void scale_output(int64_t n, T beta, T *y) {
  if (is_zero(beta)) {
    for (int64_t j = 0; j < n; ++j) y[j] = T{};
  } else if (!is_one(beta)) {
    for (int64_t j = 0; j < n; ++j) y[j] = multiply(beta, y[j]);
  }
}

template <class T>
void real_matrix_columns(int64_t rows, int64_t columns, const void *a_data, int64_t row_step,
                         const void *x_data, int64_t x_step, const void *alpha_data,
                         const void *beta_data, void *y_data, bool) {
  const T *a = static_cast<const T *>(a_data);
  const T *x = static_cast<const T *>(x_data);
  const T alpha = *static_cast<const T *>(alpha_data);
  T *y = static_cast<T *>(y_data);
  scale_output(columns, *static_cast<const T *>(beta_data), y);
  T factors[rows_at_once];
  int64_t i = 0;
  for (; i + rows_at_once <= rows; i += rows_at_once) {
    for (int r = 0; r < rows_at_once; ++r) factors[r] = alpha * x[(i + r) * x_step];
    add_real_rows<T, rows_at_once>(columns, a + i * row_step, row_step, factors, y);
  }
  for (; i < rows; ++i) {
    factors[0] = alpha * x[i * x_step];
    add_real_rows<T, 1>(columns, a + i * row_step, row_step, factors, y);
  }
}

// ---- complex ------------------------------------------------------------------------------------
// Interleaved lanes. With a' the factor whose real and imaginary lanes are exchanged,
//   sum a x       = (even - odd lanes of sum a*x,  all lanes of sum a*x')
//   sum conj(a) x = (all lanes of sum a*x,         even - odd lanes of sum a*x')

template <int width, class R, class V>
inline void split_lanes(V v, R *even, R *odd) {
  R lanes[width];
  __builtin_memcpy(lanes, &v, sizeof v);
  for (int half = width / 2; half >= 2; half /= 2) {
    for (int i = 0; i < half; ++i) lanes[i] += lanes[i + half];
  }
  *even = lanes[0];
  *odd = lanes[1];
}

template <class R, int N>
inline void complex_rows(int64_t columns, const Complex<R> *a, int64_t row_step,
                         const Complex<R> *x, bool conjugate_a, Complex<R> *sums) {
  constexpr int width = lanes_of<R>;
  using Register = typename Lanes<R, width>::Register;
  Register straight[N] = {};
  Register crossed[N] = {};
  int64_t j = 0;
  for (; 2 * j + width <= 2 * columns; j += width / 2) {
    const auto v = load<R, width>(&x[j].re);
    const auto exchanged = exchange_pairs<width>(static_cast<Register>(v));
#pragma GCC unroll 8
    for (int r = 0; r < N; ++r) {
      const auto u = load<R, width>(&a[r * row_step + j].re);
      straight[r] += u * v;
      crossed[r] += u * exchanged;
    }
  }
#pragma GCC unroll 8
  for (int r = 0; r < N; ++r) {
    R even;
    R odd;
    R cross_even;
    R cross_odd;
    split_lanes<width>(straight[r], &even, &odd);
    split_lanes<width>(crossed[r], &cross_even, &cross_odd);
    for (int64_t k = j; k < columns; ++k) {
      const Complex<R> u = a[r * row_step + k];
      even += u.re * x[k].re;
      odd += u.im * x[k].im;
      cross_even += u.re * x[k].im;
      cross_odd += u.im * x[k].re;
    }
    if (conjugate_a) {
      sums[r] = {even + odd, cross_even - cross_odd};
    } else {
      sums[r] = {even - odd, cross_even + cross_odd};
    }
  }
}

template <class R>
void complex_matrix_rows(int64_t rows, int64_t columns, const void *a_data, int64_t row_step,
                         const void *x_data, const void *alpha_data, const void *beta_data,
                         void *y_data, int64_t y_step, bool conjugate_a) {
  using T = Complex<R>;
  constexpr int at_once = rows_at_once / 2;
  const T *a = static_cast<const T *>(a_data);
  const T *x = static_cast<const T *>(x_data);
  const T alpha = *static_cast<const T *>(alpha_data);
  const T beta = *static_cast<const T *>(beta_data);
  T *y = static_cast<T *>(y_data);
  T sums[at_once];
  int64_t i = 0;
  for (; i + at_once <= rows; i += at_once) {
    complex_rows<R, at_once>(columns, a + i * row_step, row_step, x, conjugate_a, sums);
    for (int r = 0; r < at_once; ++r) finish(alpha, beta, sums[r], y + (i + r) * y_step);
  }
  for (; i < rows; ++i) {
    complex_rows<R, 1>(columns, a + i * row_step, row_step, x, conjugate_a, sums);
    finish(alpha, beta, sums[0], y + i * y_step);
  }
}

template <class R, int N>
inline void add_complex_rows(int64_t columns, const Complex<R> *a, int64_t row_step,
                             const Complex<R> *factors, bool conjugate_a, Complex<R> *y) {
  constexpr int width = lanes_of<R>;
  using Register = typename Lanes<R, width>::Register;
  // a f = a*(re, re) + a'*(-im, im);  conj(a) f = a*(re, -re) + a'*(im, im)
  Register straight[N] = {};
  Register crossed[N] = {};
  for (int r = 0; r < N; ++r) {
    const Complex<R> f = factors[r];
    straight[r] = alternate<R, width>(f.re, conjugate_a ? -f.re : f.re);
    crossed[r] = alternate<R, width>(conjugate_a ? f.im : -f.im, f.im);
  }
  int64_t j = 0;
  for (; 2 * j + width <= 2 * columns; j += width / 2) {
    auto sum = load<R, width>(&y[j].re);
#pragma GCC unroll 8
    for (int r = 0; r < N; ++r) {
      const auto u = load<R, width>(&a[r * row_step + j].re);
      sum += u * straight[r];
      sum += exchange_pairs<width>(static_cast<Register>(u)) * crossed[r];
    }
    store<R, width>(&y[j].re, sum);
  }
  for (; j < columns; ++j) {
    for (int r = 0; r < N; ++r) {
      Complex<R> u = a[r * row_step + j];
      if (conjugate_a) u = conjugate(u);
      y[j] = add(y[j], multiply(u, factors[r]));
    }
  }
}

template <class R>
void complex_matrix_columns(int64_t rows, int64_t columns, const void *a_data, int64_t row_step,
                            const void *x_data, int64_t x_step, const void *alpha_data,
                            const void *beta_data, void *y_data, bool conjugate_a) {
  using T = Complex<R>;
  constexpr int at_once = rows_at_once / 2;
  const T *a = static_cast<const T *>(a_data);
  const T *x = static_cast<const T *>(x_data);
  const T alpha = *static_cast<const T *>(alpha_data);
  T *y = static_cast<T *>(y_data);
  scale_output(columns, *static_cast<const T *>(beta_data), y);
  T factors[at_once];
  int64_t i = 0;
  for (; i + at_once <= rows; i += at_once) {
    for (int r = 0; r < at_once; ++r) factors[r] = multiply(alpha, x[(i + r) * x_step]);
    add_complex_rows<R, at_once>(columns, a + i * row_step, row_step, factors, conjugate_a, y);
  }
  for (; i < rows; ++i) {
    factors[0] = multiply(alpha, x[i * x_step]);
    add_complex_rows<R, 1>(columns, a + i * row_step, row_step, factors, conjugate_a, y);
  }
}

}  // namespace

extern const MatrixLoops matrix_loops;

const MatrixLoops matrix_loops = {
    .rows = {nullptr, nullptr, nullptr, nullptr, nullptr, real_matrix_rows<float>,
             real_matrix_rows<double>, complex_matrix_rows<float>, complex_matrix_rows<double>},
    .columns = {nullptr, nullptr, nullptr, nullptr, nullptr, real_matrix_columns<float>,
                real_matrix_columns<double>, complex_matrix_columns<float>,
                complex_matrix_columns<double>},
};

SPC_CPU_ISA_END
