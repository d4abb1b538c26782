// SPDX-License-Identifier: Apache-2.0
// The border between exceptions and status codes: every C function is one guard call.
#pragma once

#include <exception>
#include <new>

#include "spacecore/types.h"

#include "core/support/error.hpp"

namespace spc::capi {

/// Stores the calling thread's last error and returns its code. Never throws.
spc_status record_error(spc_status code, std::int64_t native, const char *op, const char *family,
                        const char *message) noexcept;
/// Turns the exception in flight into the last error.
spc_status record_current_exception(const char *op) noexcept;

template <class F>
spc_status guard(const char *op, F &&body) noexcept {
  try {
    body();
    return SPC_OK;
  } catch (...) {
    return record_current_exception(op);
  }
}

/// ValueErr `op: name is NULL`.
inline void require(const void *pointer, const char *op, const char *name) {
  if (pointer == nullptr) [[unlikely]]
    fail(SPC_E_VALUE, "{}: {} is NULL", op, name);
}

/// The text that a callback left with spc_callback_error on this thread; cleared by reading.
std::string take_callback_error();

}  // namespace spc::capi
