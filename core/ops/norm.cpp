// SPDX-License-Identifier: Apache-2.0
// Rule of norms: vector orders by their kernel, matrix orders composed of sums.
#include <cmath>
#include <limits>

#include "core/ops/matrix.hpp"
#include "core/ops/reduction.hpp"
#include "core/ops/rules.hpp"
#include "core/support/error.hpp"

namespace spc::rules {

namespace {

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
  launch_reduction(family, Op::norm, red, params, x.dtype);
  return out;
}

// ord 1: largest column sum of moduli; inf: largest row sum; the negative orders take the smallest.
Ref<Value> matrix_norm(Family &family, Array &x, const OpArgs &args, std::int64_t row_axis,
                       std::int64_t col_axis) {
  const double p = args.p;
  const bool columns = std::abs(p) == 1;
  const std::int64_t summed = columns ? row_axis : col_axis,
                     compared = columns ? col_axis : row_axis;
  if (x.shape[static_cast<int>(compared)] == 0)
    fail(SPC_E_VALUE, "norm: order {} of shape {}: no elements along axis {}", p, x.shape,
         compared);
  OpArgs plain(Op::norm);  // the partial result never goes to `into`
  Ref<Array> sums = vector_norm(family, x, 1.0, 1, &summed, true, plain);
  OpArgs pick(p > 0 ? Op::max : Op::min);
  pick.in[0] = sums.get();
  pick.n_in = 1;
  pick.n_axes = 1;
  pick.axes = &compared;
  pick.keepdims = true;
  Ref<Array> both = dispatch_array(pick);
  if (args.keepdims) return finish(both, args);
  OpArgs drop(Op::squeeze);
  const std::int64_t axes[2] = {row_axis, col_axis};
  drop.in[0] = both.get();
  drop.n_in = 1;
  drop.n_axes = 2;
  drop.axes = axes;
  Ref<Array> result = dispatch_array(drop);
  return finish(result, args);
}

// Of the singular values: 2 the largest, -2 the smallest, nuc their sum.
Ref<Value> spectral_norm(Family &family, const Ref<Array> &x, const OpArgs &args, int row_axis,
                         int col_axis) {
  const std::int64_t source[2] = {row_axis, col_axis}, destination[2] = {-2, -1};
  OpArgs last(Op::moveaxis);
  last.in[0] = x.get();
  last.n_in = 1;
  last.n_axes = 2;
  last.axes = source;
  last.ndim = 2;
  last.shape = destination;
  Ref<Array> matrices = dispatch_array(last);
  matrices = in_dtype(matrices, floating_of(x->dtype));
  Ref<Array> values = singular_values(family, *matrices, args.op);
  const bool nuclear = args.ord == SPC_ORD_NUC;
  const int axis = values->ndim() - 1;
  if (!nuclear && values->shape[axis] == 0)
    fail(SPC_E_VALUE, "norm: order {} of shape {}: no elements along the reduced axes", args.p,
         x->shape);
  const std::int64_t axes[1] = {axis};
  OpArgs pick(nuclear ? Op::sum : args.p > 0 ? Op::max : Op::min);
  pick.in[0] = values.get();
  pick.n_in = 1;
  pick.n_axes = 1;
  pick.axes = axes;
  Ref<Array> result = dispatch_array(pick);
  if (args.keepdims) {
    Dims shape = x->shape;
    shape[row_axis] = shape[col_axis] = 1;
    result = ops::reshape(*result, shape);
  }
  return finish_fallible(result, args);
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
  if (!spectral && std::abs(args.p) != 1 && !std::isinf(args.p))
    fail(SPC_E_VALUE,
         "norm: bad order {} for matrices; expected 'fro', 'nuc', 1, -1, 2, -2, inf, -inf", args.p);
  const int row = args.n_axes < 0 ? 0 : checked_axis(args.axes[0], x->ndim(), "norm");
  const int col = args.n_axes < 0 ? 1 : checked_axis(args.axes[1], x->ndim(), "norm");
  if (args.into != nullptr)
    result_array(family, real_of(floating_of(x->dtype)),
                 reduced_shape(*x, args.n_axes, args.axes, args.keepdims, "norm").result, args.into,
                 "norm");
  if (spectral) return spectral_norm(family, x, args, row, col);
  return matrix_norm(family, *x, args, row, col);
}

}  // namespace spc::rules

namespace spc::ops {

Ref<Array> norm(Value &x) {
  return call(Op::norm, {&x});
}

void norm_into(Value &x, Array &out) {
  call(Op::norm, {&x}, &out);
}

}  // namespace spc::ops
