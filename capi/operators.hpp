// SPDX-License-Identifier: Apache-2.0
// Operands and results of the functions that make operators.
#pragma once

#include <vector>

#include "spacecore/api.h"

#include "capi/handles.hpp"
#include "core/linop/linop.hpp"

namespace spc::capi {

inline Ref<Space> space_of(spc_space s, const char *op) {
  return Ref<Space>::share(&get<Space>(s, op));
}
inline Ref<Space> space_or_null(spc_space s, const char *op) {
  return s == nullptr ? nullptr : space_of(s, op);
}
inline Ref<LinOp> linop_of(spc_linop A, const char *op) {
  return Ref<LinOp>::share(&get<LinOp>(A, op));
}
inline Ref<Value> value_of(spc_value v, const char *op) {
  return Ref<Value>::share(&get<Value>(v, op));
}

/// n operators. ValueErr: negative count, NULL list.
inline std::vector<Ref<LinOp>> linops_of(std::int64_t n, const spc_linop *ops, const char *op,
                                         const char *what) {
  if (n < 0) fail(SPC_E_VALUE, "{}: n is {}, expected a count", op, n);
  if (n > 0) require(ops, op, what);
  std::vector<Ref<LinOp>> list;
  for (std::int64_t i = 0; i < n; ++i) list.push_back(linop_of(ops[i], op));
  return list;
}

/// f() as a new operator handle.
template <class F>
spc_status linop_result(const char *op, spc_linop *out, F &&f) {
  return guard(op, [&] {
    require(out, op, "out");
    *out = new_handle<LinOp>(f());
  });
}

}  // namespace spc::capi
