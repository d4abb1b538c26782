// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>

#include "core/linop/linop.hpp"
#include "core/support/user_data.hpp"

namespace spc {

/// An operator given by functions. Its coordinate transposes come of the adjoint:
/// M^H = R_X A# R_Y^-1.
class MatrixFreeLinOp final : public LinOp {
 public:
  /// y = f(x); throws what stops the call. x lives for the call.
  using Function = std::function<Ref<Value>(Value &x)>;

  /// The functions and what tells them apart, for equality.
  struct Functions {
    Function apply, rapply;
    Function vapply, rvapply;  // of batches; empty: item by item
    /// rapply and rvapply are M^H in coordinates; otherwise the metric adjoint itself.
    bool coordinate_adjoint = false;
    Ref<UserData> user;
    const void *ids[5] = {};
  };

  /// TypeErr: apply or rapply is missing; ValueErr: a space without Riesz maps, if they are needed.
  static Ref<LinOp> create(Functions functions, const Ref<Space> &domain,
                           const Ref<Space> &codomain);

  MatrixFreeLinOp(Endpoints e, Functions functions);
  const char *kind() const noexcept override { return "MatrixFreeLinOp"; }
  UserData *user_data() const noexcept override { return functions_.user.get(); }
  Ref<Value> apply_core(Value &x) const override;
  Ref<Value> rapply_core(Value &y) const override;
  void apply_into_core(Value *alpha, Value &x, Value *beta, Value &y, Mode mode) const override;
  Ref<Value> vapply_core(Value &xs) const override;
  Ref<Value> rvapply_core(Value &ys) const override;
  Verdict is_hermitian() const override { return Verdict::unknown; }
  void explain(Explanation &to, Mode mode) const override;

 protected:
  bool same_values(const LinOp &other) const override;
  Ref<LinOp> rebuilt(const Conversion &conversion, Context &to) override;

 private:
  const Functions functions_;
};

}  // namespace spc
