// SPDX-License-Identifier: Apache-2.0
// Small calls of every op that a dtype allows, in the form of the test vectors without an answer.
#pragma once

#include <string>
#include <vector>

#include "tools/spacecore/conform/host_array.hpp"
#include "tools/spacecore/conform/op_rows.hpp"

namespace cmd::conform {

struct Case {
  /// What is particular about it: "matrix", "with-float32"; unique for an op and a dtype.
  std::string label;
  /// op, inputs, attrs.
  Json spec;
  /// Worth every property; else only those that look at dtypes and values.
  bool every_property = true;
  /// Operands of several dtypes.
  bool mixed = false;
};

/// Calls of an op with operands of this dtype (the first one's, where they differ), the same in
/// every run; none if the op refuses the dtype.
std::vector<Case> cases_of(const OpRow &op, std::int32_t dtype);

/// The same case with every dense operand in another layout; the label names it. An operand whose
/// rank does not allow the layout stays as it is; false if that is all of them.
bool set_layout(Json &spec, const std::string &layout);

/// How near results of different loops have to be, for a result of this dtype: 0 where the op moves,
/// compares or counts.
double tolerance_of(const OpRow &op, std::int32_t dtype);

/// True if the op has no unique result: eigenvectors, singular vectors.
bool is_decomposition(const OpRow &op);

}  // namespace cmd::conform
