// SPDX-License-Identifier: Apache-2.0
#include "core/ops/operands.hpp"

#include "core/support/error.hpp"

namespace spc {

namespace {

Family *family_if_array(const Value &v) {
  if (v.kind() == ValueKind::array) return static_cast<const Array &>(v).family;
  if (v.kind() == ValueKind::sparse) return &static_cast<const SparseArray &>(v).family();
  return nullptr;
}

}  // namespace

bool is_host_scalar(const Value &v) noexcept {
  if (v.kind() != ValueKind::array) return false;
  const Array &a = static_cast<const Array &>(v);
  return a.ndim() == 0 && !a.opaque() && a.buffer->space().host_accessible();
}

Family &family_of(Value *const *operands, int n, const char *op, const Array *into,
                  unsigned scalar_roles) {
  Family *family = nullptr;
  Family *scalar_family = nullptr;
  for (int i = 0; i < n; ++i) {
    const Value *v = operands[i];
    if (v == nullptr || v->kind() == ValueKind::scalar) continue;
    Family *f = family_if_array(*v);
    if (f == nullptr)
      fail(SPC_E_TYPE, "{}: expected an array or a scalar, got {}", op, describe(v));
    Family *&of_role =
        i < 32 && (scalar_roles >> i & 1u) != 0 && is_host_scalar(*v) ? scalar_family : family;
    of_role = of_role == nullptr ? f : &common_family(*of_role, *f, op);
  }
  if (family == nullptr) family = scalar_family;
  if (family != nullptr) return *family;
  return into != nullptr ? *into->family : default_context()->family;
}

Dtype join_of(Value *const *operands, int n) {
  Join j;
  for (int i = 0; i < n; ++i) {
    if (operands[i] == nullptr) continue;
    switch (operands[i]->kind()) {
      case ValueKind::array:
        j.strong(static_cast<Array &>(*operands[i]).dtype);
        break;
      case ValueKind::sparse:
        j.strong(static_cast<SparseArray &>(*operands[i]).dtype());
        break;
      case ValueKind::scalar:
        j.weak(static_cast<Scalar &>(*operands[i]).weak_kind);
        break;
      default:
        break;
    }
  }
  return j.result();
}

Dims shape_of(const Value &v, const char *op) {
  switch (v.kind()) {
    case ValueKind::array:
      return static_cast<const Array &>(v).shape;
    case ValueKind::sparse: {
      const auto &s = static_cast<const SparseArray &>(v);
      return {s.rows, s.cols};
    }
    case ValueKind::scalar:
      return {};
    default:
      fail(SPC_E_TYPE, "{}: expected an array or a scalar, got {}", op, describe(&v));
  }
}

Operand elementwise_operand(Value &v, const Dims &shape, Dtype dtype, Family &family,
                            const char *op) {
  if (v.kind() == ValueKind::scalar)
    return operand_of(static_cast<Scalar &>(v), dtype, shape.size(), op);
  Array &a = as_dense(&v, op);
  if (is_host_scalar(a) && (family.opaque() || &a.buffer->space() != &family.memory()))
    return value_of(a, dtype, shape.size());
  return operand_of(a, shape);
}

Operand value_of(Array &scalar, Dtype dtype, int ndim) {
  Ref<Array> cast = scalar.dtype == dtype ? Ref<Array>::share(&scalar) : ops::astype(scalar, dtype);
  Operand o;
  o.dtype = dtype;
  o.flags = SPC_TENSOR_VALUE;
  o.strides = Dims(ndim, 0);
  copy_to_host(cast->buffer->space(), o.value, cast->data,
               static_cast<std::uint64_t>(size_of(dtype)));
  return o;
}

Ref<Array> materialise(Value &v, Family &family, Dtype dtype, const char *op) {
  if (v.kind() == ValueKind::array) return Ref<Array>::share(&static_cast<Array &>(v));
  if (v.kind() != ValueKind::scalar)
    fail(SPC_E_TYPE, "{}: expected an array or a scalar, got {}", op, describe(&v));
  alignas(16) std::byte bytes[16];
  scalar_bytes(static_cast<Scalar &>(v), dtype, bytes, op);
  if (family.opaque())
    fail(SPC_E_NOTIMPL, "{}: a scalar cannot become an array of the opaque family {}", op,
         family.name());
  Ref<Array> a = new_array(family, dtype, {});
  copy_from_host(a->buffer->space(), a->data, bytes, static_cast<std::uint64_t>(size_of(dtype)));
  return a;
}

void check_options(Value *options, const char *op) {
  if (options == nullptr || options->kind() == ValueKind::none) return;
  if (options->kind() != ValueKind::map)
    fail(SPC_E_TYPE, "{}: options: expected a map, got {}", op, describe(options));
  const Map &map = static_cast<Map &>(*options);
  if (!map.items.empty())
    fail(SPC_E_TYPE, "{}: unknown option '{}'; none is defined", op, map.items.front().first);
}

Ref<Array> fresh_result(Family &family, Dtype dtype, const Dims &shape, const OpArgs &args,
                        const Array &x, const Array *y) {
  Ref<Array> out = result_array(family, dtype, shape, args.into, name(args.op));
  const bool overlap =
      args.into != nullptr && (may_overlap(x, *out) || (y != nullptr && may_overlap(*y, *out)));
  return overlap ? new_array(family, dtype, shape) : out;
}

Ref<Value> finish(Ref<Array> out, const OpArgs &args) {
  if (args.into == nullptr || out.get() == args.into) return out;
  ops::assign(*args.into, *out, name(args.op));
  return Ref<Value>::share(args.into);
}

}  // namespace spc
