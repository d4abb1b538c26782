// SPDX-License-Identifier: Apache-2.0
// Rules of linear systems and decompositions: solve, inv, eigh, eigvalsh, eig, svd, cholesky.
#include "core/ops/matrix.hpp"
#include "core/ops/rules.hpp"
#include "core/support/error.hpp"

namespace spc {

Ref<Array> dense_operand(Value &v, Family &family, Dtype dtype, const char *op) {
  Ref<Array> x = v.kind() == ValueKind::scalar ? materialise(v, family, dtype, op)
                                               : Ref<Array>::share(&as_dense(&v, op));
  require_strided(*x, op);
  return x;
}

Ref<Array> in_dtype(const Ref<Array> &x, Dtype dtype) {
  return x->dtype == dtype ? x : ops::astype(*x, dtype);
}

Dims batch_of(const Array &x) {
  return Dims(std::span(x.shape).first(static_cast<std::size_t>(x.ndim() - 2)));
}

Dims with_matrix(const Dims &batch, std::int64_t rows, std::int64_t cols) {
  Dims shape = batch;
  shape.push_back(rows);
  shape.push_back(cols);
  return shape;
}

void require_square(const Array &x, const char *op) {
  const int n = x.ndim();
  if (n < 2)
    fail(SPC_E_LINALG, "{}: the array has shape {} with {} axes, expected at least two", op,
         x.shape, n);
  if (x.shape[n - 2] != x.shape[n - 1])
    fail(SPC_E_LINALG,
         "{}: the array has shape {}; the matrices are not square: {} rows, {} columns", op,
         x.shape, x.shape[n - 2], x.shape[n - 1]);
}

Ref<Array> diagonals(const Array &x, bool writable) {
  const int n = x.ndim();
  Dims shape = batch_of(x);
  Dims strides(std::span(x.strides).first(static_cast<std::size_t>(n - 2)));
  shape.push_back(std::min(x.shape[n - 2], x.shape[n - 1]));
  strides.push_back(x.strides[n - 2] + x.strides[n - 1]);
  return new_view(x, shape, strides, x.data, x.dtype, writable);
}

void set_identity(Array &x) {
  ops::fill(x, 0);
  ops::fill(*diagonals(x, true), 1);
}

Ref<Value> finish_fallible(Ref<Array> out, const OpArgs &args) {
  MemorySpace &space = out->buffer->space();
  if (args.into != nullptr && (space.desc.flags & SPC_MEM_ASYNC) != 0) space_sync(space);
  return finish(std::move(out), args);
}

Ref<Array> result_of_fallible(Family &family, Dtype dtype, const Dims &shape, const OpArgs &args) {
  Ref<Array> out = result_array(family, dtype, shape, args.into, name(args.op));
  return args.into == nullptr ? out : new_array(family, dtype, shape);
}

SquareInput square_input(const OpArgs &args) {
  const char *op = name(args.op);
  Family &family = family_of(args.in, 1, op, args.into);
  Ref<Array> x = dense_operand(*args.in[0], family, join_of(args.in, 1), op);
  require_square(*x, op);
  return {family, in_dtype(x, floating_of(x->dtype))};
}

System system_of(const Array &a, const Array &b, const char *op) {
  require_square(a, op);
  if (b.ndim() == 0)
    fail(SPC_E_VALUE, "{}: a has shape {}, b has shape {}; b needs at least one axis", op, a.shape,
         b.shape);
  System s;
  s.vector = b.ndim() == 1;
  const std::int64_t n = a.shape[a.ndim() - 1];
  const std::int64_t rows = s.vector ? b.shape[0] : b.shape[b.ndim() - 2];
  if (rows != n)
    fail(SPC_E_VALUE, "{}: a has shape {}, b has shape {}; lengths {} and {} differ", op, a.shape,
         b.shape, n, rows);
  const Dims batch = s.vector ? batch_of(a) : broadcast_shapes(batch_of(a), batch_of(b), op);
  s.matrices = with_matrix(batch, n, s.vector ? 1 : b.shape[b.ndim() - 1]);
  s.result = s.matrices;
  if (s.vector) s.result.erase(s.result.size() - 1);
  return s;
}

Operand System::operand(const Array &x) const {
  if (!vector) return operand_of(x, matrices);
  Operand o = operand_of(x);
  o.strides = Dims(matrices.size(), 0);
  const int own = x.ndim();
  for (int i = 0; i < own; ++i) o.strides[matrices.size() - 1 - own + i] = x.strides[i];
  return o;
}

namespace {

Value *options_of(const OpArgs &args, int i) {
  return args.n_in > i ? args.in[i] : nullptr;
}

Dtype complex_of(Dtype d) {
  return real_of(d) == Dtype::float32 ? Dtype::complex64 : Dtype::complex128;
}

Ref<Value> tuple(std::vector<Ref<Value>> items) {
  return make<Sequence>(ValueKind::tuple, std::move(items));
}

}  // namespace

Ref<Array> singular_values(Family &family, const Array &x, Op called) {
  Dims shape = batch_of(x);
  shape.push_back(std::min(x.shape[x.ndim() - 2], x.shape[x.ndim() - 1]));
  Ref<Array> s = new_array(family, real_of(x.dtype), shape);
  if (s->size == 0) return s;
  spc_params_svd params = {};
  Launch l(Op::svd, name(called));
  l.in(x);
  l.out(*s);
  l.params(params);
  l.run(family, x.dtype);
  return s;
}

void solve_matrices(Family &family, const Array &a, const Operand &b, const Operand &x,
                    const Dims &x_shape, Op called) {
  const std::int64_t n = a.shape[a.ndim() - 1];
  Dims a_shape = x_shape;
  a_shape[x_shape.size() - 1] = n;
  const Operand matrix = operand_of(a, a_shape);
  Launch l(Op::solve, name(called));
  l.in(matrix, a_shape);
  l.in(b, x_shape);
  l.out(x, x_shape);
  l.run(family, a.dtype);
}

namespace rules {

Ref<Value> solve(const OpArgs &args) {
  check_options(options_of(args, 2), "solve");
  Family &family = family_of(args.in, 2, "solve", args.into);
  const Dtype joined = join_of(args.in, 2);
  Ref<Array> a = dense_operand(*args.in[0], family, joined, "solve");
  Ref<Array> b = dense_operand(*args.in[1], family, joined, "solve");
  const System system = system_of(*a, *b, "solve");
  const Dtype dtype = join({floating_of(a->dtype), floating_of(b->dtype)});
  Ref<Array> out = result_of_fallible(family, dtype, system.result, args);
  if (out->size == 0) return finish_fallible(out, args);
  a = in_dtype(a, dtype);
  b = in_dtype(b, dtype);
  const Operand rhs = system.operand(*b), x = system.operand(*out);
  solve_matrices(family, *a, rhs, x, system.matrices, args.op);
  return finish_fallible(out, args);
}

Ref<Value> inv(const OpArgs &args) {
  const SquareInput input = square_input(args);
  const Array &x = *input.x;
  Ref<Array> out = result_of_fallible(input.family, input.dtype(), x.shape, args);
  if (out->size == 0) return finish_fallible(out, args);
  const std::int64_t n = x.shape[x.ndim() - 1];
  Ref<Array> identity = new_array(input.family, input.dtype(), {n, n});
  set_identity(*identity);
  solve_matrices(input.family, x, operand_of(*identity, x.shape), operand_of(*out), x.shape,
                 args.op);
  return finish_fallible(out, args);
}

Ref<Value> eigh(const OpArgs &args) {
  check_options(options_of(args, 1), name(args.op));
  if (args.in[0]->kind() == ValueKind::sparse)
    fail(SPC_E_TYPE, "{} requires a dense array; sparse input is not supported.", name(args.op));
  const bool values_only = args.op == Op::eigvalsh || args.values_only;
  const SquareInput input = square_input(args);
  const Array &x = *input.x;
  Dims shape = x.shape;
  shape.erase(shape.size() - 1);
  Ref<Array> w = result_of_fallible(input.family, real_of(input.dtype()), shape, args);
  Ref<Array> v = values_only ? nullptr : new_array(input.family, input.dtype(), x.shape);
  if (w->size != 0) {
    Launch l(Op::eigh, name(args.op));
    l.in(x);
    l.out(*w);
    if (!values_only) l.out(*v);
    l.run(input.family, input.dtype());
  }
  if (values_only) return finish_fallible(w, args);
  return tuple({w, v});
}

Ref<Value> eig(const OpArgs &args) {
  const SquareInput input = square_input(args);
  const Array &x = *input.x;
  const Dtype dtype = complex_of(input.dtype());
  Dims shape = x.shape;
  shape.erase(shape.size() - 1);
  Ref<Array> w = new_array(input.family, dtype, shape);
  Ref<Array> v = new_array(input.family, dtype, x.shape);
  if (w->size != 0) {
    Launch l(Op::eig);
    l.in(x);
    l.out(*w);
    l.out(*v);
    l.run(input.family, input.dtype());
  }
  return tuple({w, v});
}

Ref<Value> svd(const OpArgs &args) {
  check_options(options_of(args, 1), "svd");
  Family &family = family_of(args.in, 1, "svd");
  Ref<Array> x = dense_operand(*args.in[0], family, join_of(args.in, 1), "svd");
  if (x->ndim() < 2)
    fail(SPC_E_LINALG, "svd: the array has shape {} with {} axes, expected at least two", x->shape,
         x->ndim());
  const Dtype dtype = floating_of(x->dtype);
  x = in_dtype(x, dtype);
  if (args.values_only) return singular_values(family, *x, args.op);
  const std::int64_t m = x->shape[x->ndim() - 2], n = x->shape[x->ndim() - 1], k = std::min(m, n);
  const Dims batch = batch_of(*x);
  Dims values = batch;
  values.push_back(k);
  Ref<Array> u = new_array(family, dtype, with_matrix(batch, m, args.full_matrices ? m : k));
  Ref<Array> s = new_array(family, real_of(dtype), values);
  Ref<Array> vh = new_array(family, dtype, with_matrix(batch, args.full_matrices ? n : k, n));
  if (s->size != 0) {
    spc_params_svd params = {};
    params.full_matrices = args.full_matrices ? 1 : 0;
    Launch l(Op::svd);
    l.in(*x);
    l.out(*u);
    l.out(*s);
    l.out(*vh);
    l.params(params);
    l.run(family, dtype);
  } else {
    // Any orthonormal basis will do where there is nothing to decompose.
    set_identity(*u);
    set_identity(*vh);
  }
  return tuple({u, s, vh});
}

Ref<Value> cholesky(const OpArgs &args) {
  check_options(options_of(args, 1), "cholesky");
  const SquareInput input = square_input(args);
  const Array &x = *input.x;
  Ref<Array> out = result_of_fallible(input.family, input.dtype(), x.shape, args);
  if (out->size != 0) {
    Launch l(Op::cholesky);
    l.in(x);
    l.out(*out);
    l.run(input.family, input.dtype());
  }
  return finish_fallible(out, args);
}

}  // namespace rules
}  // namespace spc
