// SPDX-License-Identifier: Apache-2.0
// What the operands of a call have in common: family and dtype.
#pragma once

#include "core/array/value.hpp"
#include "core/ops/launch.hpp"
#include "core/ops/ops.hpp"

namespace spc {

/// The family that runs the op: common_family of the array operands; when all are weak scalars that
/// of `into`, else the default context's. nullptr operands are skipped; so are 0-d host arrays in a
/// scalar role (bit i of scalar_roles), which may stand beside any memory space. TypeErr for lists,
/// maps and None.
Family &family_of(Value *const *operands, int n, const char *op, const Array *into = nullptr,
                  unsigned scalar_roles = 0);

/// Join of arrays and weak scalars.
Dtype join_of(Value *const *operands, int n);

/// The dtype in which the kernel of an op without casts of its own reads operands of a joined dtype:
/// that dtype, but where truth values are counted.
constexpr Dtype elementwise_dtype(Op op, Dtype joined) {
  const bool counts = joined == Dtype::boolean && (op == Op::square || op == Op::power);
  return counts ? Dtype::int8 : joined;
}

/// Shape of an array; () for a weak scalar.
Dims shape_of(const Value &v, const char *op);

/// A 0-d array in host memory: what a scalar role (alpha, beta, a fill value) takes beside weak ones.
bool is_host_scalar(const Value &v) noexcept;

/// An array or weak scalar as a strided operand over shape. Weak scalars go by value in `dtype`, and
/// so do host 0-d arrays beside a family of another memory space.
Operand elementwise_operand(Value &v, const Dims &shape, Dtype dtype, Family &family,
                            const char *op);

/// A 0-d array by value, cast by its own family. Waits for queued work.
Operand value_of(Array &scalar, Dtype dtype, int ndim);

/// A weak scalar becomes a 0-d array of the family; arrays are returned as they are.
Ref<Array> materialise(Value &v, Family &family, Dtype dtype, const char *op);

/// The tuning map of an op: nothing, null or an empty map. TypeErr naming op for anything else and
/// for an unknown option.
void check_options(Value *options, const char *op);

/// A result that shares no memory with what is read: a new array, or `into` where that is safe. It
/// goes to finish once it is written.
Ref<Array> fresh_result(Family &family, Dtype dtype, const Dims &shape, const OpArgs &args,
                        const Array &x, const Array *y = nullptr);
/// The result of the call: out, copied into `into` where that is another array.
Ref<Value> finish(Ref<Array> out, const OpArgs &args);

}  // namespace spc
