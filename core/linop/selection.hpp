// SPDX-License-Identifier: Apache-2.0
// Operators that move coordinates.
#pragma once

#include "core/linop/coordinate.hpp"

namespace spc {

/// y_i = x_p(i).
class PermutationLinOp final : public CoordinateLinOp {
 public:
  /// p: integers (size,); kept as a copy. space nullptr: the dense space of p's length in the default
  /// context. TypeErr; ValueErr: no permutation.
  static Ref<LinOp> create(const Ref<Value> &p, Ref<Space> space);

  PermutationLinOp(const Ref<Space> &space, Ref<Array> p, Ref<Array> inverse);
  const char *kind() const noexcept override { return "PermutationLinOp"; }
  Ref<SparseArray> sparse_matrix() const override;
  Ref<LinOp> structural_inverse() override;

 protected:
  Ref<Array> map(Array &x, bool adjoint) const override;
  Verdict coordinates_are(Property property) const override;
  bool same_values(const LinOp &other) const override;
  Ref<LinOp> rebuilt(const Conversion &conversion, Context &to) override;
  std::string how() const override { return "take along the coordinates"; }

 private:
  const Ref<Array> p_, inverse_;  // int64
};

/// y_i = x_indices(i); M^H adds y_i to coordinate indices(i) of zeros.
class RestrictionLinOp final : public CoordinateLinOp {
 public:
  /// indices: integers (k,), from 0; kept as a copy. codomain nullptr: the vector space of that length
  /// in the domain's context. TypeErr; IndexErr: out of range; ValueErr: codomain.size is not k.
  static Ref<LinOp> create(const Ref<Value> &indices, const Ref<Space> &domain,
                           Ref<Space> codomain);

  RestrictionLinOp(Endpoints e, Ref<Array> indices);
  const char *kind() const noexcept override { return "RestrictionLinOp"; }
  Ref<SparseArray> sparse_matrix() const override;

 protected:
  Ref<Array> map(Array &x, bool adjoint) const override;
  Verdict coordinates_are(Property property) const override;
  bool same_values(const LinOp &other) const override;
  Ref<LinOp> rebuilt(const Conversion &conversion, Context &to) override;
  std::string how() const override { return "take, or index_add, along the coordinates"; }

 private:
  const Ref<Array> indices_;  // int64
};

}  // namespace spc
