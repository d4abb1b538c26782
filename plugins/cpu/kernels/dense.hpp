// SPDX-License-Identifier: Apache-2.0
// Dense products shared by matmul and gemm.
#pragma once

#include "plugins/cpu/kernels/common.hpp"

namespace spc::cpu {

// A strided matrix; steps count elements and may have any sign.
struct Matrix {
  void *data;
  int64_t rows;
  int64_t columns;
  int64_t row_step;
  int64_t column_step;

  Matrix transposed() const { return {data, columns, rows, column_step, row_step}; }
};

// The last two axes of a tensor, or a vector as one column.
Matrix matrix_of(const spc_tensor &tensor);

// y = alpha op(a) x + beta y for a vector x and y; op conjugates when asked to. beta = 0 does not
// read y, alpha = 0 neither a nor x.
spc_status matrix_times_vector(const spc_call *call, int32_t dtype, const void *alpha,
                               const Matrix &a, bool conjugate, const void *x, int64_t x_step,
                               const void *beta, void *y, int64_t y_step);

// Memory for the copies of matrices that BLAS cannot take as they lie, kept from one product of a
// batch to the next. Filled at first use.
struct PackingSpace {
  void *a = nullptr;
  void *b = nullptr;
  void *c = nullptr;
};

// c = alpha op(a) b + beta c through BLAS, for any strides. Lengths fit 32 bits.
spc_status matrix_times_matrix(const spc_call *call, int32_t dtype, const void *alpha,
                               const Matrix &a, bool conjugate, const Matrix &b, const void *beta,
                               const Matrix &c, PackingSpace *space);

// True where BLAS takes the matrix as it lies.
bool is_blas_layout(const Matrix &m);

bool is_zero(const void *scalar, int32_t dtype);

// 1 and 0 in the dtype.
const void *one_of(int32_t dtype);
const void *zero_of(int32_t dtype);

}  // namespace spc::cpu
