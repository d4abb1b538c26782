// SPDX-License-Identifier: Apache-2.0
// Operators that are a matrix in coordinates: dense and sparse.
#pragma once

#include <memory>

#include "core/linop/derived.hpp"
#include "core/linop/intermediates.hpp"
#include "core/linop/linop.hpp"
#include "core/linop/product_plan.hpp"

namespace spc {

/// y = unflatten_Y(M flatten_X(x)) for a matrix M of size (codomain.size, domain.size).
///
/// M may have another dtype than the context: apply and rapply follow the join of the dtypes, and
/// apply_into, where nothing is cast, needs that join to be the context's dtype.
class MatrixLinOp : public LinOp {
 public:
  bool runs_user_code() const noexcept final { return !diagonal_metrics(); }
  bool settled() const noexcept final { return diagonal_metrics() && exact(); }
  Ref<Value> apply_core(Value &x) const final;
  Ref<Value> rapply_core(Value &y) const final;
  void apply_into_core(Value *alpha, Value &x, Value *beta, Value &y, Mode mode) const final;
  void apply_dots_core(Value &x, Value &y, unsigned dots, const ProgramRoom &room,
                       std::complex<double> *results) const final;
  Ref<Value> vapply_core(Value &xs) const final;
  Ref<Value> rvapply_core(Value &ys) const final;
  Ref<Array> to_matrix() const final;
  Verdict is(Property property) const final;
  Verdict is_hermitian() const final;
  void explain(Explanation &to, Mode mode) const final;

 protected:
  /// M as kernels take it: under the tag and in the dtype of the context.
  struct Operand : Object {
    Ref<Value> matrix;
    std::unique_ptr<ProductPlan> plan;  // nullptr: none for this form
    bool transposed = false;            // the plan is that of M^T
    bool is_copy = false;               // goes stale when M is written
  };

  MatrixLinOp(Ref<Context> c, Ref<Space> x, Ref<Space> y)
      : LinOp(std::move(c), std::move(x), std::move(y)),
        free_domain_(!is_tree(*domain) && domain->free_coordinates()),
        free_codomain_(!is_tree(*codomain) && codomain->free_coordinates()) {}
  /// The constructor's last step.
  void keep_operand();

  virtual Dtype matrix_dtype() const noexcept = 0;
  /// The op that multiplies, with the second dtype of its key.
  virtual Op product_op() const noexcept = 0;
  virtual Dtype index_dtype() const noexcept { return Dtype::none; }
  /// Version of the values of M.
  std::uint64_t version() const noexcept override = 0;
  virtual Ref<Operand> make_operand() const = 0;
  /// M x or M^H x, 1-d, in the join of the dtypes.
  virtual Ref<Array> product(Array &x, bool adjoint) const = 0;
  /// The same of every row.
  virtual Ref<Array> product_of_rows(Array &rows, bool adjoint) const = 0;
  /// A new dense M in the dtype of the context.
  virtual Ref<Array> densified() const = 0;
  /// What the entries of M show. Diagonal, real, triangular.
  virtual bool entries_are(Property property) const = 0;
  /// y = alpha op(M) x + beta y, 1-d, M being an operand's matrix.
  virtual void product_into(Value *alpha, Value &matrix, Array &x, Value *beta, Array &y,
                            Mode mode) const = 0;
  /// allclose(M, W^-1 M^H W) for the weights W of the one space; nullptr: W = 1.
  virtual bool close_to_adjoint(Array *weights) const = 0;

 private:
  bool exact() const noexcept { return join({matrix_dtype(), ctx->dtype}) == ctx->dtype; }
  /// M in the form that kernels take, kept alive by `made` if it is not the operator's own. TypeErr.
  const Operand &operand(Ref<Operand> &made) const;
  void coordinates_into(Value *alpha, Value &x, Value *beta, Value &y, Mode mode) const;

  const bool free_domain_, free_codomain_;  // elements are arrays, every one of them
  Ref<Operand> fixed_;                      // shares M's memory, so that it never goes stale
  Derived<Ref<Operand>> derived_;
  Derived<Verdict> verdict_;
  Intermediates work_;  // R_Y y, R_X x
};

/// TypeErr for an array of another family or for complex data in a real context.
void check_operator_data(const Space &space, Family &family, Dtype dtype, const char *kind,
                         const Value &data);

}  // namespace spc
