// SPDX-License-Identifier: Apache-2.0
// What every subcommand needs of the library: owned handles, and failures as exceptions.
#pragma once

#include <cstdint>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "spacecore/spacecore.h"

namespace cmd {

/// Exit statuses of the command.
enum ExitStatus { kOk = 0, kNegative = 1, kBadInput = 2 };

/// A call of the library failed; what() is its text.
class Failure : public std::runtime_error {
 public:
  Failure(spc_status code, const std::string &text) : std::runtime_error(text), code_(code) {}
  spc_status code() const noexcept { return code_; }

 private:
  spc_status code_;
};

/// The command was given something that it cannot work with; what() is complete.
class BadInput : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// Throws Failure with the library's text unless status is 0.
void check(spc_status status);

/// True if `code` is `parent` or a kind of it.
bool is_a(spc_status code, spc_status parent);

/// Name of an error kind: "ValueErr".
std::string status_name(spc_status code);

/// One reference to an object of the library.
template <class T, spc_status (*Release)(T *)>
class Handle {
 public:
  Handle() = default;
  Handle(const Handle &) = delete;
  Handle &operator=(const Handle &) = delete;
  Handle(Handle &&other) noexcept : handle_(std::exchange(other.handle_, nullptr)) {}
  Handle &operator=(Handle &&other) noexcept {
    std::swap(handle_, other.handle_);
    return *this;
  }
  ~Handle() { Release(&handle_); }

  T get() const noexcept { return handle_; }
  explicit operator bool() const noexcept { return handle_ != nullptr; }

  /// For a trailing out-parameter; gives up what was held.
  T *out() noexcept {
    Release(&handle_);
    handle_ = nullptr;
    return &handle_;
  }

 private:
  T handle_ = nullptr;
};

using Array = Handle<spc_array, spc_array_release>;
using Context = Handle<spc_context, spc_context_release>;
using Space = Handle<spc_space, spc_space_release>;
using LinOp = Handle<spc_linop, spc_linop_release>;

/// Calls a function of the library whose last parameter is the result, and returns that result.
template <class Result = Array, class Fn, class... Args>
Result make(Fn fn, Args... args) {
  Result result;
  check(fn(args..., result.out()));
  return result;
}

/// The same for a plain value: get<std::int32_t>(spc_array_ndim, a).
template <class Result, class Fn, class... Args>
Result get(Fn fn, Args... args) {
  Result result{};
  check(fn(args..., &result));
  return result;
}

std::string dtype_name(std::int32_t dtype);
std::vector<std::int64_t> shape_of(spc_array array);

/// All families, in registration order.
std::vector<spc_backend_info> all_backends();

/// The family of that name or alias. Failure: UnknownBackend, BackendUnavailable with the reason.
spc_backend_info find_backend(const std::string &name, std::int64_t *index = nullptr);

}  // namespace cmd
