// SPDX-License-Identifier: Apache-2.0
#include <limits>

#include "core/ops/reduction.hpp"
#include "core/ops/rules.hpp"
#include "core/support/error.hpp"

namespace spc::rules {

namespace {

Ref<Value> result_of(Ref<Array> out, Ref<Array> sign) {
  if (sign.get() == nullptr) return out;
  std::vector<Ref<Value>> both;
  both.push_back(std::move(out));
  both.push_back(std::move(sign));
  return make<Sequence>(ValueKind::tuple, std::move(both));
}

}  // namespace

Ref<Value> logsumexp(const OpArgs &args) {
  const char *op = "logsumexp";
  const bool weighted = args.in[1] != nullptr && args.in[1]->kind() != ValueKind::none;
  const int n = weighted ? 2 : 1;
  Family &family = family_of(args.in, n, op);
  const Dtype dtype = floating_of(join_of(args.in, n));
  Ref<Array> in[2];
  Dims shape;
  for (int i = 0; i < n; ++i) {
    in[i] = materialise(*args.in[i], family, dtype, op);
    require_strided(*in[i], op);
    shape = broadcast_shapes(shape, in[i]->shape, op);
  }
  for (int i = 0; i < n; ++i) in[i] = ops::broadcast_to(*in[i], shape);

  ReducedShape r = reduced_shape(*in[0], args.n_axes, args.axes, args.keepdims, op);
  // As SciPy, which takes a 0-d array as a vector.
  if (shape.empty() && args.keepdims) r.result.push_back(1);
  Ref<Array> out = new_array(family, args.with_sign ? real_of(dtype) : dtype, r.result), sign;
  if (args.with_sign) sign = new_array(family, dtype, r.result);
  if (out->size == 0) return result_of(out, sign);
  if (r.nothing) {
    ops::fill(*out, -std::numeric_limits<double>::infinity());
    if (args.with_sign) ops::fill(*sign, -1);  // as SciPy: that of -inf
    return result_of(out, sign);
  }

  Exec exec;
  Reduction red = reduction_of(*in[0], r, *out);
  red.n_in = n;
  if (weighted) red.in[1] = reduction_of(*in[1], r, *out).in[0];
  for (int i = 0; i < n; ++i)
    if (red.in[i].dtype != dtype)
      red.in[i] = cast_to_scratch(family, exec, red.in[i], red.shape, dtype);
  red.normalise();
  spc_params_reduce params = {};
  params.n_kept = red.n_kept;
  Launch l(Op::logsumexp);
  for (int i = 0; i < n; ++i) l.in(red.in[i], red.shape);
  l.out(red.out, red.shape);
  Operand sign_out = red.out;  // of the same layout: both are new
  if (args.with_sign) {
    sign_out.dtype = dtype;
    sign_out.data = sign->data;
    l.out(sign_out, red.shape);
  }
  l.params(params);
  l.run(family, dtype);
  return result_of(out, sign);
}

}  // namespace spc::rules
