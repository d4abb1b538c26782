// SPDX-License-Identifier: Apache-2.0
#include "plugins/cpu/kernels/kernels.hpp"
#include "plugins/cpu/kernels/rows.hpp"

namespace spc::cpu {

#define SPC_CPU_ELEMENTWISE(op, inputs, operand)                                       \
  spc_status op(void *, const spc_call *call) {                                        \
    return over_rows<inputs>(call, loops().elementwise->op[call->in[operand]->dtype]); \
  }

SPC_CPU_ELEMENTWISE(add, 2, 0)
SPC_CPU_ELEMENTWISE(subtract, 2, 0)
SPC_CPU_ELEMENTWISE(multiply, 2, 0)
SPC_CPU_ELEMENTWISE(divide, 2, 0)
SPC_CPU_ELEMENTWISE(maximum, 2, 0)
SPC_CPU_ELEMENTWISE(negative, 1, 0)
SPC_CPU_ELEMENTWISE(conj, 1, 0)
SPC_CPU_ELEMENTWISE(abs, 1, 0)
SPC_CPU_ELEMENTWISE(sqrt, 1, 0)
SPC_CPU_ELEMENTWISE(axpby, 4, 1)

spc_status astype(void *, const spc_call *call) {
  return over_rows<1>(call, loops().convert->astype[call->in[0]->dtype][call->out[0]->dtype]);
}

}  // namespace spc::cpu
