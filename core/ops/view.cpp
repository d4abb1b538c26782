// SPDX-License-Identifier: Apache-2.0
// Rules of the shape ops: metadata only, but for a reshape whose strides do not allow a view.
#include "core/ops/operands.hpp"
#include "core/ops/rules.hpp"
#include "core/support/error.hpp"

namespace spc::rules {

namespace {

struct Layout {
  Dims shape, strides;
};

// Strides of `shape` over the elements of x in row-major order, if no copy is needed: groups of
// axes of x that hold the same number of elements as a group of the new axes must be one block.
bool reshape_strides(const Array &x, const Dims &shape, Dims &strides) {
  Dims old_shape, old_strides;
  for (int i = 0; i < x.ndim(); ++i)
    if (x.shape[i] != 1) {
      old_shape.push_back(x.shape[i]);
      old_strides.push_back(x.strides[i]);
    }
  strides = Dims(shape.size(), 0);
  int oi = 0, ni = 0;
  while (oi < old_shape.size() && ni < shape.size()) {
    int oj = oi + 1, nj = ni + 1;
    std::int64_t on = old_shape[oi], nn = shape[ni];
    while (on != nn) {
      if (nn < on)
        nn *= shape[nj++];
      else
        on *= old_shape[oj++];
    }
    for (int k = oi; k + 1 < oj; ++k)
      if (old_strides[k] != old_strides[k + 1] * old_shape[k + 1]) return false;
    std::int64_t s = old_strides[oj - 1];
    for (int k = nj - 1; k >= ni; --k) {
      strides[k] = s;
      s *= shape[k];
    }
    oi = oj;
    ni = nj;
  }
  return true;
}

Dims reshape_target(const Array &x, std::int32_t ndim, const std::int64_t *shape) {
  if (ndim < 0 || ndim > SPC_MAX_NDIM)
    fail(SPC_E_VALUE, "reshape: {} axes, expected 0 to {}", ndim, int{SPC_MAX_NDIM});
  if (ndim > 0 && shape == nullptr) fail(SPC_E_VALUE, "reshape: shape is NULL with ndim {}", ndim);
  Dims target(std::span<const std::int64_t>(shape, static_cast<std::size_t>(ndim)));
  int unknown = -1;
  Dims known;
  for (int i = 0; i < target.size(); ++i) {
    if (target[i] >= 0) {
      known.push_back(target[i]);
      continue;
    }
    if (target[i] != -1) fail(SPC_E_VALUE, "reshape: negative length {} in {}", target[i], target);
    if (unknown >= 0) fail(SPC_E_VALUE, "reshape: more than one -1 in {}", target);
    unknown = i;
  }
  const std::int64_t n = product(known, "reshape");
  if (unknown >= 0) {
    if (n == 0 || x.size % n != 0)
      fail(SPC_E_VALUE, "reshape: cannot infer -1 in {} from an array of shape {} with {} elements",
           target, x.shape, x.size);
    target[unknown] = x.size / n;
  } else if (n != x.size) {
    fail(SPC_E_VALUE, "reshape: cannot reshape shape {} with {} elements into {} with {}", x.shape,
         x.size, target, n);
  }
  return target;
}

Ref<Array> reshape_to(Array &x, const Dims &shape) {
  Dims strides;
  if (x.size == 0) return new_view(x, shape, row_major_strides(shape), x.data, x.dtype, true);
  if (reshape_strides(x, shape, strides)) return new_view(x, shape, strides, x.data, x.dtype, true);
  Ref<Array> c = ops::copy(x);
  return new_view(*c, shape, row_major_strides(shape), c->data, c->dtype, true);
}

Layout permuted(const Array &x, const Dims &axes) {
  Layout l;
  for (std::int64_t a : axes) {
    l.shape.push_back(x.shape[static_cast<int>(a)]);
    l.strides.push_back(x.strides[static_cast<int>(a)]);
  }
  return l;
}

Dims transpose_axes(const Array &x, const OpArgs &args) {
  Dims order;
  const int n = x.ndim();
  if (args.n_axes < 0) {
    for (int i = n - 1; i >= 0; --i) order.push_back(i);
    return order;
  }
  if (args.n_axes != n)
    fail(SPC_E_VALUE, "transpose: {} axes given for an array of dimension {}", args.n_axes, n);
  checked_axes(args.n_axes, args.axes, n, "transpose");  // range and repeats
  for (int i = 0; i < n; ++i) order.push_back(checked_axis(args.axes[i], n, "transpose"));
  return order;
}

Dims moveaxis_axes(const Array &x, const OpArgs &args) {
  const int n = x.ndim();
  if (args.n_axes != args.ndim || args.n_axes < 0)
    fail(SPC_E_VALUE, "moveaxis: {} source axes and {} destination axes", args.n_axes, args.ndim);
  checked_axes(args.n_axes, args.axes, n, "moveaxis");
  checked_axes(args.ndim, args.shape, n, "moveaxis");
  Dims order(n, -1);
  bool moved[SPC_MAX_NDIM] = {};
  for (int i = 0; i < args.n_axes; ++i) {
    const int source = checked_axis(args.axes[i], n, "moveaxis");
    order[checked_axis(args.shape[i], n, "moveaxis")] = source;
    moved[source] = true;
  }
  int next = 0;
  for (int i = 0; i < n; ++i) {
    if (order[i] >= 0) continue;
    while (moved[next]) ++next;
    order[i] = next++;
  }
  return order;
}

Ref<Array> broadcast(Array &x, const OpArgs &args) {
  const Dims shape = checked_shape(args.ndim, args.shape, "broadcast_to");
  const int shift = shape.size() - x.ndim();
  bool fits = shift >= 0;
  for (int i = 0; fits && i < x.ndim(); ++i)
    fits = x.shape[i] == shape[i + shift] || x.shape[i] == 1;
  if (!fits) fail(SPC_E_VALUE, "broadcast_to: shape {} cannot be broadcast to {}", x.shape, shape);
  return new_view(x, shape, operand_of(x, shape).strides, x.data, x.dtype, false);
}

Ref<Array> expand_dims(Array &x, const OpArgs &args) {
  if (args.n_axes < 0) fail(SPC_E_VALUE, "expand_dims: no axis given");
  if (args.n_axes > SPC_MAX_NDIM)
    fail(SPC_E_VALUE, "expand_dims: {} axes, at most {} are supported", args.n_axes,
         int{SPC_MAX_NDIM});
  Layout l{x.shape, x.strides};
  for (std::int64_t axis :
       checked_axes(args.n_axes, args.axes, x.ndim() + args.n_axes, "expand_dims")) {
    l.shape.insert(static_cast<int>(axis), 1);
    l.strides.insert(static_cast<int>(axis), 0);
  }
  return new_view(x, l.shape, l.strides, x.data, x.dtype, true);
}

Ref<Array> squeeze(Array &x, const OpArgs &args) {
  const Dims axes = checked_axes(args.n_axes, args.axes, x.ndim(), "squeeze");
  Layout l{x.shape, x.strides};
  for (int i = axes.size() - 1; i >= 0; --i) {
    const int axis = static_cast<int>(axes[i]);
    if (x.shape[axis] != 1) {
      if (args.n_axes < 0) continue;
      fail(SPC_E_VALUE, "squeeze: axis {} of shape {} has length {}, expected 1", axis, x.shape,
           x.shape[axis]);
    }
    l.shape.erase(axis);
    l.strides.erase(axis);
  }
  if (l.shape.size() == x.ndim()) return Ref<Array>::share(&x);
  return new_view(x, l.shape, l.strides, x.data, x.dtype, true);
}

Ref<Array> real(Array &x) {
  if (!is_complex(x.dtype)) return Ref<Array>::share(&x);
  Dims strides = x.strides;
  for (int i = 0; i < strides.size(); ++i) strides[i] *= 2;
  return new_view(x, x.shape, strides, x.data, real_of(x.dtype), true);
}

}  // namespace

Ref<Value> view(const OpArgs &args) {
  const char *op = name(args.op);
  Family &family = family_of(args.in, 1, op);
  Ref<Array> x = materialise(*args.in[0], family, join_of(args.in, 1), op);
  require_strided(*x, op);
  Layout l;
  switch (args.op) {
    case Op::reshape:
      return reshape_to(*x, reshape_target(*x, args.ndim, args.shape));
    case Op::ravel:
      return x->ndim() == 1 ? x : reshape_to(*x, {x->size});
    case Op::transpose:
      l = permuted(*x, transpose_axes(*x, args));
      break;
    case Op::moveaxis:
      l = permuted(*x, moveaxis_axes(*x, args));
      break;
    case Op::swapaxes: {
      l = {x->shape, x->strides};
      const int a = checked_axis(args.n, x->ndim(), op), b = checked_axis(args.m, x->ndim(), op);
      std::swap(l.shape[a], l.shape[b]);
      std::swap(l.strides[a], l.strides[b]);
      break;
    }
    case Op::broadcast_to:
      return broadcast(*x, args);
    case Op::expand_dims:
      return expand_dims(*x, args);
    case Op::squeeze:
      return squeeze(*x, args);
    case Op::real:
      return real(*x);
    default:
      fail(SPC_E_NOTIMPL, "{}: not a view", op);
  }
  return new_view(*x, l.shape, l.strides, x->data, x->dtype, true);
}

}  // namespace spc::rules

namespace spc::ops {

namespace {
Ref<Array> view_call(OpArgs &args, Value &x) {
  args.in[0] = &x;
  args.n_in = 1;
  return dispatch_array(args);
}
}  // namespace

Ref<Array> reshape(Value &x, const Dims &shape) {
  OpArgs args(Op::reshape);
  args.ndim = shape.size();
  args.shape = shape.data();
  return view_call(args, x);
}

Ref<Array> broadcast_to(Value &x, const Dims &shape) {
  OpArgs args(Op::broadcast_to);
  args.ndim = shape.size();
  args.shape = shape.data();
  return view_call(args, x);
}

Ref<Array> transpose(Value &x) {
  OpArgs args(Op::transpose);
  return view_call(args, x);
}

Ref<Array> real(Value &x) {
  OpArgs args(Op::real);
  return view_call(args, x);
}

}  // namespace spc::ops
