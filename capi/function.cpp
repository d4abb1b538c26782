// SPDX-License-Identifier: Apache-2.0
#include "capi/function.hpp"

#include <deque>

namespace spc::capi {

Ref<Value> UserFunction::operator()(Function::Args args) const {
  std::deque<LentHandle<Value>> lent;  // handles stay where they are
  std::vector<spc_value> handles;
  for (Value *v : args) handles.push_back(lent.emplace_back(*v).get());
  Ref<Value> result = run_callback(op_, [&](spc_value *out) {
    return fn_(user_, static_cast<std::int32_t>(handles.size()), handles.data(), out);
  });
  if (!result) fail(SPC_E_TYPE, "{}: the callback returned no value", op_);
  return result;
}

HeldArgs::HeldArgs(std::int32_t n, const spc_value *handles, const char *op) {
  if (n < 0) fail(SPC_E_VALUE, "{}: negative count {}", op, n);
  if (n > 0) require(handles, op, "args");
  for (std::int32_t i = 0; i < n; ++i) {
    held_.push_back(Ref<Value>::share(&capi::get<Value>(handles[i], op)));
    values_.push_back(held_.back().get());
  }
}

}  // namespace spc::capi
