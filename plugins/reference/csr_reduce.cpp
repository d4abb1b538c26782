// SPDX-License-Identifier: Apache-2.0
#include "plugins/reference/kernels.hpp"
#include "plugins/reference/sparse.hpp"

namespace spc::reference {

spc_status csr_reduce(void *, const spc_call *call) {
  return for_pair(*call->in[2], *call->in[0], [&]<class T, class I>(Tag<T>, Tag<I>) {
    const auto &p = params<spc_params_sparse_part>(call);
    const auto a = csr<const T, const I>(call->in);
    const auto out = vector<T>(*call->out[0]);
    for (int64_t i = 0; i < out.size; ++i) {
      const int64_t begin = a.indptr[i];
      const int64_t end = a.indptr[i + 1];
      if (p.kind == SPC_SPARSE_SUM) {
        Sum<T> total;
        for (int64_t k = begin; k < end; ++k) total.add(a.data[k]);
        out[i] = total.result();
        continue;
      }
      // A row that is not full has a zero.
      bool started = end - begin < p.cols;
      T best = cast<T>(Bool{0});
      for (int64_t k = begin; k < end; ++k) {
        const T x = a.data[k];
        best = !started ? x : p.kind == SPC_SPARSE_MAX ? larger(best, x) : smaller(best, x);
        started = true;
      }
      out[i] = best;
    }
    return SPC_OK;
  });
}

}  // namespace spc::reference
