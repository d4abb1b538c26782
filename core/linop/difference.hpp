// SPDX-License-Identifier: Apache-2.0
// Finite differences, as sparse matrices: their adjoints are exact.
#pragma once

#include "core/linop/linop.hpp"

namespace spc {

/// y = differences of x along an axis. scheme: SPC_DIFF_* of first differences (order 1); order 2:
/// x[i-1] - 2 x[i] + x[i+1]; divided by spacing^order. boundary: SPC_BOUNDARY_*. ValueErr, TypeErr.
Ref<LinOp> difference(const Ref<Space> &space, int axis, int order, int scheme, int boundary,
                      double spacing);
/// x -> (first differences along axis 0, 1, ...). spacings nullptr: 1.
Ref<LinOp> gradient(const Ref<Space> &space, int scheme, int boundary, const double *spacings);
/// The sum of the second differences along all axes. ValueErr: natural boundaries.
Ref<LinOp> laplacian(const Ref<Space> &space, int boundary, const double *spacings);

}  // namespace spc
