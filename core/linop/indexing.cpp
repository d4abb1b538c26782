// SPDX-License-Identifier: Apache-2.0
#include "core/linop/indexing.hpp"

#include <vector>

#include "core/support/error.hpp"

namespace spc::indexing {

namespace {

Ref<Array> along_axis(Op op, Value &x, Value &indices, std::int64_t axis) {
  OpArgs args(op);
  args.in[0] = &x;
  args.in[1] = &indices;
  args.n_in = 2;
  args.n = axis;
  return dispatch_array(args);
}

}  // namespace

Ref<Array> range(Context &ctx, std::int64_t n) {
  Scalar stop(SPC_WEAK_INT, n, static_cast<double>(n));
  OpArgs args(Op::arange);
  args.in[0] = &stop;
  args.n_in = 1;
  args.ctx = &ctx;
  args.dtype = SPC_INT64;
  return dispatch_array(args);
}

Ref<Array> repeated(Context &ctx, std::int64_t n, double value) {
  Ref<Array> x = ops::empty(ctx, {n}, ctx.dtype);
  ops::fill(*x, value);
  return x;
}

Ref<Array> joined(const std::vector<Ref<Array>> &arrays) {
  std::vector<Value *> list;
  for (const Ref<Array> &a : arrays) list.push_back(a.get());
  OpArgs args(Op::concatenate);
  args.n_list = static_cast<std::int64_t>(list.size());
  args.list = list.data();
  return dispatch_array(args);
}

Ref<Array> joined(std::initializer_list<Array *> arrays) {
  std::vector<Ref<Array>> list;
  for (Array *a : arrays) list.push_back(Ref<Array>::share(a));
  return joined(list);
}

Ref<Array> take_last(Array &x, Array &indices) {
  return along_axis(Op::take, x, indices, -1);
}

Ref<Array> take_first(Array &x, Array &indices) {
  return along_axis(Op::take, x, indices, 0);
}

void add_at_last(Array &x, Array &indices, Array &values) {
  spc_index items[2] = {};
  items[0].kind = SPC_INDEX_ELLIPSIS;
  items[1].kind = SPC_INDEX_ARRAY;
  Value *const arrays[] = {nullptr, &indices};
  OpArgs args(Op::index_add);
  args.in[0] = &x;
  args.in[1] = &values;
  args.n_in = 2;
  args.n_index = 2;
  args.index = items;
  args.index_arrays = arrays;
  args.copy = false;
  dispatch(args);
}

Ref<Array> picked(Array &x, Array &index) {
  spc_index item = {};
  item.kind = SPC_INDEX_ARRAY;
  Value *const arrays[] = {&index};
  OpArgs args(Op::getitem);
  args.in[0] = &x;
  args.n_in = 1;
  args.n_index = 1;
  args.index = &item;
  args.index_arrays = arrays;
  return dispatch_array(args);
}

Ref<Array> cut(Array &x, std::int64_t begin, std::int64_t end) {
  return new_view(x, {end - begin}, {x.strides[0]},
                  x.data + begin * x.strides[0] * size_of(x.dtype), x.dtype, false);
}

Ref<Array> reversed(Array &x) {
  const std::int64_t n = x.shape[0];
  if (n == 0) return Ref<Array>::share(&x);
  return new_view(x, {n}, {-x.strides[0]}, x.data + (n - 1) * x.strides[0] * size_of(x.dtype),
                  x.dtype, false);
}

Ref<Array> as_indices(Value &v, Family &family, const char *op) {
  Array &a = as_dense(&v, op);
  if (!compatible(*a.family, family))
    fail(SPC_E_TYPE, "{}: expected indices of family {}, got {}", op, family.name(), describe(&v));
  if (a.dtype == Dtype::boolean || is_floating(a.dtype))
    fail(SPC_E_TYPE, "{}: the indices have dtype {}, expected integers", op, name(a.dtype));
  if (a.ndim() != 1)
    fail(SPC_E_VALUE, "{}: the indices have shape {}, expected one axis", op, a.shape);
  Ref<Array> own = a.dtype == Dtype::int64 ? ops::copy(a) : ops::astype(a, Dtype::int64);
  return retag(own, family);
}

std::int64_t zero_at(Array &x) {
  if (x.size == 0) return -1;
  const Ref<Array> sizes = ops::call(Op::abs, {&x});
  OpArgs args(Op::argmin);
  args.in[0] = sizes.get();
  args.n_in = 1;
  args.n = SPC_NONE_I64;
  const auto at = static_cast<std::int64_t>(read_scalar(*dispatch_array(args)).real());
  return read_scalar(*cut(*sizes, at, at + 1)) == 0.0 ? at : -1;
}

Bounds bounds(Array &indices) {
  const auto number = [&](Op op) {
    return static_cast<std::int64_t>(read_scalar(*ops::call(op, {&indices})).real());
  };
  return {number(Op::min), number(Op::max)};
}

}  // namespace spc::indexing
