// SPDX-License-Identifier: Apache-2.0
#include "core/context/context.hpp"

#include <fmt/format.h>

#include <array>
#include <mutex>

#include "core/registry/registry.hpp"
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
                     name(ctx.dtype), level_names[static_cast<std::size_t>(ctx.level)]);
}

CheckLevel checked_level(std::int32_t level) {
  if (level < SPC_CHECK_NONE || level > SPC_CHECK_STRICT)
    fail(SPC_E_VALUE,
         "Unknown check_level {}. Expected one of: 0 (none), 1 (cheap), 2 (standard), 3 (strict)",
         level);
  return static_cast<CheckLevel>(level);
}

namespace {

struct DefaultContext {
  std::mutex mutex;
  Dtype dtype = Dtype::float64;
  Context *current = nullptr;  // never released: needs no order among destructors
  const void *seen = nullptr;  // the list of families that it was chosen from

  void replace(Family &family) {
    Ref<Context> fresh = make<Context>(family, dtype, CheckLevel::none);
    if (current != nullptr) current->release();
    current = fresh.leak();
  }
};

DefaultContext &process_default() {
  static DefaultContext *const state = new DefaultContext;
  return *state;
}

}  // namespace

Ref<Context> default_context() {
  DefaultContext &state = process_default();
  const Registry &registry = Registry::get();
  const void *const families = &registry.families();
  {
    const std::scoped_lock lock(state.mutex);
    if (state.seen == families) return Ref<Context>::share(state.current);
  }
  Family &family = registry.host_default();  // may run a plugin's probe: not under the lock
  const std::scoped_lock lock(state.mutex);
  if (state.seen != families) {
    if (state.current == nullptr || &state.current->family != &family) state.replace(family);
    state.seen = families;
  }
  return Ref<Context>::share(state.current);
}

void set_default_dtype(Dtype dtype) {
  DefaultContext &state = process_default();
  const std::scoped_lock lock(state.mutex);
  state.dtype = dtype;
  if (state.current != nullptr && state.current->dtype != dtype)
    state.replace(state.current->family);
}

}  // namespace spc
