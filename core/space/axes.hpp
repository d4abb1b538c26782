// SPDX-License-Identifier: Apache-2.0
// What spaces do along the last axes of coordinates and spectra.
#pragma once

#include <span>

#include "core/ops/ops.hpp"

namespace spc {

/// The arrays one after another along their last axis; Dtype::none: their join.
Ref<Array> join_last(std::span<const Ref<Array>> parts, Dtype dtype);
/// x[..., begin:end], a view.
Ref<Array> slice_last(Array &x, std::int64_t begin, std::int64_t end);
/// The last two axes exchanged, a view.
Ref<Array> swap_last(Array &x);
/// Sum or product over the last n axes; op is Op::sum or Op::prod.
Ref<Array> reduce_last(Op op, Array &x, int n);
/// x with its axes behind the first `leading` ones flattened.
Ref<Array> flatten_trailing(Array &x, int leading);
/// The 2-norm of 0-d arrays, without overflow.
Ref<Array> norm_of_norms(std::span<const Ref<Array>> norms);

}  // namespace spc
