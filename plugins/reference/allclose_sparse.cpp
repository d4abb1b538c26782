// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "plugins/reference/close.hpp"
#include "plugins/reference/kernels.hpp"
#include "plugins/reference/sparse.hpp"

namespace spc::reference {
namespace {

template <class T>
bool is_close(T a, T b, const spc_params_close &p) {
  if (equal(a, b)) return true;
  if (!is_finite(a) || !is_finite(b)) return false;
  return distance(a, b) <= p.atol + p.rtol * std::max(magnitude(a), magnitude(b));
}

// Both matrices are canonical, so that one row of each is merged by column.
template <class T, class I>
bool rows_close(Csr<const T, const I> a, Csr<const T, const I> b, int64_t row,
                const spc_params_close &p) {
  int64_t i = a.indptr[row];
  int64_t j = b.indptr[row];
  const int64_t i_end = a.indptr[row + 1];
  const int64_t j_end = b.indptr[row + 1];
  while (i < i_end || j < j_end) {
    const bool in_a = i < i_end && (j == j_end || a.indices[i] <= b.indices[j]);
    const bool in_b = j < j_end && (i == i_end || b.indices[j] <= a.indices[i]);
    if (!is_close(in_a ? a.data[i] : T{}, in_b ? b.data[j] : T{}, p)) return false;
    i += in_a ? 1 : 0;
    j += in_b ? 1 : 0;
  }
  return true;
}

}  // namespace

spc_status allclose_sparse(void *, const spc_call *call) {
  return for_pair(*call->in[2], *call->in[0], [&]<class T, class I>(Tag<T>, Tag<I>) {
    const auto &p = params<spc_params_close>(call);
    const auto a = csr<const T, const I>(call->in);
    const auto b = csr<const T, const I>(call->in + 3);
    bool all = true;
    for (int64_t row = 0; row < p.rows; ++row) all = all && rows_close(a, b, row, p);
    *data<Bool>(*call->out[0]) = truth(all);
    return SPC_OK;
  });
}

}  // namespace spc::reference
