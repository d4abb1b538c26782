// SPDX-License-Identifier: Apache-2.0
#include "tests/plugins/reference_harness.hpp"

#include <cstring>

#include "plugins/reference/arithmetic.hpp"
#include "plugins/reference/types.hpp"

namespace spc::reference_test {
namespace {

using reference::AllTypes;
using reference::for_dtype;
using reference::Tag;

size_t size_of(spc_dtype dtype) {
  size_t size = 0;
  for_dtype(AllTypes(), dtype, [&]<class T>(Tag<T>) {
    size = sizeof(T);
    return SPC_OK;
  });
  return size;
}

Shape contiguous(const Shape &shape) {
  Shape strides(shape.size());
  int64_t step = 1;
  for (size_t i = shape.size(); i-- > 0; step *= shape[i]) strides[i] = step;
  return strides;
}

const spc_host_api &host_api() {
  static const spc_host_api api = [] {
    spc_host_api a{};
    a.struct_size = sizeof a;
    a.abi_major = SPC_ABI_MAJOR;
    a.set_error = [](spc_exec exec, spc_status, int64_t, const char *, const char *text) {
      exec->error = text;
    };
    a.scratch = [](spc_exec exec, uint64_t, uint64_t bytes, void **out) -> spc_status {
      if (exec->scratch.size() >= exec->most_scratch) {
        exec->error = "no memory for scratch";
        return SPC_E_MEMORY;
      }
      exec->scratch.push_back(std::make_unique<char[]>(bytes));
      *out = exec->scratch.back().get();
      return SPC_OK;
    };
    return a;
  }();
  return api;
}

}  // namespace

spc_dtype real_dtype(spc_dtype dtype) {
  if (dtype == SPC_COMPLEX64) return SPC_FLOAT32;
  return dtype == SPC_COMPLEX128 ? SPC_FLOAT64 : dtype;
}

std::string dtype_trace(spc_dtype dtype) {
  return "dtype " + std::to_string(dtype);
}

Operand::Operand(spc_dtype dtype, const Shape &shape)
    : dtype_(dtype), shape_(shape), strides_(contiguous(shape)) {
  int64_t size = 1;
  for (int64_t n : shape) size *= n;
  memory_.resize(static_cast<size_t>(size) * size_of(dtype));
  for (int64_t i = 0; i < size; ++i) set(i, 99);
}

Operand::Operand(spc_dtype dtype, const Shape &shape, const Values &values)
    : Operand(dtype, shape) {
  for (size_t i = 0; i < values.size(); ++i) set(static_cast<int64_t>(i), values[i]);
}

Operand Operand::unreadable(spc_dtype dtype, const Shape &shape) {
  Operand operand(dtype, shape);
  const size_t size = operand.memory_.size() / size_of(dtype);
  for (size_t i = 0; i < size; ++i) operand.set(static_cast<int64_t>(i), {nan, nan});
  return operand;
}

Operand Operand::view(const Shape &shape, const Shape &strides, int64_t first) const {
  Operand other = *this;
  other.shape_ = shape;
  other.strides_ = strides;
  other.first_ = first;
  return other;
}

spc_tensor Operand::tensor() {
  spc_tensor t{};
  t.struct_size = sizeof t;
  t.dtype = dtype_;
  t.ndim = static_cast<int32_t>(shape_.size());
  t.shape = shape_.data();
  t.strides = strides_.data();
  t.data = memory_.data() + first_ * static_cast<int64_t>(size_of(dtype_));
  return t;
}

Value Operand::at(int64_t place) const {
  Value value;
  for_dtype(AllTypes(), dtype_, [&]<class T>(Tag<T>) {
    T x;
    std::memcpy(&x, memory_.data() + static_cast<size_t>(place) * sizeof(T), sizeof(T));
    if constexpr (reference::is_complex<T>) {
      value = {x.re, x.im};
    } else {
      value = reference::cast<double>(x);
    }
    return SPC_OK;
  });
  return value;
}

void Operand::set(int64_t place, Value value) {
  for_dtype(AllTypes(), dtype_, [&]<class T>(Tag<T>) {
    T x;
    if constexpr (reference::is_complex<T>) {
      using R = reference::RealOf<T>;
      x = T{static_cast<R>(value.real()), static_cast<R>(value.imag())};
    } else {
      x = reference::cast<T>(value.real());
    }
    std::memcpy(memory_.data() + static_cast<size_t>(place) * sizeof(T), &x, sizeof(T));
    return SPC_OK;
  });
}

Values Operand::values() const {
  Values all;
  for (int64_t n : shape_) {
    if (n == 0) return all;
  }
  Shape index(shape_.size(), 0);
  for (;;) {
    int64_t place = first_;
    for (size_t i = 0; i < shape_.size(); ++i) place += index[i] * strides_[i];
    all.push_back(at(place));
    size_t axis = shape_.size();
    while (axis > 0 && ++index[axis - 1] == shape_[axis - 1]) index[--axis] = 0;
    if (axis == 0) return all;
  }
}

Values held(spc_dtype dtype, const Values &values) {
  return Operand(dtype, {static_cast<int64_t>(values.size())}, values).values();
}

const spc_op_entry *find_entry(uint32_t op) {
  for (uint32_t i = 0; i < reference::reference_ops_count; ++i) {
    if (reference::reference_ops[i].op == op) return &reference::reference_ops[i];
  }
  return nullptr;
}

spc_call Call::build() {
  in_.clear();
  out_.clear();
  for (const spc_tensor &t : inputs_) in_.push_back(&t);
  for (spc_tensor &t : outputs_) out_.push_back(&t);
  spc_call call{};
  call.struct_size = sizeof call;
  call.op = op_;
  call.n_in = static_cast<uint32_t>(in_.size());
  call.n_out = static_cast<uint32_t>(out_.size());
  call.in = in_.data();
  call.out = out_.data();
  call.params = params_.get();
  call.exec = &exec_;
  call.host = &host_api();
  return call;
}

spc_status Call::run() {
  const spc_call call = build();
  return find_entry(op_)->fn(nullptr, &call);
}

int64_t Call::extent() {
  const spc_call call = build();
  int64_t size = -1;
  void *plan = nullptr;
  const spc_op_entry *entry = find_entry(op_);
  if (entry->extent(nullptr, &call, &size, &plan) != SPC_OK) return -1;
  entry->release(nullptr, plan);
  return size;
}

}  // namespace spc::reference_test
