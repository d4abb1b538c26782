// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/linop/linop.hpp"

namespace spc {

/// A (x) B on arrays of shape A.domain.shape + B.domain.shape, with the product of the factors'
/// metrics (of weights, or of Riesz maps): both factors are applied along their axes.
class KroneckerLinOp final : public LinOp {
 public:
  /// ValueErr: contexts differ; TypeErr: a space whose elements are no arrays.
  static Ref<LinOp> create(Ref<LinOp> A, Ref<LinOp> B);
  /// A (x) 1 + 1 (x) B. ValueErr: not square.
  static Ref<LinOp> sum(const Ref<LinOp> &A, const Ref<LinOp> &B);

  KroneckerLinOp(Endpoints e, Ref<LinOp> A, Ref<LinOp> B);
  const char *kind() const noexcept override { return "KroneckerLinOp"; }
  Ref<Value> apply_core(Value &x) const override;
  Ref<Value> rapply_core(Value &y) const override;
  Ref<Value> vapply_core(Value &xs) const override;
  Ref<Value> rvapply_core(Value &ys) const override;
  void apply_into_core(Value *alpha, Value &x, Value *beta, Value &y, Mode mode) const override;
  bool runs_user_code() const noexcept override {
    return parts_[0]->runs_user_code() || parts_[1]->runs_user_code() || !diagonal_metrics();
  }
  std::span<const Ref<LinOp>> parts() const noexcept override { return parts_; }
  /// The product of the factors' matrices. NotImpl: one of them is not sparse by structure.
  Ref<SparseArray> to_sparse() const override;
  Ref<SparseArray> sparse_matrix() const override;
  Ref<LinOp> structural_inverse() override;
  Verdict is(Property property) const override;
  Verdict is_hermitian() const override { return is(Property::hermitian); }
  void explain(Explanation &to, Mode mode) const override;

 protected:
  bool same_values(const LinOp &other) const override;
  Ref<LinOp> rebuilt(const Conversion &conversion, Context &to) override;

 private:
  /// (..., n1 n2) to (..., m1 m2), by the factors or by their adjoints.
  Ref<Array> rows(Array &x, bool adjoint) const;

  const Ref<LinOp> parts_[2];
};

}  // namespace spc
