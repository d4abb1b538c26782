// SPDX-License-Identifier: Apache-2.0
// Products of two arrays whose axes carry labels: what tensordot and einsum are made of.
#pragma once

#include <bitset>

#include "core/ops/operands.hpp"

namespace spc {

constexpr int max_labels = 128;
using LabelSet = std::bitset<max_labels>;

/// An array with one label for each axis, all different.
struct Labelled {
  Ref<Array> x;
  Dims labels;

  LabelSet set() const {
    LabelSet s;
    for (std::int64_t l : labels) s.set(static_cast<std::size_t>(l));
    return s;
  }
  /// Position of a label, -1 where it has none of it.
  int find(std::int64_t label) const noexcept {
    const auto *const at = std::find(labels.begin(), labels.end(), label);
    return at == labels.end() ? -1 : static_cast<int>(at - labels.begin());
  }
};

/// Sum of a * b over the labels that are not in `order`, which are in both operands; order gives the
/// axes of the result. Axes of one label have one length, which is not 0. a and b have the dtype of
/// the result, in which bool is OR of ANDs and integers wrap.
Ref<Array> contract(Family &family, const Labelled &a, const Labelled &b, const Dims &order);

}  // namespace spc
