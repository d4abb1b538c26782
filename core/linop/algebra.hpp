// SPDX-License-Identifier: Apache-2.0
// Operators made of operators and spaces. Construction never simplifies.
#pragma once

#include <vector>

#include "core/linop/intermediates.hpp"
#include "core/linop/linop.hpp"

namespace spc {

/// x -> x, the same element.
class IdentityLinOp final : public LinOp {
 public:
  explicit IdentityLinOp(const Ref<Space> &space) : LinOp(space->ctx, space, space) {}
  const char *kind() const noexcept override { return "IdentityLinOp"; }
  bool runs_user_code() const noexcept override { return false; }
  Ref<Value> apply_core(Value &x) const override { return Ref<Value>::share(&x); }
  Ref<Value> rapply_core(Value &y) const override { return Ref<Value>::share(&y); }
  void apply_into_core(Value *alpha, Value &x, Value *beta, Value &y, Mode mode) const override;
  Ref<Value> vapply_core(Value &xs) const override { return Ref<Value>::share(&xs); }
  Ref<Value> rvapply_core(Value &ys) const override { return Ref<Value>::share(&ys); }
  Ref<SparseArray> sparse_matrix() const override;
  Ref<LinOp> fused(bool materialize) override;
  Ref<LinOp> structural_inverse() override { return Ref<LinOp>::share(this); }
  Verdict is(Property property) const override;
  Verdict is_hermitian() const override { return Verdict::yes; }
  void explain(Explanation &to, Mode mode) const override;

 protected:
  bool same_values(const LinOp &) const override { return true; }
  Ref<LinOp> rebuilt(const Conversion &conversion, Context &to) override;
};

/// x -> 0.
class ZeroLinOp final : public LinOp {
 public:
  static Ref<LinOp> create(const Ref<Space> &domain, const Ref<Space> &codomain);
  explicit ZeroLinOp(Endpoints e)
      : LinOp(std::move(e.ctx), std::move(e.domain), std::move(e.codomain)) {}
  const char *kind() const noexcept override { return "ZeroLinOp"; }
  bool runs_user_code() const noexcept override { return false; }
  Ref<Value> apply_core(Value &) const override { return codomain->zeros_core(); }
  Ref<Value> rapply_core(Value &) const override { return domain->zeros_core(); }
  void apply_into_core(Value *alpha, Value &x, Value *beta, Value &y, Mode mode) const override;
  Ref<Value> vapply_core(Value &xs) const override;
  Ref<Value> rvapply_core(Value &ys) const override;
  Ref<Array> to_matrix() const override;
  Ref<SparseArray> sparse_matrix() const override;
  Ref<LinOp> fused(bool materialize) override;
  Verdict is(Property property) const override;
  Verdict is_hermitian() const override;
  void explain(Explanation &to, Mode mode) const override;

 protected:
  bool same_values(const LinOp &) const override { return true; }
  Ref<LinOp> rebuilt(const Conversion &conversion, Context &to) override;
};

/// x -> s A x, adjoint y -> conj(s) A# y. The scalar is read at construction.
class ScaledLinOp final : public LinOp {
 public:
  /// TypeErr: s is not scalar-like, or complex in a real context.
  static Ref<LinOp> create(const Ref<Value> &s, Ref<LinOp> op);
  ScaledLinOp(Ref<Scalar> s, Ref<LinOp> op);
  const char *kind() const noexcept override { return "ScaledLinOp"; }
  bool runs_user_code() const noexcept override { return op_->runs_user_code(); }
  bool settled() const noexcept override { return op_->settled(); }
  const Ref<Scalar> &scalar() const noexcept { return s_; }
  const Ref<LinOp> &operand() const noexcept { return op_; }
  std::span<const Ref<LinOp>> parts() const noexcept override { return {&op_, 1}; }
  std::string text() const override;
  Ref<Value> apply_core(Value &x) const override;
  Ref<Value> rapply_core(Value &y) const override;
  void apply_into_core(Value *alpha, Value &x, Value *beta, Value &y, Mode mode) const override;
  Ref<Value> vapply_core(Value &xs) const override;
  Ref<Value> rvapply_core(Value &ys) const override;
  Ref<SparseArray> sparse_matrix() const override;
  Ref<LinOp> fused(bool materialize) override;
  Ref<LinOp> structural_inverse() override;
  Verdict is(Property property) const override;
  Verdict is_hermitian() const override;
  void explain(Explanation &to, Mode mode) const override;

 protected:
  bool same_values(const LinOp &other) const override;
  Ref<LinOp> rebuilt(const Conversion &conversion, Context &to) override;

 private:
  const Ref<Scalar> s_, conjugate_;  // weak
  const Ref<LinOp> op_;
};

/// x -> A_1 x + ... + A_n x, added from left to right.
class SumLinOp final : public LinOp {
 public:
  /// ValueErr: no operand, contexts or spaces differ.
  static Ref<LinOp> create(std::vector<Ref<LinOp>> parts);
  static void require_addable(std::span<const Ref<LinOp>> parts);
  explicit SumLinOp(std::vector<Ref<LinOp>> parts);
  const char *kind() const noexcept override { return "SumLinOp"; }
  bool runs_user_code() const noexcept override;
  bool settled() const noexcept override { return settled_; }
  std::span<const Ref<LinOp>> parts() const noexcept override { return parts_; }
  Ref<Value> apply_core(Value &x) const override;
  Ref<Value> rapply_core(Value &y) const override;
  void apply_into_core(Value *alpha, Value &x, Value *beta, Value &y, Mode mode) const override;
  Ref<Value> vapply_core(Value &xs) const override;
  Ref<Value> rvapply_core(Value &ys) const override;
  Ref<SparseArray> sparse_matrix() const override;
  Ref<LinOp> fused(bool materialize) override;
  Verdict is(Property property) const override;
  Verdict is_hermitian() const override;
  void explain(Explanation &to, Mode mode) const override;

 protected:
  bool same_values(const LinOp &other) const override;
  Ref<LinOp> rebuilt(const Conversion &conversion, Context &to) override;

 private:
  const std::vector<Ref<LinOp>> parts_;
  const bool settled_;
};

/// x -> L (R x).
class ComposedLinOp final : public LinOp {
 public:
  /// ValueErr: R.codomain is not L.domain, contexts differ.
  static Ref<LinOp> create(Ref<LinOp> left, Ref<LinOp> right);
  static void require_composable(const LinOp &left, const LinOp &right);
  const std::vector<LinOp *> &chain() const noexcept { return chain_; }
  ComposedLinOp(Ref<LinOp> left, Ref<LinOp> right);
  const char *kind() const noexcept override { return "ComposedLinOp"; }
  bool runs_user_code() const noexcept override;
  bool settled() const noexcept override { return settled_; }
  std::span<const Ref<LinOp>> parts() const noexcept override { return parts_; }
  Ref<Value> apply_core(Value &x) const override;
  Ref<Value> rapply_core(Value &y) const override;
  void apply_into_core(Value *alpha, Value &x, Value *beta, Value &y, Mode mode) const override;
  Ref<Value> vapply_core(Value &xs) const override;
  Ref<Value> rvapply_core(Value &ys) const override;
  Ref<SparseArray> sparse_matrix() const override;
  Ref<LinOp> fused(bool materialize) override;
  Ref<LinOp> structural_inverse() override;
  Verdict is(Property property) const override;
  Verdict is_hermitian() const override;
  void explain(Explanation &to, Mode mode) const override;

 protected:
  bool same_values(const LinOp &other) const override;
  Ref<LinOp> rebuilt(const Conversion &conversion, Context &to) override;

 private:
  LinOp &left() const noexcept { return *parts_[0]; }
  LinOp &right() const noexcept { return *parts_[1]; }
  /// Equal ends, from outside to inside, are adjoint to each other: L_1# ... M ... L_1, where M, the
  /// middle, is Hermitian or missing.
  bool is_palindrome(const LinOp *&middle) const;

  const Ref<LinOp> parts_[2];   // left, right
  std::vector<LinOp *> chain_;  // nested compositions laid flat, left to right; owned by the two
  const bool settled_;
  Intermediates between_;  // element i lies in the domain of chain_[i]
};

/// s A, simplified: 0 A is the zero operator, 1 A is A, s (t A) is (s t) A. As ScaledLinOp::create.
Ref<LinOp> make_scaled(const Ref<Value> &s, Ref<LinOp> op);
/// A_1 + ... + A_n, simplified: nested sums laid flat, zero operators dropped, one operand left is
/// itself. As SumLinOp::create, whose checks come first.
Ref<LinOp> make_sum(std::vector<Ref<LinOp>> parts);
/// L R, simplified: identities dropped, zero operators give the zero operator. As
/// ComposedLinOp::create, whose checks come first.
Ref<LinOp> make_composed(Ref<LinOp> left, Ref<LinOp> right);

/// ValueErr `{kind} operands must have the same ctx; ...`
void require_same_context(const LinOp &a, const LinOp &b, const char *kind);
/// `DenseCoordinateSpace(shape=(2), geometry=EuclideanInnerProduct)`
std::string describe(const Space &s);

}  // namespace spc
