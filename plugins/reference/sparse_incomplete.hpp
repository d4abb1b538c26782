// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cinttypes>

#include "plugins/reference/arithmetic.hpp"
#include "plugins/reference/dense.hpp"
#include "plugins/reference/error.hpp"
#include "plugins/reference/sparse.hpp"

namespace spc::reference {

// Position of (i, column) among the ascending entries of row i; -1: none.
template <class T, class I>
int64_t place_of(Csr<T, I> a, int64_t i, int64_t column) {
  int64_t low = a.indptr[i], high = a.indptr[i + 1];
  while (low < high) {
    const int64_t middle = low + (high - low) / 2;
    if (a.indices[middle] < column) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low < a.indptr[i + 1] && a.indices[low] == column ? low : -1;
}

inline spc_status bad_row(const spc_call *call, int64_t row, const char *what) {
  return fail(call, SPC_E_LINALG, "pivot of row %" PRId64 " is %s", row, what);
}

}  // namespace spc::reference
