// SPDX-License-Identifier: Apache-2.0
#include "core/ops/reduction.hpp"

#include "core/registry/registry.hpp"
#include "core/support/error.hpp"

namespace spc {

void Reduction::normalise() {
  Operand *operands[3] = {&in[0], &in[1], &out};
  if (n_in == 1) operands[1] = &out;
  const int n = n_in + 1;
  normalise_axes(shape, operands, n, n_kept, shape.size());
  n_kept = normalise_axes(shape, operands, n, 0, n_kept);
  if (shape.empty()) add_unit_axis(shape, operands, n);
}

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

}  // namespace spc
