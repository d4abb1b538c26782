// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/functional/functional.hpp"
#include "core/functional/set.hpp"

namespace spc {

/// 0 on a set, infinity outside; its prox is the projection, whatever t. x is on the set if its
/// distance to it is at most 1000 eps max(1, ||x||).
class IndicatorFunctional final : public Functional {
 public:
  explicit IndicatorFunctional(Ref<Set> set) : Functional(set->space), set_(std::move(set)) {}

  const char *kind() const noexcept override { return "IndicatorFunctional"; }
  Ref<Array> value_core(Value &x) const override;
  Ref<Value> prox_core(Value &v, double) const override { return set_->project_core(v); }
  std::string text() const override;

 protected:
  bool same_values(const Functional &other) const override;
  Ref<Functional> rebuilt(const Conversion &conversion) override;

 private:
  const Ref<Set> set_;
};

}  // namespace spc
