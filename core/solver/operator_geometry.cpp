// SPDX-License-Identifier: Apache-2.0
#include "core/solver/operator_geometry.hpp"

#include <algorithm>
#include <vector>

#include "core/linop/inverse.hpp"
#include "core/ops/ops.hpp"
#include "core/solver/linear.hpp"
#include "core/space/array.hpp"
#include "core/support/error.hpp"

namespace spc {

namespace {

constexpr const char *inverse_name = "OperatorInnerProduct: R^-1 x";

void check(const LinOp &R, const char *role) {
  const Space &E = *R.domain;
  if (!E.interchangeable(*R.codomain))
    fail(SPC_E_VALUE,
         "geometry_operator: {} is not square; it maps {} of shape {} to {} of shape {}", role,
         E.kind(), E.shape(), R.codomain->kind(), R.codomain->shape());
  if (dynamic_cast<const ArraySpace *>(&E) == nullptr)
    fail(SPC_E_TYPE, "geometry_operator: {} acts on a {}, expected a space of dense arrays", role,
         E.kind());
  if (!E.is_euclidean())
    fail(SPC_E_VALUE, "geometry_operator: the {} that {} acts on is not Euclidean", E.kind(), role);
  if (R.is_hermitian() == Verdict::no)
    fail(SPC_E_VALUE, "geometry_operator: {}, a {}, is not self-adjoint", role, R.kind());
}

}  // namespace

Ref<Geometry> OperatorGeometry::create(const Ref<LinOp> &R, Ref<LinOp> inverse, double rtol) {
  check(*R, "R");
  if (inverse) {
    check(*inverse, "R_inverse");
    if (!inverse->domain->interchangeable(*R->domain))
      fail(SPC_E_VALUE, "geometry_operator: R acts on shape {}, R_inverse on shape {}{}",
           R->domain->shape(), inverse->domain->shape(),
           R->domain->shape() == inverse->domain->shape() ? " of another class or context" : "");
  }
  Ref<OperatorGeometry> geometry = make<OperatorGeometry>(R, std::move(inverse), rtol);
  geometry->inverse();
  return geometry;
}

OperatorGeometry::OperatorGeometry(Ref<LinOp> R, Ref<LinOp> given, double rtol)
    : R_(std::move(R)), given_(std::move(given)), rtol_(std::max(rtol, 0.0)) {}

Ref<LinOp> OperatorGeometry::inverse() const {
  if (given_) return given_;
  return derived_.get(R_->version(), [this]() -> Ref<LinOp> {
    try {
      return positive_inverse(R_);
    } catch (const Error &e) {
      if (e.code() != SPC_E_LINALG) throw;
      fail(SPC_E_LINALG, "geometry_operator: R, a {}, is not positive definite: {}", R_->kind(),
           e.message());
    }
  });
}

void OperatorGeometry::validate_for(const Space &space) const {
  const Space &E = *R_->domain;
  if (!space.has(Capability::coordinate))
    fail(SPC_E_TYPE, "OperatorInnerProduct requires a CoordinateSpace, got {}", space.kind());
  if (space.shape() != E.shape())
    fail(SPC_E_VALUE, "OperatorInnerProduct acts on shape {}, the space has shape {}", E.shape(),
         space.shape());
  if (!compatible(E.ctx->family, space.ctx->family))
    fail(SPC_E_TYPE, "OperatorInnerProduct acts on family {}, the space has family {}",
         E.ctx->family.name(), space.ctx->family.name());
  if (E.ctx->dtype != space.ctx->dtype)
    fail(SPC_E_TYPE, "OperatorInnerProduct acts on dtype {}, the space has dtype {}",
         name(E.ctx->dtype), name(space.ctx->dtype));
}

Ref<Geometry> OperatorGeometry::converted_to(Context &ctx) {
  const Context &own = *R_->ctx;
  if (own.dtype == ctx.dtype && compatible(own.family, ctx.family))
    return Ref<Geometry>::share(this);
  // The space that is converted has reported the conversion.
  Target target;
  target.context = &ctx;
  target.resolution = ResolutionPolicy::silent;
  target.dtype_rule = DtypePolicy::convert;
  const Conversion conversion(&target, "geometry_convert");
  return create(R_->convert(conversion), given_ ? given_->convert(conversion) : nullptr, rtol_);
}

bool OperatorGeometry::equals(const Geometry &other) const {
  if (this == &other) return true;
  const auto *o = dynamic_cast<const OperatorGeometry *>(&other);
  if (o == nullptr || !R_->equals(*o->R_) ||
      static_cast<bool>(given_) != static_cast<bool>(o->given_))
    return false;
  return given_ ? given_->equals(*o->given_) : rtol_ == o->rtol_;
}

Ref<Array> OperatorGeometry::mapped(const LinOp &map, Array &x) const {
  const Ref<Value> y = x.shape == R_->domain->shape() ? map.apply_core(x) : map.vapply_core(x);
  return retag(Ref<Array>::share(&as_dense(y.get(), kind())), *x.family);
}

Ref<Array> OperatorGeometry::inner(Array &x, Array &y) const {
  return ops::vdot(x, *riesz(y));
}

void OperatorGeometry::inner_into(Array &x, Array &y, Array *work, Array &out) const {
  riesz_into(y, *work);
  ops::vdot_into(x, *work, out);
}

Ref<Array> OperatorGeometry::riesz(Array &x) const {
  return mapped(*R_, x);
}

void OperatorGeometry::riesz_into(Array &x, Array &out) const {
  if (x.shape != R_->domain->shape() || same_elements(x, out) || may_overlap(x, out))
    return ops::copy_into(*riesz(x), out);
  R_->apply_into_core(nullptr, x, nullptr, out, Mode::none);
}

Ref<Value> OperatorGeometry::solved(Value &x) const {
  return solve_positive(*R_, x, rtol_, inverse_name);
}

Ref<Array> OperatorGeometry::riesz_inverse(Array &x) const {
  if (const Ref<LinOp> known = inverse()) return mapped(*known, x);
  const Space &E = *R_->domain;
  const Ref<Array> own = retag(Ref<Array>::share(&x), E.ctx->family);
  Ref<Value> y;
  if (x.shape == E.shape()) {
    y = solved(*own);
  } else {
    const Dims leading = E.batch_shape(*own);
    const std::int64_t n = product(leading);
    if (n == 0) return ops::copy(x);
    const Ref<Value> flat =
        E.unflatten_batch_core(*ops::reshape(*E.flatten_batch_core(*own), {n, E.size()}));
    y = ops::reshape(*solve_positive_batch(*R_, *flat, n, rtol_, inverse_name), x.shape);
  }
  return retag(Ref<Array>::share(&static_cast<Array &>(*y)), *x.family);
}

void OperatorGeometry::riesz_inverse_into(Array &x, Array &out) const {
  ops::copy_into(*riesz_inverse(x), out);
}

}  // namespace spc
