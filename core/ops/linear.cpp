// SPDX-License-Identifier: Apache-2.0
#include "core/ops/linear.hpp"

#include "core/support/error.hpp"

namespace spc {

namespace {

Operand scalar_operand(const char *op, const char *what, Value *v, double absent, Dtype dtype) {
  if (v == nullptr) return value_operand(absent, dtype, 0);
  if (v->kind() == ValueKind::scalar) return operand_of(static_cast<Scalar &>(*v), dtype, 0, op);
  Array &a = as_dense(v, op);
  if (a.ndim() != 0) fail(SPC_E_VALUE, "{}: {} has shape {}, expected a scalar", op, what, a.shape);
  refuse_complex_to_real(op, a.dtype, dtype);
  if (a.dtype == dtype && !a.buffer->space().host_accessible()) return operand_of(a);
  return value_of(a, dtype, 0);
}

}  // namespace

void check_coordinate_mode(const char *op, int mode) {
  if (mode != SPC_MODE_NONE && mode != SPC_MODE_TRANSPOSE && mode != SPC_MODE_CONJ_TRANS)
    fail(SPC_E_VALUE, "{}: mode {} is not none (0), transpose (1) or conjugate transpose (2)", op,
         mode);
}

LinearCall linear_call(const char *op, Family &family, Dtype dtype, std::int64_t rows,
                       std::int64_t cols, Value *alpha, Array &x, Value *beta, Array &y, int mode,
                       Exec &exec) {
  check_coordinate_mode(op, mode);
  if (mode != SPC_MODE_NONE) std::swap(rows, cols);
  require_strided(x, op);
  require_strided(y, op);
  const bool vectors = x.ndim() == 1 && y.ndim() == 1;
  const bool matrices = x.ndim() == 2 && y.ndim() == 2 && x.shape[1] == y.shape[1];
  if (!(vectors || matrices) || x.shape[0] != cols || y.shape[0] != rows)
    fail(SPC_E_VALUE, "{}: the operator has shape ({}, {}), x has shape {}, y has shape {}", op,
         rows, cols, x.shape, y.shape);
  if (x.dtype != dtype || y.dtype != dtype)
    fail(SPC_E_TYPE,
         "{}: the operator has dtype {}, x has dtype {}, y has dtype {}; nothing is cast here", op,
         name(dtype), name(x.dtype), name(y.dtype));
  if (!y.writable()) fail(SPC_E_VALUE, "{}: the output is read-only", op);
  LinearCall c{family,
               scalar_operand(op, "alpha", alpha, 1, dtype),
               scalar_operand(op, "beta", beta, 0, dtype),
               operand_of(x),
               operand_of(y),
               x.shape,
               y.shape};
  if (may_overlap(x, y)) c.x = cast_to_scratch(family, exec, c.x, x.shape, dtype);
  return c;
}

namespace {

// Nothing to multiply with: y = beta y.
void scale_only(LinearCall &c, Array &y) {
  Operand zero = value_operand(0, y.dtype, y.ndim());
  Operand beta = c.beta;
  beta.strides = Dims(y.ndim(), 0);
  Operand in_y = c.y;
  Operand *in[4] = {&zero, &in_y, &beta, &in_y};
  run_elementwise(c.family, Op::axpby, y.dtype, Dtype::none, y.shape, in, 4, c.y);
}

}  // namespace

namespace ops {

void gemm_into(Value *alpha, Array &a, Array &x, Value *beta, Array &y, int mode) {
  if (a.ndim() != 2)
    fail(SPC_E_VALUE, "gemm: the operator has shape {}, expected two axes", a.shape);
  require_strided(a, "gemm");
  Value *operands[3] = {&a, &x, &y};
  Family &family = family_of(operands, 3, "gemm");
  Exec exec;
  LinearCall c =
      linear_call("gemm", family, a.dtype, a.shape[0], a.shape[1], alpha, x, beta, y, mode, exec);
  if (y.size == 0) return;
  if (a.size == 0) {
    scale_only(c, y);
  } else {
    Operand matrix = operand_of(a);
    if (may_overlap(a, y)) matrix = cast_to_scratch(family, exec, matrix, a.shape, a.dtype);
    spc_params_linear params = {};
    params.mode = mode;
    params.rows = a.shape[0];
    params.cols = a.shape[1];
    Dims scalar;
    Launch l(Op::gemm);
    l.in(c.alpha, scalar);
    l.in(matrix, a.shape);
    l.in(c.x, c.x_shape);
    l.in(c.beta, scalar);
    l.out(c.y, c.y_shape);
    l.params(params);
    l.run(family, a.dtype);
  }
  y.buffer->touch();
}

void spmm_into(Value *alpha, SparseArray &s, Array &x, Value *beta, Array &y, int mode) {
  if (s.format == SPC_COO) {
    Ref<SparseArray> csr = ops::to_csr(s);
    return spmm_into(alpha, *csr, x, beta, y, mode);
  }
  if (may_overlap(*s.first, y) || may_overlap(*s.second, y) || may_overlap(*s.data, y)) {
    Ref<Array> result = ops::copy(y);
    spmm_into(alpha, s, x, beta, *result, mode);
    return ops::copy_into(*result, y);
  }
  Value *operands[3] = {s.data.get(), &x, &y};
  Family &family = family_of(operands, 3, "spmm");
  Exec exec;
  LinearCall c =
      linear_call("spmm", family, s.dtype(), s.rows, s.cols, alpha, x, beta, y, mode, exec);
  if (y.size == 0) return;
  if (s.nnz() == 0) {
    scale_only(c, y);
  } else {
    spc_params_linear params = {};
    params.mode = mode;
    params.rows = s.rows;
    params.cols = s.cols;
    Ref<Array> data = s.data;
    if (s.format == SPC_CSC) {
      // The kernel knows CSR. CSC is the CSR of B = A^T: A = B^T, A^T = B, A^H = conj(B).
      std::swap(params.rows, params.cols);
      params.mode = mode == SPC_MODE_NONE ? SPC_MODE_TRANSPOSE : SPC_MODE_NONE;
      if (mode == SPC_MODE_CONJ_TRANS && is_complex(s.dtype())) data = ops::conj(*data);
    }
    Dims scalar;
    Launch l(Op::spmm);
    l.in(c.alpha, scalar);
    l.in(*s.first);
    l.in(*s.second);
    l.in(*data);
    l.in(c.x, c.x_shape);
    l.in(c.beta, scalar);
    l.out(c.y, c.y_shape);
    l.params(params);
    l.run(family, s.dtype(), s.index_dtype());
  }
  y.buffer->touch();
}

}  // namespace ops
}  // namespace spc
