// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <functional>

#include "core/space/geometry.hpp"
#include "core/support/user_data.hpp"

namespace spc {

/// A geometry of the program. The maps are trusted to be linear, inverse to each other and to keep
/// the leading axes of a batch.
class CustomGeometry final : public Geometry {
 public:
  /// R x or R^-1 x; throws what stops the call. x lives for the call.
  using Map = std::function<Ref<Value>(Value &x)>;
  /// <x, y> of single elements.
  using Product = std::function<Ref<Value>(Value &x, Value &y)>;
  /// What makes two of them equal, beside the argument of the functions.
  using Id = std::array<const void *, 3>;

  /// inner may be empty: vdot(x, R y). TypeErr: an empty map.
  CustomGeometry(Product inner, Map riesz, Map riesz_inverse, const Id &id, Ref<UserData> user);

  const char *kind() const noexcept override { return "CustomInnerProduct"; }
  UserData *user_data() const noexcept override { return user_.get(); }
  void validate_for(const Space &space) const override;
  /// Itself: its functions have to work there.
  Ref<Geometry> converted_to(Context &) override { return Ref<Geometry>::share(this); }
  bool equals(const Geometry &other) const override;

  Ref<Array> inner(Array &x, Array &y) const override;
  void inner_into(Array &x, Array &y, Array *work, Array &out) const override;
  Ref<Array> riesz(Array &x) const override;
  Ref<Array> riesz_inverse(Array &x) const override;
  void riesz_into(Array &x, Array &out) const override;
  void riesz_inverse_into(Array &x, Array &out) const override;

 private:
  const Product inner_;
  const Map riesz_, riesz_inverse_;
  const Id id_;
  const Ref<UserData> user_;
};

}  // namespace spc
