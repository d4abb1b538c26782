// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/space/space.hpp"

namespace spc {

/// x in the space's context, leaf by leaf, admitted by its level: an element of a space of the same
/// structure and shapes in any family and dtype, or of arrays and lists. TypeErr: complex to real, no
/// element; SpaceValidation.
Ref<Value> own_element(const Space &space, Value &x, const char *op, const char *role);

}  // namespace spc
