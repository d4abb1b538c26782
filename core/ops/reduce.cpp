// SPDX-License-Identifier: Apache-2.0
// Rules of reductions: sum, min, max, vdot, allclose.
#include "core/ops/reduction.hpp"
#include "core/ops/rules.hpp"
#include "core/support/error.hpp"

namespace spc::rules {

namespace {

struct SumBlock {
  Family &family;
  Dtype dtype;
  int n_kept;
};

// No kernel sums this dtype into that one: cast block by block and accumulate.
void sum_with_casts(Family &family, Reduction &red, Array &out) {
  ops::fill(out, 0);
  red.normalise();
  Operand *operands[2] = {&red.in[0], &red.out};
  SumBlock run{family, out.dtype, red.n_kept};
  run_blocks(
      family, out.dtype, red.shape, operands, 1,
      [](void *user, const Dims &shape, Operand *const *block, int first_axis) {
        const SumBlock &r = *static_cast<SumBlock *>(user);
        Reduction part;
        part.shape = shape;
        part.in[0] = *block[0];
        part.out = *block[1];
        part.n_kept = std::max(0, r.n_kept - first_axis);
        part.normalise();
        spc_params_reduce params = {};
        params.accumulate = 1;
        launch_reduction(r.family, Op::sum, part, params, r.dtype, r.dtype);
      },
      &run);
}

}  // namespace

Ref<Value> reduce(const OpArgs &args) {
  const char *op = name(args.op);
  Family &family = family_of(args.in, 1, op, args.into);
  Ref<Array> x = materialise(*args.in[0], family, join_of(args.in, 1), op);
  require_strided(*x, op);
  Dtype dtype = x->dtype;
  if (args.op == Op::sum) dtype = dtype_or(args.dtype, accumulator_of(x->dtype), op);
  refuse_complex_to_real(op, x->dtype, dtype);
  const ReducedShape r = reduced_shape(*x, args.n_axes, args.axes, args.keepdims, op);
  if (args.op != Op::sum && r.nothing)
    fail(SPC_E_VALUE, "{}: no elements to reduce: shape {} has length 0 along the reduced axes", op,
         x->shape);
  Ref<Array> out = fresh_result(family, dtype, r.result, args, *x);
  if (out->size == 0) return finish(out, args);
  if (r.nothing) {
    ops::fill(*out, 0);
    return finish(out, args);
  }
  Reduction red = reduction_of(*x, r, *out);
  if (args.op == Op::sum && family.table().find(Op::sum, x->dtype, dtype) == nullptr) {
    sum_with_casts(family, red, *out);
    return finish(out, args);
  }
  red.normalise();
  launch_reduction(family, args.op, red, spc_params_reduce{}, x->dtype, dtype);
  return finish(out, args);
}

Ref<Value> vdot(const OpArgs &args) {
  Family &family = family_of(args.in, 2, "vdot", args.into);
  const Dtype dtype = join_of(args.in, 2);
  Ref<Array> x = materialise(*args.in[0], family, dtype, "vdot");
  Ref<Array> y = materialise(*args.in[1], family, dtype, "vdot");
  if (x->size != y->size)
    fail(SPC_E_VALUE, "vdot: x has shape {} with {} elements, y has shape {} with {}; sizes differ",
         x->shape, x->size, y->shape, y->size);
  if (family.opaque()) {
    if (x->dtype != y->dtype || !x->opaque() || !y->opaque())
      fail(SPC_E_TYPE, "vdot: opaque operands have dtypes {} and {}; they must agree",
           name(x->dtype), name(y->dtype));
    Ref<Array> out = host_scalar(dtype, args.into, "vdot");
    launch_opaque(Op::vdot, *x, y.get(), *out, 0);
    return out;
  }
  Ref<Array> out = result_array(family, dtype, {}, args.into, "vdot");
  if (x->size == 0) {
    ops::fill(*out, 0);
    return out;
  }
  if (x->shape != y->shape) {
    x = ops::reshape(*x, {x->size});
    y = ops::reshape(*y, {y->size});
  }
  Exec exec;
  Reduction red;
  red.shape = x->shape;
  red.n_in = 2;
  red.in[0] = operand_of(*x);
  red.in[1] = operand_of(*y);
  for (Operand &o : red.in)
    if (o.dtype != dtype) o = cast_to_scratch(family, exec, o, x->shape, dtype);
  red.out = operand_of(*out, red.shape);
  // One element is read to the end before the sum is written, so only a larger overlap could hurt,
  // and out has one element.
  red.normalise();
  launch_reduction(family, Op::vdot, red, spc_params_reduce{}, dtype);
  return out;
}

}  // namespace spc::rules

namespace spc::ops {

Ref<Array> vdot(Value &x, Value &y) {
  OpArgs args(Op::vdot);
  args.in[0] = &x;
  args.in[1] = &y;
  args.n_in = 2;
  return dispatch_array(args);
}

void vdot_into(Value &x, Value &y, Array &out) {
  OpArgs args(Op::vdot);
  args.in[0] = &x;
  args.in[1] = &y;
  args.n_in = 2;
  args.into = &out;
  dispatch(args);
}

bool allclose(Array &a, Array &b, double rtol, double atol, bool equal_nan) {
  require_strided(a, "allclose");
  require_strided(b, "allclose");
  Family &family = common_family(*a.family, *b.family, "allclose");
  const Dims shape = broadcast_shapes(a.shape, b.shape, "allclose");
  if (product(shape) == 0) return true;
  const Dtype dtype = join({a.dtype, b.dtype});
  Exec exec;
  Operand x = operand_of(a, shape), y = operand_of(b, shape);
  if (a.dtype != dtype) x = cast_to_scratch(family, exec, x, shape, dtype);
  if (b.dtype != dtype) y = cast_to_scratch(family, exec, y, shape, dtype);
  Ref<Array> out = new_array(family, Dtype::boolean, {});
  Operand result = operand_of(*out, shape);
  Operand *operands[3] = {&x, &y, &result};
  Dims walk = shape;
  normalise_axes(walk, operands, 3, 0, walk.size());
  if (walk.empty()) add_unit_axis(walk, operands, 3);
  spc_params_close params = {};
  params.rtol = rtol;
  params.atol = atol;
  params.equal_nan = equal_nan ? 1 : 0;
  Launch l(Op::allclose);
  l.in(x, walk);
  l.in(y, walk);
  l.out(result, walk);
  l.params(params);
  l.run(family, dtype);
  return read_scalar(*out).real() != 0;
}

bool all_equal(Array &a, Array &b) {
  if (a.shape != b.shape || a.dtype != b.dtype) return false;
  return allclose(a, b, 0.0, 0.0, false);
}

}  // namespace spc::ops
