// SPDX-License-Identifier: Apache-2.0
#include "core/linop/inverse.hpp"

#include <algorithm>

#include "core/linop/factorized.hpp"
#include "core/linop/indexing.hpp"
#include "core/linop/matrix_free.hpp"
#include "core/linop/sparse.hpp"
#include "core/ops/ops.hpp"
#include "core/space/axes.hpp"
#include "core/support/error.hpp"

namespace spc {

namespace {

using Method = InverseLinOp::Method;

const char *word(Method method) {
  constexpr const char *words[] = {"lu", "cholesky", "ldl"};
  return words[static_cast<int>(method)];
}

Ref<Array> solved(Op op, std::initializer_list<Value *> in, bool adjoint, bool lower = false) {
  OpArgs args(op);
  for (Value *v : in) args.in[args.n_in++] = v;
  args.mode = adjoint ? SPC_MODE_CONJ_TRANS : SPC_MODE_NONE;
  args.lower = lower;
  return dispatch_array(args);
}

// R of every column: the Riesz map of a space on a batch of coordinates.
Ref<Array> riesz_of_columns(const Space &space, Array &columns) {
  const Ref<Value> batch = space.unflatten_batch_core(*swap_last(columns));
  return ops::copy(*swap_last(*space.flatten_batch_core(*space.riesz(*batch))));
}

// R M in coordinates.
Ref<Array> weighted_matrix(const LinOp &A) {
  const Ref<Array> matrix = A.to_matrix();
  return A.domain->is_euclidean() ? matrix : riesz_of_columns(*A.domain, *matrix);
}

// Whether one triangle tells the matrix: factors err by no less than what the other one differs by.
// An operator may be self-adjoint by its own, absolute tolerances alone.
bool one_triangle_tells(Array &matrix) {
  if (matrix.size == 0) return true;
  const Ref<Array> moduli = ops::call(Op::abs, {&matrix});
  const double largest = read_scalar(*ops::call(Op::max, {moduli.get()})).real();
  return ops::allclose(matrix, *ops::conj(*ops::transpose(matrix)), 0,
                       64 * eps(matrix.dtype) * largest);
}

// What is factored, and how. Making the matrix may take an application for each of its columns.
struct Choice {
  Method method;
  Ref<Array> matrix;
};

Choice automatic(const LinOp &A) {
  if (A.is(Property::hermitian) == Verdict::yes) {
    const Ref<Array> m = weighted_matrix(A);
    if (one_triangle_tells(*m))
      return {A.is(Property::positive_definite) == Verdict::yes ? Method::cholesky : Method::ldl,
              m};
    if (A.domain->is_euclidean()) return {Method::lu, m};
  }
  return {Method::lu, A.to_matrix()};
}

// The host sees the zero now, not at the first application.
void require_regular(const LinOp &A, Array &lu) {
  const std::int64_t n = lu.shape[0];
  const Ref<Array> diagonal =
      new_view(lu, {n}, {lu.strides[0] + lu.strides[1]}, lu.data, lu.dtype, false);
  const std::int64_t at = indexing::zero_at(*diagonal);
  if (at >= 0)
    fail(SPC_E_LINALG, "linop_inverse: the {} is singular: pivot {} of {} is 0", A.kind(), at, n);
}

// Nothing but arrays behind it.
bool is_stored(const LinOp &A) {
  if (dynamic_cast<const MatrixFreeLinOp *>(&A) != nullptr) return false;
  return std::ranges::all_of(A.parts(), [](const Ref<LinOp> &p) { return is_stored(*p); });
}

// The matrix of A where it has sparse factors, else nullptr. A family without kernels for them has
// dense ones.
Ref<SparseArray> factorable(const LinOp &A) {
  if (!holds_sparse(A)) return nullptr;
  Ref<SparseArray> m = A.sparse_matrix();
  if (m && A.ctx->family.table().find(Op::sparse_lu, A.ctx->dtype, m->index_dtype()) == nullptr)
    return nullptr;
  return m;
}

}  // namespace

Ref<LinOp> positive_inverse(const Ref<LinOp> &A) {
  if (Ref<LinOp> known = A->structural_inverse()) {
    if (A->is(Property::positive_definite) == Verdict::no)
      fail(SPC_E_LINALG, "linop_inverse: the {} is not positive definite", A->kind());
    return known;
  }
  const Space &X = *A->domain;
  if (X.size() > largest_factored || !X.free_coordinates() || !is_floating(A->ctx->dtype) ||
      !is_stored(*A))
    return nullptr;
  try {
    if (const Ref<SparseArray> m = factorable(*A)) {
      FactorOptions options;
      options.method = SPC_FACTOR_CHOLESKY;
      return SparseInverseLinOp::create(A, options, "linop_inverse", m);
    }
    return InverseLinOp::create(A, Method::cholesky);
  } catch (const Error &e) {
    if (e.code() != SPC_E_NOTIMPL && e.code() != SPC_E_CAPABILITY) throw;
    return nullptr;  // elements without coordinates
  }
}

Ref<LinOp> inverse(const Ref<LinOp> &A, std::string_view method) {
  constexpr const char *op = "linop_inverse";
  const bool chosen = method == "auto";
  if (!chosen && method != "lu" && method != "cholesky" && method != "ldl")
    fail(SPC_E_VALUE, "{}: unknown method '{}'; expected auto, lu, cholesky or ldl", op, method);
  if (A->domain->size() != A->codomain->size())
    fail(SPC_E_VALUE, "{} requires a square LinOp; got a {} of shape {} -> {}", op, A->kind(),
         A->domain->shape(), A->codomain->shape());
  if (!is_floating(A->ctx->dtype))
    fail(SPC_E_TYPE, "{} requires a floating dtype; got {}", op, name(A->ctx->dtype));
  if (chosen) {
    if (Ref<LinOp> known = A->structural_inverse()) return known;
  }
  if (const Ref<SparseArray> m = factorable(*A)) {
    FactorOptions options;
    options.method = chosen                 ? SPC_FACTOR_AUTO
                     : method == "cholesky" ? SPC_FACTOR_CHOLESKY
                     : method == "ldl"      ? SPC_FACTOR_LDL
                                            : SPC_FACTOR_LU;
    return SparseInverseLinOp::create(A, options, op, m);
  }
  if (chosen) {
    const Choice choice = automatic(*A);
    return InverseLinOp::factored(A, choice.method, choice.matrix);
  }
  return InverseLinOp::create(A, method == "lu"         ? Method::lu
                                 : method == "cholesky" ? Method::cholesky
                                                        : Method::ldl);
}

Ref<LinOp> InverseLinOp::create(const Ref<LinOp> &A, Method method, bool trusted) {
  if (method != Method::lu && !A->domain->interchangeable(*A->codomain))
    fail(SPC_E_VALUE, "linop_inverse: {} needs equal domain and codomain; got a {} between others",
         word(method), A->kind());
  const Ref<Array> matrix = method == Method::lu ? A->to_matrix() : weighted_matrix(*A);
  if (method != Method::lu && !trusted) {
    const Ref<Array> adjoint = ops::conj(*ops::transpose(*matrix)),
                     difference = ops::call(Op::subtract, {matrix.get(), adjoint.get()});
    require_self_adjoint(*A, *difference, *matrix, word(method), "linop_inverse");
  }
  return factored(A, method, matrix);
}

Ref<LinOp> InverseLinOp::factored(const Ref<LinOp> &A, Method method, const Ref<Array> &matrix) {
  if (method == Method::cholesky) {
    const Ref<Array> factor = ops::call(Op::cholesky, {matrix.get()});
    if (factor->size > 0) read_scalar(*factor);  // waits for what a queue has to say
    return probed(make<InverseLinOp>(A, method, factor, nullptr));
  }
  OpArgs args(method == Method::lu ? Op::lu : Op::ldl);
  args.in[0] = matrix.get();
  args.n_in = 1;
  const Ref<Value> both = dispatch(args);
  const auto &items = static_cast<const Sequence &>(*both).items;
  const Ref<Array> factors = Ref<Array>::share(static_cast<Array *>(items[0].get()));
  const Ref<Array> pivots = Ref<Array>::share(static_cast<Array *>(items[1].get()));
  if (method == Method::lu) {
    require_regular(*A, *factors);
  } else if (A->domain->size() > 0) {
    // Blocks of two rows may have zeros on the diagonal: the solve itself knows.
    const Ref<Array> zeros = ops::zeros(*A->ctx, {A->domain->size()}, A->ctx->dtype);
    try {
      read_scalar(*solved(Op::ldl_solve, {factors.get(), pivots.get(), zeros.get()}, false));
    } catch (const Error &e) {
      if (e.code() != SPC_E_LINALG) throw;
      fail(SPC_E_LINALG, "linop_inverse: the {} is singular: a pivot of its ldl factors is 0",
           A->kind());
    }
  }
  return probed(make<InverseLinOp>(A, method, factors, pivots));
}

InverseLinOp::InverseLinOp(Ref<LinOp> A, Method method, Ref<Array> factors, Ref<Array> pivots)
    : CoordinateLinOp({A->ctx, A->codomain, A->domain}),
      op_(std::move(A)),
      method_(method),
      factors_(std::move(factors)),
      pivots_(std::move(pivots)) {}

Ref<Array> InverseLinOp::solve(Array &b, bool adjoint) const {
  if (method_ == Method::cholesky) {
    const Ref<Array> t = solved(Op::solve_triangular, {factors_.get(), &b}, false, true);
    return solved(Op::solve_triangular, {factors_.get(), t.get()}, true, true);
  }
  if (method_ == Method::ldl)
    return solved(Op::ldl_solve, {factors_.get(), pivots_.get(), &b}, false);
  return solved(Op::lu_solve, {factors_.get(), pivots_.get(), &b}, adjoint);
}

// Vectors are solved as they are, rows as columns. With S = R M: M^-1 = S^-1 R, M^-H = R S^-1.
Ref<Array> InverseLinOp::map(Array &x, bool adjoint) const {
  const Space &space = *op_->domain;
  const bool metric = method_ != Method::lu && !space.is_euclidean();
  const auto riesz = [&](Array &rows) {
    return space.flatten_batch_core(*space.riesz(*space.unflatten_batch_core(rows)));
  };
  Ref<Array> t = Ref<Array>::share(&x);
  if (metric && !adjoint) t = riesz(*t);
  if (t->ndim() == 1) {
    t = solve(*t, adjoint);
  } else {
    const Ref<Array> rows = as_rows(*t);
    const Ref<Array> solution = solve(*swap_last(*rows), adjoint);
    t = ops::reshape(*swap_last(*solution), x.shape);
  }
  return metric && adjoint ? riesz(*t) : t;
}

// The inverse has the structure of the operator.
Verdict InverseLinOp::is(Property property) const {
  if (property == Property::positive_semidefinite) property = Property::positive_definite;
  const Verdict verdict = op_->is(property);
  if (property == Property::positive_definite && verdict != Verdict::yes &&
      method_ == Method::cholesky)
    return Verdict::yes;  // the factorization has shown it
  return verdict;
}

bool InverseLinOp::same_values(const LinOp &other) const {
  const auto &o = static_cast<const InverseLinOp &>(other);
  return method_ == o.method_ && op_->equals(*o.op_);
}

Ref<LinOp> InverseLinOp::rebuilt(const Conversion &conversion, Context &) {
  return create(op_->convert(conversion), method_, true);
}

std::string InverseLinOp::how() const {
  return fmt::format("solves with the factors of {}", word(method_));
}

std::string InverseLinOp::text() const {
  return text_with(fmt::format("{} of {}", word(method_), op_->text()));
}

}  // namespace spc
