// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/linop/derived.hpp"
#include "core/linop/linop.hpp"

namespace spc {

/// x -> d x. Diagonal metrics commute with it, so its adjoint is y -> conj(d) y in any of them.
class DiagonalLinOp final : public LinOp {
 public:
  /// space nullptr: the dense space of the data's family, dtype and shape. TypeErr.
  static Ref<LinOp> create(const Ref<Value> &data, Ref<Space> space);

  DiagonalLinOp(const Ref<Space> &space, Ref<Array> d);
  const char *kind() const noexcept override { return "DiagonalLinOp"; }
  bool runs_user_code() const noexcept override { return false; }
  Ref<Value> apply_core(Value &x) const override;
  Ref<Value> rapply_core(Value &y) const override;
  void apply_into_core(Value *alpha, Value &x, Value *beta, Value &y, Mode mode) const override;
  Verdict is_hermitian() const override;
  void explain(Explanation &to, Mode mode) const override;

 protected:
  bool same_values(const LinOp &other) const override;
  Ref<LinOp> rebuilt(const Conversion &conversion, Context &to) override;

 private:
  Ref<Array> conjugate() const;

  const Ref<Array> d_;  // under the tag of the operator's family
  Derived<Ref<Array>> conjugate_;
  Derived<Verdict> verdict_;
};

}  // namespace spc
