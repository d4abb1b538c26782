// SPDX-License-Identifier: Apache-2.0
// Inner products and norms of a solve as host numbers.
#pragma once

#include "core/space/space.hpp"

namespace spc {

/// Holds what the reductions of one solve need, so that none of them allocates.
class Reductions {
 public:
  /// like: any element of the space.
  Reductions(const Space &space, Value &like);

  /// Re <x, y>
  double inner(Value &x, Value &y);
  /// ||x||_X, also where <x, x> would leave the range of the dtype.
  double norm(Value &x);

 private:
  const Space &space_;
  Ref<Value> work_;  // for the inner product of a space that is not Euclidean
  Ref<Array> result_;
};

}  // namespace spc
