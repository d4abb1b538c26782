// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cinttypes>
#include <cstdint>

#include "spacecore/plugin.hpp"

namespace spc::reference {

using plugin::fail;

// Scratch of n elements, freed when the kernel returns. Null after a failure, told in *status.
template <class T>
T *scratch(const spc_call *call, int64_t n, spc_status *status) {
  void *memory = nullptr;
  uint64_t bytes = 0;
  // No empty blocks: a null pointer means failure only.
  if (__builtin_mul_overflow(static_cast<uint64_t>(n > 0 ? n : 1), sizeof(T), &bytes)) {
    *status = fail(call, SPC_E_MEMORY, "no memory for scratch of %" PRId64 " elements", n);
    return nullptr;
  }
  *status = call->host->scratch(call->exec, call->in[0]->mem, bytes, &memory);
  return *status == SPC_OK ? static_cast<T *>(memory) : nullptr;
}

// A pivot of factors that no factorization gives.
inline spc_status bad_pivot(const spc_call *call, int64_t pivot, int64_t order) {
  return fail(call, SPC_E_INDEX, "pivot %" PRId64 " is out of range for matrices of order %" PRId64,
              pivot, order);
}

}  // namespace spc::reference
