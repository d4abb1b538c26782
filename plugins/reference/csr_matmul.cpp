// SPDX-License-Identifier: Apache-2.0
#include "plugins/reference/kernels.hpp"
#include "plugins/reference/sparse.hpp"

namespace spc::reference {
namespace {

// Row i of A B is the sum of the rows of B that row i of A names, each times its entry.
template <class T, class I, class Visit>
spc_status for_each_row(const spc_call *call, Visit visit) {
  const auto a = csr<const T, const I>(call->in);
  const auto b = csr<const T, const I>(call->in + 3);
  int64_t most = 0;
  for (int64_t i = 0; i < a.rows(); ++i) {
    int64_t terms = 0;
    for (int64_t k = a.indptr[i]; k < a.indptr[i + 1]; ++k) {
      terms += b.indptr[a.indices[k] + 1] - b.indptr[a.indices[k]];
    }
    most = std::max(most, terms);
  }
  RowTerms<T> row;
  if (const spc_status status = row.reserve(call, most); status != SPC_OK) return status;
  for (int64_t i = 0; i < a.rows(); ++i) {
    row.clear();
    for (int64_t k = a.indptr[i]; k < a.indptr[i + 1]; ++k) {
      const int64_t j = a.indices[k];
      for (int64_t l = b.indptr[j]; l < b.indptr[j + 1]; ++l) {
        row.add(b.indices[l], times(a.data[k], b.data[l]));
      }
    }
    row.combine();
    visit(i, row);
  }
  return SPC_OK;
}

}  // namespace

spc_status csr_matmul_extent(void *, const spc_call *call, int64_t *sizes, void **plan) {
  *plan = nullptr;
  return for_pair(*call->in[2], *call->in[0], [&]<class T, class I>(Tag<T>, Tag<I>) {
    return count_entries(sizes, [&](auto visit) { return for_each_row<T, I>(call, visit); });
  });
}

spc_status csr_matmul(void *, const spc_call *call) {
  return for_pair(*call->in[2], *call->in[0], [&]<class T, class I>(Tag<T>, Tag<I>) {
    return write_entries(csr<T, I>(call->out),
                         [&](auto visit) { return for_each_row<T, I>(call, visit); });
  });
}

}  // namespace spc::reference
