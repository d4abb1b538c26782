// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "plugins/reference/arithmetic.hpp"
#include "plugins/reference/error.hpp"
#include "plugins/reference/kernels.hpp"
#include "plugins/reference/sparse.hpp"

namespace spc::reference {
namespace {

// Runs visit(k, first) on the entries k by row, column and position; first: the entry opens its
// place, it does not repeat one.
template <class I, class Visit>
spc_status for_each_sorted(const spc_call *call, Vector<const I> row, Vector<const I> col,
                           Visit visit) {
  const int64_t rows = params<spc_params_sparse>(call).rows;
  const int64_t nnz = row.size;
  spc_status status = SPC_OK;
  int64_t *next = scratch<int64_t>(call, rows + 1, &status);
  if (next == nullptr) return status;
  int64_t *order = scratch<int64_t>(call, nnz, &status);
  if (order == nullptr) return status;

  std::fill(next, next + rows + 1, 0);
  for (int64_t k = 0; k < nnz; ++k) ++next[row[k] + 1];
  for (int64_t i = 1; i <= rows; ++i) next[i] += next[i - 1];
  for (int64_t k = 0; k < nnz; ++k) order[next[row[k]]++] = k;
  // next[i] is now the end of row i. Positions break ties: std::stable_sort would allocate.
  for (int64_t i = 0; i < rows; ++i) {
    const int64_t begin = i == 0 ? 0 : next[i - 1];
    std::sort(order + begin, order + next[i],
              [&](int64_t a, int64_t b) { return col[a] != col[b] ? col[a] < col[b] : a < b; });
    for (int64_t n = begin; n < next[i]; ++n) {
      visit(order[n], n == begin || col[order[n]] != col[order[n - 1]]);
    }
  }
  return SPC_OK;
}

}  // namespace

spc_status coo_to_csr_extent(void *, const spc_call *call, int64_t *sizes, void **plan) {
  *plan = nullptr;
  return for_dtype(IndexTypes(), call->in[0]->dtype, [&]<class I>(Tag<I>) {
    int64_t count = 0;
    const spc_status status =
        for_each_sorted(call, vector<const I>(*call->in[0]), vector<const I>(*call->in[1]),
                        [&](int64_t, bool first) { count += first ? 1 : 0; });
    sizes[0] = count;
    return status;
  });
}

spc_status coo_to_csr(void *, const spc_call *call) {
  return for_pair(*call->in[2], *call->in[0], [&]<class T, class I>(Tag<T>, Tag<I>) {
    const auto row = vector<const I>(*call->in[0]);
    const auto col = vector<const I>(*call->in[1]);
    const auto values = vector<const T>(*call->in[2]);
    const auto a = csr<T, I>(call->out);
    for (int64_t i = 0; i < a.indptr.size; ++i) a.indptr[i] = 0;
    int64_t last = -1;
    const spc_status status = for_each_sorted(call, row, col, [&](int64_t k, bool first) {
      if (first) {
        ++last;
        ++a.indptr[row[k] + 1];
        a.indices[last] = col[k];
        a.data[last] = values[k];
      } else {
        a.data[last] = plus(a.data[last], values[k]);
      }
    });
    counts_to_places(a.indptr);
    return status;
  });
}

}  // namespace spc::reference
