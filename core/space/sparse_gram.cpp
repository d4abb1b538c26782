// SPDX-License-Identifier: Apache-2.0
#include "core/space/sparse_gram.hpp"

#include <mutex>

#include "core/context/context.hpp"
#include "core/ops/ops.hpp"
#include "core/space/space.hpp"
#include "core/support/error.hpp"
#include "core/support/fork_mutex.hpp"

namespace spc {

namespace {

Ref<SparseArray> own_copy(SparseArray &gram) {
  const Ref<SparseArray> csr = ops::to_csr(gram);
  return make<SparseArray>(SPC_CSR, csr->rows, csr->cols, csr->first, csr->second,
                           ops::copy(*csr->data));
}

// map(columns) of the coordinates (..., n) of every element of a batch, in the shape of x.
template <class Map>
Ref<Array> of_rows(Array &x, std::int64_t n, Map map) {
  if (x.size == 0) return ops::copy(x);
  const Ref<Array> rows = ops::reshape(x, {x.size / n, n});
  return ops::reshape(*ops::transpose(*map(*ops::transpose(*rows))), x.shape);
}

}  // namespace

SparseGramGeometry::SparseGramGeometry(SparseArray &gram) : gram_(own_copy(gram)) {}

void SparseGramGeometry::validate_for(const Space &space) const {
  if (!space.has(Capability::coordinate))
    fail(SPC_E_TYPE, "GramInnerProduct requires a CoordinateSpace, got {}", space.kind());
  Family &family = space.ctx->family;
  SparseArray &G = *gram_;
  if (!interchangeable(G.family(), family))
    fail(SPC_E_TYPE, "GramInnerProduct matrix: expected an array for {}, got {}", family.name(),
         describe(&G));
  const Dims shape = {G.rows, G.cols}, expected = {space.size(), space.size()};
  if (shape != expected)
    fail(SPC_E_VALUE, "GramInnerProduct matrix has shape {}, the space of {} coordinates needs {}",
         shape, space.size(), expected);
  if (G.dtype() != space.ctx->dtype)
    fail(SPC_E_TYPE, "GramInnerProduct matrix has dtype {}, the space has dtype {}",
         name(G.dtype()), name(space.ctx->dtype));
  if (!is_floating(G.dtype()))
    fail(SPC_E_TYPE, "GramInnerProduct matrix has dtype {}, expected a floating dtype",
         name(G.dtype()));
  if (G.rows == 0) return;
  if (G.nnz() == 0)
    fail(SPC_E_LINALG, "GramInnerProduct matrix must be positive definite: it has no entries");
  // A sum of finite terms may overflow, but 0 times each of them may not.
  Scalar zero(SPC_WEAK_INT, 0, 0);
  const Ref<Array> zeros = ops::multiply(zero, *G.data);
  if (!ops::all_equal(*zeros, *zeros)) fail(SPC_E_VALUE, "GramInnerProduct matrix must be finite");
  if (!ops::allclose_sparse(G, *ops::sparse_conj(*ops::sparse_transpose(G)),
                            size_of(real_of(G.dtype())) == 4 ? 1e-5 : 1e-12, 0))
    fail(SPC_E_VALUE, "GramInnerProduct matrix must be Hermitian");
  factors();
}

Ref<SparseFactor> SparseGramGeometry::factors() const {
  {
    const std::scoped_lock lock(lock_of(this));
    if (factors_) return factors_;
  }
  // Unlocked: making them runs kernels. Concurrent calls may both do so.
  Ref<SparseFactor> fresh;
  try {
    fresh = SparseFactor::create(gram_->family(), Op::sparse_cholesky, gram_, {},
                                 name(Op::sparse_cholesky));
  } catch (const Error &e) {
    if (e.code() != SPC_E_LINALG) throw;
    fail(SPC_E_LINALG, "GramInnerProduct matrix must be positive definite: {}", e.message());
  }
  const std::scoped_lock lock(lock_of(this));
  if (!factors_) factors_ = std::move(fresh);
  return factors_;
}

Ref<Geometry> SparseGramGeometry::converted_to(Context &ctx) {
  if (gram_->dtype() == ctx.dtype && compatible(gram_->family(), ctx.family))
    return Ref<Geometry>::share(this);
  return make<SparseGramGeometry>(*ops::transfer(ctx, *gram_));
}

bool SparseGramGeometry::equals(const Geometry &other) const {
  if (this == &other) return true;
  const auto *o = dynamic_cast<const SparseGramGeometry *>(&other);
  if (o == nullptr) return false;
  SparseArray &a = *gram_, &b = *o->gram_;
  return a.rows == b.rows && a.cols == b.cols && a.dtype() == b.dtype() &&
         compatible(a.family(), b.family()) && ops::allclose_sparse(a, b, 0, 0);
}

Ref<Array> SparseGramGeometry::inner(Array &x, Array &y) const {
  return ops::vdot(x, *riesz(y));
}

void SparseGramGeometry::inner_into(Array &x, Array &y, Array *work, Array &out) const {
  riesz_into(y, *work);
  ops::vdot_into(x, *work, out);
}

Ref<Array> SparseGramGeometry::riesz(Array &x) const {
  return of_rows(x, gram_->rows, [&](Array &columns) {
    Ref<Array> out = ops::new_like(columns);
    ops::spmm_into(nullptr, *gram_, columns, nullptr, *out, SPC_MODE_NONE);
    return out;
  });
}

Ref<Array> SparseGramGeometry::riesz_inverse(Array &x) const {
  const Ref<SparseFactor> f = factors();
  return of_rows(x, gram_->rows, [&](Array &columns) { return f->solve(columns, SPC_MODE_NONE); });
}

void SparseGramGeometry::riesz_into(Array &x, Array &out) const {
  ops::copy_into(*riesz(x), out);
}

void SparseGramGeometry::riesz_inverse_into(Array &x, Array &out) const {
  ops::copy_into(*riesz_inverse(x), out);
}

}  // namespace spc
