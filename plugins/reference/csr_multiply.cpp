// SPDX-License-Identifier: Apache-2.0
#include "plugins/reference/kernels.hpp"
#include "plugins/reference/sparse.hpp"

namespace spc::reference {
namespace {

template <class T, class I, class Visit>
spc_status for_each_row(const spc_call *call, Visit visit) {
  const auto a = csr<const T, const I>(call->in);
  const auto b = csr<const T, const I>(call->in + 3);
  RowTerms<T> left, right, products;
  spc_status status = left.reserve(call, longest_row(a));
  if (status == SPC_OK) status = right.reserve(call, longest_row(b));
  if (status == SPC_OK) status = products.reserve(call, longest_row(a));
  if (status != SPC_OK) return status;
  for (int64_t i = 0; i < a.rows(); ++i) {
    left.clear();
    right.clear();
    products.clear();
    left.add_row(a, i);
    right.add_row(b, i);
    left.combine();
    right.combine();
    for (int64_t n = 0, m = 0; n < left.count(); ++n) {
      while (m < right.count() && right.column(m) < left.column(n)) ++m;
      if (m < right.count() && right.column(m) == left.column(n)) {
        products.add(left.column(n), times(left.value(n), right.value(m)));
      }
    }
    visit(i, products);
  }
  return SPC_OK;
}

}  // namespace

spc_status csr_multiply_extent(void *, const spc_call *call, int64_t *sizes, void **plan) {
  *plan = nullptr;
  return for_pair(*call->in[2], *call->in[0], [&]<class T, class I>(Tag<T>, Tag<I>) {
    return count_entries(sizes, [&](auto visit) { return for_each_row<T, I>(call, visit); });
  });
}

spc_status csr_multiply(void *, const spc_call *call) {
  return for_pair(*call->in[2], *call->in[0], [&]<class T, class I>(Tag<T>, Tag<I>) {
    return write_entries(csr<T, I>(call->out),
                         [&](auto visit) { return for_each_row<T, I>(call, visit); });
  });
}

}  // namespace spc::reference
