// SPDX-License-Identifier: Apache-2.0
// Rules of order: argmin, argmax, sort, argsort, bincount.
#include "core/ops/index.hpp"
#include "core/ops/reduction.hpp"
#include "core/ops/rules.hpp"
#include "core/support/error.hpp"

namespace spc::rules {

Ref<Value> search(const OpArgs &args) {
  const char *op = name(args.op);
  Family &family = family_of(args.in, 1, op, args.into);
  Ref<Array> x = materialise(*args.in[0], family, join_of(args.in, 1), op);
  require_strided(*x, op);
  const Dims given = x->shape;
  const bool flat = args.n == SPC_NONE_I64;
  if (flat) x = ops::reshape(*x, {x->size});
  const std::int64_t axis = flat ? 0 : args.n;
  const ReducedShape r = reduced_shape(*x, 1, &axis, args.keepdims, op);
  if (r.nothing)
    fail(SPC_E_VALUE, "{}: no elements to search: shape {} has length 0 along the axis", op, given);
  const Dims shape = flat && args.keepdims ? Dims(given.size(), 1) : r.result;
  Ref<Array> out = fresh_result(family, Dtype::int64, shape, args, *x);
  if (out->size == 0) return finish(out, args);

  Ref<Array> target = flat && args.keepdims ? ops::reshape(*out, r.result) : out;
  Reduction red = reduction_of(*x, r, *target);
  // The searched axis stays, whatever its length.
  Operand *operands[2] = {&red.in[0], &red.out};
  red.n_kept = normalise_axes(red.shape, operands, 2, 0, red.n_kept);
  launch_reduction(family, args.op, red, spc_params_reduce{}, x->dtype);
  return finish(out, args);
}

Ref<Value> sort(const OpArgs &args) {
  const char *op = name(args.op);
  Family &family = family_of(args.in, 1, op, args.into);
  Ref<Array> x = materialise(*args.in[0], family, join_of(args.in, 1), op);
  require_strided(*x, op);
  const int axis = checked_axis(args.n, x->ndim(), op);
  const Dtype dtype = args.op == Op::argsort ? Dtype::int64 : x->dtype;
  Ref<Array> out = fresh_result(family, dtype, x->shape, args, *x);
  if (out->size == 0) return finish(out, args);

  Operand from = operand_of(*x), to = operand_of(*out), *operands[2] = {&from, &to};
  Dims shape = x->shape;
  auto move_last = [axis](Dims &of_axes) {
    const std::int64_t moved = of_axes[axis];
    of_axes.erase(axis);
    of_axes.push_back(moved);
  };
  move_last(shape);
  move_last(from.strides);
  move_last(to.strides);
  normalise_axes(shape, operands, 2, 0, shape.size() - 1);
  Launch l(args.op);
  l.in(from, shape);
  l.out(to, shape);
  l.run(family, x->dtype);
  return finish(out, args);
}

namespace {

// Smallest or largest of a vector of int64, exactly.
std::int64_t extreme(Op op, Array &x) {
  OpArgs args(op);
  args.in[0] = &x;
  args.n_in = 1;
  Ref<Value> result = reduce(args);
  std::int64_t value = 0;
  ops::to_host(static_cast<Array &>(*result), &value);
  return value;
}

}  // namespace

Ref<Value> bincount(const OpArgs &args) {
  const char *op = "bincount";
  Family &family = family_of(args.in, 1, op);
  Ref<Array> x = materialise(*args.in[0], family, join_of(args.in, 1), op);
  require_strided(*x, op);
  if (!is_integer(x->dtype))
    fail(SPC_E_TYPE, "bincount: x has dtype {}, expected an integer dtype", name(x->dtype));
  if (x->ndim() != 1) fail(SPC_E_VALUE, "bincount: x has shape {}, expected one axis", x->shape);
  if (args.n < 0) fail(SPC_E_VALUE, "bincount: minlength is {}, expected at least 0", args.n);
  x = as_positions(*x);
  std::int64_t length = args.n;
  if (x->size > 0) {
    const std::int64_t least = extreme(Op::min, *x), most = extreme(Op::max, *x);
    if (least < 0) fail(SPC_E_VALUE, "bincount: negative element {}", least);
    if (most == INT64_MAX) fail(SPC_E_MEMORY, "bincount: element {} needs too many counts", most);
    length = std::max(length, most + 1);
  }
  Ref<Array> counts = new_array(family, Dtype::int64, {length});
  ops::fill(*counts, 0);
  if (x->size == 0) return counts;

  Scalar one(SPC_WEAK_INT, 1, 1.0);
  Ref<Array> step = materialise(one, family, Dtype::int64, op);
  const Operand steps = operand_of(*step, x->shape);
  spc_params_scatter params = {};
  params.n_index = 1;
  params.batch_ndim = 1;
  params.accumulate = 1;
  Launch l(Op::scatter);
  l.in(steps, x->shape);
  l.in(*x);
  l.out(*counts);
  l.params(params);
  l.run(family, Dtype::int64);
  return counts;
}

}  // namespace spc::rules
