// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/linop/derived.hpp"
#include "core/linop/linop.hpp"

namespace spc {

/// x -> d x in coordinates, d being an element or, of a tree, its coordinates. Diagonal metrics
/// commute with it, so that its adjoint is y -> conj(d) y there and y -> R^-1 conj(d) R y elsewhere.
class DiagonalLinOp final : public LinOp {
 public:
  /// space nullptr: the dense space of the data's family, dtype and shape. TypeErr.
  static Ref<LinOp> create(const Ref<Value> &data, Ref<Space> space);

  DiagonalLinOp(const Ref<Space> &space, Ref<Array> d);
  const char *kind() const noexcept override { return "DiagonalLinOp"; }
  bool runs_user_code() const noexcept override { return !diagonal_metrics(); }
  bool settled() const noexcept override;
  Ref<Value> apply_core(Value &x) const override;
  Ref<Value> rapply_core(Value &y) const override;
  void apply_into_core(Value *alpha, Value &x, Value *beta, Value &y, Mode mode) const override;
  Ref<Value> vapply_core(Value &xs) const override;
  Ref<Value> rvapply_core(Value &ys) const override;
  Ref<Array> to_matrix() const override;
  Ref<SparseArray> sparse_matrix() const override;
  /// The matrix as a tensor, kept until the data is written.
  Ref<Value> array() const override;
  std::uint64_t version() const noexcept override { return d_->buffer->version(); }
  Ref<LinOp> structural_inverse() override;
  Verdict is(Property property) const override;
  Verdict is_hermitian() const override;
  void explain(Explanation &to, Mode mode) const override;

 protected:
  bool same_values(const LinOp &other) const override;
  Ref<LinOp> rebuilt(const Conversion &conversion, Context &to) override;

 private:
  Ref<Array> conjugated() const;
  Ref<Value> times(Array &d, Value &x) const;
  Ref<Value> times_batch(Array &d, Value &xs) const;
  /// A#, given the product with conj(d).
  template <class Times>
  Ref<Value> metric_adjoint(Value &y, Times times) const;
  bool exact() const noexcept { return join({d_->dtype, ctx->dtype}) == ctx->dtype; }

  const bool leafwise_;  // elements are trees
  const Ref<Array> d_;   // under the tag of the operator's family
  Derived<Ref<Array>> conjugate_, tensor_;
  Derived<Verdict> verdict_;
};

}  // namespace spc
