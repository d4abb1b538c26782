// SPDX-License-Identifier: Apache-2.0
// What the rules of reductions share: the axes, the iteration, the result.
#pragma once

#include "core/ops/operands.hpp"

namespace spc {

/// The iteration of a reduction: kept axes first, then the reduced ones.
struct Reduction {
  Dims shape;
  Operand in[2];
  Operand out;
  int n_in = 1;
  int n_kept = 0;

  /// Normal form of both groups of axes; the rank is at least 1 afterwards.
  void normalise();
};

struct ReducedShape {
  Dims axes;        // sorted
  Dims result;      // with keepdims honoured
  Dims kept_order;  // axes of x, kept ones first
  int n_kept = 0;
  bool nothing = false;  // a reduced length is 0
};

/// AxisErr, ValueErr on repeated axes.
ReducedShape reduced_shape(const Array &x, std::int32_t n_axes, const std::int64_t *axes,
                           bool keepdims, const char *op);

/// x reduced into out, which has the shape r.result.
Reduction reduction_of(const Array &x, const ReducedShape &r, const Array &out);

template <class P>
void launch_reduction(Family &family, Op op, Reduction &red, P params, Dtype first,
                      Dtype second = Dtype::none) {
  params.n_kept = red.n_kept;
  Launch l(op);
  for (int i = 0; i < red.n_in; ++i) l.in(red.in[i], red.shape);
  l.out(red.out, red.shape);
  l.params(params);
  l.run(family, first, second);
}

/// A 0-d result of opaque operands is a host array; `into` is one.
Ref<Array> host_scalar(Dtype dtype, Array *into, const char *op);
/// norm (of order p) or vdot of opaque arrays.
void launch_opaque(Op op, Array &x, Array *y, Array &out, double p);

}  // namespace spc
