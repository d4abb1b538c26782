// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/functional/functional.hpp"

namespace spc {

struct FunctionalReport {
  std::string text;
  std::int64_t failures = 0;
};

/// Tries what a functional promises near random elements: gradient, batches, Hessian, prox,
/// linearity, conversion. At a kink the gradient has to lie between the slopes to both sides. ValueErr: samples
/// < 1; CallbackErr.
FunctionalReport test_functional(const Ref<Functional> &F, std::int64_t samples, std::int64_t seed);

}  // namespace spc
