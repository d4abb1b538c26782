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

bool is_host_scalar(const Value &v) {
  if (v.kind() != ValueKind::array) return false;
  const Array &a = static_cast<const Array &>(v);
  return a.ndim() == 0 && !a.opaque() && a.buffer->space().host_accessible();
}

}  // namespace

bool is_scalar_operand(const Value &v) {
  return v.kind() == ValueKind::scalar || is_host_scalar(v);
}

Family &family_of(Value *const *operands, int n, const char *op, const Array *into) {
  Family *family = nullptr;
  // 0-d host arrays do not choose the family unless nothing else does.
  for (int pass = 0; pass < 2 && family == nullptr; ++pass)
    for (int i = 0; i < n; ++i) {
      const Value *v = operands[i];
      if (v == nullptr) continue;
      Family *f = family_if_array(*v);
      if (f == nullptr) {
        if (v->kind() != ValueKind::scalar)
          fail(SPC_E_TYPE, "{}: expected an array or a scalar, got {}", op, describe(v));
        continue;
      }
      if (pass == 0 && is_host_scalar(*v)) continue;
      family = family == nullptr ? f : &common_family(*family, *f, op);
    }
  if (family == nullptr) return into != nullptr ? *into->family : default_context()->family;
  for (int i = 0; i < n; ++i) {
    if (operands[i] == nullptr || !is_host_scalar(*operands[i])) continue;
    Family &f = *family_if_array(*operands[i]);
    if (&f != family && compatible(*family, f)) family = &common_family(*family, f, op);
  }
  return *family;
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
    return value_operand(read_scalar(a), dtype, shape.size());
  return operand_of(a, shape);
}

Ref<Array> materialise(Value &v, Family &family, Dtype dtype, const char *op) {
  if (v.kind() == ValueKind::array) return Ref<Array>::share(&static_cast<Array &>(v));
  if (v.kind() != ValueKind::scalar)
    fail(SPC_E_TYPE, "{}: expected an array or a scalar, got {}", op, describe(&v));
  alignas(16) std::byte bytes[16];
  scalar_bytes(static_cast<Scalar &>(v), dtype, bytes, op);
  Ref<Array> a = new_array(family, dtype, {});
  copy_from_host(a->buffer->space(), a->data, bytes, static_cast<std::uint64_t>(size_of(dtype)));
  return a;
}

}  // namespace spc
