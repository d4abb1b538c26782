// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>

#include "core/linop/linop.hpp"

namespace spc {

/// An operator given by functions. rapply is already the metric adjoint; it is never wrapped in
/// Riesz maps, and the coordinate transposes are unknown.
class MatrixFreeLinOp final : public LinOp {
 public:
  /// y = f(x); throws what stops the call. x lives for the call.
  using Function = std::function<Ref<Value>(Value &x)>;
  /// Identity of a function, for equality.
  using Id = const void *;

  static Ref<LinOp> create(Function apply, Function rapply, const Id (&ids)[3],
                           const Ref<Space> &domain, const Ref<Space> &codomain);

  MatrixFreeLinOp(Endpoints e, Function apply, Function rapply, const Id (&ids)[3]);
  const char *kind() const noexcept override { return "MatrixFreeLinOp"; }
  Ref<Value> apply_core(Value &x) const override;
  Ref<Value> rapply_core(Value &y) const override;
  /// NotImpl: modes transpose and conjugate transpose.
  void apply_into_core(Value *alpha, Value &x, Value *beta, Value &y, Mode mode) const override;
  Verdict is_hermitian() const override { return Verdict::unknown; }
  void explain(Explanation &to, Mode mode) const override;

 protected:
  bool same_values(const LinOp &other) const override;
  Ref<LinOp> rebuilt(const Conversion &conversion, Context &to) override;

 private:
  const Function apply_, rapply_;
  const Id ids_[3];
};

}  // namespace spc
