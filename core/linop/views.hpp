// SPDX-License-Identifier: Apache-2.0
// Coordinate transpose and conjugate of an operator, and an operator with verdicts of the program.
#pragma once

#include <array>

#include "core/linop/linop.hpp"

namespace spc {

/// The view A^T of the coordinate matrix; use LinOp::transpose.
class TransposeView final : public View {
 public:
  explicit TransposeView(Ref<LinOp> op);

  const char *kind() const noexcept override { return "TransposeLinOp"; }
  void apply_into_core(Value *alpha, Value &x, Value *beta, Value &y, Mode mode) const override;
  Ref<Value> vapply_core(Value &xs) const override;
  Ref<Value> rvapply_core(Value &ys) const override;
  Ref<Array> to_matrix() const override;
  Ref<SparseArray> sparse_matrix() const override;
  Ref<LinOp> fused(bool materialize) override;
  Ref<LinOp> structural_inverse() override;
  Verdict is(Property property) const override;
  Verdict is_hermitian() const override;
  Ref<LinOp> transpose() override { return op_; }
  void explain(Explanation &to, Mode mode) const override;
  static constexpr Slot place = Slot::transpose;

 protected:
  Ref<LinOp> rebuilt(const Conversion &conversion, Context &) override {
    return op_->convert(conversion)->transpose();
  }
};

/// The view x -> conj(A conj(x)); use LinOp::conjugate.
class ConjugateView final : public View {
 public:
  explicit ConjugateView(Ref<LinOp> op);

  const char *kind() const noexcept override { return "ConjugateLinOp"; }
  void apply_into_core(Value *alpha, Value &x, Value *beta, Value &y, Mode mode) const override;
  Ref<Value> vapply_core(Value &xs) const override;
  Ref<Value> rvapply_core(Value &ys) const override;
  Ref<Array> to_matrix() const override;
  Ref<SparseArray> sparse_matrix() const override;
  Ref<LinOp> fused(bool materialize) override;
  Ref<LinOp> structural_inverse() override;
  Verdict is(Property property) const override;
  Verdict is_hermitian() const override;
  Ref<LinOp> conjugate() override { return op_; }
  void explain(Explanation &to, Mode mode) const override;
  static constexpr Slot place = Slot::conjugate;

 protected:
  Ref<LinOp> rebuilt(const Conversion &conversion, Context &) override {
    return op_->convert(conversion)->conjugate();
  }
};

/// An operator of which the program says what structure does not show.
class AssumedLinOp final : public LinOp {
 public:
  static constexpr int properties = 8;
  using Verdicts = std::array<Verdict, properties>;

  /// ValueErr: structure says the opposite of the verdict or of what follows from it.
  static Ref<LinOp> create(Ref<LinOp> op, Property property, bool value);
  AssumedLinOp(Ref<LinOp> op, const Verdicts &verdicts)
      : LinOp(op->ctx, op->domain, op->codomain), op_(std::move(op)), verdicts_(verdicts) {}

  const char *kind() const noexcept override { return "AssumedLinOp"; }
  bool runs_user_code() const noexcept override { return op_->runs_user_code(); }
  bool settled() const noexcept override { return op_->settled(); }
  Ref<Value> apply_core(Value &x) const override { return op_->apply_core(x); }
  Ref<Value> rapply_core(Value &y) const override { return op_->rapply_core(y); }
  void apply_into_core(Value *alpha, Value &x, Value *beta, Value &y, Mode mode) const override {
    op_->apply_into_core(alpha, x, beta, y, mode);
  }
  void apply_dots_core(Value &x, Value &y, unsigned dots, const ProgramRoom &room,
                       std::complex<double> *results) const override {
    op_->apply_dots_core(x, y, dots, room, results);
  }
  Ref<Value> vapply_core(Value &xs) const override { return op_->vapply_core(xs); }
  Ref<Value> rvapply_core(Value &ys) const override { return op_->rvapply_core(ys); }
  Ref<Array> to_matrix() const override { return op_->to_matrix(); }
  Ref<SparseArray> to_sparse() const override { return op_->to_sparse(); }
  Ref<Value> array() const override { return op_->array(); }
  std::span<const Ref<LinOp>> parts() const noexcept override { return {&op_, 1}; }
  Ref<SparseArray> sparse_matrix() const override;
  Ref<LinOp> fused(bool materialize) override;
  Ref<LinOp> structural_inverse() override { return op_->structural_inverse(); }
  std::string text() const override;
  Verdict is(Property property) const override;
  Verdict is_hermitian() const override { return is(Property::hermitian); }
  void explain(Explanation &to, Mode mode) const override;

 protected:
  bool same_values(const LinOp &other) const override;
  Ref<LinOp> rebuilt(const Conversion &conversion, Context &to) override;

 private:
  const Ref<LinOp> op_;
  const Verdicts verdicts_;  // with what follows from them
};

/// `Hermitian`, `positive definite`, ...
const char *name(Property property) noexcept;

}  // namespace spc
