// SPDX-License-Identifier: Apache-2.0
// The rule of index_set and index_add. Whatever can fail is checked, and what is read of x is set
// aside, before anything is written.
#include "core/ops/index.hpp"
#include "core/ops/rules.hpp"
#include "core/support/error.hpp"

namespace spc::rules {

namespace {

// values as something that broadcasts to shape. As NumPy, unit axes too many in front are dropped.
Ref<Value> fitting(Value &values, const Dims &shape, const char *op) {
  Dims own = shape_of(values, op);
  int extra = 0;
  while (own.size() > shape.size() && own[0] == 1) {
    own.erase(0);
    ++extra;
  }
  const int shift = shape.size() - own.size();
  bool fits = shift >= 0;
  for (int i = 0; fits && i < own.size(); ++i) fits = own[i] == 1 || own[i] == shape[i + shift];
  if (!fits)
    fail(SPC_E_VALUE, "{}: values of shape {} cannot be broadcast to x[index] of shape {}", op,
         shape_of(values, op), shape);
  return extra == 0 ? Ref<Value>::share(&values) : ops::reshape(values, own);
}

void update_view(Family &family, Array &view, Value &values, const OpArgs &args) {
  const char *op = name(args.op);
  Ref<Value> v = fitting(values, view.shape, op);
  if (args.op == Op::index_set) return ops::assign(view, *v, op);
  Operand target = operand_of(view), old = target;
  Operand added = elementwise_operand(*v, view.shape, view.dtype, family, op);
  Operand *in[2] = {&old, &added};
  run_elementwise(family, Op::add, view.dtype, Dtype::none, view.shape, in, 2, target);
  view.buffer->touch();
}

// Values of a scatter: an array in the memory of the family, in the dtype of x unless empty.
Ref<Array> scattered_values(Family &family, Dtype dtype, Value &values, const char *op) {
  const bool array = values.kind() == ValueKind::array &&
                     &static_cast<Array &>(values).buffer->space() == &family.memory();
  if (array) return Ref<Array>::share(&static_cast<Array &>(values));
  Ref<Array> scalar = new_array(family, dtype, {});
  ops::assign(*scalar, values, op);
  return scalar;
}

void scatter(Family &family, Array &x, const ParsedIndex &p, Value &values, const OpArgs &args) {
  const char *op = name(args.op);
  IndexedElements e(x, p, op);
  Ref<Value> fitted = fitting(values, e.result, op);
  Ref<Array> v = scattered_values(family, x.dtype, *fitted, op);
  if (product(e.batch) == 0) return;

  Exec exec;
  const Dims shape = e.batch_first(e.result);
  Operand from = operand_of(*v, e.result);
  from.strides = e.batch_first(from.strides);
  if (product(shape) == 0) {
    // Only the positions are of interest; there is nothing to cast.
    from.dtype = x.dtype;
  } else if (v->dtype != x.dtype || may_overlap(*v, x)) {
    from = cast_to_scratch(family, exec, from, shape, x.dtype);
  }
  std::size_t k = 0;
  for (const AdvancedIndex &a : p.advanced) {
    if (a.axis < 0) continue;
    Operand &positions = e.positions[k++];
    if (may_overlap(*a.positions, x))
      positions = cast_to_scratch(family, exec, positions, e.batch, Dtype::int64);
  }
  spc_params_scatter params = {};
  params.accumulate = args.op == Op::index_add ? 1 : 0;
  Launch l(Op::scatter, name(args.op));
  l.in(from, shape);
  e.give_positions(l, params);
  l.out(e.elements, e.shape);
  l.params(params);
  l.run(family, x.dtype);
  x.buffer->touch();
}

}  // namespace

Ref<Value> index_update(const OpArgs &args) {
  const char *op = name(args.op);
  Array &x = as_dense(args.in[0], op);
  require_strided(x, op);
  Value &values = *args.in[1];
  if (values.kind() != ValueKind::scalar) require_strided(as_dense(&values, op), op);
  Family &family = family_of(args.in, 2, op, nullptr, 0b10);
  refuse_complex_to_real(op, join_of(args.in + 1, 1), x.dtype);
  if (!args.copy && !x.writable()) fail(SPC_E_VALUE, "{}: x is read-only", op);
  Ref<Array> target = args.copy ? retag(ops::copy(x), family) : Ref<Array>::share(&x);
  const ParsedIndex p = parse_index(*target, args);
  if (p.advanced.empty())
    update_view(family, *basic_view(*target, p), values, args);
  else
    scatter(family, *target, p, values, args);
  return target;
}

}  // namespace spc::rules
