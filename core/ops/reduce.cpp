// SPDX-License-Identifier: Apache-2.0
// Rules of reductions: sum, min, max, norm, vdot, allclose.
#include <cmath>
#include <limits>

#include "core/ops/operands.hpp"
#include "core/ops/rules.hpp"
#include "core/registry/registry.hpp"
#include "core/support/error.hpp"

namespace spc::rules {

namespace {

// The iteration of a reduction: kept axes first, then the reduced ones.
struct Reduction {
  Dims shape;
  Operand in[2];
  Operand out;
  int n_in = 1;
  int n_kept = 0;

  // Normal form of both groups of axes; the rank is at least 1 afterwards.
  void normalise() {
    Operand *operands[3] = {&in[0], &in[1], &out};
    if (n_in == 1) operands[1] = &out;
    const int n = n_in + 1;
    normalise_axes(shape, operands, n, n_kept, shape.size());
    n_kept = normalise_axes(shape, operands, n, 0, n_kept);
    if (shape.empty()) add_unit_axis(shape, operands, n);
  }
};

struct ReducedShape {
  Dims axes;        // sorted
  Dims result;      // with keepdims honoured
  Dims kept_order;  // axes of x, kept ones first
  int n_kept = 0;
  bool nothing = false;  // a reduced length is 0
};

ReducedShape reduced_shape(const Array &x, std::int32_t n_axes, const std::int64_t *axes,
                           bool keepdims, const char *op) {
  ReducedShape r;
  r.axes = checked_axes(n_axes, axes, x.ndim(), op);
  Dims reduced;
  for (int i = 0, next = 0; i < x.ndim(); ++i) {
    if (next < r.axes.size() && r.axes[next] == i) {
      ++next;
      reduced.push_back(i);
      r.nothing |= x.shape[i] == 0;
      if (keepdims) r.result.push_back(1);
    } else {
      r.kept_order.push_back(i);
      r.result.push_back(x.shape[i]);
    }
  }
  r.n_kept = r.kept_order.size();
  for (std::int64_t i : reduced) r.kept_order.push_back(i);
  return r;
}

Reduction reduction_of(const Array &x, const ReducedShape &r, const Array &out) {
  Reduction red;
  red.n_kept = r.n_kept;
  red.in[0] = operand_of(x);
  red.in[0].strides = {};
  red.out = operand_of(out);
  red.out.strides = {};
  // The kept axes of out are those of its axes that were not reduced.
  Dims out_strides;
  const bool keepdims = out.ndim() == x.ndim() && !r.axes.empty();
  for (int i = 0, next = 0; i < out.ndim(); ++i) {
    if (keepdims && next < r.axes.size() && r.axes[next] == i)
      ++next;
    else
      out_strides.push_back(out.strides[i]);
  }
  for (int i = 0; i < x.ndim(); ++i) {
    const int axis = static_cast<int>(r.kept_order[i]);
    red.shape.push_back(x.shape[axis]);
    red.in[0].strides.push_back(x.strides[axis]);
    red.out.strides.push_back(i < r.n_kept ? out_strides[i] : 0);
  }
  return red;
}

template <class P>
void launch(Family &family, Op op, Reduction &red, P params, Dtype first,
            Dtype second = Dtype::none) {
  params.n_kept = red.n_kept;
  Launch l(op);
  for (int i = 0; i < red.n_in; ++i) l.in(red.in[i], red.shape);
  l.out(red.out, red.shape);
  l.params(params);
  l.run(family, first, second);
}

// A result that does not share memory with x: a new array, or `into` where that is safe.
Ref<Array> fresh_result(Family &family, Dtype dtype, const Dims &shape, const OpArgs &args,
                        const Array &x) {
  Ref<Array> out = result_array(family, dtype, shape, args.into, name(args.op));
  return args.into != nullptr && may_overlap(x, *out) ? new_array(family, dtype, shape) : out;
}

Ref<Value> finish(Ref<Array> out, const OpArgs &args) {
  if (args.into == nullptr || out.get() == args.into) return out;
  ops::assign(*args.into, *out, name(args.op));
  return Ref<Value>::share(args.into);
}

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
        launch(r.family, Op::sum, part, params, r.dtype, r.dtype);
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
  launch(family, args.op, red, spc_params_reduce{}, x->dtype, dtype);
  return finish(out, args);
}

namespace {

// A 0-d result of opaque operands is a host array; `into` is one.
Ref<Array> host_scalar(Dtype dtype, Array *into, const char *op) {
  if (into == nullptr) return new_array(Registry::get().host_default(), dtype, {});
  if (into->opaque() || !into->buffer->space().host_accessible())
    fail(SPC_E_TYPE, "{}: the output is an {} in memory space {}, expected a host scalar", op,
         describe(into), into->buffer->space().name);
  return result_array(*into->family, dtype, {}, into, op);
}

void launch_opaque(Op op, Array &x, Array *y, Array &out, double p) {
  Launch l(op);
  l.in(x);
  if (y != nullptr) l.in(*y);
  l.out(out);
  spc_params_norm norm_params = {};
  spc_params_reduce params = {};
  norm_params.p = p;
  if (op == Op::norm)
    l.params(norm_params);
  else
    l.params(params);
  l.run(*x.family, x.dtype);
}

// The largest or smallest of nothing has no value; sums have.
void require_elements(bool nothing, double p, const Array &x) {
  if (nothing && std::isinf(p))
    fail(SPC_E_VALUE, "norm: order {} of shape {}: no elements along the reduced axes", p, x.shape);
}

Ref<Array> vector_norm(Family &family, Array &x, double p, std::int32_t n_axes,
                       const std::int64_t *axes, bool keepdims, const OpArgs &args) {
  const ReducedShape r = reduced_shape(x, n_axes, axes, keepdims, "norm");
  const Dtype dtype = real_of(floating_of(x.dtype));
  require_elements(r.nothing, p, x);
  Ref<Array> out = fresh_result(family, dtype, r.result, args, x);
  if (out->size == 0) return out;
  if (r.nothing) {
    ops::fill(*out, p < 0 ? std::numeric_limits<double>::infinity() : 0.0);
    return out;
  }
  Reduction red = reduction_of(x, r, *out);
  red.normalise();
  spc_params_norm params = {};
  params.p = p;
  launch(family, Op::norm, red, params, x.dtype);
  return out;
}

// ord 1: largest column sum of moduli; inf: largest row sum; the negative orders take the smallest.
Ref<Value> matrix_norm(Family &family, Array &x, const OpArgs &args, std::int64_t row_axis,
                       std::int64_t col_axis) {
  const double p = args.p;
  const bool columns = std::abs(p) == 1;
  const std::int64_t summed = columns ? row_axis : col_axis,
                     compared = columns ? col_axis : row_axis;
  OpArgs plain(Op::norm);  // the partial result never goes to `into`
  Ref<Array> sums = vector_norm(family, x, 1.0, 1, &summed, true, plain);
  OpArgs pick(p > 0 ? Op::max : Op::min);
  pick.in[0] = sums.get();
  pick.n_in = 1;
  pick.n_axes = 1;
  pick.axes = &compared;
  pick.keepdims = true;
  Ref<Array> both = Ref<Array>::adopt(static_cast<Array *>(reduce(pick).leak()));
  if (args.keepdims) return finish(both, args);
  OpArgs drop(Op::squeeze);
  const std::int64_t axes[2] = {row_axis, col_axis};
  drop.in[0] = both.get();
  drop.n_in = 1;
  drop.n_axes = 2;
  drop.axes = axes;
  Ref<Array> result = Ref<Array>::adopt(static_cast<Array *>(view(drop).leak()));
  return finish(result, args);
}

std::string order_text(std::int32_t ord, double p) {
  if (ord == SPC_ORD_FRO) return "'fro'";
  if (ord == SPC_ORD_NUC) return "'nuc'";
  if (ord == SPC_ORD_P) return fmt::format("{}", p);
  return fmt::format("kind {}", ord);
}

}  // namespace

Ref<Value> norm(const OpArgs &args) {
  Family &family = family_of(args.in, 1, "norm", args.into);
  Ref<Array> x = materialise(*args.in[0], family, join_of(args.in, 1), "norm");
  const std::int32_t ord = args.ord;
  if (ord < SPC_ORD_DEFAULT || ord > SPC_ORD_NUC || (ord == SPC_ORD_P && std::isnan(args.p)))
    fail(SPC_E_VALUE, "norm: bad order {}", order_text(ord, args.p));
  const int rank = args.n_axes < 0 ? x->ndim() : args.n_axes;
  checked_axes(args.n_axes, args.axes, x->ndim(), "norm");
  if (ord != SPC_ORD_DEFAULT && rank != 1 && rank != 2)
    fail(SPC_E_VALUE, "norm: order {} needs 1 or 2 axes, got {} of shape {}",
         order_text(ord, args.p), rank, x->shape);
  const bool two_norm = ord == SPC_ORD_DEFAULT || (ord == SPC_ORD_FRO && rank == 2);
  if (rank == 1 && !two_norm && ord != SPC_ORD_P)
    fail(SPC_E_VALUE, "norm: order {} is for matrices, got one axis of shape {}",
         order_text(ord, args.p), x->shape);
  if (x->opaque()) {
    // Orders of matrices and norms along an axis would need views.
    if (args.n_axes >= 0 || args.keepdims || (rank != 1 && !two_norm)) require_strided(*x, "norm");
    Ref<Array> out = host_scalar(real_of(floating_of(x->dtype)), args.into, "norm");
    const double p = two_norm ? 2.0 : args.p;
    require_elements(x->size == 0, p, *x);
    launch_opaque(Op::norm, *x, nullptr, *out, p);
    return out;
  }
  if (two_norm)
    return finish(vector_norm(family, *x, 2.0, args.n_axes, args.axes, args.keepdims, args), args);
  if (rank == 1) {
    return finish(vector_norm(family, *x, args.p, args.n_axes, args.axes, args.keepdims, args),
                  args);
  }
  const bool spectral = ord == SPC_ORD_NUC || std::abs(args.p) == 2;
  if (spectral)
    fail(SPC_E_NOTIMPL,
         "norm: order {} of a matrix needs singular values, which family {} does not offer",
         order_text(ord, args.p), family.name());
  if (std::abs(args.p) != 1 && !std::isinf(args.p))
    fail(SPC_E_VALUE,
         "norm: bad order {} for matrices; expected 'fro', 'nuc', 1, -1, 2, -2, inf, -inf", args.p);
  const int row = args.n_axes < 0 ? 0 : checked_axis(args.axes[0], x->ndim(), "norm");
  const int col = args.n_axes < 0 ? 1 : checked_axis(args.axes[1], x->ndim(), "norm");
  if (args.into != nullptr)
    result_array(family, real_of(floating_of(x->dtype)),
                 reduced_shape(*x, args.n_axes, args.axes, args.keepdims, "norm").result, args.into,
                 "norm");
  return matrix_norm(family, *x, args, row, col);
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
  launch(family, Op::vdot, red, spc_params_reduce{}, dtype);
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

Ref<Array> norm(Value &x) {
  OpArgs args(Op::norm);
  args.in[0] = &x;
  args.n_in = 1;
  return dispatch_array(args);
}

void norm_into(Value &x, Array &out) {
  OpArgs args(Op::norm);
  args.in[0] = &x;
  args.n_in = 1;
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
