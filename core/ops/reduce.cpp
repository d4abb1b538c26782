// SPDX-License-Identifier: Apache-2.0
// Rules of reductions: sum, prod, min, max, mean, trace, vdot.
#include "core/ops/reduction.hpp"
#include "core/ops/rules.hpp"
#include "core/support/error.hpp"

namespace spc::rules {

namespace {

struct CastBlock {
  Family &family;
  Op op;
  Dtype dtype;
  int n_kept;
};

// No kernel adds (multiplies) this dtype in that one: cast block by block and accumulate.
void reduce_with_casts(Family &family, Op op, Reduction &red, Dtype dtype) {
  red.normalise();
  Operand *operands[2] = {&red.in[0], &red.out};
  CastBlock run{family, op, dtype, red.n_kept};
  run_blocks(
      family, dtype, red.shape, operands, 1,
      [](void *user, const Dims &shape, Operand *const *block, int first_axis) {
        const CastBlock &r = *static_cast<CastBlock *>(user);
        Reduction part;
        part.shape = shape;
        part.in[0] = *block[0];
        part.out = *block[1];
        part.n_kept = std::max(0, r.n_kept - first_axis);
        part.normalise();
        spc_params_reduce params = {};
        params.accumulate = 1;
        launch_reduction(r.family, r.op, part, params, r.dtype, r.dtype);
      },
      &run);
}

// x reduced by the kernels of `kernel` in dtype, with the axes and the output of args.
Ref<Value> reduce_by(Op kernel, Family &family, Array &x, Dtype dtype, const OpArgs &args) {
  const char *op = name(args.op);
  const bool folds = kernel == Op::sum || kernel == Op::prod;
  const double identity = kernel == Op::prod ? 1 : 0;
  require_strided(x, op);
  refuse_complex_to_real(op, x.dtype, dtype);
  const ReducedShape r = reduced_shape(x, args.n_axes, args.axes, args.keepdims, op);
  if (!folds && r.nothing)
    fail(SPC_E_VALUE, "{}: no elements to reduce: shape {} has length 0 along the reduced axes", op,
         x.shape);
  Ref<Array> out = fresh_result(family, dtype, r.result, args, x);
  if (out->size == 0) return finish(out, args);
  const bool casts = folds && family.table().find(kernel, x.dtype, dtype) == nullptr;
  if (r.nothing || casts) ops::fill(*out, identity);
  if (r.nothing) return finish(out, args);
  Reduction red = reduction_of(x, r, *out);
  if (casts) {
    reduce_with_casts(family, kernel, red, dtype);
  } else {
    red.normalise();
    launch_reduction(family, kernel, red, spc_params_reduce{}, x.dtype, dtype);
  }
  return finish(out, args);
}

}  // namespace

Ref<Value> reduce(const OpArgs &args) {
  const char *op = name(args.op);
  Family &family = family_of(args.in, 1, op, args.into);
  Ref<Array> x = materialise(*args.in[0], family, join_of(args.in, 1), op);
  const bool folds = args.op == Op::sum || args.op == Op::prod;
  const Dtype dtype = folds ? dtype_or(args.dtype, accumulator_of(x->dtype), op) : x->dtype;
  return reduce_by(args.op, family, *x, dtype, args);
}

Ref<Value> mean(const OpArgs &args) {
  Family &family = family_of(args.in, 1, "mean", args.into);
  Ref<Array> x = materialise(*args.in[0], family, join_of(args.in, 1), "mean");
  Ref<Value> result = reduce_by(Op::sum, family, *x, floating_of(x->dtype), args);
  Array &mean = static_cast<Array &>(*result);
  if (mean.size == 0) return result;
  const double count = static_cast<double>(x->size / mean.size);
  Scalar divisor(SPC_WEAK_FLOAT, 0, count);  // 0 of an empty extent: NaN
  ops::divide_into(mean, divisor, mean);
  return result;
}

Ref<Value> trace(const OpArgs &args) {
  const Dims shape = shape_of(*args.in[0], "trace");
  if (shape.size() < 2)
    fail(SPC_E_VALUE, "trace: x has shape {}, expected at least two axes", shape);
  Ref<Value> elements = diagonal(args);
  const std::int64_t last = -1;
  OpArgs sum(Op::sum);
  sum.in[0] = elements.get();
  sum.n_in = 1;
  sum.n_axes = 1;
  sum.axes = &last;
  return reduce(sum);
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

}  // namespace spc::ops
