// SPDX-License-Identifier: Apache-2.0
// What a space promises, tried on random elements.
#pragma once

#include "core/random/rng.hpp"
#include "core/space/space.hpp"
#include "core/support/law_report.hpp"

namespace spc {

/// The element with standard normal coordinates, projected where unflatten projects. TypeErr: the
/// dtype is not floating.
Ref<Value> random_element(const Space &space, Rng &rng);

/// Tries the laws of a space on `samples` triples of random elements. What user code throws passes
/// through. TypeErr: the dtype is not floating.
LawReport test_space(Space &space, std::int64_t samples, std::int64_t seed);

}  // namespace spc
