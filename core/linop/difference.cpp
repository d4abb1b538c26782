// SPDX-License-Identifier: Apache-2.0
#include "core/linop/difference.hpp"

#include <cmath>
#include <span>
#include <vector>

#include "core/linop/blocks.hpp"
#include "core/linop/indexing.hpp"
#include "core/linop/sparse.hpp"
#include "core/ops/ops.hpp"
#include "core/space/dense.hpp"
#include "core/support/error.hpp"

namespace spc {

namespace {

/// y[i] += factor x[i + offset]
struct Term {
  std::int64_t offset;
  double factor;
};

struct Stencil {
  Term terms[3];
  int count;

  std::span<const Term> all() const { return {terms, static_cast<std::size_t>(count)}; }
  std::int64_t before() const { return std::max<std::int64_t>(0, -terms[0].offset); }
  std::int64_t behind() const { return std::max<std::int64_t>(0, terms[count - 1].offset); }
};

// Offsets ascend.
Stencil stencil_of(int order, int scheme, double h, const char *op) {
  if (order == 2) return {{{-1, 1 / (h * h)}, {0, -2 / (h * h)}, {1, 1 / (h * h)}}, 3};
  if (order != 1) fail(SPC_E_VALUE, "{}: order is {}, expected 1 or 2", op, order);
  switch (scheme) {
    case SPC_DIFF_FORWARD:
      return {{{0, -1 / h}, {1, 1 / h}, {}}, 2};
    case SPC_DIFF_BACKWARD:
      return {{{-1, -1 / h}, {0, 1 / h}, {}}, 2};
    case SPC_DIFF_CENTERED:
      return {{{-1, -0.5 / h}, {1, 0.5 / h}, {}}, 2};
    default:
      fail(SPC_E_VALUE, "{}: scheme is {}, expected {}, {} or {}", op, scheme,
           static_cast<int>(SPC_DIFF_FORWARD), static_cast<int>(SPC_DIFF_BACKWARD),
           static_cast<int>(SPC_DIFF_CENTERED));
  }
}

/// The entries of a sparse matrix, gathered piece by piece.
class Entries {
 public:
  explicit Entries(Context &ctx) : ctx_(ctx) {}

  /// Row rows[k], column cols[k]: value.
  void add(Array &rows, Array &cols, double value) {
    if (rows.size == 0) return;
    rows_.push_back(ops::reshape(rows, {rows.size}));
    cols_.push_back(ops::reshape(cols, {cols.size}));
    values_.push_back(indexing::repeated(ctx_, rows.size, value));
  }
  /// Repeated places are added.
  Ref<SparseArray> matrix(std::int64_t rows, std::int64_t cols) const {
    const Dtype width = ops::index_dtype_for(rows, cols, rows);
    const auto gathered = [&](const std::vector<Ref<Array>> &pieces) {
      if (pieces.empty()) return ops::empty(ctx_, {0}, width);
      return ops::astype(*indexing::joined(pieces), width);
    };
    const Ref<Array> values =
        values_.empty() ? ops::empty(ctx_, {0}, ctx_.dtype) : indexing::joined(values_);
    const Ref<SparseArray> coo =
        ops::new_sparse(SPC_COO, rows, cols, gathered(rows_), gathered(cols_), values);
    return ops::to_csr(*coo);
  }

 private:
  Context &ctx_;
  std::vector<Ref<Array>> rows_, cols_, values_;
};

/// Indices [begin, end) along an axis, a view.
Ref<Array> part(Array &x, int axis, std::int64_t begin, std::int64_t end) {
  Dims shape = x.shape;
  shape[axis] = std::max<std::int64_t>(0, end - begin);
  return new_view(x, shape, x.strides, x.data + begin * x.strides[axis] * size_of(x.dtype), x.dtype,
                  false);
}

// The entries of a stencil along an axis. rows numbers the result, which lacks `skipped` places in
// front; cols numbers the operand.
void add_stencil(Entries &to, Array &rows, Array &cols, int axis, const Stencil &stencil,
                 std::int64_t skipped, int boundary) {
  const std::int64_t n = cols.shape[axis], m = rows.shape[axis];
  for (const Term &term : stencil.all()) {
    // Row r takes column r + shift.
    const std::int64_t shift = skipped + term.offset;
    const std::int64_t begin = std::min(std::max<std::int64_t>(0, -shift), m);
    const std::int64_t end = std::max(std::min(m, n - shift), begin);
    to.add(*part(rows, axis, begin, end), *part(cols, axis, begin + shift, end + shift),
           term.factor);
    if (boundary == SPC_BOUNDARY_ZERO || boundary == SPC_BOUNDARY_NATURAL) continue;
    for (std::int64_t r = 0; r < m; ++r) {
      if (r == begin && end > begin) r = end;
      if (r >= m) break;
      const std::int64_t beyond = r + shift;
      const std::int64_t c = boundary == SPC_BOUNDARY_PERIODIC ? ((beyond % n) + n) % n
                             : beyond < 0                      ? 0
                                                               : n - 1;
      to.add(*part(rows, axis, r, r + 1), *part(cols, axis, c, c + 1), term.factor);
    }
  }
}

void check_boundary(int boundary, const char *op) {
  if (boundary < SPC_BOUNDARY_ZERO || boundary > SPC_BOUNDARY_NATURAL)
    fail(SPC_E_VALUE, "{}: boundary is {}, expected {} to {}", op, boundary,
         static_cast<int>(SPC_BOUNDARY_ZERO), static_cast<int>(SPC_BOUNDARY_NATURAL));
}

void check_space(const Space &space, const char *op) {
  if (is_tree(space))
    fail(SPC_E_TYPE, "{}: {} has no elements that are single arrays", op, space.kind());
}

double checked_spacing(double h, const char *op) {
  if (!(h > 0) || !std::isfinite(h))
    fail(SPC_E_VALUE, "{}: spacing is {}, expected a positive number", op, h);
  return h;
}

Ref<Array> numbered(Context &ctx, const Dims &shape) {
  return ops::reshape(*indexing::range(ctx, product(shape)), shape);
}

int checked_axis(const Space &space, int axis, const char *op) {
  const int n = space.shape().size();
  if (axis < -n || axis >= n)
    fail(SPC_E_VALUE, "{}: axis {} is out of range for {} axes", op, axis, n);
  return axis < 0 ? axis + n : axis;
}

}  // namespace

Ref<LinOp> difference(const Ref<Space> &space, int axis, int order, int scheme, int boundary,
                      double spacing) {
  constexpr const char *op = "linop_difference";
  check_space(*space, op);
  axis = checked_axis(*space, axis, op);
  check_boundary(boundary, op);
  const Stencil stencil = stencil_of(order, scheme, checked_spacing(spacing, op), op);
  const bool natural = boundary == SPC_BOUNDARY_NATURAL;
  const std::int64_t n = space->shape()[axis];
  const std::int64_t lost = natural ? stencil.before() + stencil.behind() : 0;
  if (n <= lost || n == 0)
    fail(SPC_E_VALUE, "{}: axis {} has length {}, expected at least {}", op, axis, n, lost + 1);
  Dims shape = space->shape();
  shape[axis] = n - lost;
  const Ref<Space> codomain =
      natural ? DenseCoordinateSpace::create(space->ctx, shape, nullptr) : space;
  Context &ctx = *space->ctx;
  const Ref<Array> rows = numbered(ctx, shape), cols = numbered(ctx, space->shape());
  Entries entries(ctx);
  add_stencil(entries, *rows, *cols, axis, stencil, natural ? stencil.before() : 0, boundary);
  return SparseLinOp::create(entries.matrix(product(shape), space->size()), space, codomain);
}

Ref<LinOp> gradient(const Ref<Space> &space, int scheme, int boundary, const double *spacings) {
  check_space(*space, "linop_gradient");
  const int n = space->shape().size();
  if (n == 0) fail(SPC_E_VALUE, "linop_gradient: the space has no axes");
  std::vector<Ref<LinOp>> parts;
  for (int axis = 0; axis < n; ++axis)
    parts.push_back(
        difference(space, axis, 1, scheme, boundary, spacings == nullptr ? 1 : spacings[axis]));
  return StackedLinOp::create(space, nullptr, std::move(parts));
}

Ref<LinOp> laplacian(const Ref<Space> &space, int boundary, const double *spacings) {
  constexpr const char *op = "linop_laplacian";
  check_space(*space, op);
  check_boundary(boundary, op);
  if (boundary == SPC_BOUNDARY_NATURAL)
    fail(SPC_E_VALUE, "{}: natural boundaries would shorten each axis differently", op);
  Context &ctx = *space->ctx;
  const Ref<Array> places = numbered(ctx, space->shape());
  Entries entries(ctx);
  for (int axis = 0; axis < space->shape().size(); ++axis) {
    const double h = checked_spacing(spacings == nullptr ? 1 : spacings[axis], op);
    if (space->shape()[axis] == 0)
      fail(SPC_E_VALUE, "{}: axis {} has length 0, expected at least 1", op, axis);
    add_stencil(entries, *places, *places, axis, stencil_of(2, 0, h, op), 0, boundary);
  }
  return SparseLinOp::create(entries.matrix(space->size(), space->size()), space, space);
}

}  // namespace spc
