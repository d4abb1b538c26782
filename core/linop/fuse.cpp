// SPDX-License-Identifier: Apache-2.0
// Fusion: equal operators with fewer steps. Coordinate matrices multiply as they are in any
// geometry, because the Riesz maps between two factors of an adjoint cancel.
#include "core/linop/algebra.hpp"
#include "core/linop/dense.hpp"
#include "core/linop/sparse.hpp"
#include "core/linop/views.hpp"
#include "core/ops/ops.hpp"

namespace spc {

namespace {

bool is_dense(const LinOp &op) {
  return dynamic_cast<const DenseLinOp *>(&op) != nullptr;
}

bool is_sparse(const LinOp &op) {
  return dynamic_cast<const SparseLinOp *>(&op) != nullptr;
}

// One sparse operator for A, whose parts are sparse matrices and what else is sparse by structure;
// nullptr otherwise.
Ref<LinOp> sparse_form(const LinOp &A) {
  if (!holds_sparse(A)) return nullptr;
  Ref<SparseArray> matrix = A.sparse_matrix();
  return matrix ? SparseLinOp::create(matrix, A.domain, A.codomain) : nullptr;
}

// The matrix of a dense or sparse operator as an operand of ops.
Ref<Value> matrix_of(const LinOp &op) {
  if (is_sparse(op)) return op.sparse_matrix();
  return op.to_matrix();
}

// The dense operator between the spaces of A with this matrix.
Ref<LinOp> dense_like(const LinOp &A, Array &matrix) {
  Dims shape = A.codomain->shape();
  for (const std::int64_t n : A.domain->shape()) shape.push_back(n);
  return DenseLinOp::create(ops::reshape(matrix, shape), A.domain, A.codomain);
}

}  // namespace

Ref<LinOp> LinOp::fused(bool materialize) {
  if (!materialize || is_dense(*this) || is_sparse(*this)) return Ref<LinOp>::share(this);
  if (Ref<LinOp> sparse = sparse_form(*this)) return sparse;
  return dense_like(*this, *to_matrix());
}

Ref<LinOp> IdentityLinOp::fused(bool materialize) {
  return LinOp::fused(materialize);
}

Ref<LinOp> ZeroLinOp::fused(bool materialize) {
  return LinOp::fused(materialize);
}

Ref<LinOp> ScaledLinOp::fused(bool materialize) {
  if (materialize)
    if (Ref<LinOp> sparse = sparse_form(*this)) return sparse;
  Ref<LinOp> operand = op_->fused(materialize);
  if (is_dense(*operand)) return dense_like(*this, *ops::multiply(*s_, *operand->to_matrix()));
  if (operand.get() == op_.get()) return Ref<LinOp>::share(this);
  return create(s_, std::move(operand));
}

Ref<LinOp> SumLinOp::fused(bool materialize) {
  if (materialize)
    if (Ref<LinOp> sparse = sparse_form(*this)) return sparse;
  std::vector<Ref<LinOp>> terms;
  Ref<Array> sum;
  std::ptrdiff_t dense = 0;
  bool changed = false;
  // Beside dense terms a sparse one is as good as dense.
  const auto is_matrix = [&](const LinOp &op) {
    return is_dense(op) || (materialize && is_sparse(op));
  };
  for (const Ref<LinOp> &part : parts_) {
    terms.push_back(part->fused(materialize));
    changed |= terms.back().get() != part.get();
    dense += is_matrix(*terms.back()) ? 1 : 0;
  }
  if (dense < 2) return changed ? create(std::move(terms)) : Ref<LinOp>::share(this);
  for (const Ref<LinOp> &term : terms) {
    if (!is_matrix(*term)) continue;
    const Ref<Array> matrix = term->to_matrix();
    sum = sum ? ops::call(Op::add, {sum.get(), matrix.get()}, sum.get()) : matrix;
  }
  std::erase_if(terms, [&](const Ref<LinOp> &t) { return is_matrix(*t); });
  terms.insert(terms.begin(), dense_like(*this, *sum));
  return terms.size() == 1 ? terms.front() : create(std::move(terms));
}

Ref<LinOp> ComposedLinOp::fused(bool materialize) {
  if (materialize)
    if (Ref<LinOp> sparse = sparse_form(*this)) return sparse;
  Ref<LinOp> l = left().fused(materialize), r = right().fused(materialize);
  const bool one_is_dense = is_dense(*l) || is_dense(*r);
  const auto is_matrix = [&](const LinOp &op) {
    return is_dense(op) || (materialize && one_is_dense && is_sparse(op));
  };
  if (is_matrix(*l) && is_matrix(*r))
    return dense_like(*this, *ops::matmul(*matrix_of(*l), *matrix_of(*r)));
  if (l.get() == &left() && r.get() == &right()) return Ref<LinOp>::share(this);
  return create(std::move(l), std::move(r));
}

Ref<LinOp> AdjointView::fused(bool materialize) {
  if (materialize)
    if (Ref<LinOp> sparse = sparse_form(*this)) return sparse;
  const Ref<LinOp> operand = op_->fused(materialize);
  if (materialize && is_dense(*operand)) return dense_like(*this, *to_matrix());
  return operand->adjoint();
}

Ref<LinOp> TransposeView::fused(bool materialize) {
  if (materialize)
    if (Ref<LinOp> sparse = sparse_form(*this)) return sparse;
  const Ref<LinOp> operand = op_->fused(materialize);
  if (materialize && is_dense(*operand)) return dense_like(*this, *to_matrix());
  return operand->transpose();
}

Ref<Array> TransposeView::to_matrix() const {
  return ops::copy(*ops::transpose(*op_->to_matrix()));
}

Ref<LinOp> ConjugateView::fused(bool materialize) {
  if (materialize)
    if (Ref<LinOp> sparse = sparse_form(*this)) return sparse;
  const Ref<LinOp> operand = op_->fused(materialize);
  if (materialize && is_dense(*operand)) return dense_like(*this, *to_matrix());
  return operand->conjugate();
}

Ref<Array> ConjugateView::to_matrix() const {
  return ops::conj(*op_->to_matrix());
}

}  // namespace spc
