// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/space/geometry.hpp"

namespace spc {

/// The inner product of X (x) Y on arrays of shape X.shape + Y.shape: R = R_X (x) R_Y, which is
/// applied along the axes of one space after the other and needs no more than the two maps.
class ProductGeometry final : public Geometry {
 public:
  /// Spaces whose elements are single arrays.
  ProductGeometry(Ref<Space> X, Ref<Space> Y);
  ~ProductGeometry() override;

  const char *kind() const noexcept override { return "ProductInnerProduct"; }
  void validate_for(const Space &space) const override;
  Ref<Geometry> converted_to(Context &ctx) override;
  bool equals(const Geometry &other) const override;

  Ref<Array> inner(Array &x, Array &y) const override;
  void inner_into(Array &x, Array &y, Array *work, Array &out) const override;
  Ref<Array> riesz(Array &x) const override;
  Ref<Array> riesz_inverse(Array &x) const override;
  void riesz_into(Array &x, Array &out) const override;
  void riesz_inverse_into(Array &x, Array &out) const override;

 private:
  Ref<Array> mapped(Array &x, bool inverse) const;

  const Ref<Space> X_, Y_;
};

}  // namespace spc
