// SPDX-License-Identifier: Apache-2.0
// Rules of joining arrays. The result is allocated once, and each array is cast into its place.
#include <algorithm>
#include <climits>

#include "core/ops/operands.hpp"
#include "core/ops/rules.hpp"
#include "core/support/error.hpp"

namespace spc::rules {

namespace {

// How an array of some rank lies in the result: the axes of the result that its own ones become. It
// has length 1 along the others.
struct Placement {
  int rank = 0;
  Dims axes;

  Dims shape(const Dims &own) const {
    Dims s(rank, 1);
    for (int i = 0; i < own.size(); ++i) s[static_cast<int>(axes[i])] = own[i];
    return s;
  }
};

Dims leading_axes(int n) {
  Dims axes;
  for (int i = 0; i < n; ++i) axes.push_back(i);
  return axes;
}

// axis: of stack, checked.
Placement placement(Op op, int ndim, int axis) {
  switch (op) {
    case Op::stack: {
      Placement p{ndim + 1, leading_axes(ndim + 1)};
      p.axes.erase(axis);
      return p;
    }
    case Op::hstack:
      return {std::max(ndim, 1), leading_axes(ndim)};
    case Op::vstack:
      return ndim == 1 ? Placement{2, {1}} : Placement{std::max(ndim, 2), leading_axes(ndim)};
    case Op::dstack:
      return ndim == 1 ? Placement{3, {1}} : Placement{std::max(ndim, 3), leading_axes(ndim)};
    case Op::column_stack:
      return {std::max(ndim, 2), leading_axes(ndim)};
    default:
      return {ndim, leading_axes(ndim)};
  }
}

int joined_axis(const OpArgs &args, int first_ndim) {
  switch (args.op) {
    case Op::stack:
      return checked_axis(args.n, first_ndim + 1, "stack");
    case Op::concatenate:
      return checked_axis(args.n, first_ndim, "concatenate");
    case Op::hstack:
      return first_ndim > 1 ? 1 : 0;
    case Op::vstack:
      return 0;
    case Op::dstack:
      return 2;
    default:
      return 1;
  }
}

std::int64_t added(std::int64_t a, std::int64_t b, const char *op) {
  std::int64_t sum;
  if (__builtin_add_overflow(a, b, &sum))
    fail(SPC_E_VALUE, "{}: lengths {} and {} add up to too many elements", op, a, b);
  return sum;
}

// The rows [first, first + own) of the result along an axis, seen with the axes of one array.
Ref<Array> place(const Array &out, const Placement &p, const Dims &own, int axis,
                 std::int64_t first) {
  Dims strides;
  for (std::int64_t a : p.axes) strides.push_back(out.strides[static_cast<int>(a)]);
  return new_view(out, own, strides, out.data + first * out.strides[axis] * size_of(out.dtype),
                  out.dtype, true);
}

Ref<Value> flattened(const OpArgs &args, Family &family, Dtype dtype) {
  std::int64_t n = 0;
  for (std::int64_t i = 0; i < args.n_list; ++i)
    n = added(n, product(shape_of(*args.list[i], "concatenate")), "concatenate");
  Ref<Array> out = new_array(family, dtype, {n});
  std::int64_t at = 0;
  for (std::int64_t i = 0; i < args.n_list; ++i) {
    const Dims own = shape_of(*args.list[i], "concatenate");
    Ref<Array> target =
        new_view(*out, own, row_major_strides(own), out->data + at * size_of(dtype), dtype, true);
    ops::assign(*target, *args.list[i], "concatenate");
    at += target->size;
  }
  return out;
}

}  // namespace

Ref<Value> concatenate(const OpArgs &args) {
  const char *op = name(args.op);
  if (args.n_list == 0) fail(SPC_E_VALUE, "{}: no array given", op);
  if (args.n_list > INT_MAX)
    fail(SPC_E_VALUE, "{}: {} arrays, at most {} are supported", op, args.n_list, INT_MAX);
  const int n = static_cast<int>(args.n_list);
  Family &family = family_of(args.list, n, op);
  const Dtype joined = join_of(args.list, n), dtype = dtype_or(args.dtype, joined, op);
  refuse_complex_to_real(op, joined, dtype);
  for (int i = 0; i < n; ++i)
    if (args.list[i]->kind() != ValueKind::scalar) require_strided(as_dense(args.list[i], op), op);
  if (args.op == Op::concatenate && args.n == SPC_NONE_I64) return flattened(args, family, dtype);

  const Dims first = shape_of(*args.list[0], op);
  if (args.op == Op::concatenate)
    for (int i = 0; i < n; ++i)
      if (shape_of(*args.list[i], op).empty())
        fail(SPC_E_VALUE, "concatenate: array {} has shape (), expected at least one axis", i);
  const int axis = joined_axis(args, first.size());
  if (args.op == Op::stack && first.size() == SPC_MAX_NDIM)
    fail(SPC_E_VALUE, "stack: {} axes, at most {} are supported", first.size() + 1,
         int{SPC_MAX_NDIM});
  Dims shape = placement(args.op, first.size(), axis).shape(first);
  for (int i = 1; i < n; ++i) {
    const Dims own = shape_of(*args.list[i], op);
    const Dims placed = placement(args.op, own.size(), axis).shape(own);
    bool fits = placed.size() == shape.size() && (args.op != Op::stack || own == first);
    for (int k = 0; fits && k < shape.size(); ++k) fits = k == axis || placed[k] == shape[k];
    if (!fits)
      fail(SPC_E_VALUE, "{}: array {} has shape {}, array 0 has shape {}; they must agree{}", op, i,
           own, first, args.op == Op::stack ? "" : fmt::format(" except along axis {}", axis));
    shape[axis] = added(shape[axis], placed[axis], op);
  }

  Ref<Array> out = new_array(family, dtype, shape);
  std::int64_t at = 0;
  for (int i = 0; i < n; ++i) {
    const Dims own = shape_of(*args.list[i], op);
    const Placement p = placement(args.op, own.size(), axis);
    ops::assign(*place(*out, p, own, axis, at), *args.list[i], op);
    at += p.shape(own)[axis];
  }
  return out;
}

}  // namespace spc::rules
