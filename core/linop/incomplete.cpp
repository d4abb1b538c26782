// SPDX-License-Identifier: Apache-2.0
// Preconditioners from incomplete factors.
#include "core/linop/factorized.hpp"
#include "core/ops/ops.hpp"
#include "core/ops/sparse.hpp"
#include "core/space/axes.hpp"
#include "core/support/error.hpp"

namespace spc {

namespace {

/// (L L^H)^-1 or (L U)^-1 in coordinates.
class IncompleteLinOp final : public CoordinateLinOp {
 public:
  static Ref<LinOp> create(const Ref<LinOp> &A, bool cholesky) {
    constexpr const char *op = "linop_incomplete";
    Ref<SparseArray> m = stored_matrix(*A, op);
    m = ops::canonical(*compressed::in_types(m, A->ctx->family, A->ctx->dtype, m->index_dtype()));
    if (m->nnz() == 0 && m->rows > 0) fail(SPC_E_LINALG, "{}: pivot of row 0 is not stored", op);
    if (m->nnz() > 0) m = incomplete_factors(cholesky ? Op::sparse_ic0 : Op::sparse_ilu0, m, op);
    return probed(make<IncompleteLinOp>(A, cholesky, std::move(m)));
  }

  IncompleteLinOp(Ref<LinOp> A, bool cholesky, Ref<SparseArray> factors)
      : CoordinateLinOp({A->ctx, A->codomain, A->domain}),
        op_(std::move(A)),
        cholesky_(cholesky),
        factors_(std::move(factors)) {}

  const char *kind() const noexcept override { return "IncompleteLinOp"; }
  std::span<const Ref<LinOp>> parts() const noexcept override { return {&op_, 1}; }
  std::string text() const override {
    return text_with(fmt::format("{} of {}", word(), op_->text()));
  }

 protected:
  Ref<Array> map(Array &x, bool adjoint) const override {
    if (x.ndim() == 1) return solve(x, adjoint);
    const Ref<Array> rows = as_rows(x);
    const Ref<Array> solution = solve(*swap_last(*rows), adjoint);
    return ops::reshape(*swap_last(*solution), x.shape);
  }

  Verdict coordinates_are(Property property) const override {
    const bool known =
        cholesky_ && (property == Property::hermitian || property == Property::positive_definite ||
                      property == Property::positive_semidefinite);
    return known ? Verdict::yes : Verdict::unknown;
  }

  bool same_values(const LinOp &other) const override {
    const auto &o = static_cast<const IncompleteLinOp &>(other);
    return cholesky_ == o.cholesky_ && op_->equals(*o.op_);
  }
  Ref<LinOp> rebuilt(const Conversion &conversion, Context &) override {
    return create(op_->convert(conversion), cholesky_);
  }
  std::string how() const override {
    return fmt::format("solves with two triangles of {}, {} entries", word(), factors_->nnz());
  }

 private:
  const char *word() const noexcept { return cholesky_ ? "ic0" : "ilu0"; }

  Ref<Array> solve(Array &given, bool adjoint) const {
    const Ref<Array> b =
        given.dtype == ctx->dtype ? Ref<Array>::share(&given) : ops::astype(given, ctx->dtype);
    if (factors_->nnz() == 0) return b;
    const auto half = [&](Array &v, bool lower, bool unit, int mode) {
      return solve_sparse_triangle(*factors_, v, lower, unit, mode, "linop_incomplete");
    };
    if (cholesky_)
      return half(*half(*b, true, false, SPC_MODE_NONE), true, false, SPC_MODE_CONJ_TRANS);
    if (adjoint)
      return half(*half(*b, false, false, SPC_MODE_CONJ_TRANS), true, true, SPC_MODE_CONJ_TRANS);
    return half(*half(*b, true, true, SPC_MODE_NONE), false, false, SPC_MODE_NONE);
  }

  const Ref<LinOp> op_;
  const bool cholesky_;
  const Ref<SparseArray> factors_;
};

}  // namespace

Ref<LinOp> incomplete(const Ref<LinOp> &A, std::string_view method) {
  constexpr const char *op = "linop_incomplete";
  if (method != "auto" && method != "ic0" && method != "ilu0")
    fail(SPC_E_VALUE, "{}: unknown method '{}'; expected auto, ic0 or ilu0", op, method);
  if (A->domain->size() != A->codomain->size())
    fail(SPC_E_VALUE, "{} requires a square LinOp; got a {} of shape {} -> {}", op, A->kind(),
         A->domain->shape(), A->codomain->shape());
  if (!A->domain->interchangeable(*A->codomain))
    fail(SPC_E_VALUE, "{} needs equal domain and codomain; got a {} between others", op, A->kind());
  if (!is_floating(A->ctx->dtype))
    fail(SPC_E_TYPE, "{} requires a floating dtype; got {}", op, name(A->ctx->dtype));
  if (method == "ic0" && !A->domain->is_euclidean())
    fail(SPC_E_VALUE, "{}: ic0 needs a Euclidean geometry; got a {} on another", op, A->kind());
  const bool cholesky =
      method == "auto" ? A->domain->is_euclidean() && A->is(Property::hermitian) == Verdict::yes
                       : method == "ic0";
  return IncompleteLinOp::create(A, cholesky);
}

}  // namespace spc
