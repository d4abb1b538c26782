// SPDX-License-Identifier: Apache-2.0
#include "plugins/reference/kernels.hpp"
#include "plugins/reference/sparse.hpp"

namespace spc::reference {
namespace {

template <class T, class I, class Visit>
spc_status for_each_row(const spc_call *call, Visit visit) {
  const auto a = csr<const T, const I>(call->in);
  const auto list = vector<const int64_t>(*call->in[3]);
  const int64_t cols = params<spc_params_sparse>(call).cols;
  // Column j is listed at the places listed[first[j]] .. listed[first[j + 1]].
  spc_status status = SPC_OK;
  int64_t *first = scratch<int64_t>(call, cols + 2, &status);
  if (first == nullptr) return status;
  int64_t *listed = scratch<int64_t>(call, list.size, &status);
  if (listed == nullptr) return status;
  std::fill(first, first + cols + 2, 0);
  for (int64_t n = 0; n < list.size; ++n) ++first[list[n] + 2];
  for (int64_t j = 2; j <= cols + 1; ++j) first[j] += first[j - 1];
  for (int64_t n = 0; n < list.size; ++n) listed[first[list[n] + 1]++] = n;

  int64_t most = 0;
  for (int64_t i = 0; i < a.rows(); ++i) {
    int64_t terms = 0;
    for (int64_t k = a.indptr[i]; k < a.indptr[i + 1]; ++k) {
      terms += first[a.indices[k] + 1] - first[a.indices[k]];
    }
    most = std::max(most, terms);
  }
  RowTerms<T> row;
  status = row.reserve(call, most);
  if (status != SPC_OK) return status;
  for (int64_t i = 0; i < a.rows(); ++i) {
    row.clear();
    for (int64_t k = a.indptr[i]; k < a.indptr[i + 1]; ++k) {
      const int64_t j = a.indices[k];
      for (int64_t n = first[j]; n < first[j + 1]; ++n) row.add(listed[n], a.data[k]);
    }
    row.combine();
    visit(i, row);
  }
  return SPC_OK;
}

}  // namespace

spc_status csr_columns_extent(void *, const spc_call *call, int64_t *sizes, void **plan) {
  *plan = nullptr;
  return for_pair(*call->in[2], *call->in[0], [&]<class T, class I>(Tag<T>, Tag<I>) {
    return count_entries(sizes, [&](auto visit) { return for_each_row<T, I>(call, visit); });
  });
}

spc_status csr_columns(void *, const spc_call *call) {
  return for_pair(*call->in[2], *call->in[0], [&]<class T, class I>(Tag<T>, Tag<I>) {
    return write_entries(csr<T, I>(call->out),
                         [&](auto visit) { return for_each_row<T, I>(call, visit); });
  });
}

}  // namespace spc::reference
