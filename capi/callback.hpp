// SPDX-License-Identifier: Apache-2.0
// What a user callback that returns non-zero becomes.
#pragma once

#include <functional>
#include <string>
#include <utility>

#include "spacecore/api.h"

#include "capi/handles.hpp"
#include "core/support/user_data.hpp"

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

/// y = fn(x) over borrowed handles, taking over what it returns; empty for NULL.
inline std::function<Ref<Value>(Value &x)> element_function(spc_apply_fn fn, Ref<UserData> user,
                                                            const char *who) {
  if (fn == nullptr) return nullptr;
  return [fn, user = std::move(user), who](Value &x) {
    const LentHandle<Value> lent(x);
    return run_callback(who, [&](spc_element *y) { return fn(user->get(), lent.get(), y); });
  };
}

/// The body of the own_user functions. TypeErr: the object is not made of functions.
template <class T>
spc_status own_user(typename HandleOf<T>::type handle, spc_destroy_fn destroy, const char *op) {
  return guard(op, [&] {
    const T &object = get<T>(handle, op);
    UserData *const user = object.user_data();
    if (user == nullptr)
      fail(SPC_E_TYPE, "{}: {} is not made of functions of the program", op, object.kind());
    user->own(destroy, op);
  });
}

}  // namespace spc::capi
