// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string_view>

#include "core/linop/coordinate.hpp"
#include "core/ops/sparse_factor.hpp"

namespace spc {

struct FactorOptions {
  std::int32_t method = SPC_FACTOR_AUTO;
  SparseFactor::Options how;
  std::int32_t refinement = -1;
};

/// ValueErr of factorizations that read one triangle of the matrix M of A, R M in a metric R: M - M^H is
/// more than assembling leaves, half the digits. method: its word.
void require_self_adjoint(const LinOp &A, Array &difference, Array &entries, const char *method,
                          const char *op);

/// A.sparse_matrix(). NotImpl: there is none.
Ref<SparseArray> stored_matrix(const LinOp &A, const char *op);

/// A^-1 or A^+ of an operator that is sparse by structure, by the factors of its matrix.
///
/// With the coordinate matrix M of A, in vectors: diag(out) F^-1 diag(in) for the factors F of M (lu),
/// of W M with the weights W of the space (cholesky, ldl; in = W), or of W_Y^1/2 M W_X^-1/2 (qr;
/// in = W_Y^1/2, out = W_X^-1/2).
class SparseInverseLinOp final : public CoordinateLinOp {
 public:
  /// op names the caller, a static name. ValueErr, TypeErr, LinAlgErr, NotImpl.
  /// matrix: A.sparse_matrix() where it is at hand.
  static Ref<LinOp> create(const Ref<LinOp> &A, const FactorOptions &options, const char *op,
                           Ref<SparseArray> matrix = nullptr);
  /// The same for another matrix of the same pattern, with the method and the analysis of this one.
  Ref<LinOp> again(const Ref<LinOp> &A) const;

  struct Parts {
    Ref<SparseArray> matrix;    // M as CSR in the dtype of the context, values of its own
    Ref<SparseFactor> factors;  // nullptr: M has no entries, the inverse is 0
    Ref<Array> before, after;   // in and out; nullptr: ones
    std::int32_t method = SPC_FACTOR_AUTO;
    const char *reason = "";
  };
  SparseInverseLinOp(Ref<LinOp> A, const FactorOptions &options, Parts parts);

  const char *kind() const noexcept override { return "SparseInverseLinOp"; }
  std::span<const Ref<LinOp>> parts() const noexcept override { return {&op_, 1}; }
  Ref<LinOp> structural_inverse() override;
  Verdict is(Property property) const override;
  std::string text() const override;

  /// Everything but struct_size.
  spc_factor_info info() const;
  /// |M|_1 |M^-1|_1 from below, by products with signs (Higham 1988). ValueErr: not square.
  double condition_estimate() const;

 protected:
  Ref<Array> map(Array &x, bool adjoint) const override;
  bool same_values(const LinOp &other) const override;
  Ref<LinOp> rebuilt(const Conversion &conversion, Context &to) override;
  std::string how() const override;

 private:
  /// trusted: A is a conversion of an operator that was self-adjoint enough for its factors.
  static Parts factored(const LinOp &A, const Ref<SparseArray> &matrix,
                        const FactorOptions &options, const char *op,
                        const SparseInverseLinOp *before, bool trusted = false);
  bool square_inverse() const noexcept { return parts_.method != SPC_FACTOR_QR; }
  /// diag(out) F^-1 diag(in) b or its adjoint for columns b.
  Ref<Array> once(Array &b, bool adjoint) const;
  Ref<Array> solve(Array &b, bool adjoint) const;

  const Ref<LinOp> op_;
  const FactorOptions options_;
  const Parts parts_;
};

/// (L L^H)^-1 or (L U)^-1 with incomplete factors on the pattern of A. method: "auto", "ic0", "ilu0".
Ref<LinOp> incomplete(const Ref<LinOp> &A, std::string_view method);

/// D - C A^-1 B; C nullptr: the adjoint of B, D nullptr: 0.
Ref<LinOp> schur_complement(const Ref<LinOp> &A_inverse, const Ref<LinOp> &B, const Ref<LinOp> &C,
                            const Ref<LinOp> &D);

}  // namespace spc
