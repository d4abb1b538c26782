// SPDX-License-Identifier: Apache-2.0
// Conjugate gradients for many right-hand sides at once. The recurrence is that of cg.cpp with a
// number for every column where that has one number; how columns stop is the same code, Progress.
#include <algorithm>
#include <cmath>
#include <deque>

#include "core/linop/indexing.hpp"
#include "core/ops/ops.hpp"
#include "core/solver/batch.hpp"
#include "core/solver/linear_solve.hpp"

namespace spc {

namespace {

/// What one column knows.
struct Column {
  Column(const SolveOptions &given, std::int64_t at, SolveResult &result, const LinOp &A)
      : options(given),
        progress(options, result, eps(A.ctx->dtype), iteration_limit(options, A.domain->size())),
        outcome(result) {
    options.column = at;
    if (options.history != nullptr) options.history += at * options.history_capacity;
  }
  Column(const Column &) = delete;
  Column &operator=(const Column &) = delete;

  SolveOptions options;
  Progress progress;
  SolveResult &outcome;
  Ref<Value> b, x;
  double rhs_norm = 0, scale = 1;
  double rr = 0, rz = 0, p_bound = 0, operator_norm = 0;
  double alpha = 0, beta = 0;
  std::int32_t reason = 0;  // 0: goes on
};

/// Vectors of all columns that are at work are the rows of one array of coordinates.
class BatchCg {
 public:
  BatchCg(LinOp &A, const SolveOptions &options, std::span<SolveResult> results)
      : A_(A),
        M_(options.precond),
        X_(*A.domain),
        memory_(options.workspace, "cg"),
        spare_(memory_.element(X_)),
        vectors_(X_, memory_, *spare_) {
    for (std::size_t i = 0; i < results.size(); ++i)
      columns_.emplace_back(options, static_cast<std::int64_t>(i), results[i], A);
  }

  Ref<Value> run(Value &bs, Value *x0s) {
    try {
      start(bs, x0s);
      iterate();
    } catch (const Error &) {
      for (Column &c : columns_)
        if (c.reason == 0) fail_with_the_others(c);
      throw;
    }
    std::vector<Ref<Value>> solutions;
    for (const Column &c : columns_) solutions.push_back(c.x);
    return X_.batch_of(solutions);
  }

 private:
  void start(Value &bs, Value *x0s) {
    const auto n = static_cast<std::int64_t>(columns_.size());
    r_ = ops::empty(*X_.ctx, {n, X_.size()}, X_.ctx->dtype);
    for (Column &c : columns_) {
      const std::int64_t at = c.options.column;
      c.b = X_.batch_item(bs, at);
      X_.require_native(*c.b, "cg", "b");
      c.x = memory_.element(X_);
      c.rhs_norm = vectors_.norm(*c.b);
      vectors_.copy(*c.b, *spare_);
      double residual = c.rhs_norm;
      if (x0s == nullptr) {
        vectors_.zero(*c.x);
      } else {
        const Ref<Value> x0 = X_.batch_item(*x0s, at);
        X_.require_native(*x0, "cg", "x0");
        vectors_.copy(*x0, *c.x);
        residual = true_residual(c, *spare_);
      }
      c.reason = c.progress.start(c.rhs_norm, residual);
      if (c.reason == 0) c.reason = c.progress.limit(1);
      if (c.reason != 0) {
        finish(c);
        continue;
      }
      c.scale = scale_of(residual);
      vectors_.scale(c.scale, *spare_);
      ops::copy_into(*X_.flatten_core(*spare_), *row(*r_, at_work()));
      working_.push_back(&c);
    }
    if (working_.empty()) return;
    if (at_work() < n)
      r_ = new_view(*r_, {at_work(), X_.size()}, r_->strides, r_->data, r_->dtype, true);
    x_ = ops::zeros(*X_.ctx, r_->shape, r_->dtype);
    started_from_ = x0s != nullptr;
  }

  void iterate() {
    if (working_.empty()) return;
    const std::vector<double> rr = inner(*r_, *r_);
    for (std::size_t i = 0; i < rr.size(); ++i) working_[i]->rr = working_[i]->rz = rr[i];
    precondition();
    stop();
    if (working_.empty()) return;
    p_ = ops::copy(*z());
    while (!working_.empty()) {
      q_ = times(A_, *p_);
      for (Column *c : working_) c->progress.applied();
      advance();
      stop();
      if (working_.empty()) return;
      precondition();
      stop();
      if (working_.empty()) return;
      // p = z + beta p
      update(&Column::beta, 1, *p_, *p_);
      ops::call(Op::add, {p_.get(), z().get()}, p_.get());
    }
  }

  // One step of every column along p, and its check. alpha is what x and r took of it.
  void advance() {
    const std::vector<double> pq = inner(*p_, *q_);
    for (std::size_t i = 0; i < pq.size(); ++i) {
      Column &c = *working_[i];
      c.alpha = c.rz / pq[i];
      if (!std::isfinite(pq[i])) {
        c.reason = SPC_REASON_NONFINITE;
      } else if (pq[i] <= 0 || !std::isfinite(c.alpha)) {
        c.reason = stuck(c, pq[i] < 0 ? curvature(c, i, pq[i]) : SPC_REASON_BREAKDOWN);
      }
      if (c.reason != 0) c.alpha = 0;
    }
    update(&Column::alpha, -1, *q_, *r_);
    const std::vector<double> rr = inner(*r_, *r_);
    const std::vector<double> pp = M_ != nullptr ? inner(*p_, *p_) : std::vector<double>();
    for (std::size_t i = 0; i < rr.size(); ++i) {
      Column &c = *working_[i];
      if (c.reason != 0) continue;
      if (!std::isfinite(rr[i])) {
        c.reason = SPC_REASON_NONFINITE;
        c.alpha = 0;
        continue;
      }
      // As in cg: what costs nothing tells where pq <= eps ||p|| ||q|| is possible at all.
      c.p_bound = M_ != nullptr ? std::sqrt(pp[i]) : c.p_bound + std::sqrt(c.rr);
      const double q_bound = (std::sqrt(c.rr) + std::sqrt(rr[i])) / c.alpha;
      const double eps = c.progress.eps();
      if (pq[i] <= eps * c.p_bound * q_bound && pq[i] <= eps * norm_of(*p_, i) * norm_of(*q_, i)) {
        c.reason = stuck(c, SPC_REASON_BREAKDOWN);
        c.alpha = 0;
        continue;
      }
      c.operator_norm =
          std::max(c.operator_norm, M_ != nullptr ? q_bound / c.p_bound : 1 / c.alpha);
    }
    update(&Column::alpha, 1, *p_, *x_);
    for (std::size_t i = 0; i < rr.size(); ++i) {
      Column &c = *working_[i];
      if (c.reason != 0) continue;
      c.rr = rr[i];
      const double residual = std::sqrt(c.rr) / c.scale;
      const bool rounded = residual <= c.progress.test().roundoff();
      c.reason = c.progress.step(
          1, [&] { return residual; }, rounded);
    }
  }

  // z = M^-1 r, beta = <r, z> over what it was.
  void precondition() {
    if (M_ != nullptr) z_ = times(*M_, *r_);
    const std::vector<double> rz = M_ != nullptr ? inner(*r_, *z_) : std::vector<double>();
    for (std::size_t i = 0; i < working_.size(); ++i) {
      Column &c = *working_[i];
      const double fresh = M_ != nullptr ? rz[i] : c.rr;
      if (!std::isfinite(fresh))
        c.reason = stuck(c, SPC_REASON_NONFINITE);
      else if (M_ != nullptr && fresh <= 0)
        c.reason = stuck(c, SPC_REASON_INDEFINITE);
      c.beta = c.rz == 0 ? 0 : fresh / c.rz;
      c.p_bound *= c.beta;
      c.rz = fresh;
    }
  }

  // Negative beyond rounding, or not to be told from zero.
  std::int32_t curvature(const Column &c, std::size_t i, double pq) {
    return -pq > c.progress.eps() * norm_of(*p_, i) * norm_of(*q_, i) ? SPC_REASON_INDEFINITE
                                                                      : SPC_REASON_BREAKDOWN;
  }
  std::int32_t stuck(Column &c, std::int32_t reason) {
    return c.progress.stuck(reason, [&] { return std::sqrt(c.rr) / c.scale; });
  }

  // Columns that have a reason leave: their x is taken down, the rows of the others move up.
  void stop() {
    std::vector<std::int64_t> rows;
    std::vector<Column *> left;
    for (std::size_t i = 0; i < working_.size(); ++i) {
      Column &c = *working_[i];
      if (c.reason == 0) {
        left.push_back(&c);
        rows.push_back(static_cast<std::int64_t>(i));
        continue;
      }
      take_solution(c, static_cast<std::int64_t>(i));
      finish(c);
    }
    if (left.size() == working_.size()) return;
    working_ = std::move(left);
    if (working_.empty()) return;
    const Ref<Array> kept = ops::from_host(*X_.ctx, Dtype::int64,
                                           {static_cast<std::int64_t>(rows.size())}, rows.data());
    for (Ref<Array> *v : {&r_, &x_, &p_, &z_})
      if (*v) *v = indexing::take_first(**v, *kept);
    work_ = nullptr;
  }

  // x of the scaled system, added to where the column began.
  void take_solution(Column &c, std::int64_t row) {
    const Ref<Value> step = X_.batch_item(*X_.unflatten_batch_core(*x_), row);
    Scalar factor(SPC_WEAK_FLOAT, 0, 1 / c.scale), one(SPC_WEAK_FLOAT, 0, 1.0);
    X_.axpby_into(&factor, *step, started_from_ ? &one : nullptr, *c.x);
  }

  void finish(Column &c) {
    c.progress.conduct([&] {
      double actual = c.progress.residual();
      if (c.progress.iterations() > 0) {
        vectors_.copy(*c.b, *spare_);
        actual = true_residual(c, *spare_);
      }
      c.outcome.true_residual_norm = actual;
      const double scale = c.reason == SPC_REASON_ROUNDOFF
                               ? c.rhs_norm + c.operator_norm * vectors_.norm(*c.x)
                               : c.rhs_norm;
      return c.progress.verified(c.reason, actual, scale);
    });
  }

  // r = r - A x; its norm.
  double true_residual(Column &c, Value &r) {
    Scalar minus(SPC_WEAK_FLOAT, 0, -1.0), one(SPC_WEAK_FLOAT, 0, 1.0);
    A_.apply_into_core(&minus, *c.x, &one, r, Mode::none);
    c.progress.applied();
    return vectors_.norm(r);
  }

  // In a handler: the record of a column that was at work tells what ended it.
  static void fail_with_the_others(Column &c) {
    try {
      c.progress.conduct([]() -> std::int32_t { throw; });
    } catch (const Error &) {
    }
  }

  // ---- rows

  std::int64_t at_work() const noexcept { return static_cast<std::int64_t>(working_.size()); }
  Ref<Array> coordinates(Value &batch) const { return X_.flatten_batch_core(batch); }
  Ref<Array> &z() { return M_ != nullptr ? z_ : r_; }

  Ref<Array> times(const LinOp &op, Array &rows) const {
    const Ref<Value> images = op.vapply_core(*X_.unflatten_batch_core(rows));
    Ref<Array> flat = coordinates(*images);
    return flat->dtype == rows.dtype ? flat : ops::astype(*flat, rows.dtype);
  }

  // Re <u_i, v_i> of every row.
  std::vector<double> inner(Array &u, Array &v) const {
    const Ref<Value> us = X_.unflatten_batch_core(u), vs = X_.unflatten_batch_core(v);
    const Ref<Array> products =
        ops::astype(*ops::real(*X_.inner_batch_core(*us, *vs)), Dtype::float64);
    std::vector<double> numbers(static_cast<std::size_t>(products->size));
    ops::to_host(*products, numbers.data());
    return numbers;
  }
  double norm_of(Array &rows, std::size_t i) {
    return vectors_.norm(
        *X_.batch_item(*X_.unflatten_batch_core(rows), static_cast<std::int64_t>(i)));
  }

  // v_i = v_i + sign factor_i u_i; with u = v, v_i = factor_i v_i.
  void update(double Column::*factor, double sign, Array &u, Array &v) {
    const Dtype real = real_of(X_.ctx->dtype);
    std::vector<double> wide;
    for (const Column *c : working_) wide.push_back(sign * (c->*factor));
    const std::vector<float> narrow(wide.begin(), wide.end());
    const void *const data = real == Dtype::float64 ? static_cast<const void *>(wide.data())
                                                    : static_cast<const void *>(narrow.data());
    const Ref<Array> factors = ops::from_host(*X_.ctx, real, {at_work(), 1}, data);
    if (&u == &v) {
      ops::call(Op::multiply, {factors.get(), &u}, &v);
      return;
    }
    if (!work_) work_ = ops::new_like(v);
    ops::call(Op::multiply, {factors.get(), &u}, work_.get());
    // A column that takes nothing may have come to infinity.
    for (std::size_t i = 0; i < wide.size(); ++i)
      if (wide[i] == 0) ops::fill(*row(*work_, static_cast<std::int64_t>(i)), 0);
    ops::call(Op::add, {&v, work_.get()}, &v);
  }

  static Ref<Array> row(Array &rows, std::int64_t i) {
    return new_view(rows, {rows.shape[1]}, {rows.strides[1]},
                    rows.data + i * rows.strides[0] * size_of(rows.dtype), rows.dtype, true);
  }

  double scale_of(double norm) const {
    const int limit = size_of(real_of(X_.ctx->dtype)) == 8 ? 1000 : 120;
    const int exponent = norm > 0 ? std::clamp(std::ilogb(norm), -limit, limit) : 0;
    return std::ldexp(1.0, -exponent);
  }

  const LinOp &A_;
  const LinOp *const M_;
  const Space &X_;
  Memory memory_;
  const Ref<Value> spare_;
  Vectors vectors_;
  std::deque<Column> columns_;
  std::vector<Column *> working_;
  bool started_from_ = false;
  Ref<Array> x_, r_, p_, q_, z_, work_;  // x_: the steps of the scaled system, summed
};

}  // namespace

bool batched_cg(LinOp &A, Value &bs, Value *x0s, const SolveOptions &options, Ref<Value> &xs,
                std::span<SolveResult> results) {
  const Space &X = *A.domain;
  const bool plain =
      options.norm == SPC_NORM_SPACE ||
      (options.norm == SPC_NORM_EUCLIDEAN ? X.is_euclidean() : options.precond == nullptr);
  if (!plain || X.ctx->family.opaque()) return false;
  check_system("cg", SquareSolve::Demand::positive, A, options);
  xs = BatchCg(A, options, results).run(bs, x0s);
  return true;
}

}  // namespace spc
