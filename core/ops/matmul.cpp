// SPDX-License-Identifier: Apache-2.0
// Rules of matrix products: matmul with NumPy's promotion of vectors and batch axes, and gemm.
#include "core/ops/matrix.hpp"
#include "core/ops/rules.hpp"
#include "core/support/error.hpp"

namespace spc::rules {

namespace {

// One matrix operand: its batch axes and the two matrix axes.
struct Matrix {
  Dims batch;
  std::int64_t rows, cols, row_stride, col_stride;
};

Matrix matrix_of(const Array &x, bool vector_is_row) {
  if (x.ndim() == 1)
    return vector_is_row ? Matrix{{}, 1, x.shape[0], 0, x.strides[0]}
                         : Matrix{{}, x.shape[0], 1, x.strides[0], 0};
  Matrix m;
  for (int i = 0; i + 2 < x.ndim(); ++i) m.batch.push_back(x.shape[i]);
  m.rows = x.shape[x.ndim() - 2];
  m.cols = x.shape[x.ndim() - 1];
  m.row_stride = x.strides[x.ndim() - 2];
  m.col_stride = x.strides[x.ndim() - 1];
  return m;
}

// x over batch + (rows, cols), batch axes that it lacks with stride 0.
Operand batched_operand(const Array &x, const Matrix &m, const Dims &batch) {
  Operand o = operand_of(x);
  Dims strides(batch.size(), 0);
  const int shift = batch.size() - m.batch.size();
  for (int i = 0; i < m.batch.size(); ++i) strides[i + shift] = m.batch[i] == 1 ? 0 : x.strides[i];
  strides.push_back(m.row_stride);
  strides.push_back(m.col_stride);
  o.strides = strides;
  return o;
}

}  // namespace

Ref<Value> matmul(const OpArgs &args) {
  const char *op = name(args.op);  // or dot
  for (int i = 0; i < 2; ++i)
    if (args.in[i]->kind() == ValueKind::scalar)
      fail(SPC_E_VALUE, "{}: {} is a scalar; use multiply", op, i == 0 ? "a" : "b");
  check_options(args.n_in > 2 ? args.in[2] : nullptr, op);
  Family &family = family_of(args.in, 2, op, args.into);
  const Dtype dtype = join_of(args.in, 2);
  Ref<Array> a = Ref<Array>::share(&as_dense(args.in[0], op));
  Ref<Array> b = Ref<Array>::share(&as_dense(args.in[1], op));
  require_strided(*a, op);
  require_strided(*b, op);
  if (a->ndim() == 0 || b->ndim() == 0)
    fail(SPC_E_VALUE, "{}: a has shape {}, b has shape {}; operands need at least one axis", op,
         a->shape, b->shape);
  Matrix ma = matrix_of(*a, true), mb = matrix_of(*b, false);
  if (ma.cols != mb.rows)
    fail(SPC_E_VALUE, "{}: a has shape {}, b has shape {}; inner lengths {} and {} differ", op,
         a->shape, b->shape, ma.cols, mb.rows);
  const Dims batch = broadcast_shapes(ma.batch, mb.batch, op);
  Dims shape = batch;
  if (a->ndim() > 1) shape.push_back(ma.rows);
  if (b->ndim() > 1) shape.push_back(mb.cols);

  Ref<Array> out = fresh_result(family, dtype, shape, args, *a, b.get());
  if (out->size == 0) return finish(out, args);
  if (ma.cols == 0) {
    ops::fill(*out, 0);
    return finish(out, args);
  }
  if (a->dtype != dtype) {
    a = ops::astype(*a, dtype);
    ma = matrix_of(*a, true);
  }
  if (b->dtype != dtype) {
    b = ops::astype(*b, dtype);
    mb = matrix_of(*b, false);
  }
  const Dims a_shape = with_matrix(batch, ma.rows, ma.cols);
  const Dims b_shape = with_matrix(batch, mb.rows, mb.cols);
  const Dims out_shape = with_matrix(batch, ma.rows, mb.cols);
  const Operand oa = batched_operand(*a, ma, batch), ob = batched_operand(*b, mb, batch);
  Operand oc = operand_of(*out);
  if (a->ndim() == 1) oc.strides.insert(batch.size(), 0);
  if (b->ndim() == 1) oc.strides.push_back(0);
  Launch l(Op::matmul);
  l.in(oa, a_shape);
  l.in(ob, b_shape);
  l.out(oc, out_shape);
  l.run(family, dtype);
  return finish(out, args);
}

}  // namespace spc::rules

namespace spc::ops {

Ref<Array> matmul(Value &a, Value &b) {
  OpArgs args(Op::matmul);
  args.in[0] = &a;
  args.in[1] = &b;
  args.n_in = 2;
  return dispatch_array(args);
}

}  // namespace spc::ops
