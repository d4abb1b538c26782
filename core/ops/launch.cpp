// SPDX-License-Identifier: Apache-2.0
#include "core/ops/launch.hpp"

#include <cstring>

namespace spc {

namespace {
std::uint32_t opaque_flag(const Array &x) {
  return x.opaque() ? std::uint32_t{SPC_TENSOR_OPAQUE} : 0u;
}
}  // namespace

Operand operand_of(const Array &x, const Dims &shape) {
  Operand o;
  o.data = x.data;
  o.space = &x.buffer->space();
  o.dtype = x.dtype;
  o.flags = opaque_flag(x);
  o.strides = Dims(shape.size(), 0);
  const int shift = shape.size() - x.ndim();
  for (int i = 0; i < x.ndim(); ++i) o.strides[i + shift] = x.shape[i] == 1 ? 0 : x.strides[i];
  return o;
}

Operand operand_of(const Array &x) {
  Operand o;
  o.data = x.data;
  o.space = &x.buffer->space();
  o.dtype = x.dtype;
  o.flags = opaque_flag(x);
  o.strides = x.strides;
  return o;
}

Operand operand_of(const Scalar &s, Dtype dtype, int ndim, const char *op) {
  Operand o;
  o.dtype = dtype;
  o.flags = SPC_TENSOR_VALUE;
  o.strides = Dims(ndim, 0);
  scalar_bytes(s, dtype, o.value, op);
  return o;
}

Operand value_operand(std::complex<double> z, Dtype dtype, int ndim) {
  const int weak = is_complex(dtype)    ? SPC_WEAK_COMPLEX
                   : is_floating(dtype) ? SPC_WEAK_FLOAT
                                        : SPC_WEAK_INT;
  const Scalar s(weak, weak == SPC_WEAK_INT ? static_cast<std::int64_t>(z.real()) : 0, z);
  return operand_of(s, dtype, ndim, "fill");
}

void Launch::add(const Operand &x, const Dims &shape, spc_tensor &t, int &n) {
  t.struct_size = sizeof t;
  t.flags = x.flags;
  t.dtype = index_of(x.dtype);
  t.ndim = shape.size();
  t.shape = shape.data();
  t.strides = (x.flags & SPC_TENSOR_OPAQUE) != 0 ? nullptr : x.strides.data();
  t.data = const_cast<void *>(x.address());
  t.mem = x.space == nullptr ? 0 : x.space->id;
  ++n;
}

void Launch::add(const Array &x, spc_tensor &t, int &n) {
  t.struct_size = sizeof t;
  t.flags = opaque_flag(x);
  t.dtype = index_of(x.dtype);
  t.ndim = x.ndim();
  t.shape = x.shape.data();
  t.strides = x.opaque() ? nullptr : x.strides.data();
  t.data = x.data;
  t.mem = x.buffer->space().id;
  ++n;
}

void Launch::add_flat(const Array &x, spc_tensor &t, int &n) {
  static constexpr std::int64_t step = 1;
  t.struct_size = sizeof t;
  t.flags = 0;
  t.dtype = index_of(x.dtype);
  t.ndim = 1;
  t.shape = &x.size;
  t.strides = &step;
  t.data = x.data;
  t.mem = x.buffer->space().id;
  ++n;
}

spc_call &Launch::call() {
  for (int i = 0; i < n_in_; ++i) {
    inputs_[i].flags |= SPC_TENSOR_READ_ONLY;
    in_[i] = &inputs_[i];
  }
  for (int i = 0; i < n_out_; ++i) out_[i] = &outputs_[i];
  call_ = {};
  call_.struct_size = sizeof call_;
  call_.op = info(op_).code;
  call_.n_in = static_cast<std::uint32_t>(n_in_);
  call_.n_out = static_cast<std::uint32_t>(n_out_);
  call_.in = in_;
  call_.out = out_;
  call_.params = params_;
  call_.plan = plan_;
  call_.exec = &exec;
  call_.host = &host_api;
  return call_;
}

void Launch::run(Family &family, Dtype first, Dtype second) {
  spc_call &c = call();
  run_kernel(select_kernel(family, op_, first, second, c), op_, c, exec);
}

void Launch::extent(Family &family, Dtype first, Dtype second, std::int64_t *sizes) {
  spc_call &c = call();
  planned_ = &select_kernel(family, op_, first, second, c);
  const std::string &owner = planned_->owner->name();
  void *const state = planned_->owner->state();
  const spc_status status =
      call_plugin(owner, exec, [&] { return planned_->entry->extent(state, &c, sizes, &plan_); });
  if (status != SPC_OK) fail_from_plugin(status, exec, name(op_), owner.c_str());
}

void Launch::run_planned() {
  run_kernel(*planned_, op_, call(), exec);
}

Launch::~Launch() {
  if (plan_ != nullptr) planned_->entry->release(planned_->owner->state(), plan_);
}

void require_strided(const Array &x, const char *op) {
  if (x.opaque())
    fail(SPC_E_NOTIMPL, "{}: arrays of family {} are opaque; only vector operations are offered",
         op, x.family->name());
}

Ref<Array> result_array(Family &family, Dtype dtype, const Dims &shape, Array *into,
                        const char *op) {
  if (into == nullptr) return new_array(family, dtype, shape);
  if (into->shape != shape)
    fail(SPC_E_VALUE, "{}: the output has shape {}, the result has shape {}", op, into->shape,
         shape);
  if (into->dtype != dtype)
    fail(SPC_E_TYPE, "{}: the output has dtype {}, the result has dtype {}", op, name(into->dtype),
         name(dtype));
  common_family(*into->family, family, op);
  if (!into->writable()) fail(SPC_E_VALUE, "{}: the output is read-only", op);
  return Ref<Array>::share(into);
}

}  // namespace spc
