// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <string_view>

#include "core/registry/validate.hpp"

namespace spc {
namespace {

constexpr std::uint32_t first_vendor_op = 0x8000;
constexpr std::uint32_t most_pairs = SPC_DTYPE_COUNT * SPC_DTYPE_COUNT;

constexpr std::string_view effects[] = {
#define SPC_OP(NAME, CODE, SINCE, SIG, PROFILE, RULE, KEY, EFFECTS, ...) #EFFECTS,
#include "spacecore/ops.def"
};
constexpr bool is_data_shape(Op op) {
  return effects[static_cast<int>(op)] == "DATA_SHAPE";
}

// Index dtype, not a second value dtype, is the second half of the pairs of sparse kernels.
constexpr bool is_sparse(Op op) {
  return std::string_view(info(op).profile) == "S";
}

bool is_pair(std::uint32_t pair, Op op) {
  const std::uint32_t first = pair / 16, second = pair % 16;
  if (first >= SPC_DTYPE_COUNT || second >= SPC_DTYPE_COUNT) return false;
  return !is_sparse(op) || second == SPC_INT32 || second == SPC_INT64;
}

void fill_slots(FamilyDescription::Entry &e, const std::string &who, bool newer_plugin) {
  const spc_op_entry &s = e.entry;
  // A later minor may know more dtypes than we do; what it says about ours still holds.
  if ((s.dtypes & ~SPC_DTYPES_ALL) != 0 && !newer_plugin)
    fail(SPC_E_PLUGIN, "{}: unknown dtype bits {:#x}", who, s.dtypes & ~SPC_DTYPES_ALL);
  const bool pairs = info(e.op).key == Key::PAIR;
  for (int d = 0; d < SPC_DTYPE_COUNT; ++d) {
    if ((s.dtypes >> d & 1) == 0) continue;
    if (!pairs) {
      e.slots.push_back(d);
    } else if (is_sparse(e.op)) {
      e.slots.push_back(static_cast<int>(SPC_PAIR(d, SPC_INT32)));
      e.slots.push_back(static_cast<int>(SPC_PAIR(d, SPC_INT64)));
    } else {
      e.slots.push_back(static_cast<int>(SPC_PAIR(d, d)));
    }
  }
  if (s.n_pairs > 0 && !pairs)
    fail(SPC_E_PLUGIN, "{}: n_pairs is {}, but one dtype chooses its kernel", who, s.n_pairs);
  if (s.n_pairs > most_pairs || (s.n_pairs > 0 && s.pairs == nullptr))
    fail(SPC_E_PLUGIN, "{}: pairs is {} and n_pairs is {}", who,
         s.pairs == nullptr ? "NULL" : "given", s.n_pairs);
  for (std::uint32_t i = 0; i < s.n_pairs; ++i) {
    if (is_pair(s.pairs[i], e.op))
      e.slots.push_back(static_cast<int>(s.pairs[i]));
    else if (!newer_plugin)
      fail(SPC_E_PLUGIN, "{}: pairs[{}] is {:#x}, which is no pair of dtypes that it can take", who,
           i, s.pairs[i]);
  }
  if (e.slots.empty() && !newer_plugin) fail(SPC_E_PLUGIN, "{}: takes no dtype", who);
}

}  // namespace

FamilyDescription::Entry checked_entry(const spc_op_entry *sent, const char *family, bool opaque,
                                       bool newer_plugin) {
  FamilyDescription::Entry e;
  const spc_op_entry &s = e.entry = own_layout(sent, "spc_op_entry");
  e.op = op_of_code(s.op);
  if (e.op == Op::count_ && s.op < first_vendor_op && !newer_plugin)
    fail(SPC_E_PLUGIN, "family '{}': op {:#x} does not exist", family, s.op);

  const std::string who = e.op == Op::count_
                              ? fmt::format("family '{}': op {:#x}", family, s.op)
                              : fmt::format("family '{}': op '{}'", family, name(e.op));
  if ((s.flags & ~std::uint64_t{SPC_KERNEL_KNOWN_FLAGS}) != 0)
    fail(SPC_E_PLUGIN, "{}: unknown flag bits {:#x}", who,
         s.flags & ~std::uint64_t{SPC_KERNEL_KNOWN_FLAGS});
  if (s.fn == nullptr) fail(SPC_E_PLUGIN, "{}: fn is NULL", who);
  const bool makes_plans = s.prepare != nullptr || s.extent != nullptr;
  if (makes_plans != (s.release != nullptr))
    fail(SPC_E_PLUGIN, "{}: release is {}, but {}", who, makes_plans ? "NULL" : "given",
         makes_plans ? "plans are made" : "prepare and extent are NULL");
  if (opaque != ((s.flags & SPC_KERNEL_OPAQUE) != 0))
    fail(SPC_E_PLUGIN, "{}: the flag OPAQUE is {} for the kernel and {} for the family", who,
         opaque ? "not set" : "set", opaque ? "set" : "not set");
  if (e.op == Op::count_) return e;

  if (info(e.op).key == Key::VIEW) fail(SPC_E_PLUGIN, "{}: the library runs no kernel for it", who);
  if (is_data_shape(e.op) != (s.extent != nullptr))
    fail(SPC_E_PLUGIN, "{}: extent is {}, but its result {}", who,
         s.extent == nullptr ? "NULL" : "given",
         is_data_shape(e.op) ? "depends on the data" : "does not depend on the data");
  fill_slots(e, who, newer_plugin);
  return e;
}

}  // namespace spc
