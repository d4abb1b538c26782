// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/linop/coordinate.hpp"

namespace spc {

/// y_i = sum_j t_(i-j) x_j, the matrix being a view of the vector t: m + n - 1 numbers are stored.
class ToeplitzLinOp final : public CoordinateLinOp {
 public:
  /// t_i = column[i], t_-j = row[j]; row nullptr: conj(column). Spaces nullptr: dense vectors in the
  /// context of the column. TypeErr: shapes, families, complex data in a real context.
  static Ref<LinOp> create(const Ref<Value> &column, const Ref<Value> &row, Ref<Space> domain,
                           Ref<Space> codomain);
  /// t_(i-j) = column[(i - j) mod n].
  static Ref<LinOp> circulant(const Ref<Value> &column, Ref<Space> space);

  /// t: t_(1-n), ..., t_(m-1).
  ToeplitzLinOp(Endpoints e, Ref<Array> t, bool circulant);
  const char *kind() const noexcept override {
    return circulant_ ? "CirculantLinOp" : "ToeplitzLinOp";
  }

 protected:
  Ref<Array> map(Array &x, bool adjoint) const override;
  Verdict coordinates_are(Property property) const override;
  bool same_values(const LinOp &other) const override;
  Ref<LinOp> rebuilt(const Conversion &conversion, Context &to) override;
  std::string how() const override { return "matmul with a view of the vector of diagonals"; }

 private:
  /// M, or M^T, as a view of t.
  Ref<Array> matrix(bool transposed) const;

  const Ref<Array> t_;
  const bool circulant_;
};

}  // namespace spc
