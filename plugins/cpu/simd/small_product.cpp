// SPDX-License-Identifier: Apache-2.0
// Products of small matrices: the rows of a block of C stay in registers. A call of BLAS costs more
// than such a product.
#include "plugins/cpu/simd/number.hpp"

SPC_CPU_ISA_BEGIN
namespace {

// R rows and P registers of N columns of C = A B.
template <class T, int N, int R, int P>
inline void block(const SmallProduct &s, const T *a, const T *b, T *c) {
  using V = typename Lanes<T, N>::Register;
  V sums[R][P] = {};
  for (int64_t l = 0; l < s.k; ++l) {
    V row[P];
#pragma GCC unroll 4
    for (int p = 0; p < P; ++p) row[p] = load<T, N>(b + l * s.b_row_step + p * N);
#pragma GCC unroll 8
    for (int r = 0; r < R; ++r) {
      const T x = a[r * s.a_row_step + l * s.a_column_step];
#pragma GCC unroll 4
      for (int p = 0; p < P; ++p) sums[r][p] += x * row[p];
    }
  }
#pragma GCC unroll 8
  for (int r = 0; r < R; ++r) {
#pragma GCC unroll 4
    for (int p = 0; p < P; ++p) store<T, N>(c + r * s.c_row_step + p * N, sums[r][p]);
  }
}

template <class T, int N, int P>
inline void panel(const SmallProduct &s, const T *a, const T *b, T *c) {
  // Sums, a row of B and a broadcast fit the registers.
  constexpr int most = register_bytes == 64 ? 8 : 4;
  int64_t i = 0;
  for (; i + most <= s.m; i += most) {
    block<T, N, most, P>(s, a + i * s.a_row_step, b, c + i * s.c_row_step);
  }
  for (; i + 2 <= s.m; i += 2) {
    block<T, N, 2, P>(s, a + i * s.a_row_step, b, c + i * s.c_row_step);
  }
  if (i < s.m) block<T, N, 1, P>(s, a + i * s.a_row_step, b, c + i * s.c_row_step);
}

// What is left of the columns, with registers of half the width each time.
template <class T, int N>
inline void narrow(const SmallProduct &s, const T *a, const T *b, T *c, int64_t j) {
  if constexpr (N >= 2) {
    if (j + N <= s.n) {
      panel<T, N, 1>(s, a, b + j, c + j);
      j += N;
    }
    narrow<T, N / 2>(s, a, b, c, j);
  } else if (j < s.n) {
    for (int64_t i = 0; i < s.m; ++i) {
      T sum = 0;
      for (int64_t l = 0; l < s.k; ++l) {
        sum += a[i * s.a_row_step + l * s.a_column_step] * b[l * s.b_row_step + j];
      }
      c[i * s.c_row_step + j] = sum;
    }
  }
}

template <class T>
void small_product(const SmallProduct &s, const void *a_data, const void *b_data, void *c_data) {
  constexpr int N = lanes_of<T>;
  const T *a = static_cast<const T *>(a_data);
  const T *b = static_cast<const T *>(b_data);
  T *c = static_cast<T *>(c_data);
  int64_t j = 0;
  for (; j + 2 * N <= s.n; j += 2 * N) panel<T, N, 2>(s, a, b + j, c + j);
  for (; j + N <= s.n; j += N) panel<T, N, 1>(s, a, b + j, c + j);
  narrow<T, N / 2>(s, a, b, c, j);
}

}  // namespace

extern const ProductLoops product_loops;

const ProductLoops product_loops = {
    .product = {nullptr, nullptr, nullptr, nullptr, nullptr, small_product<float>,
                small_product<double>, nullptr, nullptr},
};

SPC_CPU_ISA_END
