// SPDX-License-Identifier: Apache-2.0
#include "core/linop/low_rank.hpp"

#include "core/linop/matrix.hpp"
#include "core/ops/ops.hpp"
#include "core/space/axes.hpp"
#include "core/support/error.hpp"

namespace spc {

namespace {

constexpr const char *op_name = "LowRankLinOp";

Ref<Array> factor(const Ref<Value> &v, const Dims &expected, const Space &space, const char *role) {
  Array &a = as_dense(v.get(), op_name);
  if (a.shape != expected)
    fail(SPC_E_TYPE, "{}: expected {}.shape == {}, got {}", op_name, role, expected, a.shape);
  check_operator_data(space, *a.family, a.dtype, op_name, a);
  return retag(Ref<Array>::share(&a), space.ctx->family);
}

}  // namespace

Ref<LinOp> LowRankLinOp::create(const Ref<Value> &U, const Ref<Value> &s, const Ref<Value> &V,
                                const Ref<Space> &domain, const Ref<Space> &codomain) {
  Endpoints e = joint_endpoints(domain, codomain, op_name);
  const Array &u = as_dense(U.get(), op_name);
  if (u.ndim() != 2) fail(SPC_E_TYPE, "{}: expected U of two axes, got shape {}", op_name, u.shape);
  const std::int64_t k = u.shape[1];
  Ref<Array> left = factor(U, {e.codomain->size(), k}, *e.codomain, "U");
  Ref<Array> right = factor(V, {e.domain->size(), k}, *e.domain, "V");
  Ref<Array> middle = s ? factor(s, {k}, *e.domain, "s") : nullptr;
  return probed(
      make<LowRankLinOp>(std::move(e), std::move(left), std::move(middle), std::move(right)));
}

LowRankLinOp::LowRankLinOp(Endpoints e, Ref<Array> U, Ref<Array> s, Ref<Array> V)
    : CoordinateLinOp(std::move(e)), U_(std::move(U)), s_(std::move(s)), V_(std::move(V)) {}

// Rows x: x conj(V) diag(s) U^T, and x conj(U) diag(conj(s)) V^T.
Ref<Array> LowRankLinOp::map(Array &x, bool adjoint) const {
  Array &from = adjoint ? *U_ : *V_, &to = adjoint ? *V_ : *U_;
  Ref<Array> t =
      is_complex(from.dtype) ? ops::conj(*ops::matmul(*ops::conj(x), from)) : ops::matmul(x, from);
  if (s_) t = ops::multiply(*t, adjoint ? *ops::conj(*s_) : *s_);
  return ops::matmul(*t, *swap_last(to));
}

// U diag(s) U^H with real s; with s absent its eigenvalues are not negative.
Verdict LowRankLinOp::coordinates_are(Property property) const {
  const bool twice =
      U_.get() == V_.get() || (U_->buffer.get() == V_->buffer.get() && same_elements(*U_, *V_));
  const bool hermitian = twice && (!s_ || !is_complex(s_->dtype));
  if (property == Property::hermitian && hermitian) return Verdict::yes;
  if (property == Property::positive_semidefinite && twice && !s_) return Verdict::yes;
  const bool deficient = U_->shape[1] < std::min(domain->size(), codomain->size());
  if ((property == Property::positive_definite || property == Property::unitary) && deficient)
    return Verdict::no;
  if (property == Property::real && !is_complex(U_->dtype) && !is_complex(V_->dtype) &&
      (!s_ || !is_complex(s_->dtype)))
    return Verdict::yes;
  return Verdict::unknown;
}

bool LowRankLinOp::same_values(const LinOp &other) const {
  const auto &o = static_cast<const LowRankLinOp &>(other);
  if (!s_ != !o.s_) return false;
  return ops::all_equal(*U_, *o.U_) && ops::all_equal(*V_, *o.V_) &&
         (!s_ || ops::all_equal(*s_, *o.s_));
}

Ref<LinOp> LowRankLinOp::rebuilt(const Conversion &conversion, Context &to) {
  Ref<Array> middle = s_ ? ops::transfer(to, *s_) : nullptr;
  Ref<Array> left = ops::transfer(to, *U_);
  Ref<Array> right = U_.get() == V_.get() ? left : ops::transfer(to, *V_);
  return create(left, middle, right, domain->convert(conversion), codomain->convert(conversion));
}

std::string LowRankLinOp::how() const {
  return fmt::format("products with V^H and U, rank {}", U_->shape[1]);
}

std::string LowRankLinOp::text() const {
  return text_with(fmt::format("rank {}", U_->shape[1]));
}

}  // namespace spc
