// SPDX-License-Identifier: Apache-2.0
// Index arithmetic by ops, as operators that move coordinates need it.
#pragma once

#include <initializer_list>

#include "core/array/value.hpp"
#include "core/context/context.hpp"
#include "core/ops/ops.hpp"

namespace spc::indexing {

/// 0, 1, ..., n - 1 as int64.
Ref<Array> range(Context &ctx, std::int64_t n);
/// n copies of a number, in the context's dtype.
Ref<Array> repeated(Context &ctx, std::int64_t n, double value);
/// One after the other along axis 0.
Ref<Array> joined(std::initializer_list<Array *> arrays);
Ref<Array> joined(const std::vector<Ref<Array>> &arrays);
/// x[..., indices]
Ref<Array> take_last(Array &x, Array &indices);
/// x[..., indices] += values, in place; repeated indices add up.
void add_at_last(Array &x, Array &indices, Array &values);
/// x[indices]
Ref<Array> take_first(Array &x, Array &indices);
/// x[index] of a vector, index being positions or a mask.
Ref<Array> picked(Array &x, Array &index);
/// x[begin : end] of a vector, a view.
Ref<Array> cut(Array &x, std::int64_t begin, std::int64_t end);
/// x[..., ::-1] of a vector, a view.
Ref<Array> reversed(Array &x);
/// Integer indices as a new int64 vector. TypeErr: not integers; ValueErr: not one axis.
Ref<Array> as_indices(Value &v, Family &family, const char *op);
/// Where a vector has a zero, -1 if nowhere; read on the host, so that queued errors come with it.
std::int64_t zero_at(Array &x);
/// Least and largest of a vector with elements.
struct Bounds {
  std::int64_t least, largest;
};
Bounds bounds(Array &indices);

}  // namespace spc::indexing
