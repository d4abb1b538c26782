// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <type_traits>

#include "core/array/value.hpp"

namespace spc {

/// A function of the program, result = f(args...), as control flow sees it: a reference to a callable
/// that outlives the call. What it throws passes through unchanged; its result is never null.
class Function {
 public:
  using Args = std::span<Value *const>;

  template <class F, class = std::enable_if_t<!std::is_same_v<F, Function>>>
  Function(const F &f)  // NOLINT(google-explicit-constructor): like any callable
      : callable_(&f), call_([](const void *callable, Args args) {
          return (*static_cast<const F *>(callable))(args);
        }) {}

  Ref<Value> operator()(Args args) const { return call_(callable_, args); }

 private:
  const void *callable_;
  Ref<Value> (*call_)(const void *callable, Args args);
};

}  // namespace spc
