// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/space/array.hpp"

namespace spc {

/// ElementwiseJordanSpace: arrays with the product x y, entry by entry; eigenvalues are the entries.
/// Over the reals and with Euclidean geometry it is the EuclideanElementwiseJordanSpace, the
/// Euclidean Jordan algebra.
class ElementwiseJordanSpace final : public ArraySpace {
 public:
  /// ValueErr, TypeErr: geometry.
  static Ref<Space> create(Ref<Context> ctx, const Dims &shape, Ref<Geometry> geometry);
  /// ValueErr: complex field; TypeErr: another geometry.
  static Ref<Space> create_euclidean(Ref<Context> ctx, const Dims &shape, Ref<Geometry> geometry);

  ElementwiseJordanSpace(Ref<Context> c, const Dims &shape, Ref<Geometry> geometry)
      : ArraySpace(std::move(c), shape, std::move(geometry)) {}
  const char *kind() const noexcept override {
    return euclidean_algebra() ? "EuclideanElementwiseJordanSpace" : "ElementwiseJordanSpace";
  }
  bool has(Capability c) const noexcept override {
    return c != Capability::euclidean_jordan || euclidean_algebra();
  }

  Ref<Value> star_core(Value &x) const override { return conj_core(x); }
  Ref<Value> jordan_core(Value &x, Value &y) const override;
  Ref<Value> unit() const override { return coordinate_ones(); }
  Ref<Array> spectrum_core(Value &x) const override;
  SpectralDecomposition spectral_decompose_core(Value &x) const override;
  Ref<Value> from_spectrum_core(Value &eigenvalues, Value &frame) const override;
  Ref<Value> spectral_apply_core(Value &x, const SpectralFunction &f) const override;
  Ref<Array> trace_core(Value &x) const override;
  Ref<Array> determinant_core(Value &x) const override;

 protected:
  Ref<Space> rebuilt(Ref<Context> target) const override;

 private:
  bool euclidean_algebra() const noexcept { return !complex() && geometry_->is_euclidean(); }
};

}  // namespace spc
