// SPDX-License-Identifier: Apache-2.0
// What the kernels on compressed rows share.
#pragma once

#include "plugins/cpu/kernels/common.hpp"

namespace spc::cpu {

// Compressed rows; strides are 1.
template <class T, class I>
struct CsrOf {
  const I *indptr;
  const I *indices;
  const T *data;
};

template <class T, class I>
CsrOf<T, I> csr_of(const spc_tensor *const *parts) {
  return {static_cast<const I *>(parts[0]->data), static_cast<const I *>(parts[1]->data),
          static_cast<const T *>(parts[2]->data)};
}

template <class R>
struct ComplexOf {
  R re;
  R im;
};
template <class R>
ComplexOf<R> operator+(ComplexOf<R> a, ComplexOf<R> b) {
  return {a.re + b.re, a.im + b.im};
}
template <class R>
ComplexOf<R> operator*(ComplexOf<R> a, ComplexOf<R> b) {
  return {a.re * b.re - a.im * b.im, a.re * b.im + a.im * b.re};
}
template <class R>
ComplexOf<R> operator-(ComplexOf<R> a) {
  return {-a.re, -a.im};
}
template <class R>
bool operator==(ComplexOf<R> a, ComplexOf<R> b) {
  return a.re == b.re && a.im == b.im;
}

// Runs body.template operator()<T, I>() for the dtypes of values and indices, floating ones.
template <class Body>
spc_status for_values_and_indices(const spc_tensor &values, const spc_tensor &indices, Body body) {
  const auto with_index = [&]<class T>() {
    return indices.dtype == SPC_INT64 ? body.template operator()<T, int64_t>()
                                      : body.template operator()<T, int32_t>();
  };
  switch (values.dtype) {
    case SPC_FLOAT32:
      return with_index.template operator()<float>();
    case SPC_FLOAT64:
      return with_index.template operator()<double>();
    case SPC_COMPLEX64:
      return with_index.template operator()<ComplexOf<float>>();
    default:
      return with_index.template operator()<ComplexOf<double>>();
  }
}

// First of `rows` rows at whose start at least `work` lies behind, before[i] being the work of the
// rows in front of i, to which each row adds 1.
inline int64_t row_of_work(const int64_t *before, int64_t rows, int64_t work) {
  int64_t low = 0;
  int64_t high = rows;
  while (low < high) {
    const int64_t middle = low + (high - low) / 2;
    if (before[middle] + middle < work) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low;
}

// Runs body(first row, last row) on parts of about equal work. The parts depend on the work alone.
template <class Body>
spc_status for_rows_of_work(const spc_call *call, const int64_t *before, int64_t rows,
                            Body &&body) {
  const int64_t work = before[rows] + rows;
  constexpr int64_t share = part_elements / 4;
  if (work <= serial_elements / 4) return body(int64_t{0}, rows);
  const int64_t parts = (work + share - 1) / share;
  return for_parts(call, parts, part_elements, [&](int64_t first, int64_t last) -> spc_status {
    const int64_t begin = first == 0 ? 0 : row_of_work(before, rows, first * share);
    const int64_t end = last == parts ? rows : row_of_work(before, rows, last * share);
    return begin < end ? body(begin, end) : SPC_OK;
  });
}

// What the first phase of a sparse result hands to the second: where the rows begin, and the work of
// the rows in front of each.
struct RowPlan {
  uint64_t bytes;
  int64_t rows;
  int64_t *places;  // rows + 1
  int64_t *before;  // rows + 1
};

// Memory for both; null after a failure, which is told.
RowPlan *new_row_plan(void *state, const spc_call *call, int64_t rows);
// spc_release_fn
void release_row_plan(void *state, void *plan);

// Counts, of which counts[i + 1] belongs to item i, become the sums in front of each.
inline void sum_up(int64_t *counts, int64_t n) {
  counts[0] = 0;
  for (int64_t i = 0; i < n; ++i) counts[i + 1] += counts[i];
}

}  // namespace spc::cpu
