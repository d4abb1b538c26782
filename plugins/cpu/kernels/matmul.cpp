// SPDX-License-Identifier: Apache-2.0
#include "plugins/cpu/kernels/dense.hpp"
#include "plugins/cpu/kernels/kernels.hpp"

namespace spc::cpu {
namespace {

// Below this many multiplications OpenBLAS stays in one thread, and batches run in parallel
// instead.
constexpr int64_t one_thread_work = int64_t{1} << 18;

struct Batch {
  int32_t ndim;
  const int64_t *shape;
  Matrix a;
  Matrix b;
  Matrix c;
};

// Batch axes along which b does not move, and a and c go on as rows do, are rows.
void merge_rows(const spc_call *call, Batch *batch) {
  while (batch->ndim > 0) {
    const int32_t axis = batch->ndim - 1;
    const bool same_b = call->in[1]->strides[axis] == 0;
    const bool more_rows = call->in[0]->strides[axis] == batch->a.rows * batch->a.row_step &&
                           call->out[0]->strides[axis] == batch->c.rows * batch->c.row_step;
    if (!same_b || !more_rows) return;
    batch->a.rows *= batch->shape[axis];
    batch->c.rows *= batch->shape[axis];
    --batch->ndim;
  }
}

// Lengths up to which the own product is faster than BLAS.
constexpr int64_t small_length = 32;

// False where the own product does not take the matrices as they lie.
bool find_small(int32_t dtype, const Matrix &a, const Matrix &b, const Matrix &c,
                SmallProduct *product) {
  if (loops().product->product[dtype] == nullptr || c.rows > small_length ||
      c.columns > small_length || a.columns > small_length || b.column_step != 1 ||
      c.column_step != 1) {
    return false;
  }
  *product = {c.rows, c.columns, a.columns, a.row_step, a.column_step, b.row_step, c.row_step};
  return true;
}

spc_status multiply_one(const spc_call *call, int32_t dtype, const Matrix &a, const Matrix &b,
                        const Matrix &c, PackingSpace *space) {
  const void *one = one_of(dtype);
  const void *zero = zero_of(dtype);
  if (c.columns == 1) {
    return matrix_times_vector(call, dtype, one, a, false, b.data, b.row_step, zero, c.data,
                               c.row_step);
  }
  if (c.rows == 1) {
    return matrix_times_vector(call, dtype, one, b.transposed(), false, a.data, a.column_step, zero,
                               c.data, c.column_step);
  }
  SmallProduct product;
  if (find_small(dtype, a, b, c, &product)) {
    loops().product->product[dtype](product, a.data, b.data, c.data);
    return SPC_OK;
  }
  return matrix_times_matrix(call, dtype, one, a, false, b, zero, c, space);
}

}  // namespace

spc_status matmul(void *, const spc_call *call) {
  const spc_tensor &out = *call->out[0];
  const int32_t dtype = out.dtype;
  const int64_t size = element_size(dtype);
  Batch batch{out.ndim - 2, out.shape, matrix_of(*call->in[0]), matrix_of(*call->in[1]),
              matrix_of(out)};
  merge_rows(call, &batch);
  PackingSpace space;
  if (batch.ndim == 0) return multiply_one(call, dtype, batch.a, batch.b, batch.c, &space);

  const Walk<3> start(batch.ndim, batch.shape,
                      {call->in[0]->strides, call->in[1]->strides, out.strides});
  const int64_t count = start.count();
  const int64_t work = batch.c.rows * batch.c.columns * batch.a.columns;
  auto at = [&](const Walk<3> &walk) {
    Batch one = batch;
    one.a.data = address(batch.a.data, walk.offset(0), size);
    one.b.data = address(batch.b.data, walk.offset(1), size);
    one.c.data = address(batch.c.data, walk.offset(2), size);
    return one;
  };
  SmallProduct product;
  if (find_small(dtype, batch.a, batch.b, batch.c, &product)) {
    const auto multiply = loops().product->product[dtype];
    return for_parts(call, count, work, [&](int64_t first, int64_t last) -> spc_status {
      Walk<3> walk = start;
      walk.seek(first);
      for (int64_t k = first; k < last; ++k, walk.next()) {
        multiply(product, address(batch.a.data, walk.offset(0), size),
                 address(batch.b.data, walk.offset(1), size),
                 address(batch.c.data, walk.offset(2), size));
      }
      return SPC_OK;
    });
  }
  // Scratch belongs to the calling thread, so matrices that BLAS cannot take as they lie stay
  // there.
  const bool alone = !is_blas_layout(batch.a) || !is_blas_layout(batch.b) ||
                     !is_blas_layout(batch.c) || work > one_thread_work;
  if (alone) {
    Walk<3> walk = start;
    walk.seek(0);
    for (int64_t k = 0; k < count; ++k, walk.next()) {
      const Batch one = at(walk);
      const spc_status status = multiply_one(call, dtype, one.a, one.b, one.c, &space);
      if (status != SPC_OK) return status;
    }
    return SPC_OK;
  }
  return for_parts(call, count, work, [&](int64_t first, int64_t last) -> spc_status {
    Walk<3> walk = start;
    walk.seek(first);
    for (int64_t k = first; k < last; ++k, walk.next()) {
      const Batch one = at(walk);
      PackingSpace unused;
      const spc_status status = matrix_times_matrix(call, dtype, one_of(dtype), one.a, false, one.b,
                                                    zero_of(dtype), one.c, &unused);
      if (status != SPC_OK) return status;
    }
    return SPC_OK;
  });
}

}  // namespace spc::cpu
