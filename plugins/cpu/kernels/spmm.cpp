// SPDX-License-Identifier: Apache-2.0
// Sparse products. Rows are dealt out by the number of their entries; a transposed product runs on
// a transposed copy where a plan holds one, and scatters in one thread where not.
#include <string.h>

#include <new>

#include "plugins/cpu/kernels/dense.hpp"
#include "plugins/cpu/kernels/kernels.hpp"
#include "plugins/cpu/kernels/reduction.hpp"
#include "plugins/cpu/state.hpp"

namespace spc::cpu {
namespace {

// Matrices beyond this come from memory at every product; shorter ones stay in the last cache,
// where prefetching costs more than it saves.
constexpr int64_t streamed_bytes = int64_t{16} << 20;

struct Csr {
  int64_t rows;
  int64_t columns;
  int64_t nnz;
  bool wide;  // int64 indices
  const void *indptr;
  const void *indices;
  const void *data;
};

Csr csr_of(const spc_call *call) {
  const spc_params_linear &p = params<spc_params_linear>(call);
  const spc_tensor &indptr = *call->in[1];
  return {p.rows,
          p.cols,
          call->in[2]->shape[0],
          indptr.dtype == SPC_INT64,
          indptr.data,
          call->in[2]->data,
          call->in[3]->data};
}

int64_t index_at(const Csr &a, const void *indices, int64_t i) {
  return a.wide ? static_cast<const int64_t *>(indices)[i]
                : static_cast<const int32_t *>(indices)[i];
}

// First row whose entries and rows before it number at least `work`.
int64_t row_of_work(const Csr &a, int64_t work) {
  int64_t low = 0;
  int64_t high = a.rows;
  while (low < high) {
    const int64_t middle = low + (high - low) / 2;
    if (index_at(a, a.indptr, middle) + middle < work) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low;
}

SparseRows task_of(const spc_call *call, const Csr &a, bool conjugate) {
  const spc_tensor &x = *call->in[4];
  const spc_tensor &y = *call->out[0];
  const Matrix right = matrix_of(x);
  const Matrix out = matrix_of(y);
  SparseRows task{};
  task.rows = a.rows;
  task.indptr = a.indptr;
  task.indices = a.indices;
  task.data = a.data;
  task.x = right.data;
  task.x_step = right.row_step;
  task.x_column_step = right.column_step;
  task.alpha = call->in[0]->data;
  task.beta = call->in[5]->data;
  task.y = out.data;
  task.y_step = out.row_step;
  task.y_column_step = out.column_step;
  task.width = out.columns;
  task.conjugate = conjugate;
  const int64_t entry = element_size(y.dtype) + (a.wide ? 8 : 4);
  task.streamed = a.nnz * entry > streamed_bytes;
  return task;
}

// The bits of a row do not depend on which part it is in.
spc_status by_rows(const spc_call *call, const Csr &a, bool conjugate) {
  const SparseRows whole = task_of(call, a, conjugate);
  const int32_t dtype = call->out[0]->dtype;
  const int64_t size = element_size(dtype);
  const SparseLoop loop = loops().sparse->rows[dtype][a.wide ? 1 : 0];
  const int64_t work = a.nnz + a.rows;
  if (work * whole.width <= serial_elements) {
    loop(whole);
    return SPC_OK;
  }
  const int64_t share = part_elements / whole.width > 64 ? part_elements / whole.width : 64;
  const int64_t parts = (work + share - 1) / share;
  return for_parts(call, parts, part_elements, [&](int64_t first, int64_t last) -> spc_status {
    const int64_t begin = first == 0 ? 0 : row_of_work(a, first * share);
    const int64_t end = last == parts ? a.rows : row_of_work(a, last * share);
    if (begin >= end) return SPC_OK;
    SparseRows task = whole;
    task.rows = end - begin;
    task.indptr = address(a.indptr, begin, a.wide ? 8 : 4);
    task.y = address(whole.y, begin * whole.y_step, size);
    loop(task);
    return SPC_OK;
  });
}

// ---- products with sums -------------------------------------------------------------------------

constexpr int64_t dot_rows = 512;        // rows of x and y between their product and their sums
constexpr int64_t most_dot_parts = 256;  // each with sums of its own
constexpr int most_dots = 3;

// The sums that `dots` asks for, of n neighbouring elements of x and y.
struct Dots {
  uint32_t dots;
  int32_t dtype;

  int count() const { return __builtin_popcount(dots); }
  void take(int64_t n, const void *x, int64_t x_step, const void *y, int64_t y_step,
            char (*sums)[max_partial]) const {
    if ((dots & SPC_DOT_XY) != 0) {
      loops().reduce->dot[dtype](n, x, x_step, y, y_step, *sums++);
    }
    if ((dots & SPC_DOT_YY) != 0) sum_of_squares(dtype, n, y, y_step, *sums++);
    if ((dots & SPC_DOT_XX) != 0) sum_of_squares(dtype, n, x, x_step, *sums);
  }
};

// by_rows for vectors, with the sums of a block of rows taken while it lies in the first cache.
// Without a loop y is as it shall be.
spc_status by_rows_with_dots(const spc_call *call, const Csr &a, uint32_t wanted, bool multiply) {
  const SparseRows whole = task_of(call, a, false);
  const int32_t dtype = call->out[0]->dtype;
  const int64_t size = element_size(dtype);
  const SparseLoop loop = loops().sparse->rows[dtype][a.wide ? 1 : 0];
  const Dots dots{wanted, dtype};
  const Reducer &add = loops().reduce->sum[dtype][dtype];
  const auto rows = [&](int64_t begin, int64_t end, char(*sums)[max_partial]) {
    Tree trees[most_dots] = {Tree(add), Tree(add), Tree(add)};
    for (int64_t i = begin; i < end; i += dot_rows) {
      SparseRows task = whole;
      task.rows = end - i < dot_rows ? end - i : dot_rows;
      task.indptr = address(a.indptr, i, a.wide ? 8 : 4);
      task.y = address(whole.y, i * whole.y_step, size);
      if (multiply) loop(task);
      alignas(16) char leaves[most_dots][max_partial];
      dots.take(task.rows, address(whole.x, i * whole.x_step, size), whole.x_step, task.y,
                whole.y_step, leaves);
      for (int k = 0; k < dots.count(); ++k) trees[k].add(leaves[k]);
    }
    for (int k = 0; k < dots.count(); ++k) trees[k].result(sums[k]);
  };

  alignas(16) char partials[most_dot_parts][most_dots][max_partial];
  const int64_t work = a.nnz + a.rows;
  const int64_t even = (work + most_dot_parts - 1) / most_dot_parts;
  const int64_t share = even > part_elements ? even : part_elements;
  const int64_t parts = work <= serial_elements ? 1 : (work + share - 1) / share;
  int64_t filled[most_dot_parts];
  const spc_status status =
      for_parts(call, parts, parts == 1 ? 1 : share, [&](int64_t first, int64_t last) {
        for (int64_t k = first; k < last; ++k) {
          const int64_t begin = k == 0 ? 0 : row_of_work(a, k * share);
          const int64_t end = k + 1 == parts ? a.rows : row_of_work(a, (k + 1) * share);
          filled[k] = end - begin;
          if (begin < end) rows(begin, end, partials[k]);
        }
        return SPC_OK;
      });
  if (status != SPC_OK) return status;
  const spc_tensor &out = *call->out[1];
  for (int k = 0; k < dots.count(); ++k) {
    Tree tree(add);
    for (int64_t part = 0; part < parts; ++part) {
      if (filled[part] > 0) tree.add(partials[part][k]);
    }
    alignas(16) char total[max_partial] = {};
    if (a.rows > 0) tree.result(total);
    memcpy(address(out.data, k * out.strides[0], size), total, static_cast<size_t>(size));
  }
  return SPC_OK;
}

// y = beta y, row by row.
void scale_output(const spc_call *call) {
  const spc_tensor &tensor = *call->out[0];
  const Matrix y = matrix_of(tensor);
  const int64_t size = element_size(tensor.dtype);
  const void *zero = zero_of(tensor.dtype);
  for (int64_t j = 0; j < y.columns; ++j) {
    void *column = address(y.data, j * y.column_step, size);
    const Run run{y.rows,
                  {zero, column, call->in[5]->data, column},
                  {0, y.row_step, 0, y.row_step},
                  column,
                  y.row_step};
    loops().elementwise->axpby[tensor.dtype](run);
  }
}

// ---- transposed copies --------------------------------------------------------------------------

struct Transposed {
  Csr csr;
  void *memory;
  uint64_t bytes;
};

// Counting sort by column; entries of a column keep the order of their rows.
template <class I, class V>
void transpose(const Csr &a, void *indptr_out, void *indices_out, void *data_out) {
  const I *indptr = static_cast<const I *>(a.indptr);
  const I *indices = static_cast<const I *>(a.indices);
  const V *data = static_cast<const V *>(a.data);
  I *starts = static_cast<I *>(indptr_out);
  I *rows = static_cast<I *>(indices_out);
  V *values = static_cast<V *>(data_out);
  // starts[c + 1] counts column c, then is its first place, then moves on to its end.
  memset(starts, 0, static_cast<size_t>(a.columns + 1) * sizeof(I));
  for (int64_t k = 0; k < a.nnz; ++k) ++starts[indices[k]];
  I place = 0;
  for (int64_t c = 0; c <= a.columns; ++c) {
    const I count = starts[c];
    starts[c] = place;
    place = static_cast<I>(place + count);
  }
  for (int64_t i = 0; i < a.rows; ++i) {
    for (int64_t k = indptr[i]; k < static_cast<int64_t>(indptr[i + 1]); ++k) {
      const I at = starts[indices[k]]++;
      rows[at] = static_cast<I>(i);
      values[at] = data[k];
    }
  }
  for (int64_t c = a.columns; c > 0; --c) starts[c] = starts[c - 1];
  starts[0] = 0;
}

struct Value16 {
  uint64_t words[2];
};

template <class I>
void transpose_values(const Csr &a, int64_t size, void *indptr, void *indices, void *data) {
  if (size == 4) {
    transpose<I, uint32_t>(a, indptr, indices, data);
  } else if (size == 8) {
    transpose<I, uint64_t>(a, indptr, indices, data);
  } else {
    transpose<I, Value16>(a, indptr, indices, data);
  }
}

uint64_t aligned(int64_t bytes) {
  return (static_cast<uint64_t>(bytes) + 63) & ~uint64_t{63};
}

}  // namespace

spc_status csr_transpose(void *, const spc_call *call) {
  const spc_params_sparse &p = params<spc_params_sparse>(call);
  const spc_tensor &indptr = *call->in[0];
  const Csr a{p.rows,
              p.cols,
              call->in[1]->shape[0],
              indptr.dtype == SPC_INT64,
              indptr.data,
              call->in[1]->data,
              call->in[2]->data};
  const int64_t size = element_size(call->in[2]->dtype);
  if (a.wide) {
    transpose_values<int64_t>(a, size, call->out[0]->data, call->out[1]->data, call->out[2]->data);
  } else {
    transpose_values<int32_t>(a, size, call->out[0]->data, call->out[1]->data, call->out[2]->data);
  }
  return SPC_OK;
}

int32_t spmm_supports(void *, const spc_call *call) {
  for (int k = 1; k <= 3; ++k) {
    const spc_tensor &part = *call->in[k];
    if (part.shape[0] > 1 && part.strides[0] != 1) return 0;
  }
  return 1;
}

spc_status spmm_prepare(void *state, const spc_call *call, uint64_t fixed_roles, void **plan) {
  *plan = nullptr;
  constexpr uint64_t matrix = 0xe;  // indptr, indices, data
  if (params<spc_params_linear>(call).mode == SPC_MODE_NONE) return SPC_OK;
  if ((fixed_roles & matrix) != matrix) return SPC_OK;
  const State &family = *static_cast<const State *>(state);
  const Csr a = csr_of(call);
  const int64_t index_size = a.wide ? 8 : 4;
  const int64_t value_size = element_size(call->in[3]->dtype);
  const uint64_t header = aligned(sizeof(Transposed));
  const uint64_t indptr_bytes = aligned((a.columns + 1) * index_size);
  const uint64_t indices_bytes = aligned(a.nnz * index_size);
  const uint64_t bytes = header + indptr_bytes + indices_bytes + aligned(a.nnz * value_size);
  char *memory = static_cast<char *>(family.api->host_alloc(family.host, bytes, 64));
  if (memory == nullptr) {
    return fail(call, SPC_E_MEMORY, "spmm: no memory for a transposed copy of %lld entries",
                static_cast<long long>(a.nnz));
  }
  char *indptr = memory + header;
  char *indices = indptr + indptr_bytes;
  char *data = indices + indices_bytes;
  if (a.wide) {
    transpose_values<int64_t>(a, value_size, indptr, indices, data);
  } else {
    transpose_values<int32_t>(a, value_size, indptr, indices, data);
  }
  auto *made = new (memory) Transposed;
  *made = {{a.columns, a.rows, a.nnz, a.wide, indptr, indices, data}, memory, bytes};
  *plan = made;
  return SPC_OK;
}

void spmm_release(void *state, void *plan) {
  if (plan == nullptr) return;
  const State &family = *static_cast<const State *>(state);
  const auto *made = static_cast<const Transposed *>(plan);
  family.api->host_free(family.host, made->memory, made->bytes);
}

spc_status spmm(void *, const spc_call *call) {
  const int32_t dtype = call->out[0]->dtype;
  const int32_t mode = params<spc_params_linear>(call).mode;
  const bool conjugate = mode == SPC_MODE_CONJ_TRANS && dtype >= SPC_COMPLEX64;
  const uint32_t dots = params<spc_params_linear>(call).dots;
  if (is_zero(call->in[0]->data, dtype)) {
    scale_output(call);
    return dots == 0 ? SPC_OK : by_rows_with_dots(call, csr_of(call), dots, false);
  }
  if (dots != 0) return by_rows_with_dots(call, csr_of(call), dots, true);
  if (mode == SPC_MODE_NONE) return by_rows(call, csr_of(call), false);
  if (call->plan != nullptr) {
    return by_rows(call, static_cast<const Transposed *>(call->plan)->csr, conjugate);
  }
  const Csr a = csr_of(call);
  scale_output(call);
  loops().sparse->scatter[dtype][a.wide ? 1 : 0](task_of(call, a, conjugate));
  return SPC_OK;
}

}  // namespace spc::cpu
