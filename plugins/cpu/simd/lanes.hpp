// SPDX-License-Identifier: Apache-2.0
// Several small matrices at a time, one in each lane of a register: element (i, j) of all of them is
// one register in memory.
#pragma once

#include "plugins/cpu/simd/number.hpp"

SPC_CPU_ISA_BEGIN

// a0 b0 a1 b1 ... of the lower, or of the upper halves.
template <int N, int upper, class V>
inline V zip(V a, V b) {
  constexpr int h = upper * N / 2;
  if constexpr (N == 2) {
    return __builtin_shufflevector(a, b, h, h + N);
  } else if constexpr (N == 4) {
    return __builtin_shufflevector(a, b, h, h + N, h + 1, h + 1 + N);
  } else if constexpr (N == 8) {
    return __builtin_shufflevector(a, b, h, h + N, h + 1, h + 1 + N, h + 2, h + 2 + N, h + 3,
                                   h + 3 + N);
  } else {
    static_assert(N == 16);
    return __builtin_shufflevector(a, b, h, h + N, h + 1, h + 1 + N, h + 2, h + 2 + N, h + 3,
                                   h + 3 + N, h + 4, h + 4 + N, h + 5, h + 5 + N, h + 6, h + 6 + N,
                                   h + 7, h + 7 + N);
  }
}

// Rows and columns of an N x N block exchanged, in log2(N) rounds.
template <int N, class V>
inline void transpose(V (&r)[N]) {
#pragma GCC unroll 4
  for (int round = 1; round < N; round *= 2) {
    V next[N];
#pragma GCC unroll 8
    for (int i = 0; i < N / 2; ++i) {
      next[2 * i] = zip<N, 0>(r[i], r[i + N / 2]);
      next[2 * i + 1] = zip<N, 1>(r[i], r[i + N / 2]);
    }
#pragma GCC unroll 16
    for (int i = 0; i < N; ++i) r[i] = next[i];
  }
}

// n adjacent elements of every matrix into n registers.
template <class T, int N>
inline void gather_run(const void *const *from, int64_t offset, int64_t n, T *to) {
  using V = typename Lanes<T, N>::Register;
  int64_t i = 0;
  for (; i + N <= n; i += N) {
    V r[N];
#pragma GCC unroll 16
    for (int l = 0; l < N; ++l) r[l] = load<T, N>(static_cast<const T *>(from[l]) + offset + i);
    transpose<N>(r);
#pragma GCC unroll 16
    for (int l = 0; l < N; ++l) store<T, N>(to + (i + l) * N, r[l]);
  }
  for (; i < n; ++i) {
    for (int l = 0; l < N; ++l) to[i * N + l] = static_cast<const T *>(from[l])[offset + i];
  }
}

// The same back; only the first `count` matrices exist.
template <class T, int N>
inline void scatter_run(const T *from, int64_t n, int count, void *const *to, int64_t offset) {
  using V = typename Lanes<T, N>::Register;
  int64_t i = 0;
  for (; i + N <= n; i += N) {
    V r[N];
#pragma GCC unroll 16
    for (int l = 0; l < N; ++l) r[l] = load<T, N>(from + (i + l) * N);
    transpose<N>(r);
#pragma GCC unroll 16
    for (int l = 0; l < N; ++l) {
      if (l < count) store<T, N>(static_cast<T *>(to[l]) + offset + i, r[l]);
    }
  }
  for (; i < n; ++i) {
    for (int l = 0; l < count; ++l) static_cast<T *>(to[l])[offset + i] = from[i * N + l];
  }
}

// A strided matrix of every lane into registers [rows][columns], `to_row` registers from row to row.
template <class T, int N>
inline void gather_lanes(const void *const *from, int64_t rows, int64_t columns, int64_t row_step,
                         int64_t column_step, T *to, int64_t to_row) {
  if (column_step == 1 && row_step == columns && to_row == columns) {
    gather_run<T, N>(from, 0, rows * columns, to);
    return;
  }
  for (int64_t i = 0; i < rows; ++i) {
    if (column_step == 1) {
      gather_run<T, N>(from, i * row_step, columns, to + i * to_row * N);
      continue;
    }
    for (int64_t j = 0; j < columns; ++j) {
      for (int l = 0; l < N; ++l) {
        to[(i * to_row + j) * N + l] =
            static_cast<const T *>(from[l])[i * row_step + j * column_step];
      }
    }
  }
}

template <class T, int N>
inline void scatter_lanes(const T *from, int64_t rows, int64_t columns, int count, void *const *to,
                          int64_t row_step, int64_t column_step) {
  if (column_step == 1 && row_step == columns) {
    scatter_run<T, N>(from, rows * columns, count, to, 0);
    return;
  }
  for (int64_t i = 0; i < rows; ++i) {
    if (column_step == 1) {
      scatter_run<T, N>(from + i * columns * N, columns, count, to, i * row_step);
      continue;
    }
    for (int64_t j = 0; j < columns; ++j) {
      for (int l = 0; l < count; ++l) {
        static_cast<T *>(to[l])[i * row_step + j * column_step] = from[(i * columns + j) * N + l];
      }
    }
  }
}

// Registers from row to row of a matrix in lanes: odd, so that the rows of a column do not meet in
// the same few lines of the first cache.
inline int64_t lane_rows(int64_t columns) {
  return columns | 1;
}

// Lane by lane; the verdict of a comparison of V has all bits of a lane set or none.
template <class V>
inline V modulus(V x) {
  return x < 0 ? -x : x;
}

template <class T, int N, class M>
inline bool any_lane(M verdict, int count) {
  // As long as the lanes of T.
  using I = decltype(verdict[0] + 0);
  I bits = 0;
  for (int l = 0; l < count; ++l) bits |= verdict[l];
  return bits != 0;
}

SPC_CPU_ISA_END
