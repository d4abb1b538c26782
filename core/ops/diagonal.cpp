// SPDX-License-Identifier: Apache-2.0
// Rules of diagonals and triangles: diag, diagonal, tril, triu.
#include "core/ops/matrix.hpp"
#include "core/ops/rules.hpp"
#include "core/support/error.hpp"

namespace spc::rules {

Ref<Value> diag(const OpArgs &args) {
  Family &family = family_of(args.in, 1, "diag");
  Ref<Array> x = dense_operand(*args.in[0], family, join_of(args.in, 1), "diag");
  if (x->ndim() == 2) return ops::copy(*diagonals(*x, false));
  if (x->ndim() != 1)
    fail(SPC_E_VALUE, "diag: the array has shape {} with {} axes, expected one or two", x->shape,
         x->ndim());
  Ref<Array> out = new_array(family, x->dtype, {x->size, x->size});
  ops::fill(*out, 0);
  ops::copy_into(*x, *diagonals(*out, true));
  return out;
}

Ref<Value> diagonal(const OpArgs &args) {
  const char *op = name(args.op);  // or trace, which begins with it
  Family &family = family_of(args.in, 1, op);
  Ref<Array> x = dense_operand(*args.in[0], family, join_of(args.in, 1), op);
  if (x->ndim() < 2)
    fail(SPC_E_VALUE, "diagonal: the array has shape {} with {} axes, expected at least two",
         x->shape, x->ndim());
  Dims shape, strides;
  for (int i = 2; i < x->ndim(); ++i) {
    shape.push_back(x->shape[i]);
    strides.push_back(x->strides[i]);
  }
  shape.push_back(std::min(x->shape[0], x->shape[1]));
  strides.push_back(x->strides[0] + x->strides[1]);
  return new_view(*x, shape, strides, x->data, x->dtype, false);
}

Ref<Value> triangle(const OpArgs &args) {
  const char *op = name(args.op);
  Family &family = family_of(args.in, 1, op);
  Ref<Array> x = dense_operand(*args.in[0], family, join_of(args.in, 1), op);
  if (x->ndim() == 0) fail(SPC_E_VALUE, "{}: the array has shape (), expected an axis", op);
  if (x->ndim() == 1) x = ops::broadcast_to(*x, {x->size, x->size});
  if (x->size == 0) return ops::copy(*x);
  // mask[i, j] depends on j - i alone: a view of one vector, with which no mask of the size of x is
  // made. Its entry rows - 1 + j - i is true for j <= i (tril) or j >= i (triu).
  const bool lower = args.op == Op::tril;
  const std::int64_t rows = x->shape[x->ndim() - 2], cols = x->shape[x->ndim() - 1];
  Ref<Array> steps = new_array(family, Dtype::boolean, {rows + cols - 1});
  const auto part = [&](std::int64_t first, std::int64_t length, bool value) {
    ops::fill(*new_view(*steps, {length}, {1}, steps->data + first, Dtype::boolean, true), value);
  };
  if (lower) {
    part(0, rows, true);
    part(rows, cols - 1, false);
  } else {
    part(0, rows - 1, false);
    part(rows - 1, cols, true);
  }
  Ref<Array> mask =
      new_view(*steps, {rows, cols}, {-1, 1}, steps->data + (rows - 1), Dtype::boolean, false);
  Scalar zero(SPC_WEAK_BOOL, 0, 0.0);  // leaves every dtype as it is
  OpArgs select(Op::where);
  select.in[0] = mask.get();
  select.in[1] = x.get();
  select.in[2] = &zero;
  select.n_in = 3;
  return dispatch(select);
}

}  // namespace spc::rules
