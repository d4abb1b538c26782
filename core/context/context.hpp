// SPDX-License-Identifier: Apache-2.0
// Context: which family, which dtype, how much is checked. An immutable value.
#pragma once

#include <string>
#include <string_view>

#include "core/dtype/dtype.hpp"
#include "core/registry/family.hpp"
#include "core/support/object.hpp"

namespace spc {

enum class CheckLevel : std::int32_t {
  none = SPC_CHECK_NONE,
  cheap = SPC_CHECK_CHEAP,
  standard = SPC_CHECK_STANDARD,
  strict = SPC_CHECK_STRICT,
};

class Context final : public Object {
 public:
  Context(Family &f, Dtype d, CheckLevel l) : family(f), dtype(d), level(l) {}

  Family &family;
  const Dtype dtype;
  const CheckLevel level;

  bool complex() const noexcept { return is_complex(dtype); }
};

/// Same family and dtype; the check level is ignored.
bool same_math(const Context &a, const Context &b) noexcept;
bool operator==(const Context &a, const Context &b) noexcept;
/// `Context(ops='cpu', dtype='float64', check_level='standard')`
std::string to_string(const Context &ctx);
/// ValueErr unless 0..3.
CheckLevel checked_level(std::int32_t level);
const char *name(CheckLevel level) noexcept;
/// ValueErr `Unknown check_level 'fast'. Expected one of: ...`
CheckLevel level_from_name(std::string_view name);

/// The context of calls without one: that of the innermost use_backend scope of this thread, else
/// the process default: what set_default_context stored, or the host default family, float64, level
/// none.
Ref<Context> default_context();
/// Replaces the context of this thread's innermost scope or, outside of any, the process default.
/// Contexts that exist stay what they are.
void set_default_context(Ref<Context> ctx);
/// The same with another dtype of what is the default now.
void set_default_dtype(Dtype dtype);
/// A scope of this thread; gives a number for end_scope.
std::int64_t begin_scope(Ref<Context> ctx);
/// ValueErr unless it is the innermost scope of this thread.
void end_scope(std::int64_t token);

}  // namespace spc
