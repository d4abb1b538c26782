// SPDX-License-Identifier: Apache-2.0
#include "tools/spacecore/conform/op_rows.hpp"

#include <algorithm>

namespace cmd::conform {

const std::vector<OpRow> &op_rows() {
#define SPC_OP(NAME, CODE, SINCE, SIG, PROFILE, RULE, KEY, EFFECTS, ...) \
  {#NAME, #SIG, #PROFILE, #RULE, #KEY, #EFFECTS, CODE},
  static const std::vector<OpRow> rows = {
#include "spacecore/ops.def"
  };
  return rows;
}

const OpRow *find_op(std::string_view name) {
  const auto &rows = op_rows();
  const auto found =
      std::find_if(rows.begin(), rows.end(), [name](const OpRow &row) { return row.name == name; });
  return found == rows.end() ? nullptr : &*found;
}

}  // namespace cmd::conform
