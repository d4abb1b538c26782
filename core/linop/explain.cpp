// SPDX-License-Identifier: Apache-2.0
// What an application of each operator runs.
#include "core/ops/explain.hpp"

#include <fmt/format.h>

#include "core/linop/algebra.hpp"
#include "core/linop/diagonal.hpp"
#include "core/linop/matrix.hpp"
#include "core/linop/matrix_free.hpp"
#include "core/linop/views.hpp"

namespace spc {

namespace {

const char *name_of(Mode mode) {
  constexpr const char *names[] = {"none", "transpose", "conjugate transpose", "adjoint"};
  return names[static_cast<int>(mode)];
}

bool reverses(Mode mode) {
  return mode != Mode::none;
}

void kernels(Explanation &to, const LinOp &A, Op op) {
  to.kernels(op, A.ctx->family, A.ctx->dtype);
}

enum class Of { operand, result };

// R or R^-1 of the space of x or y.
void riesz(Explanation &to, const Space &space, bool inverse, Of of) {
  if (space.is_euclidean()) return;
  to.line(fmt::format("{} map of the space of the {}", inverse ? "inverse Riesz" : "Riesz",
                      of == Of::result ? "result" : "operand"));
  const Explanation::Part part(to);
  to.kernels(inverse ? Op::divide : Op::multiply, space.ctx->family, space.ctx->dtype);
}

// R in front of what an adjoint computes, R^-1 behind it.
void riesz(Explanation &to, const Space &space, bool inverse) {
  riesz(to, space, inverse, inverse ? Of::result : Of::operand);
}

}  // namespace

void LinOp::explain_head(Explanation &to, Mode mode) const {
  to.line(fmt::format("{}: family {}, dtype {}, mode {}", kind(), ctx->family.name(),
                      name(ctx->dtype), name_of(mode)));
}

void AdjointView::explain(Explanation &to, Mode mode) const {
  explain_head(to, mode);
  const Explanation::Part part(to);
  const bool metric = mode == Mode::none || mode == Mode::adjoint;
  if (!metric) riesz(to, *op_->domain, true, Of::operand);
  op_->explain(to, mode == Mode::none ? Mode::adjoint : Mode::none);
  if (!metric) riesz(to, *op_->codomain, false, Of::result);
}

void TransposeView::explain(Explanation &to, Mode mode) const {
  explain_head(to, mode);
  const Explanation::Part part(to);
  const bool metric = mode == Mode::adjoint;
  if (metric) riesz(to, *op_->domain, false);
  if (mode != Mode::none && mode != Mode::transpose && ctx->complex())
    to.line("between conjugates of operand and result");
  op_->explain(to, mode == Mode::none ? Mode::transpose : Mode::none);
  if (metric) riesz(to, *op_->codomain, true);
}

void ConjugateView::explain(Explanation &to, Mode mode) const {
  explain_head(to, mode);
  const Explanation::Part part(to);
  const bool metric = mode == Mode::adjoint;
  if (metric) riesz(to, *codomain, false);
  if (mode == Mode::none) to.line("between conjugates of operand and result");
  op_->explain(to, mode == Mode::none        ? Mode::none
                   : mode == Mode::transpose ? Mode::conj_trans
                                             : Mode::transpose);
  if (metric) riesz(to, *domain, true);
}

void AssumedLinOp::explain(Explanation &to, Mode mode) const {
  op_->explain(to, mode);
}

void MatrixLinOp::explain(Explanation &to, Mode mode) const {
  explain_head(to, mode);
  const Explanation::Part part(to);
  const bool metric = mode == Mode::adjoint;
  if (matrix_dtype() != ctx->dtype)
    to.line(fmt::format("the data has dtype {}: a copy in dtype {} is kept while it is not written",
                        name(matrix_dtype()), name(ctx->dtype)));
  if (metric) riesz(to, *codomain, false);
  to.kernels(product_op(), ctx->family, ctx->dtype, index_dtype());
  if (metric) riesz(to, *domain, true);
}

void DiagonalLinOp::explain(Explanation &to, Mode mode) const {
  explain_head(to, mode);
  const Explanation::Part part(to);
  const bool conjugate = mode == Mode::conj_trans || mode == Mode::adjoint;
  const bool metric = mode == Mode::adjoint && !diagonal_metrics();
  if (metric) riesz(to, *domain, false);
  if (conjugate && is_complex(d_->dtype)) to.line("by the conjugate of the data, which is kept");
  kernels(to, *this, Op::multiply);
  if (metric) riesz(to, *domain, true);
}

void MatrixFreeLinOp::explain(Explanation &to, Mode mode) const {
  explain_head(to, mode);
  const Explanation::Part part(to);
  const bool metric = mode != Mode::none && mode != Mode::adjoint;
  if (metric) riesz(to, *codomain, true, Of::operand);
  to.line(mode == Mode::none ? "calls the function apply of the program"
                             : "calls the function rapply of the program");
  if (metric) riesz(to, *domain, false, Of::result);
}

void IdentityLinOp::explain(Explanation &to, Mode mode) const {
  explain_head(to, mode);
  const Explanation::Part part(to);
  to.line("the result is the operand: no kernel runs");
}

void ZeroLinOp::explain(Explanation &to, Mode mode) const {
  explain_head(to, mode);
  const Explanation::Part part(to);
  kernels(to, *this, Op::fill);
}

void ScaledLinOp::explain(Explanation &to, Mode mode) const {
  explain_head(to, mode);
  const Explanation::Part part(to);
  op_->explain(to, mode);
  to.line("times the scalar; apply_into gives it to the operand as its alpha");
  kernels(to, *this, ctx->family.opaque() ? Op::axpby : Op::multiply);
}

void SumLinOp::explain(Explanation &to, Mode mode) const {
  explain_head(to, mode);
  const Explanation::Part part(to);
  for (const Ref<LinOp> &p : parts_) p->explain(to, mode);
  to.line("added; apply_into has the operands add to its result");
  kernels(to, *this, ctx->family.opaque() ? Op::axpby : Op::add);
}

void ComposedLinOp::explain(Explanation &to, Mode mode) const {
  explain_head(to, mode);
  const Explanation::Part part(to);
  const std::size_t n = chain_.size();
  for (std::size_t i = 0; i < n; ++i) chain_[reverses(mode) ? i : n - 1 - i]->explain(to, mode);
}

}  // namespace spc
