// SPDX-License-Identifier: Apache-2.0
#include "plugins/reference/kernels.hpp"
#include "plugins/reference/sparse.hpp"

namespace spc::reference {
namespace {

// factor x. Complex infinities survive a change of sign.
template <class T>
T scaled(T factor, T x) {
  if (is_zero(factor)) return cast<T>(Bool{0});
  if (equal(factor, cast<T>(Bool{1}))) return x;
  if constexpr (is_inexact<T>) {
    if (equal(factor, negated(cast<T>(Bool{1})))) return negated(x);
  }
  return times(factor, x);
}

template <class T, class I, class Visit>
spc_status for_each_row(const spc_call *call, Visit visit) {
  const auto a = csr<const T, const I>(call->in + 1);
  const auto b = csr<const T, const I>(call->in + 5);
  const T alpha = scalar<T>(*call->in[0]);
  const T beta = scalar<T>(*call->in[4]);
  RowTerms<T> row;
  if (const spc_status status = row.reserve(call, longest_row(a) + longest_row(b));
      status != SPC_OK)
    return status;
  for (int64_t i = 0; i < a.rows(); ++i) {
    row.clear();
    for (int64_t k = a.indptr[i]; k < a.indptr[i + 1]; ++k) {
      row.add(a.indices[k], scaled(alpha, a.data[k]));
    }
    for (int64_t k = b.indptr[i]; k < b.indptr[i + 1]; ++k) {
      row.add(b.indices[k], scaled(beta, b.data[k]));
    }
    row.combine();
    visit(i, row);
  }
  return SPC_OK;
}

}  // namespace

spc_status csr_add_extent(void *, const spc_call *call, int64_t *sizes, void **plan) {
  *plan = nullptr;
  return for_pair(*call->in[0], *call->in[1], [&]<class T, class I>(Tag<T>, Tag<I>) {
    return count_entries(sizes, [&](auto visit) { return for_each_row<T, I>(call, visit); });
  });
}

spc_status csr_add(void *, const spc_call *call) {
  return for_pair(*call->in[0], *call->in[1], [&]<class T, class I>(Tag<T>, Tag<I>) {
    return write_entries(csr<T, I>(call->out),
                         [&](auto visit) { return for_each_row<T, I>(call, visit); });
  });
}

}  // namespace spc::reference
