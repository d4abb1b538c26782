// SPDX-License-Identifier: Apache-2.0
// Products that other operations make: dot, kron, outer, tensordot, and contractions of two arrays.
#include "core/ops/contract.hpp"

#include "core/ops/matrix.hpp"
#include "core/ops/reduction.hpp"
#include "core/ops/rules.hpp"
#include "core/support/error.hpp"

namespace spc {

namespace {

// Several axes as one.
struct Merged {
  bool possible = true;
  std::int64_t length = 1, stride = 0;
};

Merged merged(const Labelled &t, const Dims &group) {
  Merged m;
  for (int i = group.size() - 1; i >= 0; --i) {
    const int axis = t.find(group[i]);
    const std::int64_t length = t.x->shape[axis];
    if (length == 1) continue;
    if (m.length == 1)
      m.stride = t.x->strides[axis];
    else if (t.x->strides[axis] != m.stride * m.length)
      m.possible = false;
    m.length *= length;
  }
  return m;
}

Labelled permuted(const Labelled &t, const Dims &labels) {
  Dims shape, strides;
  for (std::int64_t l : labels) {
    shape.push_back(t.x->shape[t.find(l)]);
    strides.push_back(t.x->strides[t.find(l)]);
  }
  return {new_view(*t.x, shape, strides, t.x->data, t.x->dtype, true), labels};
}

Dims joined(std::initializer_list<const Dims *> groups) {
  Dims all;
  for (const Dims *g : groups)
    for (std::int64_t l : *g) all.push_back(l);
  return all;
}

// The labels by falling stride in t, so that axes which can be merged are neighbours.
Dims by_stride(const Labelled &t, Dims labels) {
  std::stable_sort(labels.data(), labels.data() + labels.size(),
                   [&](std::int64_t l, std::int64_t r) {
                     return std::abs(t.x->strides[t.find(l)]) > std::abs(t.x->strides[t.find(r)]);
                   });
  return labels;
}

// A matrix operand or result: batch axes, then two merged ones.
struct Stack {
  Dims shape;
  Operand operand;
};

Stack stack_of(const Labelled &t, const Dims &batch, const Dims &rows, const Dims &cols) {
  Stack s{{}, operand_of(*t.x)};
  s.operand.strides = {};
  for (std::int64_t l : batch) {
    s.shape.push_back(t.x->shape[t.find(l)]);
    s.operand.strides.push_back(t.x->strides[t.find(l)]);
  }
  for (const Dims *group : {&rows, &cols}) {
    const Merged m = merged(t, *group);
    s.shape.push_back(m.length);
    s.operand.strides.push_back(m.stride);
  }
  return s;
}

// t itself if both groups merge, else a copy in which they do.
Labelled mergeable(const Labelled &t, const Dims &batch, const Dims &rows, const Dims &cols) {
  if (merged(t, rows).possible && merged(t, cols).possible) return t;
  const Dims labels = joined({&batch, &rows, &cols});
  return {ops::copy(*permuted(t, labels).x), labels};
}

// t over the labels of the result, with stride 0 along those that it does not have.
Ref<Array> spread(const Labelled &t, const Dims &order) {
  Dims shape, strides;
  for (std::int64_t l : order) {
    const int axis = t.find(l);
    shape.push_back(axis < 0 ? 1 : t.x->shape[axis]);
    strides.push_back(axis < 0 ? 0 : t.x->strides[axis]);
  }
  return new_view(*t.x, shape, strides, t.x->data, t.x->dtype, false);
}

// The sum of a * b over all labels, which both operands have: no copy, whatever their strides.
void inner_product(Family &family, const Labelled &a, const Labelled &b, const Array &out) {
  Reduction r;
  r.n_in = 2;
  r.shape = a.x->shape;
  r.in[0] = operand_of(*a.x);
  r.in[1] = operand_of(*permuted(b, a.labels).x);
  r.out = operand_of(out, r.shape);
  r.normalise();
  launch_reduction(family, Op::vdot, r, spc_params_reduce{}, out.dtype);
}

// Axis 0 from `first` on, `length` elements long.
Ref<Array> rows_of(const Array &x, std::int64_t first, std::int64_t length) {
  Dims shape = x.shape;
  shape[0] = length;
  return new_view(x, shape, x.strides, x.data + first * x.strides[0] * size_of(x.dtype), x.dtype,
                  true);
}

// No label is in one operand only, and some are in the result: products, part by part while they are
// in the cache, and their sums.
void sum_products(const Labelled &a, const Labelled &b, const Labelled &out, const Dims &inner) {
  constexpr std::int64_t part_elements = std::int64_t{1} << 16;
  const Dims labels = joined({&out.labels, &inner});
  const Ref<Array> left = permuted(a, labels).x, right = permuted(b, labels).x;
  const std::int64_t n = left->shape[0],
                     part = std::clamp(part_elements / (left->size / n), std::int64_t{1}, n);
  Dims shape = left->shape, axes;
  shape[0] = part;
  for (int i = out.labels.size(); i < labels.size(); ++i) axes.push_back(i);
  const Ref<Array> products = new_array(*out.x->family, out.x->dtype, shape);
  for (std::int64_t first = 0; first < n; first += part) {
    const std::int64_t length = std::min(part, n - first);
    const Ref<Array> p = rows_of(*products, 0, length), sums = rows_of(*out.x, first, length);
    ops::multiply_into(*rows_of(*left, first, length), *rows_of(*right, first, length), *p);
    OpArgs sum(Op::sum);
    sum.in[0] = p.get();
    sum.n_in = 1;
    sum.n_axes = axes.size();
    sum.axes = axes.data();
    sum.dtype = static_cast<std::int32_t>(out.x->dtype);
    sum.into = sums.get();
    dispatch(sum);
  }
}

// The order of the summed labels in which most goes without a copy, of the larger operand first.
Dims inner_order(const Labelled &a, const Labelled &b, const Dims &rows, const Dims &cols,
                 const Dims &inner) {
  const bool a_first = a.x->size >= b.x->size;
  const Labelled &larger = a_first ? a : b, &smaller = a_first ? b : a;
  const auto suits = [](const Labelled &t, const Dims &own, const Dims &order) {
    return merged(t, own).possible && merged(t, order).possible;
  };
  const auto gain = [&](const Dims &order) {
    return 2 * suits(larger, a_first ? rows : cols, order) +
           suits(smaller, a_first ? cols : rows, order);
  };
  const Dims first = by_stride(larger, inner), second = by_stride(smaller, inner);
  return gain(first) >= gain(second) ? first : second;
}

}  // namespace

Ref<Array> contract(Family &family, const Labelled &a, const Labelled &b, const Dims &order) {
  const Dtype dtype = a.x->dtype;
  Dims batch, rows, cols, inner, shape;
  for (std::int64_t l : order) {
    const int in_a = a.find(l), in_b = b.find(l);
    (in_a >= 0 && in_b >= 0 ? batch : in_a >= 0 ? rows : cols).push_back(l);
    shape.push_back(in_a >= 0 ? a.x->shape[in_a] : b.x->shape[in_b]);
  }
  Ref<Array> out = new_array(family, dtype, shape);
  const LabelSet kept = Labelled{out, order}.set();
  for (std::int64_t l : a.labels)
    if (!kept[static_cast<std::size_t>(l)]) inner.push_back(l);
  if (inner.empty()) {
    ops::multiply_into(*spread(a, order), *spread(b, order), *out);
    return out;
  }

  if (rows.empty() && cols.empty() && !batch.empty()) {
    sum_products(a, b, {out, order}, inner);
    return out;
  }
  if (order.empty() && !is_complex(dtype)) {  // the kernel conjugates
    inner_product(family, a, b, *out);
    return out;
  }

  inner = inner_order(a, b, rows, cols, inner);
  const Labelled result{out, order};
  const bool direct = merged(result, rows).possible && merged(result, cols).possible;
  const Dims apart = joined({&batch, &rows, &cols});
  Labelled target = result;
  if (!direct) {
    Dims apart_shape;
    for (std::int64_t l : apart) apart_shape.push_back(out->shape[result.find(l)]);
    target = {new_array(family, dtype, apart_shape), apart};
  }
  const Labelled left = mergeable(a, batch, rows, inner), right = mergeable(b, batch, inner, cols);
  const Stack sa = stack_of(left, batch, rows, inner), sb = stack_of(right, batch, inner, cols),
              sc = stack_of(target, batch, rows, cols);
  Launch l(Op::matmul);
  l.in(sa.operand, sa.shape);
  l.in(sb.operand, sb.shape);
  l.out(sc.operand, sc.shape);
  l.run(family, dtype);
  if (!direct) ops::copy_into(*permuted(target, order).x, *out);
  return out;
}

namespace rules {

namespace {

struct Operands {
  Family &family;
  Ref<Array> a, b;
  Dtype dtype;
};

Operands operands_of(const OpArgs &args) {
  const char *op = name(args.op);
  Family &family = family_of(args.in, 2, op, args.into);
  const Dtype dtype = join_of(args.in, 2);
  return {family, dense_operand(*args.in[0], family, dtype, op),
          dense_operand(*args.in[1], family, dtype, op), dtype};
}

// The axis lists of tensordot: in range, none twice.
Dims paired_axes(const char *which, const Array &x, std::int32_t n, const std::int64_t *axes) {
  Dims checked;
  for (std::int32_t i = 0; i < n; ++i) {
    const std::int64_t axis = axes[i] < 0 ? axes[i] + x.ndim() : axes[i];
    if (axis < 0 || axis >= x.ndim())
      fail(SPC_E_VALUE, "tensordot: axis {} of {} is out of bounds for shape {}", axes[i], which,
           x.shape);
    if (std::find(checked.begin(), checked.end(), axis) != checked.end())
      fail(SPC_E_VALUE, "tensordot: axis {} of {} is given twice", axes[i], which);
    checked.push_back(axis);
  }
  return checked;
}

}  // namespace

Ref<Value> kron(const OpArgs &args) {
  const Operands o = operands_of(args);
  const int n = std::max(o.a->ndim(), o.b->ndim());
  Dims shape;
  for (int i = 0; i < n; ++i) {
    const int ia = i - (n - o.a->ndim()), ib = i - (n - o.b->ndim());
    const Dims factors{ia < 0 ? 1 : o.a->shape[ia], ib < 0 ? 1 : o.b->shape[ib]};
    shape.push_back(product(factors, "kron"));
  }
  Ref<Array> out = result_array(o.family, o.dtype, shape, args.into, "kron");
  if (out->size == 0) return out;
  // An axis of the result is one of a over one of b, where both are more than one element long.
  Dims split, out_strides, a_strides, b_strides;
  const auto add = [&](std::int64_t length, std::int64_t so, std::int64_t sa, std::int64_t sb) {
    if (length == 1) return;
    split.push_back(length);
    out_strides.push_back(so);
    a_strides.push_back(sa);
    b_strides.push_back(sb);
  };
  for (int i = 0; i < n; ++i) {
    const int ia = i - (n - o.a->ndim()), ib = i - (n - o.b->ndim());
    const std::int64_t nb = ib < 0 ? 1 : o.b->shape[ib];
    if (ia >= 0) add(o.a->shape[ia], out->strides[i] * nb, o.a->strides[ia], 0);
    if (ib >= 0) add(nb, out->strides[i], 0, o.b->strides[ib]);
  }
  const auto seen = [&](const Array &x, const Dims &strides, bool writable) {
    return new_view(x, split, strides, x.data, x.dtype, writable);
  };
  ops::multiply_into(*seen(*o.a, a_strides, false), *seen(*o.b, b_strides, false),
                     *seen(*out, out_strides, true));
  return out;
}

Ref<Value> outer(const OpArgs &args) {
  const Operands o = operands_of(args);
  Ref<Array> out = result_array(o.family, o.dtype, {o.a->size, o.b->size}, args.into, "outer");
  ops::multiply_into(*ops::reshape(*o.a, {o.a->size, 1}), *ops::reshape(*o.b, {o.b->size}), *out);
  return out;
}

Ref<Value> tensordot(const OpArgs &args) {
  const Operands o = operands_of(args);
  const Array &a = *o.a, &b = *o.b;
  const std::int32_t n = args.n_axes;
  if (n < 0 || n != args.ndim)
    fail(SPC_E_VALUE, "tensordot: {} axes of a, {} axes of b", n, args.ndim);
  if (n > 0 && (args.axes == nullptr) != (args.shape == nullptr))
    fail(SPC_E_VALUE, "tensordot: the axes of {} are NULL, those of {} are not",
         args.axes == nullptr ? "a" : "b", args.axes == nullptr ? "b" : "a");
  Dims a_axes, b_axes;
  if (n > 0 && args.axes != nullptr) {
    a_axes = paired_axes("a", a, n, args.axes);
    b_axes = paired_axes("b", b, n, args.shape);
  } else {
    if (n > a.ndim() || n > b.ndim())
      fail(SPC_E_VALUE, "tensordot: {} axes of a with shape {} and b with shape {}", n, a.shape,
           b.shape);
    for (int i = 0; i < n; ++i) {
      a_axes.push_back(a.ndim() - n + i);
      b_axes.push_back(i);
    }
  }
  bool nothing = false;
  Dims a_labels, b_labels(b.ndim(), -1), order, shape;
  for (int i = 0; i < a.ndim(); ++i) {
    a_labels.push_back(i);
    if (std::find(a_axes.begin(), a_axes.end(), i) != a_axes.end()) continue;
    order.push_back(i);
    shape.push_back(a.shape[i]);
  }
  for (int i = 0; i < n; ++i) {
    const int ia = static_cast<int>(a_axes[i]), ib = static_cast<int>(b_axes[i]);
    if (a.shape[ia] != b.shape[ib])
      fail(SPC_E_VALUE,
           "tensordot: a has shape {}, b has shape {}; axis {} of a has length {}, axis {} of b {}",
           a.shape, b.shape, ia, a.shape[ia], ib, b.shape[ib]);
    nothing |= a.shape[ia] == 0;
    b_labels[ib] = ia;
  }
  for (int i = 0; i < b.ndim(); ++i) {
    if (b_labels[i] >= 0) continue;
    b_labels[i] = SPC_MAX_NDIM + i;
    order.push_back(b_labels[i]);
    shape.push_back(b.shape[i]);
  }
  if (nothing || product(shape, "tensordot") == 0) {
    Ref<Array> out = new_array(o.family, o.dtype, shape);
    ops::fill(*out, 0);
    return out;
  }
  return contract(o.family, {in_dtype(o.a, o.dtype), a_labels}, {in_dtype(o.b, o.dtype), b_labels},
                  order);
}

}  // namespace rules
}  // namespace spc
