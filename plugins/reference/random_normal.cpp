// SPDX-License-Identifier: Apache-2.0
#include "plugins/reference/arithmetic.hpp"
#include "plugins/reference/kernels.hpp"
#include "plugins/reference/loops.hpp"
#include "plugins/reference/random.hpp"

namespace spc::reference {

spc_status random_normal(void *, const spc_call *call) {
  return for_dtype(FloatingTypes(), call->out[0]->dtype, [&]<class T>(Tag<T>) {
    using R = RealOf<T>;
    const auto &p = params<spc_params_random>(call);
    const Vector<T> out = vector<T>(*call->out[0]);
    for (int64_t i = 0; i < out.size; ++i) {
      if constexpr (is_complex<T>) {
        const RandomBlock b = random_block(p.key, p.block + static_cast<uint64_t>(i));
        const NormalPair n = normal_pair(b, 1);
        out[i] = {static_cast<R>(n.cos), static_cast<R>(n.sin)};
      } else {
        const RandomBlock b = random_block(p.key, p.block + static_cast<uint64_t>(i) / 2);
        const NormalPair n = normal_pair(b, 2);
        out[i] = static_cast<R>(i % 2 == 0 ? n.cos : n.sin);
      }
    }
    return SPC_OK;
  });
}

}  // namespace spc::reference
