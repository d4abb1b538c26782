// SPDX-License-Identifier: Apache-2.0
// Operators as matrices of coordinates.
#include <algorithm>
#include <cstring>

#include "core/linop/linop.hpp"
#include "core/ops/ops.hpp"
#include "core/support/error.hpp"

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

// The matrix of a map that takes batches, a block of columns at a time.
template <class Apply>
Ref<Array> matrix_of(const Space &from, const Space &to, Context &ctx, Apply apply) {
  const std::int64_t rows = to.size(), cols = from.size();
  if (ctx.family.opaque())
    fail(SPC_E_NOTIMPL, "to_matrix: elements of family {} have no coordinates", ctx.family.name());
  Ref<Array> matrix = ops::empty(ctx, {rows, cols}, ctx.dtype);
  if (matrix->size == 0) return matrix;
  const std::int64_t bytes = size_of(ctx.dtype);
  const std::int64_t block = std::clamp<std::int64_t>(block_bytes / bytes / (rows + cols), 1, cols);
  for (std::int64_t begin = 0; begin < cols; begin += block) {
    const std::int64_t count = std::min(block, cols - begin);
    const Ref<Value> basis = from.unflatten_batch_core(*unit_rows(ctx, begin, count, cols));
    const Ref<Array> images = to.flatten_batch_core(*apply(*basis));
    // Column j of the block is row j of the images.
    const Ref<Array> columns =
        new_view(*matrix, {count, rows}, {1, cols}, matrix->data + begin * bytes, ctx.dtype, true);
    ops::assign(*columns, *images, "to_matrix");
  }
  return matrix;
}

}  // namespace

Ref<Array> LinOp::to_matrix() const {
  return matrix_of(*domain, *codomain, *ctx, [&](Value &xs) { return vapply_core(xs); });
}

Ref<Array> LinOp::adjoint_matrix() const {
  return matrix_of(*codomain, *domain, *ctx, [&](Value &ys) { return rvapply_core(ys); });
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
