// SPDX-License-Identifier: Apache-2.0
// Preconditioners from the diagonal of an operator's matrix.
#pragma once

#include "core/linop/linop.hpp"

namespace spc {

/// diag(A)^-1. ValueErr: not square; LinAlgErr naming the row: a zero.
Ref<LinOp> jacobi(const LinOp &A);
/// The inverse of the diagonal blocks of order `block`, the last one shorter. ValueErr: not square,
/// block < 1; LinAlgErr: a singular block.
Ref<LinOp> block_jacobi(const LinOp &A, std::int64_t block);

}  // namespace spc
