// SPDX-License-Identifier: Apache-2.0
#include "core/linop/kronecker.hpp"

#include "core/linop/algebra.hpp"
#include "core/ops/explain.hpp"
#include "core/ops/ops.hpp"
#include "core/space/axes.hpp"
#include "core/space/dense.hpp"
#include "core/space/product.hpp"
#include "core/support/error.hpp"

namespace spc {

namespace {

Dims joined(const Dims &a, const Dims &b) {
  Dims shape = a;
  for (const std::int64_t n : b) shape.push_back(n);
  return shape;
}

// R_X (x) R_Y: Euclidean or weighted where both are, else by the maps of the factors.
Ref<Geometry> product_geometry(Space &X, Space &Y) {
  if (X.is_euclidean() && Y.is_euclidean()) return nullptr;
  if (!has_diagonal_metric(X) || !has_diagonal_metric(Y))
    return make<ProductGeometry>(Ref<Space>::share(&X), Ref<Space>::share(&Y));
  const auto weights = [](const Space &s) {
    if (Array *w = s.is_euclidean() ? nullptr : s.geometry()->weights())
      return Ref<Array>::share(w);
    Ref<Array> ones = ops::empty(*s.ctx, s.shape(), s.ctx->dtype);
    ops::fill(*ones, 1);
    return ones;
  };
  Dims spread = X.shape();
  for (int i = 0; i < Y.shape().size(); ++i) spread.push_back(1);
  const Ref<Array> w = ops::multiply(*ops::reshape(*weights(X), spread), *weights(Y));
  return make<WeightedGeometry>(*w);
}

Ref<Space> product_space(Space &X, Space &Y, const Ref<Context> &ctx, const char *op) {
  for (const Space *s : {&X, &Y})
    if (is_tree(*s))
      fail(SPC_E_TYPE, "{}: {} has no elements that are single arrays", op, s->kind());
  return DenseCoordinateSpace::create(ctx, joined(X.shape(), Y.shape()), product_geometry(X, Y));
}

// Every row of x through the operator: (K, n) to (K, m).
Ref<Array> through(const LinOp &A, Array &x, bool adjoint) {
  const Space &from = adjoint ? *A.codomain : *A.domain, &to = adjoint ? *A.domain : *A.codomain;
  const Ref<Value> batch = from.unflatten_batch_core(x);
  return to.flatten_batch_core(adjoint ? *A.rvapply_core(*batch) : *A.vapply_core(*batch));
}

}  // namespace

Ref<LinOp> KroneckerLinOp::create(Ref<LinOp> A, Ref<LinOp> B) {
  constexpr const char *op = "KroneckerLinOp";
  if (A->ctx->dtype != B->ctx->dtype || !compatible(A->ctx->family, B->ctx->family))
    fail(SPC_E_VALUE, "{} operands must have the same ctx; got {} and {}", op, to_string(*A->ctx),
         to_string(*B->ctx));
  const Ref<Context> ctx = joint_context(*A->domain, *B->domain, op);
  Ref<Space> domain = product_space(*A->domain, *B->domain, ctx, op);
  Ref<Space> codomain = A->domain.get() == A->codomain.get() && B->domain.get() == B->codomain.get()
                            ? domain
                            : product_space(*A->codomain, *B->codomain, ctx, op);
  return probed(make<KroneckerLinOp>(Endpoints{ctx, std::move(domain), std::move(codomain)},
                                     std::move(A), std::move(B)));
}

Ref<LinOp> KroneckerLinOp::sum(const Ref<LinOp> &A, const Ref<LinOp> &B) {
  for (const Ref<LinOp> &op : {A, B})
    if (!op->domain->interchangeable(*op->codomain))
      fail(SPC_E_VALUE, "linop_kronecker_sum requires square operators; got a {} of shape {} -> {}",
           op->kind(), op->domain->shape(), op->codomain->shape());
  return SumLinOp::create(
      {create(A, make<IdentityLinOp>(B->domain)), create(make<IdentityLinOp>(A->domain), B)});
}

KroneckerLinOp::KroneckerLinOp(Endpoints e, Ref<LinOp> A, Ref<LinOp> B)
    : LinOp(std::move(e.ctx), std::move(e.domain), std::move(e.codomain)),
      parts_{std::move(A), std::move(B)} {}

Ref<Array> KroneckerLinOp::rows(Array &x, bool adjoint) const {
  const auto length = [&](int i, bool image) {
    return image != adjoint ? parts_[i]->codomain->size() : parts_[i]->domain->size();
  };
  const std::int64_t n1 = length(0, false), n2 = length(1, false);
  const std::int64_t m1 = length(0, true), m2 = length(1, true);
  const std::int64_t count = x.size == 0 ? 0 : x.size / (n1 * n2);
  Dims result = x.shape;
  result[result.size() - 1] = m1 * m2;
  if (count == 0 || m1 * m2 == 0) return ops::zeros(*ctx, result, x.dtype);
  // Each pass turns (count, a, b) into (count, c, a), so that after two the axes are in order again.
  const auto pass = [&](Array &t, const LinOp &A, std::int64_t a, std::int64_t b) {
    const Ref<Array> image = through(A, *ops::reshape(t, {count * a, b}), adjoint);
    const std::int64_t c = image->shape[1];
    return swap_last(*ops::reshape(*image, {count, a, c}));
  };
  Ref<Array> t = pass(x, *parts_[1], n1, n2);
  t = pass(*t, *parts_[0], m2, n1);
  return ops::reshape(*t, result);
}

Ref<Value> KroneckerLinOp::apply_core(Value &x) const {
  return codomain->unflatten_core(*rows(*domain->flatten_core(x), false));
}

Ref<Value> KroneckerLinOp::rapply_core(Value &y) const {
  return domain->unflatten_core(*rows(*codomain->flatten_core(y), true));
}

Ref<Value> KroneckerLinOp::vapply_core(Value &xs) const {
  return codomain->unflatten_batch_core(*rows(*domain->flatten_batch_core(xs), false));
}

Ref<Value> KroneckerLinOp::rvapply_core(Value &ys) const {
  return domain->unflatten_batch_core(*rows(*codomain->flatten_batch_core(ys), true));
}

// M^H = R_X A# R_Y^-1, and M^T x = conj(M^H conj(x)).
void KroneckerLinOp::apply_into_core(Value *alpha, Value &x, Value *beta, Value &y,
                                     Mode mode) const {
  if (mode == Mode::none) return codomain->axpby_into(alpha, *apply_core(x), beta, y);
  if (mode == Mode::adjoint) return domain->axpby_into(alpha, *rapply_core(x), beta, y);
  const bool conjugate = mode == Mode::transpose && ctx->complex();
  Ref<Value> t = conjugate ? codomain->conj_core(x) : Ref<Value>::share(&x);
  t = domain->riesz(*rapply_core(*codomain->riesz_inverse(*t)));
  if (conjugate) t = domain->conj_core(*t);
  domain->axpby_into(alpha, *t, beta, y);
}

Ref<LinOp> KroneckerLinOp::structural_inverse() {
  const Ref<LinOp> a = parts_[0]->structural_inverse(), b = parts_[1]->structural_inverse();
  return a && b ? create(a, b) : nullptr;
}

// What holds of both factors holds of the product; the definite ones are the product of definite
// ones.
Verdict KroneckerLinOp::is(Property property) const {
  const bool both =
      parts_[0]->is(property) == Verdict::yes && parts_[1]->is(property) == Verdict::yes;
  if (both) return Verdict::yes;
  if (property == Property::hermitian && !domain->interchangeable(*codomain)) return Verdict::no;
  return Verdict::unknown;
}

void KroneckerLinOp::explain(Explanation &to, Mode mode) const {
  explain_head(to, mode);
  const Explanation::Part part(to);
  for (const int i : {1, 0}) {
    to.line(i == 1 ? "along the last axes" : "along the first axes");
    const Explanation::Part factor(to);
    parts_[i]->explain(to, mode);
  }
}

bool KroneckerLinOp::same_values(const LinOp &other) const {
  const auto &o = static_cast<const KroneckerLinOp &>(other);
  return parts_[0]->equals(*o.parts_[0]) && parts_[1]->equals(*o.parts_[1]);
}

Ref<LinOp> KroneckerLinOp::rebuilt(const Conversion &conversion, Context &) {
  return create(parts_[0]->convert(conversion), parts_[1]->convert(conversion));
}

}  // namespace spc
