// SPDX-License-Identifier: Apache-2.0
// What the operands of a call have in common: family and dtype.
#pragma once

#include "core/array/value.hpp"
#include "core/ops/launch.hpp"
#include "core/ops/ops.hpp"

namespace spc {

/// The family that runs the op: common_family of the array operands; when all are weak scalars that
/// of `into`, else the default context's. nullptr operands are skipped. TypeErr for lists, maps and
/// None.
Family &family_of(Value *const *operands, int n, const char *op, const Array *into = nullptr);

/// Join of arrays and weak scalars.
Dtype join_of(Value *const *operands, int n);

/// Shape of an array; () for a weak scalar.
Dims shape_of(const Value &v, const char *op);

/// True for host memory scalars that may stand beside arrays of any memory space: weak ones, and
/// 0-d arrays in host memory.
bool is_scalar_operand(const Value &v);

/// An array or weak scalar as a strided operand over shape. Weak scalars and host 0-d arrays beside
/// a family of another memory space go by value, in `dtype`.
Operand elementwise_operand(Value &v, const Dims &shape, Dtype dtype, Family &family,
                            const char *op);

/// A weak scalar becomes a 0-d array of the family; arrays are returned as they are.
Ref<Array> materialise(Value &v, Family &family, Dtype dtype, const char *op);

}  // namespace spc
