// SPDX-License-Identifier: Apache-2.0
// Columns of the op table that the C API does not tell.
#pragma once

#include <string_view>
#include <vector>

namespace cmd::conform {

struct OpRow {
  std::string_view name, signature, profile, rule, key, effects;
  unsigned opcode;

  /// Has a C function, so that a user can call it.
  bool callable() const { return signature != "KERNEL"; }
  /// Runs by a kernel of its own; else metadata or a composition of other ops.
  bool has_kernel() const { return key != "VIEW"; }
};

/// All rows, in table order.
const std::vector<OpRow> &op_rows();

/// NULL if there is no such op.
const OpRow *find_op(std::string_view name);

}  // namespace cmd::conform
