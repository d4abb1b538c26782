// SPDX-License-Identifier: Apache-2.0
// Texts that the caller gives room for.
#pragma once

#include <cstring>
#include <string>

#include "capi/guard.hpp"
#include "core/support/error.hpp"

namespace spc::capi {

/// *length = characters without the NUL; buffer may be NULL with capacity 0. ValueErr: no room, and
/// then nothing is written.
inline void give_text(const std::string &text, char *buffer, std::int64_t capacity,
                      std::int64_t *length, const char *op) {
  const auto size = static_cast<std::int64_t>(text.size());
  if (buffer != nullptr && capacity <= size)
    fail(SPC_E_VALUE, "{}: capacity is {}, {} characters and the NUL need {}", op, capacity, size,
         size + 1);
  if (buffer == nullptr && capacity != 0)
    fail(SPC_E_VALUE, "{}: buffer is NULL and capacity is {}, expected 0", op, capacity);
  if (buffer == nullptr) require(length, op, "length");
  if (buffer != nullptr) std::memcpy(buffer, text.c_str(), text.size() + 1);
  if (length != nullptr) *length = size;
}

}  // namespace spc::capi
