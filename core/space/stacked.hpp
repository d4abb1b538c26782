// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/space/array.hpp"

namespace spc {

/// StackedSpace: elements are `count` elements of a base space along a leading axis. It can do what
/// the base can, copy by copy; inner products, traces and determinants go over all copies.
class StackedSpace final : public ArraySpace {
 public:
  /// Copies of a StackedSpace are copies of its base; of a TreeSpace the tree of stacked leaves.
  /// ValueErr: negative count; TypeErr: base without coordinates.
  static Ref<Space> create(const Ref<Space> &base, std::int64_t count);

  StackedSpace(Ref<ArraySpace> base, std::int64_t count);
  const char *kind() const noexcept override { return "StackedSpace"; }
  bool is_plain_member(Value &v) const noexcept override;
  bool has(Capability c) const noexcept override { return base_->has(c); }
  std::string text() const override;
  const Ref<ArraySpace> &base() const noexcept { return base_; }
  std::int64_t count() const noexcept { return shape()[0]; }
  Ref<Space> convert(const Conversion &conversion) override;
  std::string violation(Value &x, CheckLevel level) const override;
  std::string batch_violation(Value &xs, CheckLevel level) const override;

  bool free_coordinates() const noexcept override { return base_->free_coordinates(); }
  Ref<Value> unflatten_core(Array &v) const override;
  Ref<Value> unflatten_batch_core(Array &vs) const override;
  Ref<Value> from_host(const void *coordinates) const override;

  Ref<Array> inner_core(Value &x, Value &y) const override;
  void inner_into(Value &x, Value &y, Value *work, Array &out) const override;
  /// The base's geometry acts on every copy; the space has none of its own.
  Geometry *geometry() const noexcept override { return nullptr; }

  Ref<Value> star_core(Value &x) const override { return base_->star_core(x); }
  Ref<Value> jordan_core(Value &x, Value &y) const override { return base_->jordan_core(x, y); }
  Ref<Value> unit() const override;
  Ref<Array> spectrum_core(Value &x) const override { return base_->spectrum_core(x); }
  SpectralDecomposition spectral_decompose_core(Value &x) const override {
    return base_->spectral_decompose_core(x);
  }
  Ref<Value> from_spectrum_core(Value &eigenvalues, Value &frame) const override;
  Ref<Value> spectral_apply_core(Value &x, const SpectralFunction &f) const override {
    return base_->spectral_apply_core(x, f);
  }
  Ref<Array> trace_core(Value &x) const override;
  Ref<Array> determinant_core(Value &x) const override;

 protected:
  bool same_structure(const Space &other) const override;
  std::uint64_t structure_hash() const override { return base_->hash(); }
  Ref<Space> rebuilt(Ref<Context> target) const override;

 private:
  const Ref<ArraySpace> base_;
};

}  // namespace spc
