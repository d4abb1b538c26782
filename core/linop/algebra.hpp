// SPDX-License-Identifier: Apache-2.0
// Operators made of operators and spaces. Construction never simplifies.
#pragma once

#include <vector>

#include "core/linop/linop.hpp"

namespace spc {

/// x -> x, the same element.
class IdentityLinOp final : public LinOp {
 public:
  explicit IdentityLinOp(const Ref<Space> &space) : LinOp(space->ctx, space, space) {}
  const char *kind() const noexcept override { return "IdentityLinOp"; }
  Ref<Value> apply_core(Value &x) const override { return Ref<Value>::share(&x); }
  Ref<Value> rapply_core(Value &y) const override { return Ref<Value>::share(&y); }
  void apply_into_core(Value *alpha, Value &x, Value *beta, Value &y, Mode mode) const override;
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
  Ref<Value> apply_core(Value &) const override { return codomain->zeros_core(); }
  Ref<Value> rapply_core(Value &) const override { return domain->zeros_core(); }
  void apply_into_core(Value *alpha, Value &x, Value *beta, Value &y, Mode mode) const override;
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
  Ref<Value> apply_core(Value &x) const override;
  Ref<Value> rapply_core(Value &y) const override;
  void apply_into_core(Value *alpha, Value &x, Value *beta, Value &y, Mode mode) const override;
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
  explicit SumLinOp(std::vector<Ref<LinOp>> parts);
  const char *kind() const noexcept override { return "SumLinOp"; }
  Ref<Value> apply_core(Value &x) const override;
  Ref<Value> rapply_core(Value &y) const override;
  void apply_into_core(Value *alpha, Value &x, Value *beta, Value &y, Mode mode) const override;
  Verdict is_hermitian() const override;
  void explain(Explanation &to, Mode mode) const override;

 protected:
  bool same_values(const LinOp &other) const override;
  Ref<LinOp> rebuilt(const Conversion &conversion, Context &to) override;

 private:
  const std::vector<Ref<LinOp>> parts_;
};

/// x -> L (R x).
class ComposedLinOp final : public LinOp {
 public:
  /// ValueErr: R.codomain is not L.domain, contexts differ.
  static Ref<LinOp> create(Ref<LinOp> left, Ref<LinOp> right);
  ComposedLinOp(Ref<LinOp> left, Ref<LinOp> right);
  const char *kind() const noexcept override { return "ComposedLinOp"; }
  Ref<Value> apply_core(Value &x) const override;
  Ref<Value> rapply_core(Value &y) const override;
  void apply_into_core(Value *alpha, Value &x, Value *beta, Value &y, Mode mode) const override;
  Verdict is_hermitian() const override;
  void explain(Explanation &to, Mode mode) const override;

 protected:
  bool same_values(const LinOp &other) const override;
  Ref<LinOp> rebuilt(const Conversion &conversion, Context &to) override;

 private:
  const Ref<LinOp> left_, right_;
  std::vector<LinOp *> chain_;  // nested compositions laid flat, left to right; owned by the two
};

}  // namespace spc
