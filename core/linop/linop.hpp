// SPDX-License-Identifier: Apache-2.0
// Linear operators A: X -> Y between spaces.
#pragma once

#include <mutex>
#include <span>
#include <string>

#include "core/array/value.hpp"
#include "core/space/space.hpp"

namespace spc {

class Explanation;

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

  /// A x
  Ref<Value> apply(Value &x) const;
  /// A# y = R_X^-1 A^H R_Y y: <A x, y>_Y = <x, A# y>_X
  Ref<Value> rapply(Value &y) const;
  /// y = alpha op(A) x + beta y; nullptr: alpha = 1, beta = 0; beta = 0 does not read y.
  void apply_into(Value *alpha, Value &x, Value *beta, Value &y, Mode mode) const;

  /// A and A# of every element of a batch; all leading axes are kept.
  Ref<Value> vapply(Value &xs) const;
  Ref<Value> rvapply(Value &ys) const;

  virtual Ref<Value> apply_core(Value &x) const;
  virtual Ref<Value> rapply_core(Value &y) const;
  virtual void apply_into_core(Value *alpha, Value &x, Value *beta, Value &y, Mode mode) const = 0;

  /// Item by item unless a class knows better.
  virtual Ref<Value> vapply_core(Value &xs) const;
  virtual Ref<Value> rvapply_core(Value &ys) const;
  /// The coordinate matrix (codomain.size, domain.size), new; by vapply_core of the basis unless a
  /// class knows better.
  virtual Ref<Array> to_matrix() const;

  /// Terms, factors, blocks; none of a leaf.
  virtual std::span<const Ref<LinOp>> parts() const noexcept { return {}; }
  /// An equal operator with dense factors multiplied and dense terms added (spec 3.6); itself if
  /// there is nothing to do.
  virtual Ref<LinOp> fused(bool materialize);
  /// A^-1 where structure gives it without a factorization; nullptr otherwise.
  virtual Ref<LinOp> structural_inverse() { return nullptr; }
  /// Deterministic text for people.
  virtual std::string text() const;

  /// By structure and assumptions alone. Property::hermitian is is_hermitian().
  virtual Verdict is(Property property) const;
  /// Self-adjoint in the declared geometry, by structure alone; never applies the operator.
  virtual Verdict is_hermitian() const = 0;
  /// Same class, spaces and exactly equal values.
  bool equals(const LinOp &other) const;
  /// The metric adjoint. A.adjoint() is one object as long as it is held; its adjoint is A.
  virtual Ref<LinOp> adjoint();

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
  LinOp(Ref<Context> c, Ref<Space> x, Ref<Space> y)
      : ctx(std::move(c)), domain(std::move(x)), codomain(std::move(y)) {}

  /// Beyond class and spaces.
  virtual bool same_values(const LinOp &other) const = 0;
  /// The same operator in context `to`.
  virtual Ref<LinOp> rebuilt(const Conversion &conversion, Context &to) = 0;
  /// `kind, family f, dtype d, mode m`: the line that the rest is part of.
  void explain_head(Explanation &to, Mode mode) const;
  /// An element in the dtype of the context, so that in-place forms are exact.
  bool native(const Value &x) const noexcept { return domain->native(x); }

 private:
  friend class AdjointView;
  std::mutex adjoint_mutex_;
  LinOp *adjoint_ = nullptr;  // not owned: the view holds this operator, not the reverse
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

/// The view A#; use LinOp::adjoint, which keeps one view alive per operator.
class AdjointView final : public LinOp {
 public:
  explicit AdjointView(Ref<LinOp> op);
  ~AdjointView() override;

  const char *kind() const noexcept override { return "AdjointLinOp"; }
  Ref<Value> apply_core(Value &x) const override { return op_->rapply_core(x); }
  Ref<Value> rapply_core(Value &y) const override { return op_->apply_core(y); }
  void apply_into_core(Value *alpha, Value &x, Value *beta, Value &y, Mode mode) const override;
  Verdict is_hermitian() const override { return op_->is_hermitian(); }
  Ref<LinOp> adjoint() override { return op_; }
  LinOp &operand() const noexcept { return *op_; }
  void explain(Explanation &to, Mode mode) const override;

 protected:
  bool same_values(const LinOp &other) const override;
  Ref<LinOp> rebuilt(const Conversion &conversion, Context &) override {
    return op_->convert(conversion)->adjoint();
  }

 private:
  const Ref<LinOp> op_;
};

}  // namespace spc
