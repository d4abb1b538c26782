// SPDX-License-Identifier: Apache-2.0
// Arrays over host memory of the program.
#pragma once

#include "core/array/value.hpp"
#include "core/context/context.hpp"

namespace spc {

/// An array of the context's family over strided host memory, row-major for strides nullptr. The
/// buffer has no deleter yet: set it once nothing can fail any more. Read-only where one element
/// stands at several positions. TypeErr: the family is opaque or has memory of its own; ValueErr: no
/// data, an address that is not a multiple of the size of a real number of dtype, an extent beyond
/// the address space.
Ref<Array> borrowed_array(Context &ctx, Dtype dtype, const Dims &shape, const std::int64_t *strides,
                          void *data, bool writable, const char *op);

}  // namespace spc
