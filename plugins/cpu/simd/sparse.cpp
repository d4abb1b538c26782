// SPDX-License-Identifier: Apache-2.0
// Rows of a CSR matrix times a vector or the rows of a dense matrix.
#include "plugins/cpu/simd/number.hpp"

SPC_CPU_ISA_BEGIN
namespace {

// Distance in entries at which the matrix is fetched ahead when it comes from memory.
inline constexpr int64_t prefetch_distance = 256;

template <class T, bool conj>
inline T operand(T a) {
  if constexpr (conj) {
    return conjugate(a);
  } else {
    return a;
  }
}

template <class T>
inline void finish(T alpha, T beta, T sum, T *y) {
  *y = is_zero(beta) ? multiply(alpha, sum) : add(multiply(alpha, sum), multiply(beta, *y));
}

// Four chains over a long row, which is bound by the latency of additions otherwise; a short one is
// over before they could be joined.
template <class T, class I, bool conj>
inline T row_times(const I *indices, const T *data, int64_t n, const T *x, int64_t x_step) {
  if (n < 8) {
    T sum{};
    for (int64_t k = 0; k < n; ++k) {
      const T a = operand<T, conj>(data[k]);
      sum = add(sum, multiply(a, x[static_cast<int64_t>(indices[k]) * x_step]));
    }
    return sum;
  }
  T sums[4] = {};
  int64_t k = 0;
  for (; k + 4 <= n; k += 4) {
    for (int c = 0; c < 4; ++c) {
      const T a = operand<T, conj>(data[k + c]);
      sums[c] = add(sums[c], multiply(a, x[static_cast<int64_t>(indices[k + c]) * x_step]));
    }
  }
  for (int c = 0; k < n; ++k, ++c) {
    const T a = operand<T, conj>(data[k]);
    sums[c] = add(sums[c], multiply(a, x[static_cast<int64_t>(indices[k]) * x_step]));
  }
  return add(add(sums[0], sums[2]), add(sums[1], sums[3]));
}

template <class T, class I, bool conj, bool streamed>
inline void times_vector(const SparseRows &task, const T *x, int64_t x_step, T *y) {
  const I *indptr = static_cast<const I *>(task.indptr);
  const I *indices = static_cast<const I *>(task.indices);
  const T *data = static_cast<const T *>(task.data);
  const T alpha = *static_cast<const T *>(task.alpha);
  const T beta = *static_cast<const T *>(task.beta);
  int64_t begin = indptr[0];
  for (int64_t i = 0; i < task.rows; ++i) {
    const int64_t end = indptr[i + 1];
    if constexpr (streamed) {
      __builtin_prefetch(data + begin + prefetch_distance, 0, 0);
      __builtin_prefetch(indices + begin + prefetch_distance, 0, 0);
    }
    finish(alpha, beta,
           row_times<T, I, conj>(indices + begin, data + begin, end - begin, x, x_step),
           y + i * task.y_step);
    begin = end;
  }
}

// Rows of x are contiguous: every entry adds a multiple of one of them.
template <class T, class I, bool conj>
inline void times_rows(const SparseRows &task) {
  const I *indptr = static_cast<const I *>(task.indptr);
  const I *indices = static_cast<const I *>(task.indices);
  const T *data = static_cast<const T *>(task.data);
  const T *x = static_cast<const T *>(task.x);
  const T alpha = *static_cast<const T *>(task.alpha);
  const T beta = *static_cast<const T *>(task.beta);
  constexpr int64_t block = 256;  // columns whose sums stay in the first cache
  T sums[block];
  for (int64_t i = 0; i < task.rows; ++i) {
    T *y = static_cast<T *>(task.y) + i * task.y_step;
    for (int64_t j = 0; j < task.width; j += block) {
      const int64_t n = task.width - j < block ? task.width - j : block;
      for (int64_t c = 0; c < n; ++c) sums[c] = T{};
      for (int64_t k = indptr[i]; k < static_cast<int64_t>(indptr[i + 1]); ++k) {
        const T a = operand<T, conj>(data[k]);
        const T *row = x + static_cast<int64_t>(indices[k]) * task.x_step + j;
#pragma GCC ivdep
        for (int64_t c = 0; c < n; ++c) sums[c] = add(sums[c], multiply(a, row[c]));
      }
      for (int64_t c = 0; c < n; ++c) {
        finish(alpha, beta, sums[c], y + (j + c) * task.y_column_step);
      }
    }
  }
}

template <class T, class I, bool conj>
inline void times(const SparseRows &task) {
  if (task.width > 1 && task.x_column_step == 1) {
    times_rows<T, I, conj>(task);
    return;
  }
  for (int64_t j = 0; j < task.width; ++j) {
    const T *x = static_cast<const T *>(task.x) + j * task.x_column_step;
    T *y = static_cast<T *>(task.y) + j * task.y_column_step;
    if (task.x_step != 1) {
      times_vector<T, I, conj, false>(task, x, task.x_step, y);
    } else if (task.streamed) {
      times_vector<T, I, conj, true>(task, x, 1, y);
    } else {
      times_vector<T, I, conj, false>(task, x, 1, y);
    }
  }
}

template <class T, class I>
void sparse_rows(const SparseRows &task) {
  if constexpr (is_complex<T>) {
    if (task.conjugate) {
      times<T, I, true>(task);
      return;
    }
  }
  times<T, I, false>(task);
}

template <class T, class I, bool conj>
inline void scatter_entries(const SparseRows &task) {
  const I *indptr = static_cast<const I *>(task.indptr);
  const I *indices = static_cast<const I *>(task.indices);
  const T *data = static_cast<const T *>(task.data);
  const T alpha = *static_cast<const T *>(task.alpha);
  for (int64_t j = 0; j < task.width; ++j) {
    const T *x = static_cast<const T *>(task.x) + j * task.x_column_step;
    T *y = static_cast<T *>(task.y) + j * task.y_column_step;
    for (int64_t i = 0; i < task.rows; ++i) {
      const T factor = multiply(alpha, x[i * task.x_step]);
      for (int64_t k = indptr[i]; k < static_cast<int64_t>(indptr[i + 1]); ++k) {
        T *to = y + static_cast<int64_t>(indices[k]) * task.y_step;
        *to = add(*to, multiply(operand<T, conj>(data[k]), factor));
      }
    }
  }
}

template <class T, class I>
void sparse_scatter(const SparseRows &task) {
  if constexpr (is_complex<T>) {
    if (task.conjugate) {
      scatter_entries<T, I, true>(task);
      return;
    }
  }
  scatter_entries<T, I, false>(task);
}

#define SPC_CPU_INDEX_WIDTHS(loop, T) \
  { loop<T, int32_t>, loop<T, int64_t> }
#define SPC_CPU_SPARSE(loop)                                                                       \
  {                                                                                                \
    {nullptr, nullptr}, {nullptr, nullptr}, {nullptr, nullptr}, {nullptr, nullptr},                \
        {nullptr, nullptr}, SPC_CPU_INDEX_WIDTHS(loop, float), SPC_CPU_INDEX_WIDTHS(loop, double), \
        SPC_CPU_INDEX_WIDTHS(loop, Complex<float>), SPC_CPU_INDEX_WIDTHS(loop, Complex<double>)    \
  }

}  // namespace

extern const SparseLoops sparse_loops;

const SparseLoops sparse_loops = {.rows = SPC_CPU_SPARSE(sparse_rows),
                                  .scatter = SPC_CPU_SPARSE(sparse_scatter)};

SPC_CPU_ISA_END
