// SPDX-License-Identifier: Apache-2.0
// Gaussian elimination of as many small systems at a time as a register has lanes. Every lane has
// pivots of its own: rows are exchanged by selection on the way through the elimination.
//
// Products are rounded before they are subtracted, so that rows that are multiples of each other
// mostly leave an exact 0.
#include "plugins/cpu/simd/lanes.hpp"

SPC_CPU_ISA_BEGIN
namespace {

// W = [A | B] in lanes, m registers a row. Columns j, ..., j + J - 1 of the step that
// eliminates column c: row c takes the pivot's place, the pivot row comes to row c.
template <class T, int N, int J, class M>
inline void eliminate_columns(int64_t n, int64_t m, int64_t c, int64_t j, M pivot, const T *factors,
                              T *w) {
  using V = typename Lanes<T, N>::Register;
  V upper[J];
  V chosen[J];
#pragma GCC unroll 8
  for (int q = 0; q < J; ++q) chosen[q] = upper[q] = load<T, N>(w + (c * m + j + q) * N);
  M row = pivot - pivot + static_cast<decltype(pivot[0] + 0)>(c + 1);
  for (int64_t i = c + 1; i < n; ++i, row += 1) {
    const M here = pivot == row;
#pragma GCC unroll 8
    for (int q = 0; q < J; ++q) {
      const V x = load<T, N>(w + (i * m + j + q) * N);
      chosen[q] = here ? x : chosen[q];
    }
  }
#pragma GCC unroll 8
  for (int q = 0; q < J; ++q) store<T, N>(w + (c * m + j + q) * N, chosen[q]);
  row = pivot - pivot + static_cast<decltype(pivot[0] + 0)>(c + 1);
  for (int64_t i = c + 1; i < n; ++i, row += 1) {
    const M here = pivot == row;
    const V f = load<T, N>(factors + i * N);
#pragma GCC unroll 8
    for (int q = 0; q < J; ++q) {
      const V x = load<T, N>(w + (i * m + j + q) * N);
      store<T, N>(w + (i * m + j + q) * N, (here ? upper[q] : x) - f * chosen[q]);
    }
  }
}

// 1 / pivot times the column; where that would overflow, the quotient.
template <class T>
inline constexpr T least_reciprocal = is_same<T, float> ? T(0x1p-126) : T(0x1p-1022);

// False where a pivot of one of the first `count` lanes is 0.
template <class T, int N>
bool eliminate(int64_t n, int64_t k, int count, T *w, T *factors) {
  using V = typename Lanes<T, N>::Register;
  using M = decltype(V{} < V{});
  using I = decltype(M{}[0] + 0);
  constexpr int at_once = N * static_cast<int>(sizeof(T)) >= 64 ? 8 : 4;
  const int64_t m = lane_rows(n + k);
  const int64_t columns = n + k;
  for (int64_t c = 0; c < n; ++c) {
    V value = load<T, N>(w + (c * m + c) * N);
    V best = modulus(value);
    M row = M{} + static_cast<I>(c);
    M pivot = row;
    for (int64_t i = c + 1; i < n; ++i) {
      row += 1;
      const V x = load<T, N>(w + (i * m + c) * N);
      const V size = modulus(x);
      const M better = (size > best) | (size != size);  // NaN is no 0
      best = better ? size : best;
      value = better ? x : value;
      pivot = better ? row : pivot;
    }
    if (any_lane<T, N>(best == V{}, count)) return false;
    const V top = load<T, N>(w + (c * m + c) * N);
    const bool divide = any_lane<T, N>(best < least_reciprocal<T>, N);
    const V reciprocal = T(1) / value;
    row = M{} + static_cast<I>(c);
    for (int64_t i = c + 1; i < n; ++i) {
      row += 1;
      const V x = (pivot == row) ? top : load<T, N>(w + (i * m + c) * N);
      store<T, N>(factors + i * N, divide ? x / value : x * reciprocal);
    }
    store<T, N>(w + (c * m + c) * N, value);
    int64_t j = c + 1;
    for (; j + at_once <= columns; j += at_once) {
      eliminate_columns<T, N, at_once>(n, m, c, j, pivot, factors, w);
    }
    for (; j + 2 <= columns; j += 2) eliminate_columns<T, N, 2>(n, m, c, j, pivot, factors, w);
    for (; j < columns; ++j) eliminate_columns<T, N, 1>(n, m, c, j, pivot, factors, w);
  }
  return true;
}

// X = U^-1 B', from the last row up.
template <class T, int N>
void substitute(int64_t n, int64_t k, T *w, T *x) {
  using V = typename Lanes<T, N>::Register;
  const int64_t m = lane_rows(n + k);
  for (int64_t c = n - 1; c >= 0; --c) {
    const V pivot = load<T, N>(w + (c * m + c) * N);
    for (int64_t r = 0; r < k; ++r) {
      const V solution = load<T, N>(w + (c * m + n + r) * N) / pivot;
      store<T, N>(x + (c * k + r) * N, solution);
      for (int64_t i = 0; i < c; ++i) {
        T *b = w + (i * m + n + r) * N;
        store<T, N>(b, load<T, N>(b) - load<T, N>(w + (i * m + c) * N) * solution);
      }
    }
  }
}

template <class T>
bool solve_lanes(const SmallSystems &s) {
  constexpr int N = lanes_of<T>;
  T *w = static_cast<T *>(s.memory);
  const int64_t m = lane_rows(s.n + s.k);
  T *factors = w + s.n * m * N;
  T *x = factors + s.n * N;
  gather_lanes<T, N>(s.a, s.n, s.n, s.a_row_step, s.a_column_step, w, m);
  gather_lanes<T, N>(s.b, s.n, s.k, s.b_row_step, s.b_column_step, w + s.n * N, m);
  if (!eliminate<T, N>(s.n, s.k, s.count, w, factors)) return false;
  substitute<T, N>(s.n, s.k, w, x);
  // One column lies like one row, whatever the step of its columns.
  if (s.k == 1) {
    scatter_lanes<T, N>(x, 1, s.n, s.count, s.x, 0, s.x_row_step);
  } else {
    scatter_lanes<T, N>(x, s.n, s.k, s.count, s.x, s.x_row_step, s.x_column_step);
  }
  return true;
}

}  // namespace

extern const SolveLoops solve_loops;

const SolveLoops solve_loops = {
    .lanes = {0, 0, 0, 0, 0, lanes_of<float>, lanes_of<double>, 0, 0},
    .solve = {nullptr, nullptr, nullptr, nullptr, nullptr, solve_lanes<float>, solve_lanes<double>,
              nullptr, nullptr},
};

SPC_CPU_ISA_END
