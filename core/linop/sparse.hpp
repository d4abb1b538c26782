// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/linop/matrix.hpp"

namespace spc {

/// A sparse matrix of shape (codomain.size, domain.size), kept without a copy.
class SparseLinOp final : public MatrixLinOp {
 public:
  /// TypeErr.
  static Ref<LinOp> create(const Ref<Value> &A, const Ref<Space> &domain,
                           const Ref<Space> &codomain);

  SparseLinOp(Endpoints e, Ref<SparseArray> A);
  const char *kind() const noexcept override { return "SparseLinOp"; }
  Ref<SparseArray> to_sparse() const override { return A_; }
  Ref<SparseArray> sparse_matrix() const override;
  Ref<Value> array() const override { return A_; }

 protected:
  bool same_values(const LinOp &other) const override;
  Ref<LinOp> rebuilt(const Conversion &conversion, Context &to) override;
  Dtype matrix_dtype() const noexcept override { return A_->dtype(); }
  Op product_op() const noexcept override { return Op::spmm; }
  Dtype index_dtype() const noexcept override { return A_->index_dtype(); }
  std::uint64_t version() const noexcept override { return A_->data->buffer->version(); }
  Ref<Operand> make_operand() const override;
  Ref<Array> product(Array &x, bool adjoint) const override;
  Ref<Array> product_of_rows(Array &rows, bool adjoint) const override;
  Ref<Array> densified() const override;
  bool entries_are(Property property) const override;
  void product_into(Value *alpha, Value &matrix, Array &x, Value *beta, Array &y,
                    Mode mode) const override;
  bool close_to_adjoint(Array *weights) const override;

 private:
  const Ref<SparseArray> A_;  // under the tag of the operator's family
  Derived<Ref<SparseArray>> conjugate_;
};

/// Whether A is or has among its parts an operator that stores a sparse matrix.
bool holds_sparse(const LinOp &A);

}  // namespace spc
