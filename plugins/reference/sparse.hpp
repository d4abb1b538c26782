// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "plugins/reference/loops.hpp"

namespace spc::reference {

// Runs body(Tag<T>, Tag<I>) for the dtypes of values and indices.
template <class Body>
spc_status for_pair(const spc_tensor &values, const spc_tensor &indices, Body body) {
  return for_dtype(AllTypes(), values.dtype, [&](auto value) {
    return for_dtype(IndexTypes(), indices.dtype, [&](auto index) { return body(value, index); });
  });
}

// Compressed rows: the entries of row i lie at indptr[i] .. indptr[i + 1].
template <class T, class I>
struct Csr {
  Vector<I> indptr;
  Vector<I> indices;
  Vector<T> data;
  int64_t rows() const { return indptr.size - 1; }
  int64_t nnz() const { return indices.size; }
};

// From the tensors indptr, indices, data; const T gives a matrix that is only read.
template <class T, class I>
Csr<T, I> csr(const spc_tensor *const *parts) {
  return {vector<I>(*parts[0]), vector<I>(*parts[1]), vector<T>(*parts[2])};
}

// Turns the counts indptr[i + 1] of the entries of row i into places.
template <class I>
void counts_to_places(Vector<I> indptr) {
  for (int64_t i = 1; i < indptr.size; ++i) indptr[i] = static_cast<I>(indptr[i] + indptr[i - 1]);
}

}  // namespace spc::reference
