// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/space/array.hpp"

namespace spc {

/// HermitianSpace: n x n matrices X = X^H with <X, Y> = vdot(X, Y) and X o Y = (X Y + Y X) / 2.
///
/// Over a complex context the field is complex, but only real factors keep an element in the space.
/// Tolerances and enforcement belong to membership alone: they take no part in equality.
class HermitianSpace final : public ArraySpace {
 public:
  struct Tolerance {
    double atol = 0, rtol = 0;
    bool enforce = true;
  };
  /// ValueErr: n, tolerances.
  static Ref<Space> create(Ref<Context> ctx, std::int64_t n, Tolerance tolerance);

  HermitianSpace(Ref<Context> c, std::int64_t n, Tolerance tolerance)
      : ArraySpace(std::move(c), {n, n}, nullptr), tolerance_(tolerance) {}
  const char *kind() const noexcept override { return "HermitianSpace"; }
  bool is_plain_member(Value &v) const noexcept override;
  bool has(Capability) const noexcept override { return true; }
  std::string violation(Value &x, CheckLevel level) const override;
  std::string batch_violation(Value &xs, CheckLevel level) const override;

  /// The tolerances alone, whatever the shape, level and enforcement.
  bool is_hermitian(Value &x) const;
  /// (X + X^H) / 2 of the matrices in the last two axes.
  Ref<Array> symmetrized(Array &x) const;

  bool free_coordinates() const noexcept override { return false; }
  Ref<Value> unflatten_core(Array &v) const override;
  Ref<Value> unflatten_batch_core(Array &vs) const override;
  Ref<Value> from_host(const void *coordinates) const override;

  Ref<Value> star_core(Value &x) const override;
  Ref<Value> jordan_core(Value &x, Value &y) const override;
  Ref<Value> unit() const override;
  Ref<Array> spectrum_core(Value &x) const override;
  SpectralDecomposition spectral_decompose_core(Value &x) const override;
  Ref<Value> from_spectrum_core(Value &eigenvalues, Value &frame) const override;
  Ref<Value> spectral_apply_core(Value &x, const SpectralFunction &f) const override;
  Ref<Array> trace_core(Value &x) const override;
  Ref<Array> determinant_core(Value &x) const override;

 protected:
  bool same_structure(const Space &) const override { return true; }
  Ref<Space> rebuilt(Ref<Context> target) const override;

 private:
  /// "" if the matrices in the last two axes are Hermitian, or need not be at this level.
  std::string hermitian_violation(Array &x, CheckLevel level) const;
  Ref<Array> from_eigenpairs(Array &values, Array &vectors) const;

  const Tolerance tolerance_;
};

}  // namespace spc
