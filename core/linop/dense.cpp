// SPDX-License-Identifier: Apache-2.0
#include "core/linop/dense.hpp"

#include "core/ops/ops.hpp"
#include "core/space/dense.hpp"
#include "core/support/error.hpp"

namespace spc {

Ref<LinOp> DenseLinOp::create(const Ref<Value> &A, const Ref<Space> &domain, Ref<Space> codomain) {
  Array &a = as_dense(A.get(), "DenseLinOp");
  const Dims &trailing = domain->shape();
  if (!codomain) {
    const int leading = a.ndim() - trailing.size();
    if (leading < 0)
      fail(SPC_E_TYPE, "Expected A.shape == cod.shape + dom.shape with dom.shape == {}, got {}",
           trailing, a.shape);
    codomain = DenseCoordinateSpace::create(
        domain->ctx, Dims({a.shape.data(), static_cast<std::size_t>(leading)}), nullptr);
  }
  Endpoints e = joint_endpoints(domain, codomain, "DenseLinOp");
  Dims expected = e.codomain->shape();
  for (const std::int64_t n : e.domain->shape()) expected.push_back(n);
  if (a.shape != expected)
    fail(SPC_E_TYPE, "Expected A.shape == cod.shape + dom.shape == {}, got {}", expected, a.shape);
  check_operator_data(*e.domain, *a.family, a.dtype, "DenseLinOp", a);
  Ref<Array> own = retag(Ref<Array>::share(&a), e.ctx->family);
  return probed(make<DenseLinOp>(std::move(e), std::move(own)));
}

DenseLinOp::DenseLinOp(Endpoints e, Ref<Array> A)
    : MatrixLinOp(std::move(e.ctx), std::move(e.domain), std::move(e.codomain)), A_(std::move(A)) {
  keep_operand();
}

Ref<Array> DenseLinOp::matrix() const {
  if (A_->ndim() == 2 && A_->shape[0] == codomain->size() && A_->shape[1] == domain->size())
    return A_;
  return ops::reshape(*A_, {codomain->size(), domain->size()});
}

Ref<MatrixLinOp::Operand> DenseLinOp::make_operand() const {
  Ref<Operand> o = make<Operand>();
  Ref<Array> m = matrix();
  if (m->dtype != ctx->dtype) m = ops::astype(*m, ctx->dtype);
  o->is_copy = m->buffer.get() != A_->buffer.get();
  o->plan = std::make_unique<ProductPlan>(ctx->family, Op::gemm, Dtype::none,
                                          std::initializer_list<Ref<Array>>{m}, m, codomain->size(),
                                          domain->size());
  o->matrix = std::move(m);
  return o;
}

Ref<Array> DenseLinOp::product(Array &x, bool adjoint) const {
  const Ref<Array> m = matrix();
  if (!adjoint) return ops::matmul(*m, x);
  return ops::matmul(*ops::conj(*ops::transpose(*m)), x);
}

Ref<Array> DenseLinOp::product_of_rows(Array &rows, bool adjoint) const {
  const Ref<Array> m = matrix();
  return ops::matmul(rows, adjoint ? *ops::conj(*m) : *ops::transpose(*m));
}

Ref<Array> DenseLinOp::densified() const {
  Ref<Array> m = ops::empty(*ctx, {codomain->size(), domain->size()}, ctx->dtype);
  ops::assign(*m, *matrix(), "to_matrix");
  return m;
}

bool DenseLinOp::entries_are(Property property) const {
  const Ref<Array> m = matrix();
  switch (property) {
    case Property::real:
      return ops::all_equal(*m, *ops::conj(*m));
    case Property::lower_triangular:
      return ops::all_equal(*m, *ops::call(Op::tril, {m.get()}));
    case Property::upper_triangular:
      return ops::all_equal(*m, *ops::call(Op::triu, {m.get()}));
    default:
      return false;
  }
}

void DenseLinOp::product_into(Value *alpha, Value &matrix, Array &x, Value *beta, Array &y,
                              Mode mode) const {
  ops::gemm_into(alpha, static_cast<Array &>(matrix), x, beta, y, static_cast<int>(mode));
}

bool DenseLinOp::close_to_adjoint(Array *weights) const {
  const Ref<Array> m = matrix();
  Ref<Array> adjoint = ops::conj(*ops::transpose(*m));
  if (weights != nullptr) {
    // (W^-1 M^H W)_ij = conj(M_ji) w_j / w_i
    const std::int64_t n = domain->size();
    adjoint = ops::multiply(*adjoint, *ops::reshape(*weights, {n}));
    adjoint = ops::divide(*adjoint, *ops::reshape(*weights, {n, 1}));
  }
  return ops::allclose(*m, *adjoint);
}

bool DenseLinOp::same_values(const LinOp &other) const {
  return ops::all_equal(*A_, *static_cast<const DenseLinOp &>(other).A_);
}

Ref<LinOp> DenseLinOp::rebuilt(const Conversion &conversion, Context &to) {
  return create(ops::transfer(to, *A_), domain->convert(conversion), codomain->convert(conversion));
}

}  // namespace spc
