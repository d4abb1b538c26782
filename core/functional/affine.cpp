// SPDX-License-Identifier: Apache-2.0
// The solutions of A x = b.
#include <algorithm>
#include <cmath>

#include "core/functional/functional.hpp"
#include "core/functional/scalars.hpp"
#include "core/functional/set.hpp"
#include "core/linop/algebra.hpp"
#include "core/linop/inverse.hpp"
#include "core/ops/ops.hpp"
#include "core/solver/linear.hpp"
#include "core/support/error.hpp"

namespace spc {

namespace {

double norm_of(const Space &space, Value &x) {
  return read_scalar(*space.norm_core(x)).real();
}

Ref<Array> identity_matrix(Context &ctx, std::int64_t n) {
  OpArgs args(Op::eye);
  args.ctx = &ctx;
  args.n = n;
  args.m = n;
  args.dtype = index_of(ctx.dtype);
  return dispatch_array(args);
}

// S = M R_X^-1 M^H for the matrix M of A: that of A A# times R_Y^-1, Hermitian and semidefinite.
Ref<Array> normal_matrix(const Ref<LinOp> &A) {
  const Space &Y = *A->codomain;
  Ref<Array> K = ComposedLinOp::create(A, A->adjoint())->to_matrix();
  if (Y.is_euclidean()) return K;
  const Ref<Value> basis = Y.unflatten_batch_core(*identity_matrix(*Y.ctx, Y.size()));
  const Ref<Array> rows = Y.flatten_batch_core(*Y.riesz_inverse(*basis));
  return ops::matmul(*K, *ops::transpose(*rows));
}

// Eigenvalues that are rounding errors belong to redundant rows and count as 0.
Ref<Array> pseudo_inverse(Array &S) {
  OpArgs args(Op::eigh);
  args.in[0] = &S;
  args.n_in = 1;
  const Ref<Value> pair = dispatch(args);
  const auto &items = static_cast<const Sequence &>(*pair).items;
  Array &s = static_cast<Array &>(*items[0]), &U = static_cast<Array &>(*items[1]);
  const double largest = read_scalar(*ops::call(Op::max, {&s})).real();
  const Weak cut(largest * static_cast<double>(s.size) * eps(s.dtype)), one(1), zero(0);
  const Ref<Array> kept = ops::call(Op::greater, {&s, cut.get()});
  const Ref<Array> divisors = ops::call(Op::where, {kept.get(), &s, one.get()});
  const Ref<Array> inverses =
      ops::call(Op::where, {kept.get(), ops::divide(*one, *divisors).get(), zero.get()});
  return ops::matmul(*ops::multiply(U, *inverses), *ops::call(Op::adjoint, {&U}));
}

class Affine final : public Set {
 public:
  Affine(Ref<LinOp> A, Ref<Value> b, Ref<Array> inverse)
      : Set(A->domain),
        A_(std::move(A)),
        b_(std::move(b)),
        inverse_(std::move(inverse)),
        gram_(inverse_ ? nullptr : ComposedLinOp::create(A_, A_->adjoint())) {}

  const char *kind() const noexcept override { return "Affine"; }
  // The second step takes away what rounding left of the first.
  Ref<Value> project_core(Value &x) const override {
    Ref<Value> y = corrected(x);
    return inverse_ ? corrected(*y) : y;
  }
  std::string text() const override { return fmt::format("{}({})", kind(), A_->text()); }

  /// ||A x - b||_Y
  double residual(Value &x) const { return norm_of(*A_->codomain, *excess(x)); }

 protected:
  bool same_values(const Set &other) const override {
    const auto &o = static_cast<const Affine &>(other);
    return A_->equals(*o.A_) && same_elements(*A_->codomain, *b_, *o.b_);
  }
  Ref<Set> rebuilt(const Conversion &conversion) override {
    return affine_set(A_->convert(conversion), *b_);
  }

 private:
  // A x - b
  Ref<Value> excess(Value &x) const {
    const Weak minus(-1);
    return A_->codomain->axpy_core(*minus, *b_, *A_->apply_core(x));
  }

  // x - A# z with A A# z = A x - b.
  Ref<Value> corrected(Value &x) const {
    const Space &Y = *A_->codomain;
    Ref<Value> z = Y.tagged(excess(x));
    if (inverse_)
      z = Y.riesz_inverse(*Y.unflatten_core(*ops::matmul(*inverse_, *Y.flatten_core(*z))));
    else
      z = solved(*z);
    const Weak minus(-1);
    return space->axpy_core(*minus, *A_->rapply_core(*z), x);
  }

  // What cg reports as no convergence may be the end of what rounding allows.
  Ref<Value> solved(Value &r) const {
    const double unit = eps(A_->ctx->dtype);
    SolveOptions options;
    options.rtol = 1e2 * unit;
    Ref<Value> z;
    SolveResult result = {};
    cg(*gram_, r, nullptr, options, z, result);
    const double enough = std::cbrt(unit * unit) * norm_of(*A_->codomain, r);
    if (result.reason < 0 && !(result.true_residual_norm <= enough))
      fail(SPC_E_RUNTIME, "Affine: cg stopped with {} after {} iterations, residual {} of {}",
           reason_name(result.reason), result.iterations, result.true_residual_norm, enough);
    return z;
  }

  const Ref<LinOp> A_;
  const Ref<Value> b_;
  const Ref<Array> inverse_;  // of S on its range; nullptr: cg
  const Ref<LinOp> gram_;     // A A#, where cg runs
};

}  // namespace

Ref<Set> affine_set(const Ref<LinOp> &A, Value &b) {
  const Space &Y = *A->codomain;
  for (const Space *s : {static_cast<const Space *>(A->domain.get()), &Y})
    if (!s->has(Capability::inner_product))
      fail(SPC_E_TYPE, "Affine: a {} has no inner product", s->kind());
  Ref<Value> right = own_element(Y, b, "Affine", "b");
  Ref<Array> inverse;
  if (Y.size() > 0 && Y.size() <= largest_factored) {
    try {
      inverse = pseudo_inverse(*normal_matrix(A));
    } catch (const Error &e) {
      if (e.code() != SPC_E_NOTIMPL && e.code() != SPC_E_CAPABILITY) throw;
    }
  }
  Ref<Affine> set = make<Affine>(A, right, inverse);
  if (inverse) {
    const double size = norm_of(Y, *right);
    const double left = set->residual(*set->project_core(*A->domain->zeros_core()));
    if (left > std::sqrt(eps(A->ctx->dtype)) * size)
      fail(SPC_E_LINALG,
           "Affine: A x = b has no solution: the least ||A x - b|| is {}, ||b|| is {}", left, size);
  }
  return set;
}

}  // namespace spc
