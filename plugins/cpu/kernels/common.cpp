// SPDX-License-Identifier: Apache-2.0
#include "plugins/cpu/kernels/common.hpp"

namespace spc::cpu {

spc_status scratch(const spc_call *call, int64_t bytes, void **out) {
  *out = nullptr;
  return call->host->scratch(call->exec, 0, static_cast<uint64_t>(bytes > 0 ? bytes : 1), out);
}

int64_t element_size(int32_t dtype) {
  static constexpr int64_t sizes[dtype_count] = {1, 1, 1, 4, 8, 4, 8, 8, 16};
  return sizes[dtype];
}

}  // namespace spc::cpu
