// SPDX-License-Identifier: Apache-2.0
// Which family runs a call, and which of its kernels.
#include <fmt/format.h>

#include <algorithm>
#include <cstddef>

#include "core/registry/exec.hpp"
#include "core/registry/family.hpp"
#include "core/registry/forks.hpp"
#include "core/support/error.hpp"

namespace spc {
namespace {

const Family &root(const Family &f) noexcept {
  const Family *r = &f;
  while (const Family *const base = r->base()) r = base;
  return *r;
}

// a itself counts as on its chain.
bool on_chain(const Family &a, const Family &ancestor) noexcept {
  for (const Family *f = &a; f != nullptr; f = f->base())
    if (f == &ancestor) return true;
  return false;
}

// A kernel that knows a shorter struct must not see a field that means something.
bool knows_params(const spc_op_entry &entry, const spc_call &call) noexcept {
  if (call.params == nullptr) return true;
  const std::byte *const params = static_cast<const std::byte *>(call.params);
  const std::uint32_t size = *static_cast<const std::uint32_t *>(call.params);
  return entry.params_size >= size || std::all_of(params + entry.params_size, params + size,
                                                  [](std::byte b) { return b == std::byte{0}; });
}

bool supported(const Kernel &k, Op op, const spc_call &call) {
  Exec exec;
  std::int32_t answer = 0;
  void *const state = k.owner->state();
  const spc_status status = call_plugin(k.owner->name(), exec, [&] {
    answer = k.entry->supports(state, &call);
    return SPC_OK;
  });
  if (status != SPC_OK) fail_from_plugin(status, exec, name(op), k.owner->name().c_str());
  return answer != 0;
}

[[noreturn]] void fail_no_kernel(Family &family, Op op, Dtype first, Dtype second,
                                 const spc_call &call) {
  std::string dtypes = name(first);
  if (info(op).key == Key::PAIR) dtypes += fmt::format(" and {}", name(second));
  std::string tried;
  for (Family *f = &family; f != nullptr; f = f->base()) {
    const char *why = "no kernel";
    for (const Kernel *k = family.table().find(op, first, second); k != nullptr; k = k->next)
      if (k->owner == f)
        why = knows_params(*k->entry, call) ? "declined by its supports()"
                                            : "does not know all parameters";
    tried += fmt::format("{}'{}' ({})", tried.empty() ? "" : ", ", f->name(), why);
    if (f->base() == nullptr && !f->base_name().empty())
      tried += fmt::format(", its base '{}' (not loaded)", f->base_name());
  }
  throw Error(SPC_E_NOTIMPL,
              fmt::format("{}: family '{}' has no kernel for {}; tried {}", name(op), family.name(),
                          dtypes, tried),
              0, family.name().c_str());
}

}  // namespace

bool compatible(Family &a, Family &b) noexcept {
  return &a == &b ||
         (&a.memory() == &b.memory() && a.opaque() == b.opaque() && &root(a) == &root(b));
}

Family &common_family(Family &a, Family &b, const char *op) {
  if (&a == &b) return a;
  if (!compatible(a, b)) {
    if (&a.memory() != &b.memory())
      fail(
          SPC_E_TYPE,
          "{}: an array of family {} is in memory space '{}', one of family {} in '{}'; nothing is "
          "copied between memory spaces",
          op, a.name(), a.memory().name, b.name(), b.memory().name);
    fail(SPC_E_TYPE, "{}: arrays of family {} and of family {} cannot be combined: {}", op,
         a.name(), b.name(),
         a.opaque() == b.opaque() ? "they have no common base" : "one of them is opaque");
  }
  if (on_chain(a, b)) return a;
  Family *f = &b;
  if (on_chain(b, a)) return b;
  while (!on_chain(a, *f)) f = f->base();
  return *f;
}

const Kernel *find_kernel(Family &family, Op op, Dtype first, Dtype second, const spc_call &call) {
  for (const Kernel *k = family.table().find(op, first, second); k != nullptr; k = k->next) {
    if (!knows_params(*k->entry, call)) [[unlikely]]
      continue;
    require_not_lost(*k->owner, name(op), k->owner->name());
    if (k->entry->supports == nullptr || supported(*k, op, call)) return k;
  }
  return nullptr;
}

const Kernel &select_kernel(Family &family, Op op, Dtype first, Dtype second,
                            const spc_call &call) {
  if (const Kernel *const k = find_kernel(family, op, first, second, call)) return *k;
  fail_no_kernel(family, op, first, second, call);
}

}  // namespace spc
