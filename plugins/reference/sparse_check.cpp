// SPDX-License-Identifier: Apache-2.0
#include <cinttypes>

#include "plugins/reference/arithmetic.hpp"
#include "plugins/reference/error.hpp"
#include "plugins/reference/kernels.hpp"
#include "plugins/reference/sparse.hpp"

namespace spc::reference {
namespace {

template <class I>
spc_status check_range(const spc_call *call, const char *name, Vector<const I> indices,
                       int64_t extent) {
  for (int64_t k = 0; k < indices.size; ++k) {
    const int64_t index = indices[k];
    if (index < 0 || index >= extent) {
      return fail(call, SPC_E_VALUE,
                  "%s[%" PRId64 "] is %" PRId64 ", outside the range from 0 to below %" PRId64,
                  name, k, index, extent);
    }
  }
  return SPC_OK;
}

template <class I>
spc_status check_indptr(const spc_call *call, Vector<const I> indptr, int64_t rows, int64_t nnz) {
  if (indptr.size != rows + 1) {
    return fail(call, SPC_E_VALUE, "indptr has length %" PRId64 ", expected %" PRId64, indptr.size,
                rows + 1);
  }
  if (indptr[0] != 0) {
    return fail(call, SPC_E_VALUE, "indptr[0] is %" PRId64 ", expected 0",
                static_cast<int64_t>(indptr[0]));
  }
  for (int64_t i = 0; i < rows; ++i) {
    if (indptr[i + 1] < indptr[i]) {
      return fail(call, SPC_E_VALUE,
                  "indptr[%" PRId64 "] is %" PRId64 ", less than indptr[%" PRId64
                  "], which is %" PRId64,
                  i + 1, static_cast<int64_t>(indptr[i + 1]), i, static_cast<int64_t>(indptr[i]));
    }
  }
  if (indptr[rows] != nnz) {
    return fail(call, SPC_E_VALUE,
                "indptr[%" PRId64 "] is %" PRId64 ", expected the number of entries, %" PRId64,
                rows, static_cast<int64_t>(indptr[rows]), nnz);
  }
  return SPC_OK;
}

}  // namespace

spc_status sparse_check(void *, const spc_call *call) {
  return for_dtype(IndexTypes(), call->in[0]->dtype, [&]<class I>(Tag<I>) {
    const auto &p = params<spc_params_sparse>(call);
    const auto first = vector<const I>(*call->in[0]);
    const auto second = vector<const I>(*call->in[1]);
    const int64_t nnz = call->in[2]->shape[0];
    const bool coo = p.format == SPC_COO;
    if (second.size != nnz) {
      return fail(call, SPC_E_VALUE, "%s has length %" PRId64 ", data has length %" PRId64,
                  coo ? "col" : "indices", second.size, nnz);
    }
    spc_status status = SPC_OK;
    if (!coo) {
      status = check_indptr(call, first, p.rows, nnz);
    } else if (first.size != nnz) {
      status = fail(call, SPC_E_VALUE, "row has length %" PRId64 ", data has length %" PRId64,
                    first.size, nnz);
    } else {
      status = check_range(call, "row", first, p.rows);
    }
    if (status == SPC_OK) status = check_range(call, coo ? "col" : "indices", second, p.cols);
    if (status == SPC_OK) *data<Bool>(*call->out[0]) = truth(true);
    return status;
  });
}

}  // namespace spc::reference
