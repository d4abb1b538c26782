// SPDX-License-Identifier: Apache-2.0
#include "core/context/context.hpp"

#include <fmt/format.h>

#include <array>
#include <string_view>

#include "core/support/error.hpp"

namespace spc {
namespace {
constexpr std::array<const char *, 4> level_names = {"none", "cheap", "standard", "strict"};
}  // namespace

bool same_math(const Context &a, const Context &b) noexcept {
  return &a.family == &b.family && a.dtype == b.dtype;
}

bool operator==(const Context &a, const Context &b) noexcept {
  return same_math(a, b) && a.level == b.level;
}

std::string to_string(const Context &ctx) {
  return fmt::format("Context(ops='{}', dtype='{}', check_level='{}')", ctx.family.name(),
                     name(ctx.dtype), name(ctx.level));
}

CheckLevel checked_level(std::int32_t level) {
  if (level < SPC_CHECK_NONE || level > SPC_CHECK_STRICT)
    fail(SPC_E_VALUE,
         "Unknown check_level {}. Expected one of: 0 (none), 1 (cheap), 2 (standard), 3 (strict)",
         level);
  return static_cast<CheckLevel>(level);
}

const char *name(CheckLevel level) noexcept {
  return level_names[static_cast<std::size_t>(level)];
}

CheckLevel level_from_name(std::string_view name) {
  for (std::size_t i = 0; i < level_names.size(); ++i)
    if (name == level_names[i]) return static_cast<CheckLevel>(i);
  fail(SPC_E_VALUE,
       "Unknown check_level '{}'. Expected one of: 'none', 'cheap', 'standard', 'strict'.", name);
}

}  // namespace spc
