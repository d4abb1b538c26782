// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/linop/matrix.hpp"

namespace spc {

/// A dense matrix, kept without a copy as a tensor of shape codomain.shape + domain.shape.
class DenseLinOp final : public MatrixLinOp {
 public:
  /// codomain nullptr: the dense space of the leading shape of A. TypeErr.
  static Ref<LinOp> create(const Ref<Value> &A, const Ref<Space> &domain, Ref<Space> codomain);

  DenseLinOp(Endpoints e, Ref<Array> A);
  const char *kind() const noexcept override { return "DenseLinOp"; }
  Ref<Value> array() const override { return A_; }

 protected:
  bool same_values(const LinOp &other) const override;
  Ref<LinOp> rebuilt(const Conversion &conversion, Context &to) override;
  Dtype matrix_dtype() const noexcept override { return A_->dtype; }
  Op product_op() const noexcept override { return Op::gemm; }
  std::uint64_t version() const noexcept override { return A_->buffer->version(); }
  Ref<Operand> make_operand() const override;
  Ref<Array> product(Array &x, bool adjoint) const override;
  Ref<Array> product_of_rows(Array &rows, bool adjoint) const override;
  Ref<Array> densified() const override;
  bool entries_are(Property property) const override;
  void product_into(Value *alpha, Value &matrix, Array &x, Value *beta, Array &y,
                    Mode mode) const override;
  bool close_to_adjoint(Array *weights) const override;

 private:
  /// A as (codomain.size, domain.size); a view where its strides allow one.
  Ref<Array> matrix() const;

  const Ref<Array> A_;  // under the tag of the operator's family
};

}  // namespace spc
