// SPDX-License-Identifier: Apache-2.0
// What the two kernels y = alpha op(A) x + beta y share: scalars, shapes, dtype, overlap.
#pragma once

#include "core/ops/operands.hpp"

namespace spc {

struct LinearCall {
  Family &family;
  Operand alpha, beta;
  Operand x, y;
  Dims x_shape, y_shape;
};

/// Checks x and y against A (rows, cols) in `mode` and resolves the scalars; x is copied into
/// scratch of exec where it overlaps y. ValueErr, TypeErr naming op.
LinearCall linear_call(const char *op, Family &family, Dtype dtype, std::int64_t rows,
                       std::int64_t cols, Value *alpha, Array &x, Value *beta, Array &y, int mode,
                       Exec &exec);

/// mode is one of the three coordinate modes. ValueErr.
void check_coordinate_mode(const char *op, int mode);

}  // namespace spc
