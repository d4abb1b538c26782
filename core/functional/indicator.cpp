// SPDX-License-Identifier: Apache-2.0
#include "core/functional/indicator.hpp"

#include <limits>

#include "core/functional/scalars.hpp"
#include "core/ops/ops.hpp"

namespace spc {

Ref<Array> IndicatorFunctional::value_core(Value &x) const {
  const bool inside = set_->contains_core(x, 1e3 * eps(ctx->dtype));
  const Weak value(inside ? 0 : std::numeric_limits<double>::infinity());
  return ops::full(*ctx, {}, *value, real_of(ctx->dtype));
}

std::string IndicatorFunctional::text() const {
  return fmt::format("{}({})", kind(), set_->text());
}

bool IndicatorFunctional::same_values(const Functional &other) const {
  return set_->equals(*static_cast<const IndicatorFunctional &>(other).set_);
}

Ref<Functional> IndicatorFunctional::rebuilt(const Conversion &conversion) {
  return make<IndicatorFunctional>(set_->convert(conversion));
}

}  // namespace spc
