// SPDX-License-Identifier: Apache-2.0
// How a family offers an op for a dtype.
#pragma once

#include <cstdint>
#include <string>

#include "spacecore/spacecore.h"

namespace cmd {

enum class Capability {
  own,
  inherited,
  in_float64,  // no kernel for bool and integers, which the op turns into float64
  composed,    // needs no kernel of its own for any dtype
  none
};

spc_op_info describe_op(std::int64_t i);

Capability capability(std::int64_t family, const spc_op_info &op, std::int32_t dtype);

/// One character: # + > = .
char mark(Capability capability);

/// What the marks mean, two lines.
const char *marks_legend();

/// "own", "inherited", "float64", "composed", "none".
const char *capability_name(Capability capability);

}  // namespace cmd
