// SPDX-License-Identifier: Apache-2.0
#include "core/linop/sparse.hpp"

#include <algorithm>

#include "core/linop/indexing.hpp"
#include "core/ops/ops.hpp"
#include "core/support/error.hpp"

namespace spc {

namespace {

Ref<SparseArray> as_sparse_ref(Ref<Value> v, const char *op) {
  SparseArray &a = as_sparse(v.get(), op);
  v.leak();
  return Ref<SparseArray>::adopt(&a);
}

}  // namespace

Ref<LinOp> SparseLinOp::create(const Ref<Value> &A, const Ref<Space> &domain,
                               const Ref<Space> &codomain) {
  SparseArray &a = as_sparse(A.get(), "SparseLinOp");
  Endpoints e = joint_endpoints(domain, codomain, "SparseLinOp");
  const Dims expected{e.codomain->size(), e.domain->size()}, shape{a.rows, a.cols};
  if (shape != expected)
    fail(SPC_E_TYPE, "Expected A.shape == (prod(cod.shape), prod(dom.shape)) == {}, got {}",
         expected, shape);
  check_operator_data(*e.domain, a.family(), a.dtype(), "SparseLinOp", a);
  Ref<SparseArray> own = Ref<SparseArray>::share(&a);
  if (&a.family() != &e.ctx->family)
    own = make<SparseArray>(a.format, a.rows, a.cols, retag(a.first, e.ctx->family),
                            retag(a.second, e.ctx->family), retag(a.data, e.ctx->family));
  return probed(make<SparseLinOp>(std::move(e), std::move(own)));
}

SparseLinOp::SparseLinOp(Endpoints e, Ref<SparseArray> A)
    : MatrixLinOp(std::move(e.ctx), std::move(e.domain), std::move(e.codomain)), A_(std::move(A)) {
  keep_operand();
}

Ref<MatrixLinOp::Operand> SparseLinOp::make_operand() const {
  Ref<SparseArray> a = A_;
  Ref<Operand> o = make<Operand>();
  if (a->format == SPC_COO) {
    a = as_sparse_ref(ops::assparse(*ctx, *A_, "csr", ctx->dtype), "SparseLinOp");
  } else if (a->dtype() != ctx->dtype) {
    a = make<SparseArray>(a->format, a->rows, a->cols, a->first, a->second,
                          ops::astype(*a->data, ctx->dtype));
  }
  o->is_copy = a.get() != A_.get();
  // CSC is the CSR of the transpose.
  o->transposed = a->format == SPC_CSC;
  o->plan = std::make_unique<ProductPlan>(
      ctx->family, Op::spmm, a->index_dtype(),
      std::initializer_list<Ref<Array>>{a->first, a->second, a->data}, a->data,
      o->transposed ? a->cols : a->rows, o->transposed ? a->rows : a->cols);
  o->matrix = std::move(a);
  return o;
}

Ref<Array> SparseLinOp::product(Array &x, bool adjoint) const {
  const Ref<SparseArray> m = adjoint ? ops::sparse_conj(*ops::sparse_transpose(*A_)) : A_;
  OpArgs args(Op::sparse_matmul);
  args.in[0] = m.get();
  args.in[1] = &x;
  args.n_in = 2;
  Ref<Value> y = dispatch(args);
  return Ref<Array>::adopt(static_cast<Array *>(y.leak()));
}

Ref<Array> SparseLinOp::product_of_rows(Array &rows, bool adjoint) const {
  return ops::transpose(*product(*ops::transpose(rows), adjoint));
}

Ref<Array> SparseLinOp::densified() const {
  return ops::astype(*ops::densify(*A_), ctx->dtype);
}

bool SparseLinOp::entries_are(Property property) const {
  if (A_->nnz() == 0) return true;
  if (property == Property::real) return ops::all_equal(*A_->data, *ops::conj(*A_->data));
  const Ref<SparseArray> m =
      as_sparse_ref(ops::assparse(*ctx, *A_, "coo", A_->dtype()), "SparseLinOp");
  const Op outside = property == Property::lower_triangular ? Op::less : Op::greater;
  const Ref<Array> beyond = ops::call(outside, {m->first.get(), m->second.get()});
  Scalar zero(SPC_WEAK_BOOL, 0, 0.0);
  const Ref<Array> values = ops::call(Op::where, {beyond.get(), m->data.get(), &zero});
  return ops::allclose(*values, *ops::zeros(*ctx, {}, A_->dtype()), 0, 0);
}

void SparseLinOp::product_into(Value *alpha, Value &matrix, Array &x, Value *beta, Array &y,
                               Mode mode) const {
  SparseArray &m = static_cast<SparseArray &>(matrix);
  if (m.format == SPC_CSC && mode == Mode::conj_trans && is_complex(m.dtype())) {
    // A^H = (conj A)^T, and the transpose of CSC is what the kernel is made for.
    const Ref<SparseArray> conjugate =
        conjugate_.get(version(), [&] { return ops::sparse_conj(m); });
    return ops::spmm_into(alpha, *conjugate, x, beta, y, SPC_MODE_TRANSPOSE);
  }
  ops::spmm_into(alpha, m, x, beta, y, static_cast<int>(mode));
}

bool SparseLinOp::close_to_adjoint(Array *weights) const {
  if (weights == nullptr)
    return ops::allclose_sparse(*A_, *ops::sparse_conj(*ops::sparse_transpose(*A_)));
  // (W^-1 M^H W)_ij = conj(M_ji) w_j / w_i: an entry (r, c, v) of M becomes (c, r, conj(v) w_r / w_c).
  const Ref<SparseArray> m =
      as_sparse_ref(ops::assparse(*ctx, *A_, "coo", A_->dtype()), "SparseLinOp");
  const Ref<Array> w = ops::reshape(*weights, {domain->size()});
  const Ref<Value> of_rows = indexing::picked(*w, *m->first),
                   of_cols = indexing::picked(*w, *m->second);
  Ref<Array> values = ops::divide(*ops::multiply(*ops::conj(*m->data), *of_rows), *of_cols);
  const Ref<SparseArray> adjoint =
      ops::new_sparse(SPC_COO, m->cols, m->rows, m->second, m->first, std::move(values));
  return ops::allclose_sparse(*A_, *adjoint);
}

bool SparseLinOp::same_values(const LinOp &other) const {
  return ops::allclose_sparse(*A_, *static_cast<const SparseLinOp &>(other).A_, 0, 0);
}

Ref<LinOp> SparseLinOp::rebuilt(const Conversion &conversion, Context &to) {
  return create(ops::transfer(to, *A_), domain->convert(conversion), codomain->convert(conversion));
}

bool holds_sparse(const LinOp &A) {
  if (dynamic_cast<const SparseLinOp *>(&A) != nullptr) return true;
  return std::ranges::any_of(A.parts(), [](const Ref<LinOp> &p) { return holds_sparse(*p); });
}

}  // namespace spc
