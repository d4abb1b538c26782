// SPDX-License-Identifier: Apache-2.0
#include "tools/spacecore/capability.hpp"

#include <string_view>

#include "tools/spacecore/conform/op_rows.hpp"
#include "tools/spacecore/support.hpp"

namespace cmd {
namespace {

// Ops whose dtype rule turns bool and integers into float64 need kernels of floating dtypes only.
bool computes_in_float64(const char *op) {
  const auto *row = conform::find_op(op);
  return row && (row->rule == "F" || row->rule == "FP" || row->rule == "RF");
}

}  // namespace

spc_op_info describe_op(std::int64_t i) {
  spc_op_info info{};
  info.struct_size = sizeof info;
  check(spc_op_describe(i, &info));
  return info;
}

Capability capability(std::int64_t family, const spc_op_info &op, std::int32_t dtype) {
  if (!op.has_kernel) return Capability::composed;
  std::int32_t how = 0;
  check(spc_backend_supports(family, op.op, dtype, &how));
  if (how == 2) return Capability::own;
  if (how == 1) return Capability::inherited;
  const bool cast = dtype < SPC_FLOAT32 && computes_in_float64(op.name);
  return cast ? Capability::in_float64 : Capability::none;
}

char mark(Capability capability) {
  return "#+>=."[static_cast<int>(capability)];
}

const char *marks_legend() {
  return "# own kernel   + inherited   > computed in float64   . none\n"
         "= every dtype without a kernel of its own: a view, or composed of other ops\n";
}

const char *capability_name(Capability capability) {
  constexpr const char *kNames[] = {"own", "inherited", "float64", "composed", "none"};
  return kNames[static_cast<int>(capability)];
}

}  // namespace cmd
