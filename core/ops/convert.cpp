// SPDX-License-Identifier: Apache-2.0
// Rules of conversion: asarray, astype, copy, assignment, and the way to and from the host.
#include <cstring>

#include "core/ops/operands.hpp"
#include "core/ops/rules.hpp"
#include "core/ops/sparse.hpp"
#include "core/support/error.hpp"

namespace spc {

namespace {

// Nested host data: every leaf is a weak scalar or a dense array.
struct Nested {
  Family &family;  // that the arrays among them have to suit
  Join join;
  bool complex = false;

  Dims shape_of_value(const Value &v) {
    switch (v.kind()) {
      case ValueKind::scalar: {
        const auto &s = static_cast<const Scalar &>(v);
        join.weak(s.weak_kind);
        complex |= s.weak_kind == SPC_WEAK_COMPLEX;
        return {};
      }
      case ValueKind::array: {
        const auto &a = static_cast<const Array &>(v);
        common_family(*a.family, family, "asarray");
        require_strided(a, "asarray");
        join.strong(a.dtype);
        complex |= is_complex(a.dtype);
        return a.shape;
      }
      case ValueKind::list:
      case ValueKind::tuple:
        return shape_of_sequence(static_cast<const Sequence &>(v));
      default:
        fail(SPC_E_TYPE, "asarray: a list holds {}, expected numbers, arrays or lists",
             describe(&v));
    }
  }

  Dims shape_of_sequence(const Sequence &s) {
    Dims inner;
    for (std::size_t i = 0; i < s.items.size(); ++i) {
      const Dims shape = shape_of_value(*s.items[i]);
      if (i == 0)
        inner = shape;
      else if (shape != inner)
        fail(SPC_E_VALUE, "asarray: the list is ragged: item 0 has shape {}, item {} has shape {}",
             inner, i, shape);
    }
    inner.insert(0, static_cast<std::int64_t>(s.items.size()));
    return inner;
  }
};

// Writes row-major host bytes of a nested value.
void write_nested(const Value &v, Dtype dtype, std::byte *&out) {
  switch (v.kind()) {
    case ValueKind::scalar: {
      alignas(16) std::byte bytes[16];
      scalar_bytes(static_cast<const Scalar &>(v), dtype, bytes, "asarray");
      std::memcpy(out, bytes, static_cast<std::size_t>(size_of(dtype)));
      out += size_of(dtype);
      return;
    }
    case ValueKind::array: {
      Array &a = const_cast<Array &>(static_cast<const Array &>(v));
      if (a.size == 0) return;
      Ref<Array> cast = a.dtype == dtype ? Ref<Array>::share(&a) : ops::astype(a, dtype);
      ops::to_host(*cast, out);
      out += a.size * size_of(dtype);
      return;
    }
    default:
      for (const Ref<Value> &item : static_cast<const Sequence &>(v).items)
        write_nested(*item, dtype, out);
  }
}

Ref<Array> from_nested(Context &ctx, Value &x, std::int32_t wanted) {
  Nested nested{ctx.family, {}, false};
  const Dims shape = nested.shape_of_value(x);
  const bool nothing = nested.join.empty();
  const Dtype dtype = dtype_or(wanted, nothing ? Dtype::float64 : nested.join.result(), "asarray");
  if (nested.complex) refuse_complex_to_real("asarray", Dtype::complex128, dtype);
  const std::int64_t bytes = product(shape, "asarray") * size_of(dtype);
  std::vector<std::byte> host(static_cast<std::size_t>(bytes));
  std::byte *cursor = host.data();
  if (bytes > 0) write_nested(x, dtype, cursor);
  return ops::from_host(ctx, dtype, shape, host.data());
}

Ref<Array> cast_array(Array &x, Dtype dtype, const char *op) {
  refuse_complex_to_real(op, x.dtype, dtype);
  if (x.opaque()) {
    if (x.dtype == dtype) return ops::copy(x);
    require_strided(x, op);
  }
  Ref<Array> out = new_array(*x.family, dtype, x.shape);
  Operand from = operand_of(x), to = operand_of(*out);
  Operand *in[1] = {&from};
  const bool same = x.dtype == dtype;
  run_elementwise(*x.family, same ? Op::copy : Op::astype, x.dtype, dtype, x.shape, in, 1, to);
  return out;
}

}  // namespace

namespace rules {

Ref<Value> asarray(const OpArgs &args) {
  Ref<Context> keep;
  Context *ctx = args.ctx;
  Value &x = *args.in[0];
  Dtype wanted = args.dtype == SPC_DTYPE_NONE ? Dtype::none : checked_dtype(args.dtype, "asarray");
  if (x.kind() == ValueKind::array) {
    Array &a = static_cast<Array &>(x);
    if (wanted == Dtype::none) wanted = a.dtype;
    refuse_complex_to_real("asarray", a.dtype, wanted);
    Family &family = ctx == nullptr ? *a.family : ctx->family;
    common_family(*a.family, family, "asarray");
    Ref<Array> result =
        a.dtype == wanted ? Ref<Array>::share(&a) : cast_array(a, wanted, "asarray");
    return retag(result, family);
  }
  if (ctx == nullptr && x.kind() != ValueKind::sparse) {
    keep = default_context();
    ctx = keep.get();
  }
  if (x.kind() == ValueKind::sparse) {
    SparseArray &s = static_cast<SparseArray &>(x);
    if (wanted == Dtype::none) wanted = s.dtype();
    refuse_complex_to_real("asarray", s.dtype(), wanted);
    if (ctx != nullptr) common_family(s.family(), ctx->family, "asarray");
    Ref<Array> dense = ops::densify(s);
    if (dense->dtype != wanted) dense = cast_array(*dense, wanted, "asarray");
    return ctx == nullptr ? dense : retag(dense, ctx->family);
  }
  if (x.kind() == ValueKind::scalar || x.kind() == ValueKind::list || x.kind() == ValueKind::tuple)
    return from_nested(*ctx, x, args.dtype);
  fail(SPC_E_TYPE, "asarray: expected an array, a scalar or a list, got {}", describe(&x));
}

Ref<Value> astype(const OpArgs &args) {
  Value &x = *args.in[0];
  const char *op = name(args.op);
  if (args.dtype == SPC_DTYPE_NONE) return Ref<Value>::share(&x);
  const Dtype dtype = checked_dtype(args.dtype, op);
  if (x.kind() == ValueKind::sparse) {
    refuse_complex_to_real(op, static_cast<SparseArray &>(x).dtype(), dtype);
    return compressed::converted(static_cast<SparseArray &>(x), dtype);
  }
  if (x.kind() == ValueKind::scalar) {
    Family &family = family_of(args.in, 1, op);
    return materialise(x, family, dtype, op);
  }
  return cast_array(as_dense(&x, op), dtype, op);
}

Ref<Value> cast(const OpArgs &args) {
  const Value &x = *args.in[0];
  const bool array = x.kind() == ValueKind::array || x.kind() == ValueKind::sparse;
  if (array && args.dtype == index_of(join_of(args.in, 1))) return Ref<Value>::share(args.in[0]);
  return astype(args);
}

Ref<Value> copy(const OpArgs &args) {
  Value &v = *args.in[0];
  if (v.kind() == ValueKind::sparse && args.into == nullptr) {
    SparseArray &s = static_cast<SparseArray &>(v);
    // The indices, too: they may be memory of the caller.
    return make<SparseArray>(s.format, s.rows, s.cols, ops::copy(*s.first), ops::copy(*s.second),
                             ops::copy(*s.data));
  }
  Family &family = family_of(args.in, 1, "copy", args.into);
  Ref<Array> x = materialise(v, family, join_of(args.in, 1), "copy");
  Ref<Array> out = args.into == nullptr
                       ? ops::new_like(*x)
                       : result_array(family, x->dtype, x->shape, args.into, "copy");
  Operand from = operand_of(*x), to = operand_of(*out);
  Operand *in[1] = {&from};
  run_elementwise(family, Op::copy, x->dtype, Dtype::none, x->shape, in, 1, to);
  return out;
}

Ref<Value> to_host(const OpArgs &args) {
  Array &x = static_cast<Array &>(*args.in[0]);
  if (x.size == 0) return nullptr;
  if (x.opaque()) {
    Launch l(Op::to_host);
    Operand host;
    host.dtype = x.dtype;
    host.data = static_cast<std::byte *>(args.host);
    host.strides = row_major_strides(x.shape);
    l.in(x);
    l.out(host, x.shape);
    l.run(*x.family, x.dtype);
    return nullptr;
  }
  Ref<Array> c = x.contiguous() ? Ref<Array>::share(&x) : ops::copy(x);
  copy_to_host(c->buffer->space(), args.host, c->data,
               static_cast<std::uint64_t>(x.size * size_of(x.dtype)));
  return nullptr;
}

}  // namespace rules

namespace ops {

Ref<Array> asarray(Context &ctx, Value &x, Dtype dtype) {
  OpArgs args(Op::asarray);
  args.ctx = &ctx;
  args.in[0] = &x;
  args.n_in = 1;
  args.dtype = static_cast<std::int32_t>(dtype);
  return dispatch_array(args);
}

Ref<Array> astype(Value &x, Dtype dtype) {
  OpArgs args(Op::astype);
  args.in[0] = &x;
  args.n_in = 1;
  args.dtype = static_cast<std::int32_t>(dtype);
  return dispatch_array(args);
}

Ref<Array> copy(Value &x) {
  OpArgs args(Op::copy);
  args.in[0] = &x;
  args.n_in = 1;
  return dispatch_array(args);
}

void copy_into(Value &x, Array &out) {
  OpArgs args(Op::copy);
  args.in[0] = &x;
  args.n_in = 1;
  args.into = &out;
  dispatch(args);
}

void assign(Array &out, Value &v, const char *op) {
  if (!out.writable()) fail(SPC_E_VALUE, "{}: the output is read-only", op);
  Value *operand = &v;
  refuse_complex_to_real(op, join_of(&operand, 1), out.dtype);
  if (v.kind() == ValueKind::scalar) {
    alignas(16) std::byte bytes[16];
    scalar_bytes(static_cast<Scalar &>(v), out.dtype, bytes, op);  // overflow, before any write
    Operand value = operand_of(static_cast<Scalar &>(v), out.dtype, out.ndim(), op);
    Operand target = operand_of(out), *in[1] = {&value};
    run_elementwise(*out.family, Op::fill, out.dtype, Dtype::none, out.shape, in, 1, target);
  } else {
    Array &x = as_dense(&v, op);
    if (broadcast_shapes(x.shape, out.shape, op) != out.shape)
      fail(SPC_E_VALUE, "{}: shape {} cannot be broadcast to {}", op, x.shape, out.shape);
    Operand from = elementwise_operand(x, out.shape, out.dtype, *out.family, op);
    Operand to = operand_of(out), *in[1] = {&from};
    if ((from.flags & SPC_TENSOR_VALUE) != 0) {
      run_elementwise(*out.family, Op::fill, out.dtype, Dtype::none, out.shape, in, 1, to);
    } else {
      Family &family = common_family(*x.family, *out.family, op);
      const bool same = x.dtype == out.dtype;
      run_elementwise(family, same ? Op::copy : Op::astype, x.dtype, out.dtype, out.shape, in, 1,
                      to);
    }
  }
  out.buffer->touch();
}

void to_host(Array &x, void *out) {
  OpArgs args(Op::to_host);
  args.in[0] = &x;
  args.n_in = 1;
  args.host = out;
  dispatch(args);
}

Ref<Array> from_host(Context &ctx, Dtype dtype, const Dims &shape, const void *data) {
  Ref<Array> a = empty(ctx, shape, dtype);
  if (a->size == 0) return a;
  if (a->opaque()) {
    Launch l(Op::from_host);
    Operand host;
    host.dtype = dtype;
    host.data = static_cast<std::byte *>(const_cast<void *>(data));
    host.strides = row_major_strides(shape);
    l.in(host, shape);
    l.out(*a);
    l.run(ctx.family, dtype);
  } else {
    copy_from_host(a->buffer->space(), a->data, data,
                   static_cast<std::uint64_t>(a->size * size_of(dtype)));
  }
  return a;
}

}  // namespace ops
}  // namespace spc
