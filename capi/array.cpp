// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "spacecore/api.h"

#include "capi/handles.hpp"
#include "core/array/borrowed.hpp"
#include "core/ops/launch.hpp"
#include "core/ops/ops.hpp"

namespace spc::capi {

namespace {

Array &dense(spc_array a, const char *op) {
  return as_dense(&get<Value>(a, op), op);
}

// Shape of anything that has one.
Dims shape_of_value(const Value &v) {
  if (v.kind() == ValueKind::array) return static_cast<const Array &>(v).shape;
  if (v.kind() == ValueKind::scalar) return {};
  if (v.kind() == ValueKind::sparse) {
    const auto &s = static_cast<const SparseArray &>(v);
    return {s.rows, s.cols};
  }
  fail(SPC_E_TYPE, "Expected {} array, got {}.", default_context()->family.name(), describe(&v));
}

void write_dims(const Dims &dims, int64_t *out, int32_t capacity, const char *op) {
  if (capacity < dims.size())
    fail(SPC_E_VALUE, "{}: capacity {} for {} axes", op, capacity, dims.size());
  if (dims.size() > 0) require(out, op, "out");
  std::copy(dims.begin(), dims.end(), out);
}

Array &data_of(Value &v, const char *op) {
  if (v.kind() == ValueKind::sparse) return *static_cast<SparseArray &>(v).data;
  return as_dense(&v, op);
}

Family *family_of_array(const Value *v) {
  if (v == nullptr) return nullptr;
  if (v->kind() == ValueKind::array) return static_cast<const Array *>(v)->family;
  if (v->kind() == ValueKind::sparse) return &static_cast<const SparseArray *>(v)->family();
  return nullptr;
}

// Whether calls of the context take the value as an array: one of its family, or of a compatible one.
bool takes(const Context &ctx, const Value *v) {
  Family *const family = family_of_array(v);
  return family != nullptr && interchangeable(*family, ctx.family);
}

spc_status is_kind(const char *op, spc_context ctx, spc_value x, bool dense, bool sparse,
                   int32_t *out) noexcept {
  return guard(op, [&] {
    require(out, op, "out");
    const Ref<Context> context = context_or_default(ctx, op);
    const Value *const v = get_or_null<Value>(x, op);
    const bool wanted = v != nullptr && ((dense && v->kind() == ValueKind::array) ||
                                         (sparse && v->kind() == ValueKind::sparse));
    *out = wanted && takes(*context, v) ? 1 : 0;
  });
}

}  // namespace

}  // namespace spc::capi

using namespace spc;        // NOLINT(google-build-using-namespace): C bodies of this library
using namespace spc::capi;  // NOLINT(google-build-using-namespace)

extern "C" {

spc_status spc_array_retain(spc_value a) {
  return guard("array_retain", [&] { retain_handle<Value>(a, "array_retain"); });
}

spc_status spc_array_release(spc_value *a) {
  return release_handle<Value>(a);
}

spc_status spc_array_from_host(spc_context ctx, int32_t dtype, int32_t ndim, const int64_t *shape,
                               const void *data, spc_array *out) {
  const char *op = "array_from_host";
  return guard(op, [&] {
    require(out, op, "out");
    const Ref<Context> context = context_or_default(ctx, op);
    Context &c = *context;
    const Dims dims = checked_shape(ndim, shape, op);
    if (product(dims) > 0) require(data, op, "data");
    *out = new_handle<Value>(ops::from_host(c, dtype_or(dtype, c.dtype, op), dims, data));
  });
}

spc_status spc_array_from_value(spc_context ctx, spc_value x, int32_t dtype, spc_array *out) {
  const char *op = "array_from_value";
  return guard(op, [&] {
    require(out, op, "out");
    Value &v = get<Value>(x, op);
    OpArgs args(Op::asarray);
    args.ctx = get_or_null<Context>(ctx, op);
    args.in[args.n_in++] = &v;
    args.dtype = dtype;
    Ref<Array> a = dispatch_array(args);
    const bool shared =
        v.kind() == ValueKind::array && static_cast<Array &>(v).buffer.get() == a->buffer.get();
    *out = new_handle<Value>(shared ? ops::copy(*a) : a);
  });
}

spc_status spc_is_dense(spc_context ctx, spc_value x, int32_t *out) {
  return is_kind("is_dense", ctx, x, true, false, out);
}

spc_status spc_is_sparse(spc_context ctx, spc_value x, int32_t *out) {
  return is_kind("is_sparse", ctx, x, false, true, out);
}

spc_status spc_is_array(spc_context ctx, spc_value x, int32_t *out) {
  return is_kind("is_array", ctx, x, true, true, out);
}

spc_status spc_get_dtype(spc_context ctx, spc_value x, int32_t *out) {
  const char *op = "get_dtype";
  return guard(op, [&] {
    require(out, op, "out");
    const Ref<Context> context = context_or_default(ctx, op);
    Value *const v = get_or_null<Value>(x, op);
    if (ctx == nullptr ? family_of_array(v) == nullptr : !takes(*context, v))
      fail(SPC_E_TYPE, "{}: Expected {} array, got {}.", op, context->family.name(), describe(v));
    *out = index_of(data_of(*v, op).dtype);
  });
}

spc_status spc_array_borrow(spc_context ctx, int32_t dtype, int32_t ndim, const int64_t *shape,
                            const int64_t *strides, void *data, spc_deleter_fn deleter, void *user,
                            spc_array *out) {
  const char *op = "array_borrow";
  return guard(op, [&] {
    require(out, op, "out");
    const Ref<Context> context = context_or_default(ctx, op);
    Context &c = *context;
    const Dtype d = dtype_or(dtype, c.dtype, op);
    const Dims dims = checked_shape(ndim, shape, op);
    const Ref<Array> a = borrowed_array(c, d, dims, strides, data, true, op);
    *out = new_handle<Value>(a);
    a->buffer->set_deleter(deleter, user);
  });
}

spc_status spc_array_to_host(spc_array a, void *out, int64_t capacity_bytes) {
  const char *op = "array_to_host";
  return guard(op, [&] {
    Value &v = get<Value>(a, op);
    if (v.kind() == ValueKind::scalar) {
      const Scalar &s = static_cast<Scalar &>(v);
      const Dtype d = s.natural_dtype();
      if (capacity_bytes < size_of(d))
        fail(SPC_E_VALUE, "{}: capacity is {} bytes, the scalar has {}", op, capacity_bytes,
             size_of(d));
      require(out, op, "out");
      std::byte bytes[16];
      scalar_bytes(s, d, bytes, op);
      std::copy_n(bytes, size_of(d), static_cast<std::byte *>(out));
      return;
    }
    Array &x = as_dense(&v, op);
    const std::int64_t bytes = x.size * size_of(x.dtype);
    if (capacity_bytes < bytes)
      fail(SPC_E_VALUE, "{}: capacity is {} bytes, the array has {}", op, capacity_bytes, bytes);
    if (bytes > 0) require(out, op, "out");
    ops::to_host(x, out);
  });
}

spc_status spc_array_data(spc_array a, void **out) {
  const char *op = "array_data";
  return guard(op, [&] {
    require(out, op, "out");
    Array &x = dense(a, op);
    if (x.opaque() || !x.buffer->space().host_accessible())
      fail(SPC_E_TYPE,
           "{}: an array of family {} in memory space {} is not accessible from the host", op,
           x.family->name(), x.buffer->space().name);
    Value *operand = &x;
    const Offered offered(op, 0, &operand, 1);
    space_sync(x.buffer->space());
    *out = x.data;
  });
}

spc_status spc_array_local_view(spc_array a, spc_array *out) {
  const char *op = "array_local_view";
  return guard(op, [&] {
    require(out, op, "out");
    OpArgs args(Op::local_view);
    args.in[0] = &dense(a, op);
    args.n_in = 1;
    *out = new_handle<Value>(dispatch(args));
  });
}

spc_status spc_array_touch(spc_array a) {
  return guard("array_touch", [&] {
    Array &x = data_of(get<Value>(a, "array_touch"), "array_touch");
    if (x.buffer->frozen())
      fail(SPC_E_VALUE, "array_touch: index arrays of a sparse array are read-only");
    x.buffer->touch();
  });
}

spc_status spc_array_version(spc_array a, uint64_t *out) {
  return guard("array_version", [&] {
    require(out, "array_version", "out");
    *out = data_of(get<Value>(a, "array_version"), "array_version").buffer->version();
  });
}

spc_status spc_array_ndim(spc_array a, int32_t *out) {
  return guard("array_ndim", [&] {
    require(out, "array_ndim", "out");
    *out = shape_of_value(get<Value>(a, "array_ndim")).size();
  });
}

spc_status spc_array_shape(spc_array a, int64_t *out, int32_t capacity) {
  return guard("array_shape", [&] {
    write_dims(shape_of_value(get<Value>(a, "array_shape")), out, capacity, "array_shape");
  });
}

spc_status spc_array_strides(spc_array a, int64_t *out, int32_t capacity) {
  return guard("array_strides", [&] {
    Array &x = dense(a, "array_strides");
    if (x.opaque())
      fail(SPC_E_TYPE, "array_strides: arrays of family {} are opaque", x.family->name());
    write_dims(x.strides, out, capacity, "array_strides");
  });
}

spc_status spc_array_size(spc_array a, int64_t *out) {
  return guard("array_size", [&] {
    require(out, "array_size", "out");
    *out = product(shape_of_value(get<Value>(a, "array_size")), "array_size");
  });
}

spc_status spc_array_dtype(spc_array a, int32_t *out) {
  return guard("array_dtype", [&] {
    require(out, "array_dtype", "out");
    Value &v = get<Value>(a, "array_dtype");
    *out = index_of(v.kind() == ValueKind::scalar ? static_cast<Scalar &>(v).natural_dtype()
                                                  : data_of(v, "array_dtype").dtype);
  });
}

spc_status spc_array_family(spc_array a, const char **out) {
  return guard("array_family", [&] {
    require(out, "array_family", "out");
    Value &v = get<Value>(a, "array_family");
    *out = v.kind() == ValueKind::scalar ? "" : data_of(v, "array_family").family->name().c_str();
  });
}

spc_status spc_array_memory_space(spc_array a, const char **out) {
  return guard("array_memory_space", [&] {
    require(out, "array_memory_space", "out");
    *out = data_of(get<Value>(a, "array_memory_space"), "array_memory_space")
               .buffer->space()
               .name.c_str();
  });
}

spc_status spc_array_is_view_of(spc_array a, spc_array b, int32_t *out) {
  const char *op = "array_is_view_of";
  return guard(op, [&] {
    require(out, op, "out");
    *out =
        data_of(get<Value>(a, op), op).buffer.get() == data_of(get<Value>(b, op), op).buffer.get();
  });
}

spc_status spc_array_is_writable(spc_array a, int32_t *out) {
  return guard("array_is_writable", [&] {
    require(out, "array_is_writable", "out");
    *out = dense(a, "array_is_writable").writable() ? 1 : 0;
  });
}

spc_status spc_array_set(spc_array out, spc_array x) {
  return guard("array_set", [&] {
    Value *const operands[] = {&dense(out, "array_set"), &get<Value>(x, "array_set")};
    const Offered offered("array_set", 0, operands, 2);
    ops::assign(static_cast<Array &>(*offered[0]), *offered[1], "array_set");
  });
}

spc_status spc_array_interpose(spc_array a, int32_t on, spc_array *out) {
  const char *op = "array_interpose";
  return guard(op, [&] {
    require(out, op, "out");
    Array &x = dense(a, op);
    Ref<Array> twin =
        make<Array>(*x.family, x.dtype, x.shape, x.strides, x.buffer, x.data, x.view_writable);
    twin->interposed = on != 0;
    *out = new_handle<Value>(twin);
  });
}

}  // extern "C"
