// SPDX-License-Identifier: Apache-2.0
// The one error type of the core. Thrown anywhere below the C API, turned into a status there.
#pragma once

#include <fmt/core.h>

#include <cstdint>
#include <exception>
#include <string>

#include "spacecore/status.h"

namespace spc {

class Error : public std::exception {
 public:
  /// family lives as long as the process (a Family's name) or is a literal.
  Error(spc_status code, std::string message, std::int64_t native = 0, const char *family = "")
      : code_(code), native_(native), message_(std::move(message)), family_(family) {}

  spc_status code() const noexcept { return code_; }
  std::int64_t native() const noexcept { return native_; }
  const std::string &message() const noexcept { return message_; }
  const char *family() const noexcept { return family_; }
  const char *what() const noexcept override { return message_.c_str(); }

 private:
  spc_status code_;
  std::int64_t native_;
  std::string message_;
  const char *family_;
};

// Out of line so that a check costs its caller one compare and one cold call.
[[noreturn]] void fail_v(spc_status code, fmt::string_view format, fmt::format_args args);

/// Throws Error(code, formatted text).
template <class... A>
[[noreturn]] void fail(spc_status code, fmt::format_string<A...> format, const A &...args) {
  fail_v(code, format, fmt::make_format_args(args...));
}

const char *status_kind(spc_status code) noexcept;
bool status_is_a(spc_status code, spc_status parent) noexcept;

}  // namespace spc
