// SPDX-License-Identifier: Apache-2.0
// Context: which family, which dtype, how much is checked. An immutable value.
#pragma once

#include <string>

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
/// The process default: host default family, float64 unless set_default_dtype said otherwise, level
/// none.
Ref<Context> default_context();
/// Replaces the process default by one of this dtype. Contexts that exist stay what they are.
void set_default_dtype(Dtype dtype);

}  // namespace spc
