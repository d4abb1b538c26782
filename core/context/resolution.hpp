// SPDX-License-Identifier: Apache-2.0
// From what was asked for to a context: normalisation, inference, resolution, and the contexts that
// conversions lead to.
#pragma once

#include <optional>
#include <span>
#include <string_view>

#include "core/array/value.hpp"
#include "core/context/context.hpp"

namespace spc {

/// What a conversion between families that are not compatible does.
enum class ResolutionPolicy : std::int32_t { warning, error, silent };
/// Which dtype an object that changes family gets: its own, or the target's.
enum class DtypePolicy : std::int32_t { keep_native, convert };

const char *name(ResolutionPolicy policy) noexcept;
const char *name(DtypePolicy policy) noexcept;
/// ValueErr `Unknown resolution_policy='foo'. Expected one of: ...`
ResolutionPolicy resolution_policy_from(std::string_view name);
DtypePolicy dtype_policy_from(std::string_view name);

/// Process-wide; nullopt restores the default (warning, keep_native).
void set_resolution_policy(std::optional<ResolutionPolicy> policy) noexcept;
ResolutionPolicy resolution_policy() noexcept;
void set_dtype_policy(std::optional<DtypePolicy> policy) noexcept;
DtypePolicy dtype_policy() noexcept;

/// A context asked for: by name, as it is, or neither (the default context).
struct Target {
  const char *name = nullptr;
  Context *context = nullptr;
  std::optional<Dtype> dtype;
  std::optional<CheckLevel> level;
  std::optional<bool> enable_checks;  // deprecated form of level
  std::optional<ResolutionPolicy> resolution;
  std::optional<DtypePolicy> dtype_rule;

  bool names_nothing() const noexcept { return name == nullptr && context == nullptr; }
};

/// The context that a target means (spec 4.1). nullptr: the default context.
Ref<Context> normalized(const Target *target, const char *op);
/// The context of an array: its family and dtype, level none. nullptr for everything else.
Ref<Context> inferred(const Value &x);
/// The context of a new object (spec 4.3) from an explicit target or its sources.
Ref<Context> resolved(const Target *target, std::span<Context *const> contexts,
                      std::span<Value *const> values, const char *op);

/// One call of convert: gives every object that it visits its context, and reports the visit where
/// the family changes (spec 4.4, 4.5).
class Conversion {
 public:
  /// target nullptr: the default context. UnknownBackend, ValueErr.
  Conversion(const Target *target, const char *op);
  /// Of the parts of a new object in a context: under keep_native a part keeps its dtype, in the same
  /// family too, where the object's dtype holds it.
  static Conversion of_parts(Ref<Context> whole);

  /// The context that an object of context `own` gets. UserWarning or ContextConversion where the
  /// two families are not compatible, by the policy.
  Ref<Context> context_for(const Context &own) const;
  /// The context for things that have none of their own.
  Context &context() const noexcept { return *context_; }

 private:
  enum class Kind { none, name, context, parts };

  explicit Conversion(Ref<Context> whole);

  Kind kind_ = Kind::none;
  Ref<Context> context_;
  bool dtype_given_ = false, level_given_ = false;
  ResolutionPolicy resolution_;
  DtypePolicy dtype_rule_;
};

/// Family, dtype and level mixed into 64 bits: equal contexts have equal hashes.
std::uint64_t hash_of(const Context &ctx) noexcept;

}  // namespace spc
