// SPDX-License-Identifier: Apache-2.0
#include "plugins/reference/arithmetic.hpp"
#include "plugins/reference/kernels.hpp"
#include "plugins/reference/sparse.hpp"

namespace spc::reference {

spc_status sparsify_extent(void *, const spc_call *call, int64_t *sizes, void **plan) {
  *plan = nullptr;
  return for_dtype(AllTypes(), call->in[0]->dtype, [&]<class T>(Tag<T>) {
    const Matrix<const T> x = matrix<const T>(*call->in[0]);
    int64_t count = 0;
    for (int64_t i = 0; i < x.rows; ++i) {
      for (int64_t j = 0; j < x.cols; ++j) count += is_zero(x(i, j)) ? 0 : 1;
    }
    sizes[0] = count;
    return SPC_OK;
  });
}

spc_status sparsify(void *, const spc_call *call) {
  return for_pair(*call->in[0], *call->out[0], [&]<class T, class I>(Tag<T>, Tag<I>) {
    const Matrix<const T> x = matrix<const T>(*call->in[0]);
    const auto a = csr<T, I>(call->out);
    int64_t found = 0;
    a.indptr[0] = 0;
    for (int64_t i = 0; i < x.rows; ++i) {
      for (int64_t j = 0; j < x.cols; ++j) {
        const T value = x(i, j);
        if (is_zero(value)) continue;
        a.indices[found] = static_cast<I>(j);
        a.data[found] = value;
        ++found;
      }
      a.indptr[i + 1] = static_cast<I>(found);
    }
    return SPC_OK;
  });
}

}  // namespace spc::reference
