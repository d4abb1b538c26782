// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "core/space/space.hpp"

namespace spc {

/// Spaces whose elements are dense arrays of one shape and the context's dtype. A geometry gives the
/// inner product.
///
/// A layout prototype makes elements with its storage: the way to opaque elements, which have no
/// coordinates to flatten.
class ArraySpace : public Space {
 public:
  bool has(Capability c) const noexcept override {
    return c == Capability::vector || c == Capability::coordinate || c == Capability::inner_product;
  }
  bool is_plain_member(Value &v) const noexcept override;
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

  std::string batch_violation(Value &xs, CheckLevel level) const override;
  Dims batch_shape(Value &xs) const override;
  Ref<Array> flatten_batch_core(Value &xs) const override;
  Ref<Value> unflatten_batch_core(Array &vs) const override;
  Ref<Value> batch_item(Value &xs, std::int64_t i) const override;
  Ref<Value> batch_of(std::span<const Ref<Value>> items) const override;
  Ref<Value> zeros_batch(const Dims &leading) const override;
  Ref<Array> inner_batch_core(Value &xs, Value &ys) const override;

  Ref<Array> flatten_core(Value &x) const override;
  Ref<Value> unflatten_core(Array &v) const override;
  Ref<Value> from_host(const void *coordinates) const override;
  Ref<Value> coordinate_ones() const override;

  bool is_euclidean() const override { return geometry_->is_euclidean(); }
  bool diagonal_metric() const noexcept override {
    return geometry_->is_euclidean() || geometry_->weights() != nullptr;
  }
  Ref<Array> inner_core(Value &x, Value &y) const override;
  void inner_into(Value &x, Value &y, Value *work, Array &out) const override;
  void run(const SpaceProgram &program, Value *const *x, const std::complex<double> *a,
           const ProgramRoom &room, std::complex<double> *results) const override;
  Ref<Array> norm_core(Value &x) const override;
  Ref<Array> coordinate_norm(Value &x) const override;
  void coordinate_inner_into(Value &x, Value &y, Array &out) const override;
  Ref<Value> riesz(Value &x) const override;
  Ref<Value> riesz_inverse(Value &x) const override;
  void riesz_inverse_in_place(Value &x) const override;
  Geometry *geometry() const noexcept override { return geometry_.get(); }

 protected:
  /// geometry nullptr: Euclidean; prototype nullptr: strided, row-major elements.
  ArraySpace(Ref<Context> c, const Dims &shape, Ref<Geometry> geometry,
             Ref<Array> prototype = nullptr);
  /// The last step of making a space: ValueErr, TypeErr of a geometry that does not fit.
  template <class S>
  static Ref<Space> validated(Ref<S> space) {
    space->geometry_->validate_for(*space);
    return space;
  }

  void require_safe(Value &v, const char *op, const char *role) const override;
  bool same_structure(const Space &other) const override;

  /// v as an array that may carry the tag of the space's family. TypeErr: at every check level, as
  /// the tag says where the memory lies and what the handle is.
  Array &own_array(Value &v, const char *op, const char *role) const;
  /// Of a result whose operands went through own_array.
  Ref<Array> tagged_array(const Ref<Array> &x) const { return retag(x, ctx->family); }
  /// A function's result on eigenvalues: a dense array that the space may read, of their shape.
  /// TypeErr; ValueErr `Function application changed shape.`
  void require_spectrum_like(Value &result, const Array &eigenvalues) const;
  /// Shape of a batch.
  Dims with_leading(const Dims &leading) const;

  const Ref<Geometry> geometry_;
  const Ref<Array> prototype_;

 private:
  Array &array(Value &x) const;
};

}  // namespace spc
