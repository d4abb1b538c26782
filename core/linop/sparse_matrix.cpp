// SPDX-License-Identifier: Apache-2.0
// Coordinate matrices that are sparse by structure. Riesz maps between two factors cancel, so that
// matrices multiply as they are in any geometry.
#include "core/linop/algebra.hpp"
#include "core/linop/diagonal.hpp"
#include "core/linop/indexing.hpp"
#include "core/linop/kronecker.hpp"
#include "core/linop/selection.hpp"
#include "core/linop/sparse.hpp"
#include "core/linop/views.hpp"
#include "core/ops/ops.hpp"
#include "core/support/error.hpp"

namespace spc {

namespace {

Ref<SparseArray> in_dtype_of(const Context &ctx, const Ref<SparseArray> &a) {
  if (a->dtype() == ctx.dtype) return a;
  return make<SparseArray>(a->format, a->rows, a->cols, a->first, a->second,
                           ops::astype(*a->data, ctx.dtype));
}

// One entry a row: values[i] in column columns[i]. Both vectors are new, columns is int64.
Ref<SparseArray> one_per_row(Context &ctx, std::int64_t cols, const Ref<Array> &columns,
                             Ref<Array> values) {
  const std::int64_t rows = columns->size;
  const Dtype index = ops::index_dtype_for(rows, cols, rows);
  const auto as_index = [&](const Ref<Array> &x) {
    return x->dtype == index ? x : ops::astype(*x, index);
  };
  return make<SparseArray>(SPC_CSR, rows, cols, as_index(indexing::range(ctx, rows + 1)),
                           as_index(columns), std::move(values));
}

Ref<SparseArray> times(const Ref<SparseArray> &a, Value &factor, bool divide = false) {
  return ops::call_sparse(divide ? Op::divide : Op::multiply, {a.get(), &factor});
}

}  // namespace

Ref<SparseArray> SparseLinOp::sparse_matrix() const {
  return in_dtype_of(*ctx, A_);
}

Ref<SparseArray> IdentityLinOp::sparse_matrix() const {
  const std::int64_t n = domain->size();
  return one_per_row(*ctx, n, indexing::range(*ctx, n), indexing::repeated(*ctx, n, 1));
}

Ref<SparseArray> ZeroLinOp::sparse_matrix() const {
  Ref<Array> none = ops::zeros(*ctx, {0}, Dtype::int64);
  return make<SparseArray>(SPC_COO, codomain->size(), domain->size(), none, none,
                           ops::zeros(*ctx, {0}, ctx->dtype));
}

Ref<SparseArray> DiagonalLinOp::sparse_matrix() const {
  const std::int64_t n = domain->size();
  const Ref<Array> d = ops::astype(*ops::reshape(*d_, {n}), ctx->dtype);
  return one_per_row(*ctx, n, indexing::range(*ctx, n), d.get() == d_.get() ? ops::copy(*d) : d);
}

Ref<SparseArray> PermutationLinOp::sparse_matrix() const {
  return one_per_row(*ctx, domain->size(), ops::copy(*p_),
                     indexing::repeated(*ctx, codomain->size(), 1));
}

Ref<SparseArray> RestrictionLinOp::sparse_matrix() const {
  return one_per_row(*ctx, domain->size(), ops::copy(*indices_),
                     indexing::repeated(*ctx, codomain->size(), 1));
}

Ref<SparseArray> ScaledLinOp::sparse_matrix() const {
  const Ref<SparseArray> a = op_->sparse_matrix();
  return a ? in_dtype_of(*ctx, times(a, *s_)) : nullptr;
}

Ref<SparseArray> SumLinOp::sparse_matrix() const {
  Ref<SparseArray> sum;
  for (const Ref<LinOp> &part : parts_) {
    const Ref<SparseArray> term = part->sparse_matrix();
    if (!term) return nullptr;
    sum = sum ? ops::call_sparse(Op::add, {sum.get(), term.get()}) : term;
  }
  return sum;
}

Ref<SparseArray> ComposedLinOp::sparse_matrix() const {
  const Ref<SparseArray> l = left().sparse_matrix();
  if (!l) return nullptr;
  const Ref<SparseArray> r = right().sparse_matrix();
  return r ? ops::sparse_product(*l, *r) : nullptr;
}

// R_X^-1 M^H R_Y with diagonal metrics.
Ref<SparseArray> AdjointView::sparse_matrix() const {
  const Space &X = *op_->domain, &Y = *op_->codomain;
  if (!has_diagonal_metric(X) || !has_diagonal_metric(Y)) return nullptr;
  const Ref<SparseArray> m = op_->sparse_matrix();
  if (!m) return nullptr;
  Ref<SparseArray> h = ops::sparse_conj(*ops::sparse_transpose(*m));
  if (!Y.is_euclidean()) h = times(h, *ops::reshape(*Y.geometry()->weights(), {1, Y.size()}));
  if (!X.is_euclidean()) h = times(h, *ops::reshape(*X.geometry()->weights(), {X.size(), 1}), true);
  return in_dtype_of(*ctx, h);
}

Ref<SparseArray> TransposeView::sparse_matrix() const {
  const Ref<SparseArray> m = op_->sparse_matrix();
  return m ? ops::sparse_transpose(*m) : nullptr;
}

Ref<SparseArray> ConjugateView::sparse_matrix() const {
  const Ref<SparseArray> m = op_->sparse_matrix();
  return m ? ops::sparse_conj(*m) : nullptr;
}

Ref<SparseArray> AssumedLinOp::sparse_matrix() const {
  return op_->sparse_matrix();
}

Ref<SparseArray> KroneckerLinOp::sparse_matrix() const {
  const Ref<SparseArray> a = parts_[0]->sparse_matrix();
  if (!a) return nullptr;
  const Ref<SparseArray> b = parts_[1]->sparse_matrix();
  return b ? ops::call_sparse(Op::kron, {a.get(), b.get()}) : nullptr;
}

Ref<SparseArray> KroneckerLinOp::to_sparse() const {
  if (Ref<SparseArray> matrix = sparse_matrix()) return matrix;
  fail(SPC_E_NOTIMPL, "to_sparse: {} of a {} and a {}, one of which is not sparse by structure",
       kind(), parts_[0]->kind(), parts_[1]->kind());
}

}  // namespace spc
