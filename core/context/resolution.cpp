// SPDX-License-Identifier: Apache-2.0
#include "core/context/resolution.hpp"

#include <fmt/format.h>

#include <array>
#include <atomic>
#include <functional>
#include <vector>

#include "core/registry/registry.hpp"
#include "core/support/error.hpp"
#include "core/support/warning.hpp"

namespace spc {

namespace {

constexpr std::array<const char *, 3> resolution_names = {"warning", "error", "silent"};
constexpr std::array<const char *, 2> dtype_rule_names = {"keep_native", "convert"};

std::atomic<ResolutionPolicy> process_resolution{ResolutionPolicy::warning};
std::atomic<DtypePolicy> process_dtype_rule{DtypePolicy::keep_native};

template <class Policy, std::size_t N>
Policy policy_from(std::string_view name, const char *what,
                   const std::array<const char *, N> &names) {
  for (std::size_t i = 0; i < N; ++i)
    if (name == names[i]) return static_cast<Policy>(i);
  fail(SPC_E_VALUE, "Unknown {}='{}'. Expected one of: {}", what, name,
       fmt::to_string(fmt::join(names, ", ")));
}

}  // namespace

const char *name(ResolutionPolicy policy) noexcept {
  return resolution_names[static_cast<std::size_t>(policy)];
}
const char *name(DtypePolicy policy) noexcept {
  return dtype_rule_names[static_cast<std::size_t>(policy)];
}
ResolutionPolicy resolution_policy_from(std::string_view name) {
  return policy_from<ResolutionPolicy>(name, "resolution_policy", resolution_names);
}
DtypePolicy dtype_policy_from(std::string_view name) {
  return policy_from<DtypePolicy>(name, "dtype_resolution_policy", dtype_rule_names);
}

void set_resolution_policy(std::optional<ResolutionPolicy> policy) noexcept {
  process_resolution.store(policy.value_or(ResolutionPolicy::warning), std::memory_order_relaxed);
}
ResolutionPolicy resolution_policy() noexcept {
  return process_resolution.load(std::memory_order_relaxed);
}
void set_dtype_policy(std::optional<DtypePolicy> policy) noexcept {
  process_dtype_rule.store(policy.value_or(DtypePolicy::keep_native), std::memory_order_relaxed);
}
DtypePolicy dtype_policy() noexcept {
  return process_dtype_rule.load(std::memory_order_relaxed);
}

Ref<Context> normalized(const Target *target, const char *op) {
  if (target == nullptr) return default_context();
  if (target->level && target->enable_checks)
    fail(SPC_E_TYPE, "Use either check_level or enable_checks, not both.");
  if (target->name != nullptr && target->context != nullptr)
    fail(SPC_E_VALUE, "{}: the target has a name ('{}') and a context ({}), expected one of them",
         op, target->name, to_string(*target->context));
  const bool more = target->dtype || target->level || target->enable_checks;
  if (target->names_nothing()) {
    if (more)
      warn("UserWarning",
           "Provided context is None; dtype and check policy parameters are ignored.");
    return default_context();
  }
  if (target->context != nullptr) {
    if (more)
      warn("UserWarning",
           "Provided concrete context; dtype and check policy parameters are "
           "ignored.");
    return Ref<Context>::share(target->context);
  }
  Family &family = Registry::get().find_available(target->name);
  CheckLevel level = target->level.value_or(CheckLevel::none);
  if (target->enable_checks) {
    warn("DeprecationWarning",
         "enable_checks is deprecated; use check_level='standard' or check_level='none' instead.");
    level = *target->enable_checks ? CheckLevel::standard : CheckLevel::none;
  }
  return make<Context>(family, target->dtype.value_or(Dtype::float64), level);
}

Ref<Context> inferred(const Value &x) {
  if (x.kind() == ValueKind::array) {
    const auto &a = static_cast<const Array &>(x);
    return make<Context>(*a.family, a.dtype, CheckLevel::none);
  }
  if (x.kind() == ValueKind::sparse) {
    const auto &s = static_cast<const SparseArray &>(x);
    return make<Context>(s.family(), s.dtype(), CheckLevel::none);
  }
  return {};
}

Ref<Context> resolved(const Target *target, std::span<Context *const> contexts,
                      std::span<Value *const> values, const char *op) {
  if (target != nullptr && !target->names_nothing()) return normalized(target, op);
  std::vector<Ref<Context>> sources;
  for (Context *c : contexts) sources.push_back(Ref<Context>::share(c));
  for (Value *v : values)
    if (Ref<Context> c = inferred(*v)) sources.push_back(std::move(c));
  if (sources.empty()) return default_context();

  Family *family = nullptr;
  Join dtypes;
  CheckLevel level = contexts.empty() ? CheckLevel::none : CheckLevel::strict;
  for (const Ref<Context> &c : sources) {
    dtypes.strong(c->dtype);
    if (family == nullptr) {
      family = &c->family;
    } else if (!compatible(*family, c->family)) {
      const ResolutionPolicy policy =
          target != nullptr && target->resolution ? *target->resolution : resolution_policy();
      if (policy == ResolutionPolicy::error)
        fail(SPC_E_CONTEXT_CONFLICT, "{}: Incompatible inferred contexts: ('{}', '{}')", op,
             family->name(), c->family.name());
      return default_context();
    } else {
      family = &common_family(*family, c->family, op);
    }
  }
  for (Context *c : contexts) level = std::min(level, c->level);
  return make<Context>(*family, dtypes.result(), level);
}

Conversion::Conversion(const Target *target, const char *op)
    : context_(normalized(target, op)),
      resolution_(resolution_policy()),
      dtype_rule_(dtype_policy()) {
  if (target == nullptr) return;
  if (target->resolution) resolution_ = *target->resolution;
  if (target->dtype_rule) dtype_rule_ = *target->dtype_rule;
  if (target->names_nothing()) return;
  kind_ = target->context != nullptr ? Kind::context : Kind::name;
  dtype_given_ = kind_ == Kind::name && target->dtype.has_value();
  level_given_ = kind_ == Kind::name && (target->level || target->enable_checks);
}

Conversion::Conversion(Ref<Context> whole)
    : kind_(Kind::parts),
      context_(std::move(whole)),
      resolution_(resolution_policy()),
      dtype_rule_(dtype_policy()) {}

Conversion Conversion::of_parts(Ref<Context> whole) {
  return Conversion(std::move(whole));
}

Ref<Context> Conversion::context_for(const Context &own) const {
  Context &to = *context_;
  const bool foreign = !compatible(own.family, to.family);
  const bool may_keep = kind_ == Kind::context ? foreign
                        : kind_ == Kind::parts ? join({own.dtype, to.dtype}) == to.dtype
                                               : true;
  const bool keeps = dtype_rule_ == DtypePolicy::keep_native && !dtype_given_ && may_keep;
  const Dtype dtype = keeps ? own.dtype : to.dtype;
  const CheckLevel level = kind_ == Kind::name && !level_given_ ? own.level : to.level;
  Ref<Context> result =
      dtype == to.dtype && level == to.level ? context_ : make<Context>(to.family, dtype, level);
  if (foreign && resolution_ != ResolutionPolicy::silent) {
    if (resolution_ == ResolutionPolicy::error)
      fail(SPC_E_CONTEXT_CONVERSION, "Conversion from {} to {} is forbidden by policy 'error'.",
           to_string(own), to_string(*result));
    warn("UserWarning",
         fmt::format("Converting from {} to {}.", to_string(own), to_string(*result)));
  }
  return result;
}

std::uint64_t hash_of(const Context &ctx) noexcept {
  const std::uint64_t family = std::hash<std::string_view>()(ctx.family.name());
  const auto rest =
      static_cast<std::uint64_t>(index_of(ctx.dtype)) * 4 + static_cast<std::uint64_t>(ctx.level);
  return (family ^ (rest + 1) * 0x9E3779B97F4A7C15) * 0xFF51AFD7ED558CCD;
}

}  // namespace spc
