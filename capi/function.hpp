// SPDX-License-Identifier: Apache-2.0
// Functions of the program and their arguments, as control flow and differentiation take them.
#pragma once

#include <vector>

#include "spacecore/api.h"

#include "capi/callback.hpp"
#include "core/flow/function.hpp"

namespace spc::capi {

/// A callable for Function. Arguments are lent for the call, the result is taken over. CallbackErr:
/// fn returned non-zero; TypeErr: it returned no value.
class UserFunction {
 public:
  /// ValueErr `op: name is NULL`.
  UserFunction(spc_function_fn fn, void *user, const char *op, const char *name = "f")
      : fn_(fn), user_(user), op_(op) {
    require(reinterpret_cast<const void *>(fn), op, name);
  }
  Ref<Value> operator()(Function::Args args) const;

 private:
  spc_function_fn fn_;
  void *user_;
  const char *op_;
};

/// The values behind handles, alive for the call, during which the program may release them.
class HeldArgs {
 public:
  /// ValueErr: negative count, NULL list.
  HeldArgs(std::int32_t n, const spc_value *handles, const char *op);
  Function::Args get() const noexcept { return values_; }

 private:
  std::vector<Ref<Value>> held_;
  std::vector<Value *> values_;
};

}  // namespace spc::capi
