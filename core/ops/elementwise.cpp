// SPDX-License-Identifier: Apache-2.0
// Rules of elementwise ops.
#include "core/ops/operands.hpp"
#include "core/ops/rules.hpp"
#include "core/support/error.hpp"

namespace spc::rules {

namespace {

struct Types {
  Dtype in, out;
};

Types types_of(Op op, Dtype joined) {
  switch (info(op).rule) {
    case Rule::F:
    case Rule::FP:
      return {floating_of(joined), floating_of(joined)};
    case Rule::R:
      return {joined, real_of(joined)};
    case Rule::B:
      return {joined, Dtype::boolean};
    default:
      break;
  }
  const Dtype read = elementwise_dtype(op, joined);
  return {read, read};
}

void refuse_bool(Op op, Dtype joined) {
  if (joined == Dtype::boolean && (op == Op::subtract || op == Op::negative || op == Op::sign))
    fail(SPC_E_TYPE, "{}: not defined for dtype bool; use logical operations", name(op));
}

// What a kernel gets: its inputs in its order, all in the join of the first n_joined of them but for
// the rest, which are read in a dtype of their own.
struct Inputs {
  Value *const *in;
  int n;
  int n_joined;
  Dtype rest = Dtype::none;

  Inputs(Value *const *in_, int n_) : in(in_), n(n_), n_joined(n_) {}
  Inputs(Value *const *in_, int n_, int n_joined_, Dtype rest_)
      : in(in_), n(n_), n_joined(n_joined_), rest(rest_) {}

  Dtype joined() const { return join_of(in, n_joined); }
  Dtype read_as(int i) const { return i < n_joined ? Dtype::none : rest; }
};

// Opaque elements have no views and no casts: no broadcasting but of scalars, one dtype throughout.
Ref<Array> opaque_result(Family &family, Op op, const Inputs &inputs, const Types &types,
                         Array *into) {
  Array *first = nullptr;
  for (int i = 0; i < inputs.n; ++i) {
    Value *const v = inputs.in[i];
    if (v->kind() == ValueKind::scalar || is_host_scalar(*v)) continue;
    Array &a = as_dense(v, name(op));
    if (first == nullptr) first = &a;
    const Dtype expected = i < inputs.n_joined ? first->dtype : inputs.rest;
    if (a.dtype != expected || a.shape != first->shape)
      fail(SPC_E_NOTIMPL,
           "{}: an opaque operand has shape {} and dtype {}, expected shape {} and dtype {}; there "
           "is no broadcasting and no cast",
           name(op), a.shape, name(a.dtype), first->shape, name(expected));
  }
  if (first == nullptr)
    fail(SPC_E_NOTIMPL, "{}: scalars alone have no result of the opaque family {}", name(op),
         family.name());
  if (types.in != first->dtype || types.out != first->dtype)
    fail(SPC_E_NOTIMPL, "{}: opaque operand of dtype {} would have to become {}", name(op),
         name(first->dtype), name(types.in != first->dtype ? types.in : types.out));
  if (into == nullptr) return ops::new_like(*first);
  return result_array(family, first->dtype, first->shape, into, name(op));
}

Ref<Array> result_of(Family &family, Op op, const Inputs &inputs, const Types &types,
                     const Dims &shape, Array *into) {
  return family.opaque() ? opaque_result(family, op, inputs, types, into)
                         : result_array(family, types.out, shape, into, name(op));
}

Dims shape_of_result(const Inputs &inputs, Op op) {
  Dims shape;
  for (int i = 0; i < inputs.n; ++i)
    shape = broadcast_shapes(shape, shape_of(*inputs.in[i], name(op)), name(op));
  return shape;
}

bool is_plain(const Array &x, const Family &family) {
  return x.contiguous() && &x.buffer->space() == &family.memory();
}

// The short way: operands of one family, shape and dtype, row-major, with nothing to cast, and a
// result that is new or overlaps none of them but as a whole. nullptr: the general rules decide, and
// find the errors.
Ref<Array> run_plain(const OpArgs &args, Op kernel, const Inputs &inputs, const void *params) {
  if (inputs.n_joined != inputs.n || inputs.in[0]->kind() != ValueKind::array) return nullptr;
  const Array &a = static_cast<const Array &>(*inputs.in[0]);
  Family &family = *a.family;
  // Truth values have rules of their own.
  if (a.size == 0 || a.opaque() || a.dtype == Dtype::boolean || !is_plain(a, family))
    return nullptr;
  const Types types = types_of(args.op, a.dtype);
  if (types.in != a.dtype) return nullptr;
  for (int i = 1; i < inputs.n; ++i) {
    if (inputs.in[i]->kind() != ValueKind::array) return nullptr;
    const Array &x = static_cast<const Array &>(*inputs.in[i]);
    if (x.family != &family || x.dtype != a.dtype || x.shape != a.shape || !is_plain(x, family))
      return nullptr;
  }
  if (const Array *const out = args.into) {
    if (out->family != &family || out->dtype != types.out || out->shape != a.shape ||
        !out->writable() || !is_plain(*out, family))
      return nullptr;
    const std::int64_t in_bytes = a.size * size_of(a.dtype), bytes = a.size * size_of(out->dtype);
    const Kernel *const candidate = family.table().find(kernel, a.dtype);
    const bool inplace =
        candidate != nullptr && (candidate->entry->flags & SPC_KERNEL_INPLACE) != 0;
    for (int i = 0; i < inputs.n; ++i) {
      const std::byte *const data = static_cast<const Array &>(*inputs.in[i]).data;
      const bool overlap = data < out->data + bytes && out->data < data + in_bytes;
      if (overlap && !(inplace && data == out->data && a.dtype == out->dtype)) return nullptr;
    }
  }
  Ref<Array> out = result_array(family, types.out, a.shape, args.into, name(args.op));
  Launch l(kernel);
  for (int i = 0; i < inputs.n; ++i) l.in_flat(static_cast<const Array &>(*inputs.in[i]));
  l.out_flat(*out);
  l.raw_params(params);
  l.run(family, types.in);
  return out;
}

// args.op gives dtypes and names errors; `kernel` computes.
Ref<Value> run(const OpArgs &args, Op kernel, const Inputs &inputs, unsigned scalar_roles = 0,
               const void *params = nullptr) {
  if (Ref<Array> out = run_plain(args, kernel, inputs, params)) return out;
  const Op op = args.op;
  Family &family = family_of(inputs.in, inputs.n, name(op), args.into, scalar_roles);
  const Dtype joined = inputs.joined();
  refuse_bool(op, joined);
  const Types types = types_of(op, joined);
  const Dims shape = shape_of_result(inputs, op);
  Ref<Array> out = result_of(family, op, inputs, types, shape, args.into);
  Operand operands[4];
  Operand *pointers[4];
  for (int i = 0; i < inputs.n; ++i) {
    const Dtype own = inputs.read_as(i);
    operands[i] = elementwise_operand(*inputs.in[i], shape, own == Dtype::none ? types.in : own,
                                      family, name(op));
    operands[i].read_as = own;
    pointers[i] = &operands[i];
  }
  Operand target = operand_of(*out);
  run_elementwise(family, kernel, types.in, Dtype::none, shape, pointers, inputs.n, target, params);
  return out;
}

bool given(const Value *v) {
  return v != nullptr && v->kind() != ValueKind::none;
}

// A comparison with a weak integer beyond the dtype of the other operand has one answer throughout.
Ref<Value> compare_beyond(const OpArgs &args, int weak, std::int64_t value, Dtype joined) {
  const Op op = args.op;
  const Inputs inputs(args.in, 2);
  as_dense(args.in[1 - weak], name(op));
  Family &family = family_of(args.in, 2, name(op), args.into);
  Ref<Array> out = result_of(family, op, inputs, {joined, Dtype::boolean},
                             shape_of_result(inputs, op), args.into);
  const bool left_is_smaller = (weak == 1) == (value > 0);
  const bool wants_smaller = op == Op::less || op == Op::less_equal;
  const bool verdict = op == Op::not_equal || (op != Op::equal && wants_smaller == left_is_smaller);
  ops::fill(*out, verdict ? 1 : 0);
  return out;
}

// Kernels never see a negative exponent of an integer.
void refuse_negative_exponent(const OpArgs &args) {
  const Dtype joined = join_of(args.in, 2);
  if (!is_integer(joined) || product(shape_of_result(Inputs(args.in, 2), Op::power)) == 0) return;
  std::int64_t least = 0;
  if (args.in[1]->kind() == ValueKind::scalar) {
    least = static_cast<const Scalar &>(*args.in[1]).integer;
    if (!fits(least, joined)) return;  // OverflowErr
  } else {
    Array &b = as_dense(args.in[1], "power");
    if (!is_integer(b.dtype) || b.dtype == Dtype::uint8) return;
    require_strided(b, "power");
    OpArgs smallest(Op::min);
    smallest.in[smallest.n_in++] = &b;
    ops::to_host(*ops::astype(*dispatch_array(smallest), Dtype::int64), &least);
  }
  if (least < 0)
    fail(SPC_E_VALUE, "power: exponent {} in dtype {}; integers have no negative powers", least,
         name(joined));
}

}  // namespace

Ref<Value> elementwise(const OpArgs &args) {
  return run(args, args.op, {args.in, args.n_in});
}

Ref<Value> power(const OpArgs &args) {
  refuse_negative_exponent(args);
  return run(args, args.op, {args.in, 2});
}

Ref<Value> compare(const OpArgs &args) {
  const Dtype joined = join_of(args.in, 2);
  for (int i = 0; i < 2; ++i) {
    if (args.in[i]->kind() != ValueKind::scalar) continue;
    const Scalar &s = static_cast<const Scalar &>(*args.in[i]);
    if (s.weak_kind == SPC_WEAK_INT && !fits(s.integer, joined))
      return compare_beyond(args, i, s.integer, joined);
  }
  return run(args, args.op, {args.in, 2});
}

Ref<Value> isclose(const OpArgs &args) {
  spc_params_close p = {};
  p.struct_size = sizeof p;
  p.rtol = args.rtol;
  p.atol = args.atol;
  return run(args, args.op, {args.in, 2}, 0, &p);
}

Ref<Value> where(const OpArgs &args) {
  Value *in[3] = {args.in[1], args.in[2], args.in[0]};
  Scalar zero(SPC_WEAK_BOOL, 0, 0.0), one(SPC_WEAK_BOOL, 1, 1.0);
  Ref<Array> nonzero;
  if (in[2]->kind() == ValueKind::scalar) {
    in[2] = static_cast<const Scalar &>(*in[2]).number != 0.0 ? &one : &zero;
  } else if (is_complex(join_of(&in[2], 1))) {  // which no cast makes bool
    OpArgs test(Op::not_equal);
    test.in[test.n_in++] = in[2];
    test.in[test.n_in++] = &zero;
    nonzero = dispatch_array(test);
    in[2] = nonzero.get();
  }
  return run(args, args.op, {in, 3, 2, Dtype::boolean});
}

Ref<Value> clip(const OpArgs &args) {
  const bool low = given(args.in[1]), high = given(args.in[2]);
  if (low && high) return run(args, Op::clip, {args.in, 3});
  Value *in[2] = {args.in[0], args.in[low ? 1 : 2]};
  if (low || high) return run(args, low ? Op::maximum : Op::minimum, {in, 2});
  return run(args, Op::copy, {in, 1});
}

Ref<Value> imag(const OpArgs &args) {
  Family &family = family_of(args.in, 1, "imag", args.into);
  const Dtype joined = join_of(args.in, 1);
  Ref<Array> x = materialise(*args.in[0], family, joined, "imag");
  require_strided(*x, "imag");
  Ref<Array> out = result_array(family, real_of(joined), x->shape, args.into, "imag");
  if (!is_complex(joined)) {
    ops::fill(*out, 0);
    return out;
  }
  Dims strides = x->strides;
  for (int i = 0; i < strides.size(); ++i) strides[i] *= 2;
  Ref<Array> part =
      new_view(*x, x->shape, strides, x->data + size_of(real_of(joined)), real_of(joined), false);
  ops::copy_into(*part, *out);
  return out;
}

Ref<Value> adjoint(const OpArgs &args) {
  Family &family = family_of(args.in, 1, "adjoint");
  Ref<Array> x = materialise(*args.in[0], family, join_of(args.in, 1), "adjoint");
  require_strided(*x, "adjoint");
  return ops::conj(*ops::transpose(*x));
}

Ref<Value> axpby(const OpArgs &args) {
  // in = a, x, b, y; a and b may be absent.
  // As bools they leave the join alone.
  Scalar one(SPC_WEAK_BOOL, 1, 1.0), zero(SPC_WEAK_BOOL, 0, 0.0);
  Value *in[4] = {args.in[0] != nullptr ? args.in[0] : &one, args.in[1],
                  args.in[2] != nullptr ? args.in[2] : &zero, args.in[3]};
  for (int i : {0, 2})
    if (shape_of(*in[i], "axpby").size() != 0)
      fail(SPC_E_VALUE, "axpby: {} has shape {}, expected a scalar", i == 0 ? "a" : "b",
           shape_of(*in[i], "axpby"));
  return run(args, args.op, {in, 4}, 0b0101);
}

}  // namespace spc::rules

namespace spc::ops {

Ref<Array> call(Op op, std::initializer_list<Value *> in, Array *into) {
  OpArgs args(op);
  for (Value *v : in) args.in[args.n_in++] = v;
  args.into = into;
  return dispatch_array(args);
}

Ref<Array> add(Value &a, Value &b) {
  return call(Op::add, {&a, &b});
}
Ref<Array> multiply(Value &a, Value &b) {
  return call(Op::multiply, {&a, &b});
}
void multiply_into(Value &a, Value &b, Array &out) {
  call(Op::multiply, {&a, &b}, &out);
}
Ref<Array> divide(Value &a, Value &b) {
  return call(Op::divide, {&a, &b});
}
void divide_into(Value &a, Value &b, Array &out) {
  call(Op::divide, {&a, &b}, &out);
}
Ref<Array> conj(Value &x) {
  return call(Op::conj, {&x});
}
Ref<Array> sqrt(Value &x) {
  return call(Op::sqrt, {&x});
}
Ref<Array> axpby(Value *a, Value &x, Value *b, Value &y) {
  return call(Op::axpby, {a, &x, b, &y});
}
void axpby_into(Value *a, Value &x, Value *b, Value &y, Array &out) {
  call(Op::axpby, {a, &x, b, &y}, &out);
}

}  // namespace spc::ops
