// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

#include "core/linop/coordinate.hpp"

namespace spc {

/// A^-1 by structure, or from a factorization of the matrix of A, of a sparse one by sparse factors.
/// method: "auto", "lu", "cholesky", "ldl". ValueErr: not square, method; LinAlgErr: singular, not
/// positive definite; NotImpl: no matrix.
Ref<LinOp> inverse(const Ref<LinOp> &A, std::string_view method);

/// Up to here matrices are made and factored without being asked for.
constexpr std::int64_t largest_factored = 2000;

/// A^-1 of a self-adjoint, positive A where it is at hand: by structure, or from a Cholesky
/// factorization of up to largest_factored coordinates where no part is a function of the program;
/// nullptr otherwise. LinAlgErr: A is not positive definite.
Ref<LinOp> positive_inverse(const Ref<LinOp> &A);

/// A^-1 by the factors of the matrix M of A, or of S = R M, which is Hermitian where A is
/// self-adjoint in the geometry R.
class InverseLinOp final : public CoordinateLinOp {
 public:
  enum class Method { lu, cholesky, ldl };

  /// trusted: A is a conversion of an operator that was self-adjoint enough for its factors. ValueErr,
  /// LinAlgErr.
  static Ref<LinOp> create(const Ref<LinOp> &A, Method method, bool trusted = false);
  /// By the factors of a matrix that was looked at: M for lu, else S. LinAlgErr.
  static Ref<LinOp> factored(const Ref<LinOp> &A, Method method, const Ref<Array> &matrix);

  InverseLinOp(Ref<LinOp> A, Method method, Ref<Array> factors, Ref<Array> pivots);
  const char *kind() const noexcept override { return "InverseLinOp"; }
  std::span<const Ref<LinOp>> parts() const noexcept override { return {&op_, 1}; }
  Ref<LinOp> structural_inverse() override { return op_; }
  Verdict is(Property property) const override;
  std::string text() const override;

 protected:
  Ref<Array> map(Array &x, bool adjoint) const override;
  bool same_values(const LinOp &other) const override;
  Ref<LinOp> rebuilt(const Conversion &conversion, Context &to) override;
  std::string how() const override;

 private:
  /// F^-1 b for columns b, F being what was factored; or F^-H b.
  Ref<Array> solve(Array &b, bool adjoint) const;

  const Ref<LinOp> op_;
  const Method method_;
  const Ref<Array> factors_, pivots_;  // pivots_ nullptr: cholesky
};

}  // namespace spc
