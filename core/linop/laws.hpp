// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/linop/linop.hpp"
#include "core/support/law_report.hpp"

namespace spc {

/// Tries the laws of an operator on random elements: linearity, the adjoint, views, batches, in-place
/// application in every mode, the matrix, conversion. ValueErr: samples < 1; CallbackErr.
LawReport operator_laws(LinOp &A, std::int64_t samples, std::int64_t seed);

}  // namespace spc
