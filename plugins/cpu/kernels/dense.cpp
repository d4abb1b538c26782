// SPDX-License-Identifier: Apache-2.0
#include "plugins/cpu/kernels/dense.hpp"

#include <limits.h>

#include "plugins/cpu/blas.hpp"

namespace spc::cpu {
namespace {

const float ones_f[2] = {1.0F, 0.0F};
const double ones_d[2] = {1.0, 0.0};
const double zeros[2] = {0.0, 0.0};

// y = a x + b y
void combine(int32_t dtype, int64_t n, const void *a, const void *x, int64_t x_step, const void *b,
             void *y, int64_t y_step) {
  const Run run{n, {a, x, b, y}, {0, x_step, 0, y_step}, y, y_step};
  loops().elementwise->axpby[dtype](run);
}

void copy_vector(int32_t dtype, int64_t n, const void *x, int64_t x_step, void *out,
                 int64_t out_step) {
  const Run run{n, {x}, {x_step}, out, out_step};
  loops().convert->astype[dtype][dtype](run);
}

void copy_matrix(int32_t dtype, const Matrix &from, const Matrix &to) {
  const int64_t size = element_size(dtype);
  for (int64_t i = 0; i < from.rows; ++i) {
    copy_vector(dtype, from.columns,
                address(static_cast<const void *>(from.data), i * from.row_step, size),
                from.column_step, address(to.data, i * to.row_step, size), to.column_step);
  }
}

// A row-major matrix of the same shape at *memory, which comes from scratch where it is null.
spc_status pack(const spc_call *call, int32_t dtype, const Matrix &m, bool with_contents,
                void **memory, Matrix *packed) {
  if (*memory == nullptr) {
    const spc_status status = scratch(call, m.rows * m.columns * element_size(dtype), memory);
    if (status != SPC_OK) return status;
  }
  *packed = {*memory, m.rows, m.columns, m.columns, 1};
  if (with_contents) copy_matrix(dtype, m, *packed);
  return SPC_OK;
}

struct Product {
  const spc_call *call;
  int32_t dtype;
  int64_t size;
  const void *alpha;
  const void *beta;
  bool conjugate;
};

// Rows of a are contiguous: every y[i] is one dot product.
spc_status by_rows(const Product &p, const Matrix &a, const void *x, int64_t x_step, void *y,
                   int64_t y_step) {
  if (x_step != 1 && a.columns > 1) {
    void *memory = nullptr;
    const spc_status status = scratch(p.call, a.columns * p.size, &memory);
    if (status != SPC_OK) return status;
    copy_vector(p.dtype, a.columns, x, x_step, memory, 1);
    x = memory;
  }
  const MatrixRows rows = loops().matrix->rows[p.dtype];
  return for_parts(p.call, a.rows, a.columns, [&](int64_t first, int64_t last) -> spc_status {
    rows(last - first, a.columns,
         address(static_cast<const void *>(a.data), first * a.row_step, p.size), a.row_step, x,
         p.alpha, p.beta, address(y, first * y_step, p.size), y_step, p.conjugate);
    return SPC_OK;
  });
}

// Columns of y that one thread takes at a time: two pages of a row of a, so that prefetching works.
constexpr int64_t column_block = 512;

// The rows of t, which is a transposed, are contiguous: y is a sum of its rows.
spc_status by_columns(const Product &p, const Matrix &t, const void *x, int64_t x_step, void *y) {
  const MatrixColumns columns = loops().matrix->columns[p.dtype];
  const int64_t blocks = (t.columns + column_block - 1) / column_block;
  if (t.rows * t.columns <= serial_elements) {
    columns(t.rows, t.columns, t.data, t.row_step, x, x_step, p.alpha, p.beta, y, p.conjugate);
    return SPC_OK;
  }
  if (blocks >= 4) {
    return for_parts(
        p.call, blocks, column_block * t.rows, [&](int64_t first, int64_t last) -> spc_status {
          const int64_t begin = first * column_block;
          const int64_t end = last * column_block < t.columns ? last * column_block : t.columns;
          columns(t.rows, end - begin, address(static_cast<const void *>(t.data), begin, p.size),
                  t.row_step, x, x_step, p.alpha, p.beta, address(y, begin, p.size), p.conjugate);
          return SPC_OK;
        });
  }
  // Tall and narrow: pieces of rows of a fixed size, each with a sum of its own.
  int64_t piece = part_elements / t.columns;
  if (piece < 64) piece = 64;
  const int64_t pieces = (t.rows + piece - 1) / piece;
  const int64_t stride = t.columns * p.size;
  void *memory = nullptr;
  const spc_status status = scratch(p.call, pieces * stride, &memory);
  if (status != SPC_OK) return status;
  char *sums = static_cast<char *>(memory);
  const spc_status done =
      for_parts(p.call, pieces, piece * t.columns, [&](int64_t first, int64_t last) -> spc_status {
        for (int64_t k = first; k < last; ++k) {
          const int64_t begin = k * piece;
          const int64_t rows = t.rows - begin < piece ? t.rows - begin : piece;
          columns(rows, t.columns,
                  address(static_cast<const void *>(t.data), begin * t.row_step, p.size),
                  t.row_step, address(x, begin * x_step, p.size), x_step, p.alpha, zero_of(p.dtype),
                  sums + k * stride, p.conjugate);
        }
        return SPC_OK;
      });
  if (done != SPC_OK) return done;
  const Combine add = loops().reduce->sum[p.dtype][p.dtype].combine;
  for (int64_t gap = 1; gap < pieces; gap *= 2) {
    for (int64_t k = 0; k + gap < pieces; k += 2 * gap) {
      add(t.columns, sums + k * stride, sums + (k + gap) * stride);
    }
  }
  combine(p.dtype, t.columns, one_of(p.dtype), sums, 1, p.beta, y, 1);
  return SPC_OK;
}

// How BLAS sees a matrix in row-major terms.
struct BlasMatrix {
  const void *data;
  CBLAS_TRANSPOSE transpose;
  int step;
};

// BLAS refuses a step of 0, also where an empty matrix never uses it.
int blas_step(int64_t step) {
  return step > 0 ? static_cast<int>(step) : 1;
}

BlasMatrix blas_matrix(const Matrix &m, bool conjugate) {
  const bool by_row = m.column_step == 1 || m.columns == 1;
  if (by_row && (m.row_step >= m.columns || m.rows == 1)) {
    const int64_t step = m.rows == 1 ? m.columns : m.row_step;
    return {m.data, conjugate ? CblasConjNoTrans : CblasNoTrans, blas_step(step)};
  }
  const int64_t step = m.columns == 1 ? m.rows : m.column_step;
  return {m.data, conjugate ? CblasConjTrans : CblasTrans, blas_step(step)};
}

// c is row-major; lengths and steps fit.
spc_status call_blas(const spc_call *call, const spacecore_openblas_table &blas, int32_t dtype,
                     const void *alpha, const BlasMatrix &a, const BlasMatrix &b, const void *beta,
                     const Matrix &c, int64_t inner) {
  const int m = static_cast<int>(c.rows);
  const int n = static_cast<int>(c.columns);
  const int k = static_cast<int>(inner);
  const int step = static_cast<int>(c.rows == 1 ? c.columns : c.row_step);
  switch (dtype) {
    case SPC_FLOAT32:
      blas.cblas_sgemm(CblasRowMajor, a.transpose, b.transpose, m, n, k,
                       *static_cast<const float *>(alpha), static_cast<const float *>(a.data),
                       a.step, static_cast<const float *>(b.data), b.step,
                       *static_cast<const float *>(beta), static_cast<float *>(c.data), step);
      break;
    case SPC_FLOAT64:
      blas.cblas_dgemm(CblasRowMajor, a.transpose, b.transpose, m, n, k,
                       *static_cast<const double *>(alpha), static_cast<const double *>(a.data),
                       a.step, static_cast<const double *>(b.data), b.step,
                       *static_cast<const double *>(beta), static_cast<double *>(c.data), step);
      break;
    case SPC_COMPLEX64:
      blas.cblas_cgemm(CblasRowMajor, a.transpose, b.transpose, m, n, k, alpha, a.data, a.step,
                       b.data, b.step, beta, c.data, step);
      break;
    default:
      blas.cblas_zgemm(CblasRowMajor, a.transpose, b.transpose, m, n, k, alpha, a.data, a.step,
                       b.data, b.step, beta, c.data, step);
      break;
  }
  const int32_t position = blas.take_illegal_argument();
  if (position == 0) return SPC_OK;
  return fail(call, SPC_E_RUNTIME, "gemm: BLAS refused argument %d", static_cast<int>(position));
}

}  // namespace

bool is_zero(const void *scalar, int32_t dtype) {
  switch (dtype) {
    case SPC_FLOAT32:
      return *static_cast<const float *>(scalar) == 0.0F;
    case SPC_FLOAT64:
      return *static_cast<const double *>(scalar) == 0.0;
    case SPC_COMPLEX64: {
      const auto *z = static_cast<const float *>(scalar);
      return z[0] == 0.0F && z[1] == 0.0F;
    }
    default: {
      const auto *z = static_cast<const double *>(scalar);
      return z[0] == 0.0 && z[1] == 0.0;
    }
  }
}

const void *one_of(int32_t dtype) {
  if (dtype == SPC_FLOAT32 || dtype == SPC_COMPLEX64) return ones_f;
  return ones_d;
}

const void *zero_of(int32_t) {
  return zeros;
}

Matrix matrix_of(const spc_tensor &tensor) {
  if (tensor.ndim == 1) return {tensor.data, tensor.shape[0], 1, tensor.strides[0], 0};
  const int64_t *shape = tensor.shape + tensor.ndim - 2;
  const int64_t *strides = tensor.strides + tensor.ndim - 2;
  return {tensor.data, shape[0], shape[1], strides[0], strides[1]};
}

bool is_blas_layout(const Matrix &m) {
  if (m.row_step > INT_MAX || m.column_step > INT_MAX) return false;
  const bool by_row =
      (m.column_step == 1 || m.columns == 1) && (m.row_step >= m.columns || m.rows == 1);
  const bool by_column =
      (m.row_step == 1 || m.rows == 1) && (m.column_step >= m.rows || m.columns == 1);
  return by_row || by_column;
}

spc_status matrix_times_vector(const spc_call *call, int32_t dtype, const void *alpha,
                               const Matrix &a, bool conjugate, const void *x, int64_t x_step,
                               const void *beta, void *y, int64_t y_step) {
  const Product p{call, dtype, element_size(dtype), alpha, beta, conjugate};
  if (is_zero(alpha, dtype)) {
    combine(dtype, a.rows, alpha, x, x_step, beta, y, y_step);
    return SPC_OK;
  }
  if (a.column_step == 1 || a.columns == 1) return by_rows(p, a, x, x_step, y, y_step);
  if (a.row_step == 1 || a.rows == 1) {
    const Matrix t = a.transposed();
    if (y_step == 1 || a.rows == 1) return by_columns(p, t, x, x_step, y);
    void *memory = nullptr;
    const spc_status status = scratch(call, a.rows * p.size, &memory);
    if (status != SPC_OK) return status;
    Product fresh = p;
    fresh.beta = zero_of(dtype);
    const spc_status done = by_columns(fresh, t, x, x_step, memory);
    if (done != SPC_OK) return done;
    combine(dtype, a.rows, one_of(dtype), memory, 1, beta, y, y_step);
    return SPC_OK;
  }
  Matrix packed{};
  void *memory = nullptr;
  const spc_status status = pack(call, dtype, a, true, &memory, &packed);
  if (status != SPC_OK) return status;
  return by_rows(p, packed, x, x_step, y, y_step);
}

spc_status matrix_times_matrix(const spc_call *call, int32_t dtype, const void *alpha,
                               const Matrix &a, bool conjugate, const Matrix &b, const void *beta,
                               const Matrix &c, PackingSpace *space) {
  if (is_zero(alpha, dtype)) {  // OpenBLAS's kernels for small products multiply by it
    const int64_t size = element_size(dtype);
    for (int64_t i = 0; i < c.rows; ++i) {
      combine(dtype, c.columns, alpha, alpha, 0, beta, address(c.data, i * c.row_step, size),
              c.column_step);
    }
    return SPC_OK;
  }
  const char *why = "";
  const BlasUse blas = open_blas(&why);
  if (!blas) return fail(call, SPC_E_RUNTIME, "BLAS: %s", why);
  Matrix left = a;
  Matrix right = b;
  if (!is_blas_layout(a)) {
    const spc_status status = pack(call, dtype, a, true, &space->a, &left);
    if (status != SPC_OK) return status;
  }
  if (!is_blas_layout(b)) {
    const spc_status status = pack(call, dtype, b, true, &space->b, &right);
    if (status != SPC_OK) return status;
  }
  const bool by_row = (c.column_step == 1 || c.columns == 1) &&
                      (c.row_step >= c.columns || c.rows == 1) && c.row_step <= INT_MAX;
  if (by_row) {
    return call_blas(call, *blas, dtype, alpha, blas_matrix(left, conjugate),
                     blas_matrix(right, false), beta, c, a.columns);
  }
  if (is_blas_layout(c)) {  // column-major: the transposed product
    return call_blas(call, *blas, dtype, alpha, blas_matrix(right.transposed(), false),
                     blas_matrix(left.transposed(), conjugate), beta, c.transposed(), a.columns);
  }
  Matrix fresh{};
  const spc_status status = pack(call, dtype, c, false, &space->c, &fresh);
  if (status != SPC_OK) return status;
  const spc_status done = call_blas(call, *blas, dtype, alpha, blas_matrix(left, conjugate),
                                    blas_matrix(right, false), zero_of(dtype), fresh, a.columns);
  if (done != SPC_OK) return done;
  const int64_t size = element_size(dtype);
  for (int64_t i = 0; i < c.rows; ++i) {
    combine(dtype, c.columns, one_of(dtype),
            address(static_cast<const void *>(fresh.data), i * fresh.row_step, size), 1, beta,
            address(c.data, i * c.row_step, size), c.column_step);
  }
  return SPC_OK;
}

}  // namespace spc::cpu
