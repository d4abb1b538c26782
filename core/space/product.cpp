// SPDX-License-Identifier: Apache-2.0
#include "core/space/product.hpp"

#include <utility>

#include "core/context/context.hpp"
#include "core/ops/ops.hpp"
#include "core/space/axes.hpp"
#include "core/space/space.hpp"
#include "core/support/error.hpp"

namespace spc {

namespace {

// R or R^-1 of every row of x: (N, n).
Ref<Array> rows_through(const Space &space, Array &x, bool inverse) {
  const Ref<Value> batch = space.unflatten_batch_core(x);
  return space.flatten_batch_core(inverse ? *space.riesz_inverse(*batch) : *space.riesz(*batch));
}

}  // namespace

ProductGeometry::ProductGeometry(Ref<Space> X, Ref<Space> Y) : X_(std::move(X)), Y_(std::move(Y)) {}
ProductGeometry::~ProductGeometry() = default;

void ProductGeometry::validate_for(const Space &space) const {
  if (!space.has(Capability::coordinate))
    fail(SPC_E_TYPE, "ProductInnerProduct requires a CoordinateSpace, got {}", space.kind());
  Dims shape = X_->shape();
  for (const std::int64_t n : Y_->shape()) shape.push_back(n);
  if (space.shape() != shape)
    fail(SPC_E_VALUE, "ProductInnerProduct acts on shape {}, the space has shape {}", shape,
         space.shape());
  const Context &ctx = *space.ctx;
  for (const Space *factor : {X_.get(), Y_.get()}) {
    if (!compatible(factor->ctx->family, ctx.family))
      fail(SPC_E_TYPE, "ProductInnerProduct acts on family {}, the space has family {}",
           factor->ctx->family.name(), ctx.family.name());
    if (factor->ctx->dtype != ctx.dtype)
      fail(SPC_E_TYPE, "ProductInnerProduct acts on dtype {}, the space has dtype {}",
           name(factor->ctx->dtype), name(ctx.dtype));
  }
}

Ref<Geometry> ProductGeometry::converted_to(Context &ctx) {
  Ref<Space> X = X_->converted_to(ctx), Y = Y_->converted_to(ctx);
  if (X.get() == X_.get() && Y.get() == Y_.get()) return Ref<Geometry>::share(this);
  return make<ProductGeometry>(std::move(X), std::move(Y));
}

bool ProductGeometry::equals(const Geometry &other) const {
  if (this == &other) return true;
  const auto *o = dynamic_cast<const ProductGeometry *>(&other);
  return o != nullptr && X_->interchangeable(*o->X_) && Y_->interchangeable(*o->Y_);
}

Ref<Array> ProductGeometry::inner(Array &x, Array &y) const {
  return ops::vdot(x, *riesz(y));
}

void ProductGeometry::inner_into(Array &x, Array &y, Array *work, Array &out) const {
  riesz_into(y, *work);
  ops::vdot_into(x, *work, out);
}

Ref<Array> ProductGeometry::mapped(Array &x, bool inverse) const {
  if (x.size == 0) return ops::copy(x);
  const std::int64_t n = X_->size(), m = Y_->size(), count = x.size / (n * m);
  Ref<Array> t = Ref<Array>::share(&x);
  if (!Y_->is_euclidean()) t = rows_through(*Y_, *ops::reshape(*t, {count * n, m}), inverse);
  if (!X_->is_euclidean()) {
    t = ops::reshape(*swap_last(*ops::reshape(*t, {count, n, m})), {count * m, n});
    t = swap_last(*ops::reshape(*rows_through(*X_, *t, inverse), {count, m, n}));
  }
  return retag(ops::reshape(*t, x.shape), *x.family);
}

Ref<Array> ProductGeometry::riesz(Array &x) const {
  return mapped(x, false);
}

Ref<Array> ProductGeometry::riesz_inverse(Array &x) const {
  return mapped(x, true);
}

void ProductGeometry::riesz_into(Array &x, Array &out) const {
  ops::copy_into(*mapped(x, false), out);
}

void ProductGeometry::riesz_inverse_into(Array &x, Array &out) const {
  ops::copy_into(*mapped(x, true), out);
}

}  // namespace spc
