// SPDX-License-Identifier: Apache-2.0
#include "core/ops/explain.hpp"

#include <vector>

#include "spacecore/api.h"

#include "capi/handles.hpp"
#include "capi/text.hpp"
#include "core/linop/linop.hpp"

using namespace spc;        // NOLINT(google-build-using-namespace): C bodies of this library
using namespace spc::capi;  // NOLINT(google-build-using-namespace)

extern "C" {

spc_status spc_explain(const char *op, int64_t n, const spc_value *operands, char *buffer,
                       int64_t capacity, int64_t *length) {
  return guard("explain", [&] {
    require(op, "explain", "op");
    if (n < 0) fail(SPC_E_VALUE, "explain: n is {}, expected at least 0", n);
    if (n > 0) require(operands, "explain", "operands");
    std::vector<Value *> values;
    for (int64_t i = 0; i < n; ++i) values.push_back(get_or_null<Value>(operands[i], "explain"));
    give_text(explain(op, values), buffer, capacity, length, "explain");
  });
}

spc_status spc_linop_explain(spc_linop A, int32_t mode, char *buffer, int64_t capacity,
                             int64_t *length) {
  return guard("linop_explain", [&] {
    const LinOp &op = get<LinOp>(A, "linop_explain");
    if (mode < SPC_MODE_NONE || mode > SPC_MODE_ADJOINT)
      fail(SPC_E_VALUE, "linop_explain: unknown mode {}", mode);
    Explanation text;
    op.explain(text, static_cast<Mode>(mode));
    give_text(text.text(), buffer, capacity, length, "linop_explain");
  });
}

}  // extern "C"
