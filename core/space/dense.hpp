// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/space/space.hpp"

namespace spc {

/// DenseCoordinateSpace: arrays of one shape and the context's dtype, Euclidean or weighted.
///
/// A layout prototype makes elements with its storage: the way to opaque elements, which have no
/// coordinates to flatten.
class DenseCoordinateSpace final : public Space {
 public:
  /// ValueErr, TypeErr: geometry not valid for the space.
  static Ref<Space> create(Ref<Context> ctx, const Dims &shape, Ref<Geometry> geometry);
  /// TypeErr: family or dtype of the prototype differ from the context's.
  static Ref<Space> like(Ref<Context> ctx, Ref<Array> prototype, Ref<Geometry> geometry);

  const char *kind() const noexcept override { return "DenseCoordinateSpace"; }
  bool has(Capability c) const noexcept override {
    return c == Capability::vector || c == Capability::coordinate || c == Capability::inner_product;
  }
  std::string violation(Value &x, CheckLevel level) const override;

  Ref<Value> zeros_core() const override;
  Ref<Value> add_core(Value &x, Value &y) const override;
  Ref<Value> scale_core(Value &a, Value &x) const override;
  Ref<Value> axpy_core(Value &a, Value &x, Value &y) const override;
  Ref<Value> new_element() const override;
  void fill(Value &x, std::complex<double> value) const override;
  void copy_into(Value &x, Value &out) const override;
  void axpby_into(Value *a, Value &x, Value *b, Value &y) const override;
  Ref<Value> conj_core(Value &x) const override;
  bool overlap(Value &x, Value &y) const noexcept override;
  Ref<Value> tagged(Ref<Value> x) const override;

  Ref<Array> flatten_core(Value &x) const override;
  Ref<Value> unflatten_core(Array &v) const override;
  Ref<Value> from_host(const void *coordinates) const override;
  Ref<Value> coordinate_ones() const override;

  bool is_euclidean() const override { return geometry_->is_euclidean(); }
  Ref<Array> inner_core(Value &x, Value &y) const override;
  void inner_into(Value &x, Value &y, Value *work, Array &out) const override;
  Ref<Array> norm_core(Value &x) const override;
  Ref<Array> coordinate_norm(Value &x) const override;
  Ref<Value> riesz(Value &x) const override;
  Ref<Value> riesz_inverse(Value &x) const override;
  void riesz_inverse_in_place(Value &x) const override;
  Geometry *geometry() const noexcept override { return geometry_.get(); }

  DenseCoordinateSpace(Ref<Context> c, const Dims &shape, Ref<Geometry> geometry,
                       Ref<Array> prototype);

 protected:
  bool is_plain_member(Value &v) const noexcept override;
  void require_safe(Value &v, const char *op, const char *role) const override;
  bool same_structure(const Space &other) const override;
  Ref<Space> rebuilt(Ref<Context> target) const override;

 private:
  /// v as an array that may carry the tag of the space's family. TypeErr: at every check level, as
  /// the tag says where the memory lies and what the handle is.
  Array &own_array(Value &v, const char *op, const char *role) const;
  /// Of a result whose operands went through own_array.
  Ref<Array> tagged_array(const Ref<Array> &x) const { return retag(x, ctx->family); }

  const Ref<Geometry> geometry_;
  const Ref<Array> prototype_;  // nullptr: strided, row-major
};

}  // namespace spc
