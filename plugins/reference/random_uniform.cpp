// SPDX-License-Identifier: Apache-2.0
#include "plugins/reference/kernels.hpp"
#include "plugins/reference/loops.hpp"
#include "plugins/reference/random.hpp"

namespace spc::reference {

spc_status random_uniform(void *, const spc_call *call) {
  return for_dtype(Types<float, double>(), call->out[0]->dtype, [&]<class T>(Tag<T>) {
    const auto &p = params<spc_params_random>(call);
    const Vector<T> out = vector<T>(*call->out[0]);
    for (int64_t i = 0; i < out.size; ++i) out[i] = uniform<T>(random_bits(p, i));
    return SPC_OK;
  });
}

}  // namespace spc::reference
