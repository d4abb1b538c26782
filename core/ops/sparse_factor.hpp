// SPDX-License-Identifier: Apache-2.0
// Sparse factorizations: the plan of a kernel, and its owner. ADR 013.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <mutex>

#include "core/array/value.hpp"
#include "core/ops/table.hpp"
#include "core/registry/family.hpp"

namespace spc {

/// The factors of one matrix, made by a kernel of sparse_cholesky, _ldl, _lu or _qr. Immutable;
/// solves run in several threads at once unless the kernel says otherwise.
class SparseFactor final : public Object {
 public:
  struct Options {
    std::int32_t ordering = SPC_ORDERING_AUTO, variant = SPC_VARIANT_AUTO;
    double pivot_tolerance = -1, rank_tolerance = -1;
  };

  /// Factors A, CSR with rows and columns, for `caller`, a static name. analysis: factors of the same
  /// op of a matrix of A's pattern, whose analysis is used again; nullptr: none. LinAlgErr, NotImpl.
  static Ref<SparseFactor> create(Family &family, Op op, const Ref<SparseArray> &A,
                                  const Options &options, const char *caller,
                                  const SparseFactor *analysis = nullptr);

  SparseFactor(const Kernel &kernel, Op op, Ref<SparseArray> A, const Options &options);
  ~SparseFactor() override;

  /// op(A)^-1 b for a vector or the columns of a matrix b of A's dtype and length: new. mode:
  /// SPC_MODE_NONE, _TRANSPOSE, _CONJ_TRANS.
  Ref<Array> solve(Array &b, int mode) const;
  /// SPC_FACT_*.
  std::array<double, SPC_FACT_COUNT> facts() const;

  Op op() const noexcept { return op_; }
  const SparseArray &matrix() const noexcept { return *A_; }
  const Options &options() const noexcept { return options_; }
  /// Whose kernel it was.
  Family &owner() const noexcept { return *kernel_->owner; }

 private:
  void run(int request, int mode, const Array *b, Array &out) const;

  const Kernel *const kernel_;
  const Op op_;
  const Ref<SparseArray> A_;
  const Options options_;
  const std::uint32_t generation_;  // of the process that made it
  void *plan_ = nullptr;
  mutable std::mutex serial_;  // held by solves of a SERIAL kernel
};

/// Factors of a matrix without new entries: T on a CSR pattern. op: sparse_ic0, sparse_ilu0. A is
/// canonical CSR. LinAlgErr.
Ref<SparseArray> incomplete_factors(Op op, const Ref<SparseArray> &A, const char *caller);

/// op(T)^-1 b with a triangle T of a canonical CSR matrix, b a vector or columns; new.
Ref<Array> solve_sparse_triangle(const SparseArray &A, Array &b, bool lower, bool unit, int mode,
                                 const char *caller);

}  // namespace spc
