// SPDX-License-Identifier: Apache-2.0
// What a user callback that returns non-zero becomes.
#pragma once

#include <string>

#include "spacecore/api.h"

#include "capi/handles.hpp"

namespace spc::capi {

/// Forgets texts of earlier callbacks; to be called before each call of user code.
inline void before_callback() {
  take_callback_error();
}

/// CallbackErr with the native code and the callback's own text; without one, that of the library
/// call that failed inside it with the same code.
[[noreturn]] inline void fail_callback(const char *who, std::int64_t native) {
  std::string text = take_callback_error();
  spc_error_info inner = {};
  inner.struct_size = sizeof inner;
  if (text.empty() && spc_last_error(&inner) == SPC_OK && inner.code == native && native != 0)
    text = inner.message;
  throw Error(
      SPC_E_CALLBACK,
      fmt::format("{}: the callback returned {}{}{}", who, native, text.empty() ? "" : ": ", text),
      native);
}

/// Runs user code: call(&result) is one call of it. Gives the value that it left there, taken over;
/// nullptr if it left none.
template <class F>
Ref<Value> run_callback(const char *who, F &&call) {
  before_callback();
  spc_value result = nullptr;
  const spc_status status = call(&result);
  if (status != SPC_OK) {
    release_handle<Value>(&result);
    fail_callback(who, status);
  }
  return result == nullptr ? Ref<Value>() : consume_handle<Value>(result, who);
}

}  // namespace spc::capi
