// SPDX-License-Identifier: Apache-2.0
// Ops of the table that take a sparse operand apart: index, diagonal, reductions, norm. Rows and
// columns that are picked make a sparse array, reductions a dense one.
#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

#include "core/ops/matrix.hpp"
#include "core/ops/reduction.hpp"
#include "core/ops/rules.hpp"
#include "core/ops/sparse.hpp"
#include "core/support/error.hpp"

namespace spc {

namespace {

using compressed::along, compressed::by_columns, compressed::empty_csr, compressed::give_matrix,
    compressed::params_of, compressed::refuse_into, compressed::shape_of, compressed::sparse_at,
    compressed::summed, compressed::turned, compressed::with_data;

// ---- index ---------------------------------------------------------------------------------------

// The positions that an index picks along one axis; nullptr: all of them, in order.
struct Picked {
  Ref<Array> positions;
  bool single = false;
};

// 0, 1, ... along an axis of a matrix whose other axis has length 1.
Ref<Array> places(Family &family, std::int64_t length, int axis) {
  Ref<Array> x = new_array(family, Dtype::int64, {length});
  if (length > 0) {
    spc_params_arange params = {};
    params.int_step = 1;
    params.step = 1;
    Launch l(Op::arange, "getitem");
    l.out(*x);
    l.params(params);
    l.run(family, Dtype::int64);
  }
  return ops::reshape(*x, axis == 0 ? Dims{length, 1} : Dims{1, length});
}

// x[item, :1] or x[:1, item] of the places along the axis of a matrix of this shape: bounds and masks
// are those of dense arrays.
Ref<Array> picked(Family &family, const Dims &shape, int axis, const spc_index &item,
                  Value *array) {
  Dims full = shape;
  full[1 - axis] = std::max<std::int64_t>(full[1 - axis], 1);
  const Ref<Array> x = ops::broadcast_to(*places(family, shape[axis], axis), full);
  const spc_index first = {SPC_INDEX_SLICE, 0, SPC_NONE_I64, 1, SPC_NONE_I64, nullptr};
  const spc_index items[2] = {axis == 0 ? item : first, axis == 0 ? first : item};
  Value *const arrays[2] = {axis == 0 ? array : nullptr, axis == 0 ? nullptr : array};
  OpArgs args(Op::getitem);
  args.in[0] = x.get();
  args.n_in = 1;
  args.n_index = 2;
  args.index = items;
  args.index_arrays = arrays;
  const Ref<Array> found = dispatch_array(args);
  // Kernels trust their positions: what a queued check found comes before they are used.
  if (array != nullptr) space_sync(family.memory());
  return ops::reshape(*found, {found->size});
}

bool is_whole(const spc_index &item) noexcept {
  return item.kind == SPC_INDEX_SLICE && item.start == SPC_NONE_I64 && item.stop == SPC_NONE_I64 &&
         item.step == SPC_NONE_I64;
}

// Index arrays that name whole rows and columns: one vector, or the meshes of ix_.
void check_index_arrays(const Value *const (&arrays)[2]) {
  const auto *rows = static_cast<const Array *>(arrays[0]);
  const auto *cols = static_cast<const Array *>(arrays[1]);
  if (rows != nullptr && cols != nullptr) {
    const bool meshes =
        rows->ndim() == 2 && rows->shape[1] == 1 && cols->ndim() == 2 && cols->shape[0] == 1;
    if (!meshes)
      fail(
          SPC_E_NOTIMPL,
          "getitem: index arrays of shapes {} and {} name single elements of a sparse array; those "
          "of ix_ name rows and columns",
          rows->shape, cols->shape);
    return;
  }
  const Array *one = rows != nullptr ? rows : cols;
  if (one != nullptr && one->ndim() != 1)
    fail(SPC_E_NOTIMPL, "getitem: an index array of shape {} for a sparse array, expected one axis",
         one->shape);
}

// Rows of s, then columns.
Ref<SparseArray> part_of(const char *op, SparseArray &s, const Ref<Array> &rows,
                         const Ref<Array> &cols) {
  const bool columns = by_columns(s);
  Ref<SparseArray> c = along(s, columns);
  const auto pick = [&](Op kernel, const Ref<Array> &list) {
    if (!list) return;
    const bool of_rows = kernel == Op::csr_rows;
    const std::int64_t n_rows = of_rows ? list->size : c->rows,
                       n_cols = of_rows ? c->cols : list->size;
    Family &family = c->family();
    if (c->nnz() == 0 || list->size == 0) {
      c = empty_csr(family, c->dtype(), n_rows, n_cols);
      return;
    }
    spc_params_sparse params = params_of(c->rows, c->cols);
    Ref<SparseArray> x;
    c = compressed::filled(op, kernel, family, c->dtype(), c->index_dtype(), n_rows, n_cols,
                           [&](Launch &l, Dtype index) {
                             x = compressed::in_types(c, family, c->dtype(), index);
                             give_matrix(l, *x);
                             l.in(*list);
                             l.params(params);
                           });
  };
  pick(Op::csr_rows, columns ? cols : rows);
  pick(Op::csr_columns, columns ? rows : cols);
  return turned(c, columns);
}

Ref<Value> getitem_sparse(const OpArgs &args) {
  SparseArray &s = sparse_at(args, 0);
  const Dims shape = shape_of(s);
  if (args.n_index < 0 || (args.n_index > 0 && args.index == nullptr))
    fail(SPC_E_VALUE, "getitem: {} index items at address NULL", args.n_index);
  int n_axes = 0, ellipses = 0;
  for (int i = 0; i < args.n_index; ++i) {
    const spc_index &item = args.index[i];
    if (item.kind == SPC_INDEX_NEWAXIS)
      fail(SPC_E_INDEX, "getitem: a new axis for a sparse array of shape {}, which has two", shape);
    if (item.kind < SPC_INDEX_INT || item.kind > SPC_INDEX_ARRAY)
      fail(SPC_E_VALUE, "getitem: index item {} has unknown kind {}", i, item.kind);
    if (item.kind == SPC_INDEX_ELLIPSIS)
      ++ellipses;
    else
      ++n_axes;
  }
  if (ellipses > 1) fail(SPC_E_INDEX, "getitem: {} ellipses, at most one is allowed", ellipses);
  if (n_axes > 2)
    fail(SPC_E_INDEX, "getitem: too many indices: the array has 2 axes, {} were indexed", n_axes);
  const spc_index *of_axis[2] = {};
  Value *arrays[2] = {};
  int axis = 0;
  for (int i = 0; i < args.n_index; ++i) {
    const spc_index &item = args.index[i];
    if (item.kind == SPC_INDEX_ELLIPSIS) {
      axis += 2 - n_axes;
      continue;
    }
    of_axis[axis] = &item;
    if (item.kind == SPC_INDEX_ARRAY) arrays[axis] = &as_dense(args.index_arrays[i], "getitem");
    ++axis;
  }
  check_index_arrays({arrays[0], arrays[1]});
  Picked parts[2];
  for (int k = 0; k < 2; ++k) {
    if (of_axis[k] == nullptr || is_whole(*of_axis[k])) continue;
    parts[k].single = of_axis[k]->kind == SPC_INDEX_INT;
    Value *array = arrays[k];
    Ref<Array> flat;
    if (arrays[0] != nullptr && arrays[1] != nullptr) {
      Array &mesh = static_cast<Array &>(*array);
      flat = ops::reshape(mesh, {mesh.size});
      array = flat.get();
    }
    parts[k].positions = picked(s.family(), shape, k, *of_axis[k], array);
  }
  const Ref<SparseArray> part = part_of("getitem", s, parts[0].positions, parts[1].positions);
  if (parts[0].single && parts[1].single) return ops::reshape(*ops::densify(*part), {});
  return part;
}

Ref<Value> take_sparse(const OpArgs &args) {
  SparseArray &s = sparse_at(args, 0);
  if (args.n == SPC_NONE_I64)
    fail(SPC_E_NOTIMPL, "take: a sparse array of shape {} is not flattened; give an axis",
         shape_of(s));
  const int axis = checked_axis(args.n, 2, "take");
  Array &indices = as_dense(args.in[1], "take");
  if (indices.ndim() != 1)
    fail(SPC_E_NOTIMPL, "take: indices of shape {} for a sparse array, expected one axis",
         indices.shape);
  OpArgs of_places(Op::take);
  const Ref<Array> x = places(s.family(), shape_of(s)[axis], axis);
  of_places.in[0] = x.get();
  of_places.in[1] = &indices;
  of_places.n_in = 2;
  of_places.n = axis;
  const Ref<Array> found = dispatch_array(of_places);
  space_sync(s.family().memory());
  const Ref<Array> list = ops::reshape(*found, {found->size});
  return axis == 0 ? part_of("take", s, list, nullptr) : part_of("take", s, nullptr, list);
}

// ---- places ------------------------------------------------------------------------------------

// The entries on and below the diagonal, or on and above it.
Ref<Value> triangle_sparse(const OpArgs &args) {
  SparseArray &s = sparse_at(args, 0);
  const Ref<SparseArray> coo = compressed::to_format(s, SPC_COO);
  const Op within = args.op == Op::tril ? Op::less_equal : Op::greater_equal;
  const Ref<Array> kept = ops::call(within, {coo->second.get(), coo->first.get()});
  const Ref<SparseArray> part = compressed::entries_where(*coo, *kept);
  // No result shares the values of its operand.
  if (part.get() == coo.get()) return with_data(s, ops::copy(*s.data));
  return compressed::to_format(*part, s.format);
}

// Row and column of every element that is not zero, in row-major order.
Ref<Value> nonzero_sparse(const OpArgs &args) {
  const char *op = name(args.op);
  const Ref<SparseArray> csr =
      compressed::without_zeros(along(*summed(sparse_at(args, 0)), false), op);
  const Ref<SparseArray> coo = compressed::to_format(*csr, SPC_COO);
  std::vector<Ref<Value>> positions;
  for (const Ref<Array> &place : {coo->first, coo->second})
    positions.push_back(place->dtype == Dtype::int64 ? ops::copy(*place)
                                                     : ops::astype(*place, Dtype::int64));
  return make<Sequence>(ValueKind::tuple, std::move(positions));
}

// ---- reductions ----------------------------------------------------------------------------------

// Rows of CSR without repeated entries, reduced.
Ref<Array> reduced_rows(const char *op, const SparseArray &csr, int kind) {
  Family &family = csr.family();
  Ref<Array> out = new_array(family, csr.dtype(), {csr.rows});
  if (out->size == 0) return out;
  if (csr.nnz() == 0) {
    ops::fill(*out, 0);
    return out;
  }
  spc_params_sparse_part params = {};
  params.kind = kind;
  params.rows = csr.rows;
  params.cols = csr.cols;
  Launch l(Op::csr_reduce, op);
  give_matrix(l, csr);
  l.out(*out);
  l.params(params);
  l.run(family, csr.dtype(), csr.index_dtype());
  return out;
}

Ref<Array> reduced_vector(Op op, Array &x) {
  OpArgs args(op);
  args.in[0] = &x;
  args.n_in = 1;
  return dispatch_array(args);
}

// s with its axis reduced, as a vector.
Ref<Array> reduced_along(const char *op, SparseArray &s, int axis, int kind) {
  return reduced_rows(op, *along(s, axis == 0), kind);
}

// The one number that all elements of s reduce to. op: sum, max, min.
Ref<Array> reduced_all(Op op, SparseArray &s) {
  if (s.nnz() == 0) return ops::reshape(*ops::densify(*empty_csr(s.family(), s.dtype(), 1, 1)), {});
  Ref<Array> result = reduced_vector(op, *s.data);
  std::int64_t size;
  const bool full = !__builtin_mul_overflow(s.rows, s.cols, &size) && size == s.nnz();
  if (op == Op::sum || full) return result;
  Scalar zero(SPC_WEAK_BOOL, 0, 0.0);  // leaves every dtype as it is
  return ops::call(op == Op::max ? Op::maximum : Op::minimum, {result.get(), &zero});
}

// The same call on the dense matrix, which costs nothing where it has no elements.
Ref<Value> dense_call(const OpArgs &args, SparseArray &s) {
  const Ref<Array> x = ops::densify(s);
  OpArgs dense = args;
  dense.in[0] = x.get();
  return dispatch(dense);
}

Ref<Value> shaped(Ref<Array> result, const Dims &shape, const OpArgs &args) {
  const char *op = name(args.op);
  if (args.into != nullptr) result_array(*result->family, result->dtype, shape, args.into, op);
  return finish(ops::reshape(*result, shape), args);
}

Ref<Value> reduce_sparse(const OpArgs &args) {
  const char *op = name(args.op);
  SparseArray &x = sparse_at(args, 0);
  const Dims axes = checked_axes(args.n_axes, args.axes, 2, op);
  if (axes.size() == 0 || x.rows == 0 || x.cols == 0) return dense_call(args, x);
  const bool mean = args.op == Op::mean;
  const Op by = mean ? Op::sum : args.op;
  Ref<SparseArray> s;
  if (args.op == Op::sum) {
    const Dtype dtype = dtype_or(args.dtype, accumulator_of(x.dtype()), op);
    refuse_complex_to_real(op, x.dtype(), dtype);
    s = with_data(x, in_dtype(x.data, dtype));
  } else if (mean) {
    const Dtype dtype = floating_of(x.dtype());
    s = dtype == x.dtype() ? Ref<SparseArray>::share(&x) : compressed::converted(x, dtype);
  } else {
    s = summed(x);
  }
  const int kind = by == Op::sum ? SPC_SPARSE_SUM : by == Op::max ? SPC_SPARSE_MAX : SPC_SPARSE_MIN;
  Dims shape;
  for (int i = 0; i < 2; ++i) {
    const bool gone = axes.size() == 2 || axes[0] == i;
    if (!gone || args.keepdims) shape.push_back(gone ? 1 : shape_of(x)[i]);
  }
  Ref<Array> result = axes.size() == 2 ? reduced_all(by, *s)
                                       : reduced_along(op, *s, static_cast<int>(axes[0]), kind);
  if (mean) {
    // As a product of floats: there may be more elements than an int64 counts.
    double count = 1;
    for (const std::int64_t axis : axes) count *= static_cast<double>(axis == 0 ? x.rows : x.cols);
    Scalar divisor(SPC_WEAK_FLOAT, 0, count);
    result = ops::divide(*result, divisor);
  }
  return shaped(std::move(result), shape, args);
}

Ref<Value> norm_sparse(const OpArgs &args) {
  SparseArray &x = sparse_at(args, 0);
  const Dims axes = checked_axes(args.n_axes, args.axes, 2, "norm");
  if (axes.size() < 2)
    fail(SPC_E_NOTIMPL,
         "norm: along {} axes of a sparse array of shape {}; norms of the whole matrix are offered",
         axes.size(), shape_of(x));
  const bool frobenius = args.ord == SPC_ORD_DEFAULT || args.ord == SPC_ORD_FRO;
  const bool sums = args.ord == SPC_ORD_P && (std::abs(args.p) == 1 || std::isinf(args.p));
  if (x.rows == 0 || x.cols == 0) return dense_call(args, x);
  if (!frobenius && !sums)
    fail(
        SPC_E_NOTIMPL,
        "norm: of this order of a sparse array of shape {}; 'fro', 1, -1, inf and -inf are offered",
        shape_of(x));
  const Ref<SparseArray> s = summed(x);
  const Dims shape = args.keepdims ? Dims{1, 1} : Dims{};
  if (frobenius) return shaped(ops::norm(*s->data), shape, args);
  // 1: largest column sum of moduli; inf: largest row sum; the negative orders take the smallest.
  // Axes in falling order exchange the two.
  const bool exchanged = args.n_axes == 2 && checked_axis(args.axes[0], 2, "norm") == 1;
  const int axis = (std::abs(args.p) == 1) != exchanged ? 0 : 1;
  const Dtype dtype = real_of(floating_of(s->dtype()));
  const Ref<Array> moduli = in_dtype(ops::call(Op::abs, {s->data.get()}), dtype);
  const Ref<Array> totals = reduced_along("norm", *with_data(*s, moduli), axis, SPC_SPARSE_SUM);
  return shaped(reduced_vector(args.p > 0 ? Op::max : Op::min, *totals), shape, args);
}

}  // namespace

namespace rules {

Ref<Value> sparse_parts(const OpArgs &args) {
  switch (args.op) {
    case Op::getitem:
      return getitem_sparse(args);
    case Op::take:
      if (args.in[0]->kind() != ValueKind::sparse) return nullptr;
      return take_sparse(args);
    case Op::diagonal:
      return ops::sparse_diagonal(sparse_at(args, 0));
    case Op::trace: {
      const Ref<Array> elements = ops::sparse_diagonal(sparse_at(args, 0));
      return reduced_vector(Op::sum, *elements);
    }
    case Op::tril:
    case Op::triu:
      return triangle_sparse(args);
    case Op::nonzero:
      return nonzero_sparse(args);
    case Op::sum:
    case Op::mean:
    case Op::max:
    case Op::min:
      return reduce_sparse(args);
    case Op::norm:
      return norm_sparse(args);
    default:
      return nullptr;
  }
}

}  // namespace rules

namespace ops {

Ref<Array> sparse_diagonal(SparseArray &s, std::int64_t offset) {
  // Lengths are at most INT64_MAX, so that an offset beyond the corners is found without negating it.
  const bool beyond = offset < 0 ? offset <= -s.rows : offset >= s.cols;
  const std::int64_t length = beyond       ? 0
                              : offset < 0 ? std::min(s.rows + offset, s.cols)
                                           : std::min(s.rows, s.cols - offset);
  Ref<Array> out = new_array(s.family(), s.dtype(), {length});
  if (length == 0) return out;
  const bool columns = by_columns(s);
  const Ref<SparseArray> c = along(s, columns);
  if (c->nnz() == 0) {
    fill(*out, 0);
    return out;
  }
  spc_params_sparse_part params = {};
  params.rows = c->rows;
  params.cols = c->cols;
  params.offset = columns ? -offset : offset;
  Launch l(Op::csr_offset_diagonal, "sparse_offset_diagonal");
  give_matrix(l, *c);
  l.out(*out);
  l.params(params);
  l.run(s.family(), c->dtype(), c->index_dtype());
  return out;
}

Ref<SparseArray> call_sparse(Op op, std::initializer_list<Value *> in) {
  OpArgs args(op);
  for (Value *v : in) args.in[args.n_in++] = v;
  Ref<Value> result = dispatch(args);
  SparseArray &s = as_sparse(result.get(), name(op));
  result.leak();
  return Ref<SparseArray>::adopt(&s);
}

}  // namespace ops
}  // namespace spc
