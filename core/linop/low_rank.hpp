// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/linop/coordinate.hpp"

namespace spc {

/// U diag(s) V^H in coordinates: k (m + n) numbers and as many multiplications.
class LowRankLinOp final : public CoordinateLinOp {
 public:
  /// U (codomain.size, k), V (domain.size, k), s (k,) or nullptr: ones. TypeErr: shapes, families,
  /// complex data in a real context.
  static Ref<LinOp> create(const Ref<Value> &U, const Ref<Value> &s, const Ref<Value> &V,
                           const Ref<Space> &domain, const Ref<Space> &codomain);

  LowRankLinOp(Endpoints e, Ref<Array> U, Ref<Array> s, Ref<Array> V);
  const char *kind() const noexcept override { return "LowRankLinOp"; }
  std::string text() const override;
  std::uint64_t version() const noexcept override {
    return U_->buffer->version() + V_->buffer->version() + (s_ ? s_->buffer->version() : 0);
  }

 protected:
  Ref<Array> map(Array &x, bool adjoint) const override;
  Verdict coordinates_are(Property property) const override;
  bool same_values(const LinOp &other) const override;
  Ref<LinOp> rebuilt(const Conversion &conversion, Context &to) override;
  std::string how() const override;

 private:
  const Ref<Array> U_, s_, V_;  // s_ nullptr: ones
};

}  // namespace spc
