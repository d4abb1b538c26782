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

SPC_CPU_ELEMENTWISE(minimum, 2, 0)
SPC_CPU_ELEMENTWISE(clip, 3, 0)
SPC_CPU_ELEMENTWISE(sign, 1, 0)
SPC_CPU_ELEMENTWISE(square, 1, 0)

#define SPC_CPU_COMPARE(op, inputs)                                          \
  spc_status op(void *, const spc_call *call) {                              \
    return over_rows<inputs>(call, loops().compare->op[call->in[0]->dtype]); \
  }

SPC_CPU_COMPARE(equal, 2)
SPC_CPU_COMPARE(not_equal, 2)
SPC_CPU_COMPARE(less, 2)
SPC_CPU_COMPARE(less_equal, 2)
SPC_CPU_COMPARE(isfinite, 1)
SPC_CPU_COMPARE(isnan, 1)
SPC_CPU_COMPARE(where, 3)

#define SPC_CPU_MATH(op)                                             \
  spc_status op(void *, const spc_call *call) {                      \
    return over_rows<1>(call, loops().math->op[call->in[0]->dtype]); \
  }

SPC_CPU_MATH(exp)
SPC_CPU_MATH(log)
SPC_CPU_MATH(log2)
SPC_CPU_MATH(sin)
SPC_CPU_MATH(cos)

namespace {

// a > b is b < a, also beside a NaN.
spc_status exchanged(const spc_call *call, const Loop (&table)[dtype_count]) {
  const Loop loop = table[call->in[0]->dtype];
  return over_rows<2>(call, [loop](Run run) {
    const void *first = run.in[0];
    const int64_t first_step = run.in_step[0];
    run.in[0] = run.in[1];
    run.in_step[0] = run.in_step[1];
    run.in[1] = first;
    run.in_step[1] = first_step;
    loop(run);
  });
}

}  // namespace

spc_status greater(void *, const spc_call *call) {
  return exchanged(call, loops().compare->less);
}

spc_status greater_equal(void *, const spc_call *call) {
  return exchanged(call, loops().compare->less_equal);
}

spc_status isclose(void *, const spc_call *call) {
  const Loop loop = loops().compare->isclose[call->in[0]->dtype];
  return over_rows<2>(call, [loop, call](Run run) {
    run.in[2] = call->params;
    loop(run);
  });
}

spc_status power(void *, const spc_call *call) {
  const int32_t dtype = call->in[0]->dtype;
  const Loop floating = loops().math->power[dtype];
  return over_rows<2>(call,
                      floating != nullptr ? floating : loops().elementwise->integer_power[dtype]);
}

spc_status astype(void *, const spc_call *call) {
  return over_rows<1>(call, loops().convert->astype[call->in[0]->dtype][call->out[0]->dtype]);
}

}  // namespace spc::cpu
