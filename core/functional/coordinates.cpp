// SPDX-License-Identifier: Apache-2.0
#include "core/functional/coordinates.hpp"

#include "core/functional/scalars.hpp"
#include "core/support/error.hpp"

namespace spc {

namespace {

constexpr std::int64_t last_axis = -1;

}  // namespace

Ref<Array> sum_last(Array &x) {
  OpArgs args(Op::sum);
  args.in[0] = &x;
  args.n_in = 1;
  args.n_axes = 1;
  args.axes = &last_axis;
  return dispatch_array(args);
}

Ref<Array> norm_last(Array &x, double p, bool keepdims) {
  OpArgs args(Op::norm);
  args.in[0] = &x;
  args.n_in = 1;
  args.n_axes = 1;
  args.axes = &last_axis;
  args.ord = SPC_ORD_P;
  args.p = p;
  args.keepdims = keepdims;
  return dispatch_array(args);
}

Ref<Array> shrunk(Array &x, Value &tau) {
  const Weak zero(0);
  const Ref<Array> size = ops::call(Op::abs, {&x});
  const Ref<Array> rest = ops::call(Op::subtract, {size.get(), &tau});
  return ops::multiply(*ops::call(Op::sign, {&x}),
                       *ops::call(Op::maximum, {rest.get(), zero.get()}));
}

Ref<Array> metric_step(const Space &space, double t) {
  const Weak number(t);
  const Ref<Array> w = space.metric_weights();
  if (w) return ops::divide(*number, *w);
  return ops::full(*space.ctx, {}, *number, real_of(space.ctx->dtype));
}

void require_real(const Space &space, const char *who) {
  if (space.complex())
    fail(SPC_E_TYPE, "{} requires a real field, got {}", who, name(space.ctx->dtype));
}

Ref<Array> CoordinateFunctional::value_core(Value &x) const {
  return f(*domain->flatten_core(x));
}

Ref<Value> CoordinateFunctional::grad_core(Value &x) const {
  return domain->riesz_inverse(*domain->unflatten_core(*slope(*domain->flatten_core(x))));
}

Ref<Array> CoordinateFunctional::vvalue_core(Value &xs) const {
  return f(*domain->flatten_batch_core(xs));
}

Ref<Value> CoordinateFunctional::vgrad_core(Value &xs) const {
  return domain->riesz_inverse(
      *domain->unflatten_batch_core(*slope(*domain->flatten_batch_core(xs))));
}

Ref<Value> CoordinateFunctional::hess_apply_core(Value &x, Value &h) const {
  const Ref<Array> y = curvature(*domain->flatten_core(x), *domain->flatten_core(h));
  return domain->riesz_inverse(*domain->unflatten_core(*y));
}

Ref<Value> CoordinateFunctional::prox_core(Value &v, double t) const {
  require_prox();
  if (t == 0) return Ref<Value>::share(&v);
  return domain->unflatten_core(*nearest(*domain->flatten_core(v), *metric_step(*domain, t)));
}

Ref<Array> CoordinateFunctional::curvature(Array &, Array &) const {
  fail(SPC_E_NOTIMPL, "functional_hess_apply: {} has no Hessian", kind());
}

Ref<Array> CoordinateFunctional::nearest(Array &, Array &) const {
  no_prox("the class has none");
}

void CoordinateFunctional::require_prox() const {
  if (!domain->diagonal_metric())
    no_prox(fmt::format("the geometry of {} is not diagonal", domain->kind()));
}

}  // namespace spc
