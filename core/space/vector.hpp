// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/space/array.hpp"

namespace spc {

/// DenseVectorSpace: vectors (n,) with the involution star(x) = conj(x).
class DenseVectorSpace final : public ArraySpace {
 public:
  /// ValueErr, TypeErr: shape, geometry.
  static Ref<Space> create(Ref<Context> ctx, std::int64_t n, Ref<Geometry> geometry);

  DenseVectorSpace(Ref<Context> c, std::int64_t n, Ref<Geometry> geometry)
      : ArraySpace(std::move(c), {n}, std::move(geometry)) {}
  const char *kind() const noexcept override { return "DenseVectorSpace"; }
  bool has(Capability c) const noexcept override {
    return c == Capability::star || ArraySpace::has(c);
  }
  Ref<Value> star_core(Value &x) const override { return conj_core(x); }

 protected:
  Ref<Space> rebuilt(Ref<Context> target) const override;
};

}  // namespace spc
