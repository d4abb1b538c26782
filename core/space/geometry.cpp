// SPDX-License-Identifier: Apache-2.0
#include "core/space/geometry.hpp"

#include <cmath>
#include <utility>

#include "core/context/context.hpp"
#include "core/ops/ops.hpp"
#include "core/registry/registry.hpp"
#include "core/space/space.hpp"
#include "core/support/error.hpp"

namespace spc {

Ref<Geometry> euclidean_geometry() {
  static EuclideanGeometry *const instance = new EuclideanGeometry;
  return Ref<Geometry>::share(instance);
}

Ref<Geometry> EuclideanGeometry::converted_to(Context &) {
  return Ref<Geometry>::share(this);
}

Ref<Array> EuclideanGeometry::inner(Array &x, Array &y) const {
  return ops::vdot(x, y);
}

void EuclideanGeometry::inner_into(Array &x, Array &y, Array *, Array &out) const {
  ops::vdot_into(x, y, out);
}

void EuclideanGeometry::riesz_into(Array &x, Array &out) const {
  if (!same_elements(x, out)) ops::copy_into(x, out);
}

void EuclideanGeometry::riesz_inverse_into(Array &x, Array &out) const {
  riesz_into(x, out);
}

namespace {

double extremum(Op op, Array &w) {
  OpArgs args(op);
  args.in[0] = &w;
  args.n_in = 1;
  const Ref<Value> result = dispatch(args);
  return read_scalar(static_cast<Array &>(*result)).real();
}

// Least and greatest element; NaN wins.
std::pair<double, double> extrema(Array &w) {
  return {extremum(Op::min, w), extremum(Op::max, w)};
}

Ref<Array> on_host(Array &x) {
  const Ref<Context> host =
      make<Context>(Registry::get().host_default(), x.dtype, CheckLevel::none);
  Ref<Array> copy = ops::empty(*host, x.shape, x.dtype);
  ops::to_host(x, copy->data);
  return copy;
}

void validate_values(Array &w) {
  if (w.size == 0) return;
  Ref<Array> values = Ref<Array>::share(&w);
  // Opaque vectors offer no minimum; their values are looked at on the host.
  if (w.opaque()) values = on_host(w);
  if (is_complex(w.dtype)) {
    OpArgs imag(Op::imag);
    imag.in[0] = values.get();
    imag.n_in = 1;
    const Ref<Value> part = dispatch(imag);
    const auto [low, high] = extrema(static_cast<Array &>(*part));
    if (!(std::abs(low) <= 1e-8 && std::abs(high) <= 1e-8))
      fail(SPC_E_VALUE,
           "WeightedInnerProduct weights must be real-valued; imaginary parts range from {} to {}",
           low, high);
    values = ops::real(*values);
  }
  const auto [low, high] = extrema(*values);
  if (!std::isfinite(low) || !std::isfinite(high))
    fail(SPC_E_VALUE, "WeightedInnerProduct weights must be finite; they range from {} to {}", low,
         high);
  if (!(low > 0))
    fail(SPC_E_VALUE, "WeightedInnerProduct weights must be strictly positive; the least is {}",
         low);
}

// Validated weights must not change: an array that the program holds is copied.
Ref<Value> own_weights(Value &weights) {
  if (weights.kind() != ValueKind::array) return Ref<Value>::share(&weights);
  const Array &w = static_cast<const Array &>(weights);
  Ref<Array> copy = ops::new_like(w);
  ops::copy_into(weights, *copy);
  return copy;
}

}  // namespace

WeightedGeometry::WeightedGeometry(Value &weights) : weights_(own_weights(weights)) {}

void WeightedGeometry::validate_for(const Space &space) const {
  if (!space.has(Capability::coordinate))
    fail(SPC_E_TYPE, "WeightedInnerProduct requires a CoordinateSpace, got {}", space.kind());
  Family &family = space.ctx->family;
  if (weights_->kind() != ValueKind::array)
    fail(SPC_E_TYPE, "WeightedInnerProduct weights: expected dense array for {}, got {}",
         family.name(), describe(weights_.get()));
  Array &w = *weights();
  if (!interchangeable(*w.family, family))
    fail(SPC_E_TYPE, "WeightedInnerProduct weights: expected dense array for {}, got {}",
         family.name(), describe(&w));
  if (w.shape != space.shape())
    fail(SPC_E_VALUE, "WeightedInnerProduct weights have shape {}, the space has shape {}", w.shape,
         space.shape());
  if (w.dtype != space.ctx->dtype)
    fail(SPC_E_TYPE, "WeightedInnerProduct weights have dtype {}, the space has dtype {}",
         name(w.dtype), name(space.ctx->dtype));
  validate_values(w);
}

Ref<Geometry> WeightedGeometry::converted_to(Context &ctx) {
  Array &w = as_dense(weights_.get(), "WeightedInnerProduct");
  if (w.dtype == ctx.dtype && compatible(*w.family, ctx.family)) return Ref<Geometry>::share(this);
  return make<WeightedGeometry>(*ops::transfer(ctx, w));
}

bool WeightedGeometry::equals(const Geometry &other) const {
  if (this == &other) return true;
  const auto *o = dynamic_cast<const WeightedGeometry *>(&other);
  if (o == nullptr) return false;
  Array &a = *weights(), &b = *o->weights();
  if (same_elements(a, b)) return true;
  if (a.shape != b.shape || a.dtype != b.dtype || !compatible(*a.family, *b.family)) return false;
  if (!a.opaque()) return ops::all_equal(a, b);
  return ops::all_equal(*on_host(a), *on_host(b));
}

Ref<Array> WeightedGeometry::inner(Array &x, Array &y) const {
  return ops::vdot(x, *riesz(y));
}

void WeightedGeometry::inner_into(Array &x, Array &y, Array *work, Array &out) const {
  ops::multiply_into(*weights(), y, *work);
  ops::vdot_into(x, *work, out);
}

Ref<Array> WeightedGeometry::riesz(Array &x) const {
  return ops::multiply(*weights(), x);
}

Ref<Array> WeightedGeometry::riesz_inverse(Array &x) const {
  return ops::divide(x, *weights());
}

void WeightedGeometry::riesz_into(Array &x, Array &out) const {
  ops::multiply_into(*weights(), x, out);
}

void WeightedGeometry::riesz_inverse_into(Array &x, Array &out) const {
  ops::divide_into(x, *weights(), out);
}

}  // namespace spc
