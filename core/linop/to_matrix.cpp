// SPDX-License-Identifier: Apache-2.0
// Operators as matrices of coordinates.
#include <algorithm>
#include <cstring>
#include <vector>

#include "core/linop/linop.hpp"
#include "core/ops/ops.hpp"
#include "core/support/error.hpp"
#include "core/support/warning.hpp"

namespace spc {

bool is_tree(const Space &space) {
  return std::strcmp(space.kind(), "TreeSpace") == 0;
}

bool has_diagonal_metric(const Space &space) {
  if (!space.has(Capability::inner_product)) return false;
  if (space.is_euclidean()) return true;
  const Geometry *const geometry = space.geometry();
  return geometry != nullptr && geometry->weights() != nullptr;
}

namespace {

// Both the block of the basis and its image.
constexpr std::int64_t block_bytes = std::int64_t{64} << 20;

// Rows begin .. begin + count of the unit matrix of order n.
Ref<Array> unit_rows(Context &ctx, std::int64_t begin, std::int64_t count, std::int64_t n) {
  Ref<Array> rows = ops::zeros(ctx, {count, n}, ctx.dtype);
  const Ref<Array> ones =
      new_view(*rows, {count}, {n + 1}, rows->data + begin * size_of(ctx.dtype), ctx.dtype, true);
  ops::fill(*ones, 1);
  return rows;
}

// What a batch that the operator cannot take comes to.
bool is_refusal(const Error &e) {
  return e.code() == SPC_E_TYPE || e.code() == SPC_E_NOTIMPL || e.code() == SPC_E_CAPABILITY ||
         e.code() == SPC_E_VALIDATION;
}

// The matrix of A (or A#), a block of columns at a time: by batches, or one by one where the
// operator refuses batches.
Ref<Array> matrix_of(const LinOp &A, bool adjoint) {
  const Space &from = adjoint ? *A.codomain : *A.domain, &to = adjoint ? *A.domain : *A.codomain;
  Context &ctx = *A.ctx;
  const std::int64_t rows = to.size(), cols = from.size();
  require_coordinates(ctx);
  Ref<Array> matrix = ops::empty(ctx, {rows, cols}, ctx.dtype);
  if (matrix->size == 0) return matrix;
  const auto images_of = [&](Value &basis, std::int64_t count, bool one_by_one) {
    if (!one_by_one) return adjoint ? A.rvapply_core(basis) : A.vapply_core(basis);
    std::vector<Ref<Value>> images;
    for (std::int64_t i = 0; i < count; ++i) {
      const Ref<Value> e = from.batch_item(basis, i);
      images.push_back(adjoint ? A.rapply_core(*e) : A.apply_core(*e));
    }
    return to.batch_of(images);
  };
  const std::int64_t bytes = size_of(ctx.dtype);
  const std::int64_t block = std::clamp<std::int64_t>(block_bytes / bytes / (rows + cols), 1, cols);
  bool one_by_one = false;
  for (std::int64_t begin = 0; begin < cols; begin += block) {
    const std::int64_t count = std::min(block, cols - begin);
    const Ref<Value> basis = from.unflatten_batch_core(*unit_rows(ctx, begin, count, cols));
    Ref<Value> images;
    try {
      images = images_of(*basis, count, one_by_one);
    } catch (const Error &e) {
      if (one_by_one || !is_refusal(e)) throw;
      one_by_one = true;
      images = images_of(*basis, count, one_by_one);
      warn("RuntimeWarning",
           fmt::format("to_matrix: {} was applied to one column after the other, as its batches "
                       "failed: {}",
                       A.kind(), e.message()));
    }
    // Column j of the block is row j of the images.
    const Ref<Array> columns =
        new_view(*matrix, {count, rows}, {1, cols}, matrix->data + begin * bytes, ctx.dtype, true);
    ops::assign(*columns, *to.flatten_batch_core(*images), "to_matrix");
  }
  return matrix;
}

}  // namespace

void require_coordinates(const Context &ctx) {
  if (ctx.family.opaque())
    fail(SPC_E_NOTIMPL, "to_matrix: elements of family {} have no coordinates", ctx.family.name());
}

Ref<Array> LinOp::to_matrix() const {
  return matrix_of(*this, false);
}

Ref<Array> LinOp::adjoint_matrix() const {
  return matrix_of(*this, true);
}

Ref<Array> LinOp::to_dense() const {
  Dims shape = codomain->shape();
  for (const std::int64_t n : domain->shape()) shape.push_back(n);
  return ops::reshape(*to_matrix(), shape);
}

Ref<SparseArray> LinOp::to_sparse() const {
  fail(SPC_E_NOTIMPL, "to_sparse: {} stores no sparse matrix", kind());
}

Ref<Value> LinOp::array() const {
  fail(SPC_E_NOTIMPL, "linop_array: {} stores no array", kind());
}

std::string LinOp::text_with(const std::string &detail) const {
  return fmt::format("{}({} -> {}{}{})", kind(), domain->shape(), codomain->shape(),
                     detail.empty() ? "" : ": ", detail);
}

std::string LinOp::text() const {
  std::string operands;
  for (const Ref<LinOp> &part : parts()) operands += (operands.empty() ? "" : ", ") + part->text();
  return text_with(operands);
}

}  // namespace spc
