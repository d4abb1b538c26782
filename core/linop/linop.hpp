// SPDX-License-Identifier: Apache-2.0
// Linear operators A: X -> Y between spaces.
#pragma once

#include <span>
#include <string>

#include "core/array/value.hpp"
#include "core/space/space.hpp"

namespace spc {

class Explanation;
class UserData;

/// How apply_into acts. The transposes are those of the coordinate matrix; adjoint is the metric one.
enum class Mode : std::int32_t {
  none = SPC_MODE_NONE,
  transpose = SPC_MODE_TRANSPOSE,
  conj_trans = SPC_MODE_CONJ_TRANS,
  adjoint = SPC_MODE_ADJOINT,
};

/// What is known about self-adjointness.
enum class Verdict : std::int32_t { unknown = SPC_UNKNOWN, no = SPC_FALSE, yes = SPC_TRUE };

/// What structure can say about an operator in the declared geometry.
enum class Property : std::int32_t {
  hermitian = SPC_IS_HERMITIAN,
  positive_definite = SPC_IS_POSITIVE_DEFINITE,
  positive_semidefinite = SPC_IS_POSITIVE_SEMIDEFINITE,
  unitary = SPC_IS_UNITARY,
  diagonal = SPC_IS_DIAGONAL,
  real = SPC_IS_REAL,
  lower_triangular = SPC_IS_LOWER_TRIANGULAR,
  upper_triangular = SPC_IS_UPPER_TRIANGULAR,
};

/// A linear operator. Immutable and shareable between threads; owns no scratch.
///
/// apply, rapply and apply_into check their operands by the level of the spaces. The forms that end
/// in _core check nothing: composites and solvers call them between elements that are known to fit.
class LinOp : public Object {
 public:
  const Ref<Context> ctx;
  const Ref<Space> domain, codomain;

  /// Class name.
  virtual const char *kind() const noexcept = 0;

  /// True if an application may run code of the program (which may release what it likes).
  virtual bool runs_user_code() const noexcept { return true; }
  /// The argument of the functions of the program that the operator is made of; nullptr: none.
  virtual UserData *user_data() const noexcept { return nullptr; }
  /// True if an in-place application between elements that fit fails for want of memory only, so
  /// that a composite may let it work on its result at once.
  virtual bool settled() const noexcept { return !runs_user_code(); }

  /// A x
  Ref<Value> apply(Value &x) const;
  /// A# y = R_X^-1 A^H R_Y y: <A x, y>_Y = <x, A# y>_X
  Ref<Value> rapply(Value &y) const;
  /// y = alpha op(A) x + beta y; nullptr: alpha = 1, beta = 0; beta = 0 does not read y.
  void apply_into(Value *alpha, Value &x, Value *beta, Value &y, Mode mode) const;

  /// A and A# of every element of a batch; all leading axes are kept. SpaceValidation at every level
  /// for one element.
  Ref<Value> vapply(Value &xs) const;
  Ref<Value> rvapply(Value &ys) const;

  virtual Ref<Value> apply_core(Value &x) const;
  virtual Ref<Value> rapply_core(Value &y) const;
  virtual void apply_into_core(Value *alpha, Value &x, Value *beta, Value &y, Mode mode) const = 0;
  /// y = A x, and the inner products that dots (SPC_DOT_*) names, <x, y>, <y, y> and <x, x>, into
  /// results in this order; beyond <y, y> domain and codomain are one space. In the pass that makes
  /// y where the class can, else in one after it. room: as the codomain runs programs.
  virtual void apply_dots_core(Value &x, Value &y, unsigned dots, const ProgramRoom &room,
                               std::complex<double> *results) const;

  /// Item by item unless a class knows better.
  virtual Ref<Value> vapply_core(Value &xs) const;
  virtual Ref<Value> rvapply_core(Value &ys) const;
  /// The coordinate matrix (codomain.size, domain.size), new, in the context's dtype; by vapply_core
  /// of the basis, a block of columns at a time, unless a class knows better.
  virtual Ref<Array> to_matrix() const;
  /// The same of A#.
  Ref<Array> adjoint_matrix() const;
  /// to_matrix as a tensor of shape codomain.shape + domain.shape.
  Ref<Array> to_dense() const;
  /// The stored matrix. NotImpl: the class stores no sparse one.
  virtual Ref<SparseArray> to_sparse() const;
  /// The coordinate matrix in the context's dtype where structure says that it is sparse; nullptr
  /// elsewhere.
  virtual Ref<SparseArray> sparse_matrix() const { return nullptr; }
  /// The stored array, of a diagonal operator its matrix. NotImpl: none is stored.
  virtual Ref<Value> array() const;

  /// Terms, factors, blocks; none of a leaf.
  virtual std::span<const Ref<LinOp>> parts() const noexcept { return {}; }
  /// An equal operator with dense factors multiplied and dense terms added (spec 3.6); itself if
  /// there is nothing to do.
  virtual Ref<LinOp> fused(bool materialize);
  /// Grows when an array that the operator or one of its parts shares is written.
  virtual std::uint64_t version() const noexcept;
  /// A^-1 where structure gives it without a factorization; nullptr otherwise.
  virtual Ref<LinOp> structural_inverse() { return nullptr; }
  /// Deterministic text for people: class, shapes, operands.
  virtual std::string text() const;

  /// By structure and assumptions alone. Property::hermitian is is_hermitian().
  virtual Verdict is(Property property) const;
  /// Self-adjoint in the declared geometry, by structure alone; never applies the operator.
  virtual Verdict is_hermitian() const = 0;
  /// Same class, spaces and exactly equal values.
  bool equals(const LinOp &other) const;
  /// The metric adjoint. A.adjoint() is one object as long as it is held; its adjoint is A.
  virtual Ref<LinOp> adjoint();
  /// The coordinate transpose, codomain to domain; one object as its transpose, which is A.
  virtual Ref<LinOp> transpose();
  /// x -> conj(A conj(x)), likewise; A itself over the real field.
  virtual Ref<LinOp> conjugate();

  /// The operator in the context that a conversion gives it, with its spaces, arrays and operands
  /// (spec 5); itself if that changes nothing.
  Ref<LinOp> convert(const Conversion &conversion);

  /// What an application in a mode runs.
  virtual void explain(Explanation &to, Mode mode) const = 0;

  /// Space of x and y in a mode.
  const Space &source(Mode mode) const noexcept { return mode == Mode::none ? *domain : *codomain; }
  const Space &target(Mode mode) const noexcept { return mode == Mode::none ? *codomain : *domain; }

 protected:
  /// Both spaces in the context that they share.
  LinOp(Ref<Context> c, Ref<Space> x, Ref<Space> y);

  /// Both spaces Euclidean or weighted: Riesz maps are real and diagonal, and run no user code.
  bool diagonal_metrics() const noexcept { return diagonal_metrics_; }
  /// By the matrices of A and A#: what is_hermitian says in a metric that is not diagonal. Unknown
  /// beyond 1024 coordinates.
  Verdict compare_with_adjoint() const;
  /// `Kind((2) -> (3): detail)`
  std::string text_with(const std::string &detail) const;

  /// Beyond class and spaces.
  virtual bool same_values(const LinOp &other) const = 0;
  /// The same operator in context `to`.
  virtual Ref<LinOp> rebuilt(const Conversion &conversion, Context &to) = 0;
  /// `kind, family f, dtype d, mode m`: the line that the rest is part of.
  void explain_head(Explanation &to, Mode mode) const;

  /// The adjoint of a class that builds its own from parts: make() once, and again when nobody holds
  /// it. The adjoint holds this operator and calls forget_adjoint in its destructor.
  template <class Make>
  Ref<LinOp> kept_adjoint(Make &&make) {
    Ref<LinOp> kept = kept_view(0);
    return kept ? kept : keep_view(0, make());
  }
  static void forget_adjoint(LinOp &of, const LinOp *adjoint) noexcept { forget(of, adjoint, 0); }

 private:
  friend class View;
  template <class T>
  Ref<LinOp> view();
  // What is remembered, if anybody holds it; and the same, or else `fresh` from now on. A view whose
  // last reference is gone waits for the lock in its destructor.
  Ref<LinOp> kept_view(int slot) noexcept;
  Ref<LinOp> keep_view(int slot, Ref<LinOp> fresh) noexcept;
  static void forget(LinOp &of, const LinOp *view, int slot) noexcept;

  const bool diagonal_metrics_;
  // Under lock_of(this). Not owned: a view holds this operator, not the reverse.
  LinOp *views_[3] = {};
};

/// Domain and codomain in their joint context. ValueErr naming op.
struct Endpoints {
  Ref<Context> ctx;
  Ref<Space> domain, codomain;
};
Endpoints joint_endpoints(const Ref<Space> &domain, const Ref<Space> &codomain, const char *op);

/// At level strict, tests <A x, y>_Y = <x, A# y>_X with the all-ones pair and three seeded random
/// ones; every constructor ends with it. ValueErr if it fails or cannot be completed; CallbackErr.
void probe_adjoint(const LinOp &A);
template <class T>
Ref<LinOp> probed(Ref<T> op) {
  if (op->ctx->level == CheckLevel::strict) probe_adjoint(*op);
  return op;
}

class Philox;
/// Coordinates (real and imaginary parts) uniform in [-1, 1), the same ones in every family.
Ref<Value> random_element(const Space &space, Philox &generator);
/// How far two numbers that should agree may be apart, their size being `scale`.
double probe_tolerance(Dtype dtype, double scale);
/// Applies A to n random pairs: no if <A x, y> and <x, A y> differ beyond rounding, else unknown.
/// ValueErr: n < 1.
Verdict probe_hermitian(const LinOp &A, std::int64_t n, std::int64_t seed);

bool is_tree(const Space &space);
/// Euclidean or weighted.
bool has_diagonal_metric(const Space &space);

/// NotImpl `to_matrix: ...`: elements of the family are opaque.
void require_coordinates(const Context &ctx);
/// (..., n) as (N, n).
Ref<Array> as_rows(Array &coordinates);
/// (N, n) with the leading axes given.
Ref<Array> with_leading(Array &rows, const Dims &leading);

/// Another way to see an operator; keeps it alive, and is remembered by it.
class View : public LinOp {
 public:
  ~View() override;
  LinOp &operand() const noexcept { return *op_; }
  std::span<const Ref<LinOp>> parts() const noexcept override { return {&op_, 1}; }
  bool runs_user_code() const noexcept override {
    return op_->runs_user_code() || !diagonal_metrics();
  }
  bool settled() const noexcept override { return op_->settled() && diagonal_metrics(); }

 protected:
  enum class Slot { adjoint, transpose, conjugate };
  View(Slot slot, Ref<LinOp> op, Ref<Space> x, Ref<Space> y)
      : LinOp(op->ctx, std::move(x), std::move(y)), op_(std::move(op)), slot_(slot) {}
  bool same_values(const LinOp &other) const override {
    return op_->equals(static_cast<const View &>(other).operand());
  }

  const Ref<LinOp> op_;

 private:
  friend class LinOp;
  const Slot slot_;
};

/// The view A#; use LinOp::adjoint, which keeps one view alive per operator.
class AdjointView final : public View {
 public:
  explicit AdjointView(Ref<LinOp> op);

  const char *kind() const noexcept override { return "AdjointLinOp"; }
  Ref<Value> apply_core(Value &x) const override { return op_->rapply_core(x); }
  Ref<Value> rapply_core(Value &y) const override { return op_->apply_core(y); }
  void apply_into_core(Value *alpha, Value &x, Value *beta, Value &y, Mode mode) const override;
  Ref<Value> vapply_core(Value &xs) const override { return op_->rvapply_core(xs); }
  Ref<Value> rvapply_core(Value &ys) const override { return op_->vapply_core(ys); }
  Ref<Array> to_matrix() const override { return op_->adjoint_matrix(); }
  Ref<SparseArray> sparse_matrix() const override;
  Ref<LinOp> fused(bool materialize) override;
  Ref<LinOp> structural_inverse() override;
  Verdict is(Property property) const override;
  Verdict is_hermitian() const override { return op_->is_hermitian(); }
  Ref<LinOp> adjoint() override { return op_; }
  void explain(Explanation &to, Mode mode) const override;
  static constexpr Slot place = Slot::adjoint;

 protected:
  Ref<LinOp> rebuilt(const Conversion &conversion, Context &) override {
    return op_->convert(conversion)->adjoint();
  }
};

}  // namespace spc
