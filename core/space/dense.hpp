// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/space/array.hpp"

namespace spc {

/// DenseCoordinateSpace: arrays of one shape and the context's dtype, in any geometry.
class DenseCoordinateSpace final : public ArraySpace {
 public:
  /// ValueErr, TypeErr: geometry not valid for the space.
  static Ref<Space> create(Ref<Context> ctx, const Dims &shape, Ref<Geometry> geometry);
  /// Elements have the storage of the prototype. TypeErr: family or dtype of the prototype differ
  /// from the context's.
  static Ref<Space> like(Ref<Context> ctx, Ref<Array> prototype, Ref<Geometry> geometry);

  DenseCoordinateSpace(Ref<Context> c, const Dims &shape, Ref<Geometry> geometry,
                       Ref<Array> prototype)
      : ArraySpace(std::move(c), shape, std::move(geometry), std::move(prototype)) {}
  const char *kind() const noexcept override { return "DenseCoordinateSpace"; }

 protected:
  Ref<Space> rebuilt(Ref<Context> target) const override;
};

}  // namespace spc
