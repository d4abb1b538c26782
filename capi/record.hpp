// SPDX-License-Identifier: Apache-2.0
// Records that the caller provides: what fits in the caller's struct_size is written.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstring>

#include "capi/guard.hpp"

namespace spc::capi {

/// Copies `full` to *out, as much as out->struct_size holds. ValueErr: NULL, or shorter than `least`
/// bytes (the end of the first version's layout).
template <class T>
void write_record(T *out, T full, std::size_t least, const char *op) {
  require(out, op, "out");
  if (out->struct_size < least)
    fail(SPC_E_VALUE, "{}: struct_size is {}, expected at least {}", op, out->struct_size, least);
  full.struct_size = out->struct_size;
  std::memcpy(out, &full, std::min<std::size_t>(out->struct_size, sizeof full));
}

}  // namespace spc::capi
