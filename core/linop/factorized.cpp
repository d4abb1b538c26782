// SPDX-License-Identifier: Apache-2.0
#include "core/linop/factorized.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <utility>
#include <vector>

#include "core/linop/algebra.hpp"
#include "core/linop/indexing.hpp"
#include "core/ops/ops.hpp"
#include "core/ops/sparse.hpp"
#include "core/space/axes.hpp"
#include "core/support/error.hpp"

namespace spc {

namespace {

Op op_of(std::int32_t method) {
  switch (method) {
    case SPC_FACTOR_CHOLESKY:
      return Op::sparse_cholesky;
    case SPC_FACTOR_LDL:
      return Op::sparse_ldl;
    case SPC_FACTOR_LU:
      return Op::sparse_lu;
    default:
      return Op::sparse_qr;
  }
}

const char *word(std::int32_t method) {
  constexpr const char *words[] = {"auto", "cholesky", "ldl", "lu", "qr"};
  return words[method];
}
const char *ordering_word(std::int32_t ordering) {
  constexpr const char *words[] = {"auto", "natural", "amd", "colamd", "metis"};
  return words[ordering];
}
const char *variant_word(std::int32_t variant) {
  constexpr const char *words[] = {"auto", "simplicial", "supernodal"};
  return words[variant];
}

/// M as CSR of the context's family and dtype, its values a copy. stored: the matrix of A.
Ref<SparseArray> csr_of(const LinOp &A, const Ref<SparseArray> &stored, const char *op) {
  if (!is_floating(A.ctx->dtype))
    fail(SPC_E_TYPE, "{} requires a floating dtype; got {}", op, name(A.ctx->dtype));
  Ref<SparseArray> m = ops::to_csr(
      *compressed::in_types(stored, A.ctx->family, A.ctx->dtype, stored->index_dtype()));
  if (m->data.get() == stored->data.get())
    m = make<SparseArray>(SPC_CSR, m->rows, m->cols, m->first, m->second, ops::copy(*m->data));
  return m;
}

/// Weights of a diagonal metric in the dtype of the context; nullptr: ones.
Ref<Array> weights_of(const Space &space) {
  if (space.is_euclidean()) return nullptr;
  return space.flatten_core(*space.riesz(*space.coordinate_ones()));
}

/// diag(rows) M diag(cols) on the pattern of M; nullptr: ones.
Ref<SparseArray> scaled(const LinOp &A, Ref<SparseArray> m, Array *rows, Array *cols) {
  if (m->nnz() == 0 || (rows == nullptr && cols == nullptr)) return m;
  const Ref<Value> with_rows = ops::assparse(*A.ctx, *m, "coo", m->dtype());
  const auto &coo = static_cast<const SparseArray &>(*with_rows);
  Ref<Array> values = m->data;
  if (rows != nullptr) values = ops::multiply(*values, *indexing::picked(*rows, *coo.first));
  if (cols != nullptr) values = ops::multiply(*values, *indexing::picked(*cols, *coo.second));
  return make<SparseArray>(SPC_CSR, m->rows, m->cols, m->first, m->second, std::move(values));
}

Ref<Array> reciprocal(Array &x) {
  Scalar one(SPC_WEAK_INT, 1, 1.0);
  return ops::divide(one, x);
}

double least(Array &x) {
  return read_scalar(*ops::call(Op::min, {&x})).real();
}

bool positive_diagonal(SparseArray &m) {
  return m.nnz() > 0 && least(*ops::real(*ops::sparse_diagonal(m))) > 0;
}

Ref<SparseArray> adjoint_of(const SparseArray &m) {
  return ops::sparse_conj(*ops::sparse_transpose(m));
}

/// Whether one triangle tells m, whose diagonal is positive: m_ij and conj(m_ji) differ by no more,
/// beside sqrt(m_ii m_jj), than the factors of m err. What the operator says of itself is no help: its
/// tolerances are absolute.
bool one_triangle_tells(const LinOp &A, const Ref<SparseArray> &m) {
  const Ref<Array> d = reciprocal(*ops::sqrt(*ops::real(*ops::sparse_diagonal(*m))));
  const Ref<SparseArray> s = scaled(A, m, d.get(), d.get());
  return ops::allclose_sparse(*s, *adjoint_of(*s), 0, 64 * eps(m->dtype()));
}

bool reads_one_triangle(std::int32_t method) {
  return method == SPC_FACTOR_CHOLESKY || method == SPC_FACTOR_LDL;
}

/// Norms of the columns of a vector or a matrix.
std::vector<double> column_norms(Array &x) {
  if (x.ndim() == 1) return {read_scalar(*ops::norm(x)).real()};
  constexpr std::int64_t rows = 0;
  OpArgs args(Op::norm);
  args.in[0] = &x;
  args.n_in = 1;
  args.n_axes = 1;
  args.axes = &rows;
  std::vector<double> norms(static_cast<std::size_t>(x.shape[1]));
  ops::to_host(*ops::astype(*dispatch_array(args), Dtype::float64), norms.data());
  return norms;
}

/// Steps of refinement at most.
std::int32_t steps_of(const FactorOptions &options, std::int32_t method) {
  if (method == SPC_FACTOR_QR) return 0;
  if (options.refinement >= 0) return options.refinement;
  return method == SPC_FACTOR_LU || method == SPC_FACTOR_LDL ? 1 : 0;
}

/// x with the columns of y where `those` is not 0.
Ref<Array> with_columns(Context &ctx, const std::vector<std::uint8_t> &those, Value &y,
                        const Ref<Array> &x) {
  if (std::ranges::none_of(those, std::identity())) return x;
  const Ref<Array> mask =
      ops::from_host(ctx, Dtype::boolean, {static_cast<std::int64_t>(those.size())}, those.data());
  return ops::call(Op::where, {mask.get(), &y, x.get()});
}

/// diag(d) x for a vector or the columns of a matrix x.
Ref<Array> times_rows(Array *d, Array &x) {
  if (d == nullptr) return Ref<Array>::share(&x);
  return x.ndim() == 1 ? ops::multiply(*d, x) : ops::multiply(*ops::reshape(*d, {d->size, 1}), x);
}

void check(const LinOp &A, std::int32_t method, const char *op) {
  const bool square = A.domain->size() == A.codomain->size();
  if (method != SPC_FACTOR_QR && method != SPC_FACTOR_AUTO && !square)
    fail(SPC_E_VALUE, "{}: {} requires a square LinOp; got a {} of shape {} -> {}", op,
         word(method), A.kind(), A.domain->shape(), A.codomain->shape());
  if (reads_one_triangle(method) && !A.domain->interchangeable(*A.codomain))
    fail(SPC_E_VALUE, "{}: {} needs equal domain and codomain; got a {} between others", op,
         word(method), A.kind());
  const bool by_weights = method != SPC_FACTOR_LU && method != SPC_FACTOR_AUTO;
  if (by_weights && !(has_diagonal_metric(*A.domain) && has_diagonal_metric(*A.codomain)))
    fail(SPC_E_VALUE, "{}: {} needs Euclidean or weighted geometries; got a {} between others", op,
         word(method), A.kind());
}

}  // namespace

void require_self_adjoint(const LinOp &A, Array &difference, Array &entries, const char *method,
                          const char *op) {
  const auto largest = [](Array &x) {
    if (x.size == 0) return 0.0;
    return read_scalar(*ops::call(Op::max, {ops::call(Op::abs, {&x}).get()})).real();
  };
  const double apart = largest(difference), size = largest(entries);
  if (apart > std::sqrt(eps(A.ctx->dtype)) * size)
    fail(SPC_E_VALUE,
         "{}: {} requires a self-adjoint LinOp; got a {} that differs from its adjoint by {}, "
         "beside entries up to {}",
         op, method, A.kind(), apart, size);
}

Ref<SparseArray> stored_matrix(const LinOp &A, const char *op) {
  if (Ref<SparseArray> m = A.sparse_matrix()) return m;
  fail(SPC_E_NOTIMPL, "{}: a {} is not sparse by structure", op, A.kind());
}

SparseInverseLinOp::SparseInverseLinOp(Ref<LinOp> A, const FactorOptions &options, Parts parts)
    : CoordinateLinOp({A->ctx, A->codomain, A->domain}),
      op_(std::move(A)),
      options_(options),
      parts_(std::move(parts)) {}

SparseInverseLinOp::Parts SparseInverseLinOp::factored(const LinOp &A,
                                                       const Ref<SparseArray> &matrix,
                                                       const FactorOptions &options, const char *op,
                                                       const SparseInverseLinOp *before,
                                                       bool trusted) {
  Parts p;
  p.matrix = csr_of(A, matrix, op);
  const bool square = A.domain->size() == A.codomain->size();
  const bool diagonal_metrics = has_diagonal_metric(*A.domain) && has_diagonal_metric(*A.codomain);

  const auto weigh = [&](std::int32_t method) {
    p.method = method;
    p.before = p.after = nullptr;
    if (reads_one_triangle(method)) {
      p.before = weights_of(*A.domain);
    } else if (method == SPC_FACTOR_QR) {
      if (Ref<Array> w = weights_of(*A.codomain)) p.before = ops::sqrt(*w);
      if (Ref<Array> w = weights_of(*A.domain)) p.after = reciprocal(*ops::sqrt(*w));
    }
    return scaled(A, p.matrix, p.before.get(), p.after.get());
  };
  const auto attempt = [&](const Ref<SparseArray> &m, const char *reason) {
    p.reason = reason;
    if (m->rows == 0 || m->cols == 0 || m->nnz() == 0) {
      if (m->rows > 0 && p.method == SPC_FACTOR_CHOLESKY)
        fail(SPC_E_LINALG, "{}: matrix is not positive definite: leading minor 1 of {}", op,
             m->rows);
      if (m->rows > 0 && p.method != SPC_FACTOR_QR)
        fail(SPC_E_LINALG, "{}: singular matrix: pivot 0 of {}", op, m->rows);
      return;
    }
    p.factors = SparseFactor::create(A.ctx->family, op_of(p.method), m, options.how, op,
                                     before == nullptr ? nullptr : before->parts_.factors.get());
  };

  const bool automatic = options.method == SPC_FACTOR_AUTO;
  if (before != nullptr || !automatic) {
    const std::int32_t method = before != nullptr ? before->parts_.method : options.method;
    const Ref<SparseArray> m = weigh(method);
    if (!automatic && !trusted && reads_one_triangle(method)) {
      const Ref<SparseArray> other = adjoint_of(*m),
                             rest = ops::call_sparse(Op::subtract, {m.get(), other.get()});
      require_self_adjoint(A, *rest->data, *m->data, word(method), op);
    }
    if (automatic && method == SPC_FACTOR_CHOLESKY && m->nnz() > 0 &&
        !(positive_diagonal(*m) && one_triangle_tells(A, m)))
      fail(SPC_E_LINALG,
           "{}: F has chosen cholesky, the operator is not self-adjoint with a positive diagonal",
           op);
    attempt(m, before != nullptr ? before->parts_.reason : "it was asked for");
    return p;
  }
  if (!square) {
    check(A, SPC_FACTOR_QR, op);
    attempt(weigh(SPC_FACTOR_QR), "the matrix is rectangular");
    return p;
  }
  const auto by_lu = [&](const char *reason) {
    attempt(weigh(SPC_FACTOR_LU), reason);
    return p;
  };
  if (!diagonal_metrics) return by_lu("the geometry is not diagonal");
  if (!A.domain->interchangeable(*A.codomain)) return by_lu("domain and codomain differ");
  const Ref<SparseArray> m = weigh(SPC_FACTOR_CHOLESKY);
  if (!positive_diagonal(*m)) return by_lu("the diagonal is not positive");
  if (!one_triangle_tells(A, m)) return by_lu("the operator is not self-adjoint");
  try {
    attempt(m, "the operator is self-adjoint with a positive diagonal");
  } catch (const Error &e) {
    if (e.code() != SPC_E_LINALG) throw;
    return by_lu("the operator is self-adjoint, but not positive definite");
  }
  return p;
}

Ref<LinOp> SparseInverseLinOp::create(const Ref<LinOp> &A, const FactorOptions &options,
                                      const char *op, Ref<SparseArray> matrix) {
  check(*A, options.method, op);
  if (!matrix) matrix = stored_matrix(*A, op);
  return probed(make<SparseInverseLinOp>(A, options, factored(*A, matrix, options, op, nullptr)));
}

Ref<LinOp> SparseInverseLinOp::again(const Ref<LinOp> &A) const {
  constexpr const char *op = "linop_refactorize";
  const Ref<SparseArray> m = stored_matrix(*A, op), own = stored_matrix(*op_, op);
  const auto require_same = [&](const char *role, const Space &a, const Space &b) {
    if (a.interchangeable(b)) return;
    if (a.text() == b.text())  // which says nothing of weights
      fail(SPC_E_VALUE, "{}: the {} of A, {}, has another geometry than that of F's operator", op,
           role, a.text());
    fail(SPC_E_VALUE, "{}: the {} of A is {}, that of F's operator {}", op, role, a.text(),
         b.text());
  };
  require_same("domain", *A->domain, *op_->domain);
  require_same("codomain", *A->codomain, *op_->codomain);
  const auto same = [](Array &a, Array &b) {
    return &a == &b || (a.shape == b.shape && a.dtype == b.dtype && ops::all_equal(a, b));
  };
  if (m->format != own->format || !same(*m->first, *own->first) || !same(*m->second, *own->second))
    fail(SPC_E_VALUE, "{}: the pattern of A ({} entries) is not that of F's operator ({} entries)",
         op, m->nnz(), own->nnz());
  return probed(make<SparseInverseLinOp>(A, options_, factored(*A, m, options_, op, this)));
}

Ref<LinOp> SparseInverseLinOp::structural_inverse() {
  return square_inverse() ? op_ : nullptr;
}

Ref<Array> SparseInverseLinOp::once(Array &b, bool adjoint) const {
  const Ref<Array> in = times_rows((adjoint ? parts_.after : parts_.before).get(), b);
  const Ref<Array> x = parts_.factors->solve(*in, adjoint ? SPC_MODE_CONJ_TRANS : SPC_MODE_NONE);
  return times_rows((adjoint ? parts_.before : parts_.after).get(), *x);
}

Ref<Array> SparseInverseLinOp::solve(Array &given, bool adjoint) const {
  const Ref<Array> b =
      given.dtype == ctx->dtype ? Ref<Array>::share(&given) : ops::astype(given, ctx->dtype);
  if (!parts_.factors) {
    Dims shape = b->shape;
    shape[0] = adjoint ? op_->codomain->size() : op_->domain->size();
    return ops::zeros(*ctx, shape, ctx->dtype);
  }
  Ref<Array> x = once(*b, adjoint);
  const std::int32_t steps = steps_of(options_, parts_.method);
  if (steps == 0 || b->size == 0) return x;

  // Every column goes its own way: what becomes of it does not depend on the others.
  const std::vector<double> sizes = column_norms(*b);
  const std::size_t n = sizes.size();
  const double enough = eps(ctx->dtype);
  Scalar minus_one(SPC_WEAK_INT, -1, -1.0), one(SPC_WEAK_INT, 1, 1.0), zero(SPC_WEAK_BOOL, 0, 0.0);
  Ref<Array> last_x = x;
  std::vector<double> last(n, std::numeric_limits<double>::infinity());
  std::vector<std::uint8_t> worse(n), done(n);
  for (std::int32_t step = 0;; ++step) {
    Ref<Array> r = ops::copy(*b);
    ops::spmm_into(&minus_one, *parts_.matrix, *x, &one, *r,
                   adjoint ? SPC_MODE_CONJ_TRANS : SPC_MODE_NONE);
    std::vector<double> residual = column_norms(*r);
    for (std::size_t j = 0; j < n; ++j) {
      worse[j] = residual[j] < last[j] ? 0 : 1;
      done[j] = worse[j] != 0 || residual[j] <= enough * sizes[j] || residual[j] > last[j] / 2;
    }
    x = with_columns(*ctx, worse, *last_x, x);
    if (step == steps || std::ranges::all_of(done, std::identity())) return x;
    r = with_columns(*ctx, done, zero, r);
    last = std::move(residual);
    last_x = x;
    x = ops::add(*x, *once(*r, adjoint));
  }
}

Ref<Array> SparseInverseLinOp::map(Array &x, bool adjoint) const {
  if (x.ndim() == 1) return solve(x, adjoint);
  const Ref<Array> rows = as_rows(x);
  const Ref<Array> solution = solve(*swap_last(*rows), adjoint);
  Dims shape = x.shape;
  shape[x.ndim() - 1] = solution->shape[0];
  return ops::reshape(*swap_last(*solution), shape);
}

// The inverse has the structure of the operator; a pseudo-inverse maps between other spaces.
Verdict SparseInverseLinOp::is(Property property) const {
  if (!square_inverse()) return CoordinateLinOp::is(property);
  if (property == Property::positive_semidefinite) property = Property::positive_definite;
  const Verdict verdict = op_->is(property);
  if (property == Property::positive_definite && verdict != Verdict::yes &&
      parts_.method == SPC_FACTOR_CHOLESKY)
    return Verdict::yes;  // the factorization has shown it
  return verdict;
}

bool SparseInverseLinOp::same_values(const LinOp &other) const {
  const auto &o = static_cast<const SparseInverseLinOp &>(other);
  return parts_.method == o.parts_.method && op_->equals(*o.op_);
}

Ref<LinOp> SparseInverseLinOp::rebuilt(const Conversion &conversion, Context &) {
  const Ref<LinOp> A = op_->convert(conversion);
  return probed(make<SparseInverseLinOp>(A, options_,
                                         factored(*A, stored_matrix(*A, "linop_factorize"),
                                                  options_, "linop_factorize", nullptr, true)));
}

spc_factor_info SparseInverseLinOp::info() const {
  const double unknown = std::numeric_limits<double>::quiet_NaN();
  spc_factor_info f = {};
  f.method = parts_.method;
  f.rows = parts_.matrix->rows;
  f.cols = parts_.matrix->cols;
  f.reason = parts_.reason;
  f.family = ctx->family.name().c_str();
  if (!parts_.factors) {
    const bool square = f.rows == f.cols, empty = square && f.rows == 0;
    f.positive = f.negative = reads_one_triangle(f.method) ? 0 : -1;
    f.log_abs_det = empty ? 0 : square ? -std::numeric_limits<double>::infinity() : unknown;
    f.phase_re = empty ? 1 : unknown;
    f.phase_im = empty ? 0 : unknown;
    return f;
  }
  const std::array<double, SPC_FACT_COUNT> facts = parts_.factors->facts();
  const auto count = [&](int i) {
    return std::isnan(facts[static_cast<std::size_t>(i)])
               ? std::int64_t{-1}
               : static_cast<std::int64_t>(facts[static_cast<std::size_t>(i)]);
  };
  f.family = parts_.factors->owner().name().c_str();
  f.rank = count(SPC_FACT_RANK);
  f.positive = count(SPC_FACT_POSITIVE);
  f.negative = count(SPC_FACT_NEGATIVE);
  f.entries = count(SPC_FACT_ENTRIES);
  f.ordering = static_cast<std::int32_t>(std::max(count(SPC_FACT_ORDERING), std::int64_t{0}));
  f.variant = static_cast<std::int32_t>(std::max(count(SPC_FACT_VARIANT), std::int64_t{0}));
  f.log_abs_det = f.rows == f.cols ? facts[SPC_FACT_LOG_ABS_DET] : unknown;
  f.phase_re = facts[SPC_FACT_PHASE_RE];
  f.phase_im = facts[SPC_FACT_PHASE_IM];
  // det M = det(F) / (det diag(in) det diag(out)).
  for (Array *d : {parts_.before.get(), parts_.after.get()}) {
    if (d == nullptr || f.rows != f.cols) continue;
    const Ref<Array> logarithms = ops::call(Op::log, {ops::real(*d).get()});
    f.log_abs_det -= read_scalar(*ops::call(Op::sum, {logarithms.get()})).real();
  }
  return f;
}

double SparseInverseLinOp::condition_estimate() const {
  constexpr const char *op = "linop_condition_estimate";
  const std::int64_t n = domain->size();
  if (n != codomain->size())
    fail(SPC_E_VALUE, "{} requires a square LinOp; got a {} of shape {} -> {}", op, kind(),
         domain->shape(), codomain->shape());
  if (n == 0) return 0;
  if (!parts_.factors) return std::numeric_limits<double>::infinity();
  const auto reduced = [](Op which, Array &v) {
    return read_scalar(*ops::call(which, {ops::call(Op::abs, {&v}).get()})).real();
  };
  if (parts_.method == SPC_FACTOR_QR &&
      parts_.factors->facts()[SPC_FACT_RANK] < static_cast<double>(n))
    return std::numeric_limits<double>::infinity();
  const Ref<SparseArray> whole = ops::canonical(*parts_.matrix);
  const SparseArray &m = *whole;
  const auto moduli =
      make<SparseArray>(m.format, m.rows, m.cols, m.first, m.second,
                        ops::astype(*ops::call(Op::abs, {m.data.get()}), m.dtype()));
  Ref<Array> x = indexing::repeated(*ctx, n, 1);
  const Ref<Array> columns = ops::new_like(*x);
  ops::spmm_into(nullptr, *moduli, *x, nullptr, *columns, SPC_MODE_TRANSPOSE);
  const double norm = reduced(Op::max, *columns);

  x = indexing::repeated(*ctx, n, 1.0 / static_cast<double>(n));
  const Ref<Array> positions = indexing::range(*ctx, n);
  double estimate = 0;
  for (int round = 0; round < 5; ++round) {
    const Ref<Array> y = once(*x, false);
    const double found = reduced(Op::sum, *y);
    if (!(found > estimate)) break;
    estimate = found;
    // Phases of y; 0 has none, and any will do.
    const Ref<Array> phases = ops::call(Op::sign, {y.get()});
    const Ref<Array> zeros =
        ops::call(Op::equal, {phases.get(), ops::zeros(*ctx, {}, ctx->dtype).get()});
    const Ref<Array> z = once(*ops::add(*phases, *ops::astype(*zeros, ctx->dtype)), true);
    const Ref<Array> moduli_of_z = ops::call(Op::abs, {z.get()});
    OpArgs args(Op::argmax);
    args.in[0] = moduli_of_z.get();
    args.n_in = 1;
    args.n = SPC_NONE_I64;
    const Ref<Array> at = dispatch_array(args);
    x = ops::astype(*ops::call(Op::equal, {positions.get(), at.get()}), ctx->dtype);
  }
  return norm * estimate;
}

std::string SparseInverseLinOp::how() const {
  if (!parts_.factors) return "gives zeros: there are no entries";
  const spc_factor_info f = info();
  return fmt::format("solves with the {} factors ({} entries, {}, ordering {}, kernel of {}): {}",
                     word(f.method), f.entries, variant_word(f.variant), ordering_word(f.ordering),
                     f.family, f.reason);
}

std::string SparseInverseLinOp::text() const {
  return text_with(fmt::format("{} of {}", word(parts_.method), op_->text()));
}

Ref<LinOp> schur_complement(const Ref<LinOp> &A_inverse, const Ref<LinOp> &B, const Ref<LinOp> &C,
                            const Ref<LinOp> &D) {
  const Ref<LinOp> product = make_composed(C ? C : B->adjoint(), make_composed(A_inverse, B));
  const Ref<LinOp> negative =
      make_scaled(make<Scalar>(SPC_WEAK_INT, std::int64_t{-1}, -1.0), product);
  return D ? make_sum({D, negative}) : negative;
}

}  // namespace spc
