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
      return {joined, joined};
  }
}

void refuse_bool(Op op, Dtype joined) {
  if (joined == Dtype::boolean && (op == Op::subtract || op == Op::negative))
    fail(SPC_E_TYPE, "{}: not defined for dtype bool; use logical operations", name(op));
}

// Opaque elements have no views and no casts: no broadcasting but of scalars, one dtype throughout.
Ref<Array> opaque_result(Family &family, Op op, Value *const *in, int n, const Types &types,
                         Array *into) {
  Array *first = nullptr;
  for (int i = 0; i < n; ++i) {
    if (in[i] == nullptr || in[i]->kind() == ValueKind::scalar || is_host_scalar(*in[i])) continue;
    Array &a = as_dense(in[i], name(op));
    if (first == nullptr)
      first = &a;
    else if (a.shape != first->shape || a.dtype != first->dtype)
      fail(SPC_E_NOTIMPL,
           "{}: opaque operands have shapes {} and {}, dtypes {} and {}; they must agree", name(op),
           first->shape, a.shape, name(first->dtype), name(a.dtype));
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

Ref<Value> run(const OpArgs &args, Value *const *in, int n, unsigned scalar_roles = 0) {
  const Op op = args.op;
  Family &family = family_of(in, n, name(op), args.into, scalar_roles);
  const Dtype joined = join_of(in, n);
  refuse_bool(op, joined);
  const Types types = types_of(op, joined);
  Dims shape;
  for (int i = 0; i < n; ++i) shape = broadcast_shapes(shape, shape_of(*in[i], name(op)), name(op));

  Ref<Array> out = family.opaque() ? opaque_result(family, op, in, n, types, args.into)
                                   : result_array(family, types.out, shape, args.into, name(op));
  Operand operands[4];
  Operand *pointers[4];
  for (int i = 0; i < n; ++i) {
    operands[i] = elementwise_operand(*in[i], shape, types.in, family, name(op));
    pointers[i] = &operands[i];
  }
  Operand target = operand_of(*out);
  run_elementwise(family, op, types.in, Dtype::none, shape, pointers, n, target);
  return out;
}

}  // namespace

Ref<Value> elementwise(const OpArgs &args) {
  return run(args, args.in, args.n_in);
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
  return run(args, in, 4, 0b0101);
}

}  // namespace spc::rules

namespace spc::ops {

namespace {

Ref<Array> call(Op op, std::initializer_list<Value *> in, Array *into = nullptr) {
  OpArgs args(op);
  for (Value *v : in) args.in[args.n_in++] = v;
  args.into = into;
  return dispatch_array(args);
}

}  // namespace

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
