// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/ops/sparse_factor.hpp"
#include "core/space/geometry.hpp"

namespace spc {

/// GramGeometry with a sparse matrix G: R^-1 x by its sparse Cholesky factors, made once.
class SparseGramGeometry final : public Geometry {
 public:
  /// Keeps a copy of the values.
  explicit SparseGramGeometry(SparseArray &gram);

  const char *kind() const noexcept override { return "GramInnerProduct"; }
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
  /// LinAlgErr.
  Ref<SparseFactor> factors() const;

  const Ref<SparseArray> gram_;        // own copy, CSR
  mutable Ref<SparseFactor> factors_;  // under lock_of(this), set once
};

}  // namespace spc
