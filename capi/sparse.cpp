// SPDX-License-Identifier: Apache-2.0
#include "spacecore/api.h"

#include "capi/handles.hpp"
#include "core/ops/ops.hpp"

namespace spc::capi {

namespace {

SparseArray &sparse(spc_array a, const char *op) {
  return as_sparse(&get<Value>(a, op), op);
}

Ref<Array> vector_of(spc_array a, const char *op) {
  return Ref<Array>::share(&as_dense(&get<Value>(a, op), op));
}

}  // namespace

}  // namespace spc::capi

using namespace spc;        // NOLINT(google-build-using-namespace): C bodies of this library
using namespace spc::capi;  // NOLINT(google-build-using-namespace)

extern "C" {

spc_status spc_sparse_create(int32_t format, int64_t rows, int64_t cols, spc_array first,
                             spc_array second, spc_array data, spc_array *out) {
  const char *op = "sparse_create";
  return guard(op, [&] {
    require(out, op, "out");
    const Ref<Array> parts[] = {vector_of(first, op), vector_of(second, op), vector_of(data, op)};
    Value *const operands[] = {parts[0].get(), parts[1].get(), parts[2].get()};
    const Offered offered(op, 0, operands, 3);
    auto part = [&](int i) { return Ref<Array>::share(static_cast<Array *>(offered[i])); };
    *out = new_handle<Value>(ops::new_sparse(format, rows, cols, part(0), part(1), part(2)));
  });
}

spc_status spc_sparse_format(spc_array a, int32_t *out) {
  return guard("sparse_format", [&] {
    require(out, "sparse_format", "out");
    *out = sparse(a, "sparse_format").format;
  });
}

spc_status spc_sparse_nnz(spc_array a, int64_t *out) {
  return guard("sparse_nnz", [&] {
    require(out, "sparse_nnz", "out");
    *out = sparse(a, "sparse_nnz").nnz();
  });
}

spc_status spc_sparse_parts(spc_array a, spc_array *first, spc_array *second, spc_array *data) {
  return guard("sparse_parts", [&] {
    const SparseArray &s = sparse(a, "sparse_parts");
    spc_array handles[3] = {};
    const Ref<Array> *parts[3] = {&s.first, &s.second, &s.data};
    spc_array *outs[3] = {first, second, data};
    try {
      for (int i = 0; i < 3; ++i)
        if (outs[i] != nullptr) handles[i] = new_handle<Value>(*parts[i]);
    } catch (...) {
      for (spc_array &h : handles)
        if (h != nullptr) drop_slot(reinterpret_cast<Slot *>(h));
      throw;
    }
    for (int i = 0; i < 3; ++i)
      if (outs[i] != nullptr) *outs[i] = handles[i];
  });
}

spc_status spc_sparse_transpose(spc_array a, spc_array *out) {
  return guard("sparse_transpose", [&] {
    require(out, "sparse_transpose", "out");
    *out = new_handle<Value>(ops::sparse_transpose(sparse(a, "sparse_transpose")));
  });
}

spc_status spc_sparse_diagonal(spc_array a, spc_array *out) {
  return guard("sparse_diagonal", [&] {
    require(out, "sparse_diagonal", "out");
    *out = new_handle<Value>(ops::sparse_diagonal(sparse(a, "sparse_diagonal")));
  });
}

spc_status spc_sparse_offset_diagonal(spc_array a, int64_t offset, spc_array *out) {
  return guard("sparse_offset_diagonal", [&] {
    require(out, "sparse_offset_diagonal", "out");
    *out = new_handle<Value>(ops::sparse_diagonal(sparse(a, "sparse_offset_diagonal"), offset));
  });
}

}  // extern "C"
