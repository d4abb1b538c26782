// SPDX-License-Identifier: Apache-2.0
#include "core/space/custom.hpp"

#include <utility>

#include "core/ops/ops.hpp"
#include "core/space/space.hpp"
#include "core/support/error.hpp"

namespace spc {

namespace {

// What user code returns is looked at before anything reads it.
Ref<Array> mapped(const CustomGeometry::Map &map, Array &x, const char *what) {
  const Ref<Value> result = map(x);
  if (!result || result->kind() != ValueKind::array ||
      !interchangeable(*static_cast<const Array &>(*result).family, *x.family))
    fail(SPC_E_TYPE, "CustomInnerProduct: {} gave {}, expected a dense array of family {}", what,
         result ? describe(result.get()) : "nothing", x.family->name());
  Array &y = static_cast<Array &>(*result);
  if (y.shape != x.shape)
    fail(SPC_E_VALUE, "CustomInnerProduct: {} of shape {} gave shape {}", what, x.shape, y.shape);
  return Ref<Array>::share(&y);
}

}  // namespace

CustomGeometry::CustomGeometry(Product inner, Map riesz, Map riesz_inverse, const Id &id,
                               Ref<UserData> user)
    : inner_(std::move(inner)),
      riesz_(std::move(riesz)),
      riesz_inverse_(std::move(riesz_inverse)),
      id_(id),
      user_(std::move(user)) {
  if (!riesz_ || !riesz_inverse_)
    fail(SPC_E_TYPE, "CustomInnerProduct: {} is not callable", riesz_ ? "riesz_inverse" : "riesz");
}

void CustomGeometry::validate_for(const Space &space) const {
  if (!space.has(Capability::coordinate))
    fail(SPC_E_TYPE, "CustomInnerProduct requires a CoordinateSpace, got {}", space.kind());
}

bool CustomGeometry::equals(const Geometry &other) const {
  const auto *o = dynamic_cast<const CustomGeometry *>(&other);
  return o != nullptr && id_ == o->id_ && user_->get() == o->user_->get();
}

Ref<Array> CustomGeometry::inner(Array &x, Array &y) const {
  if (!inner_) return ops::vdot(x, *riesz(y));
  const Ref<Value> result = inner_(x, y);
  if (!result || (result->kind() != ValueKind::array && result->kind() != ValueKind::scalar))
    fail(SPC_E_TYPE, "CustomInnerProduct: inner gave {}, expected a scalar",
         result ? describe(result.get()) : "nothing");
  const Dtype dtype = join({x.dtype, y.dtype});
  const Ref<Context> ctx = make<Context>(*x.family, dtype, CheckLevel::none);
  Ref<Array> number = ops::asarray(*ctx, *result, dtype);
  if (number->ndim() != 0)
    fail(SPC_E_VALUE, "CustomInnerProduct: inner gave shape {}, expected a scalar", number->shape);
  return number;
}

void CustomGeometry::inner_into(Array &x, Array &y, Array *, Array &out) const {
  ops::copy_into(*inner(x, y), out);
}

Ref<Array> CustomGeometry::riesz(Array &x) const {
  return mapped(riesz_, x, "riesz");
}

Ref<Array> CustomGeometry::riesz_inverse(Array &x) const {
  return mapped(riesz_inverse_, x, "riesz_inverse");
}

void CustomGeometry::riesz_into(Array &x, Array &out) const {
  ops::copy_into(*riesz(x), out);
}

void CustomGeometry::riesz_inverse_into(Array &x, Array &out) const {
  ops::copy_into(*riesz_inverse(x), out);
}

}  // namespace spc
