// SPDX-License-Identifier: Apache-2.0
#include "plugins/fakedev/deferred_call.hpp"

#include <cstring>
#include <exception>
#include <string>
#include <utility>

namespace spc::fakedev {
namespace {

constexpr std::size_t item_size[SPC_DTYPE_COUNT] = {1, 1, 1, 4, 8, 4, 8, 8, 16};

const char *op_name(std::uint32_t op) {
  switch (op) {
#define SPC_OP(NAME, CODE, ...) \
  case CODE:                    \
    return #NAME;
#include "spacecore/ops.def"
    default:
      return "kernel";
  }
}

}  // namespace

const char *called_op(const spc_call &call) {
  const char *const called =
      SPC_HAS(call.host, spc_host_api, called_op) ? call.host->called_op(call.exec) : nullptr;
  return called ? called : op_name(call.op);
}

DeferredCall::DeferredCall(Function function, const spc_call &call)
    : function_(std::move(function)),
      op_(call.op),
      called_(called_op(call)),
      n_in_(call.n_in),
      plan_(call.plan) {
  operands_.reserve(call.n_in + call.n_out);
  for (std::uint32_t i = 0; i < call.n_in; ++i) add(call.in ? call.in[i] : nullptr);
  for (std::uint32_t i = 0; i < call.n_out; ++i) add(call.out ? call.out[i] : nullptr);
  if (call.params) {
    // Every params struct begins with its size and holds no pointers.
    std::uint32_t size;
    std::memcpy(&size, call.params, sizeof size);
    const std::byte *const bytes = static_cast<const std::byte *>(call.params);
    params_.assign(bytes, bytes + size);
  }
}

void DeferredCall::add(const spc_tensor *tensor) {
  Operand operand{};
  operand.present = tensor != nullptr;
  operand.dims = dims_.size();
  if (tensor) {
    operand.tensor = *tensor;
    dims_.insert(dims_.end(), tensor->shape, tensor->shape + tensor->ndim);
    dims_.insert(dims_.end(), tensor->strides, tensor->strides + tensor->ndim);
    if (tensor->flags & SPC_TENSOR_VALUE) {
      std::memcpy(operand.value, tensor->data, item_size[tensor->dtype]);
    } else if (tensor->mem == 0 && tensor->data) {
      needs_caller_ = true;
    }
  }
  operands_.push_back(operand);
}

bool DeferredCall::in_live_block(const Arena &arena, const Operand &operand) const {
  const spc_tensor &t = operand.tensor;
  const std::int64_t *const shape = dims_.data() + operand.dims;
  const std::int64_t *const strides = shape + t.ndim;
  std::int64_t low = 0, high = 0;  // element offsets that the strides reach
  for (std::int32_t axis = 0; axis < t.ndim; ++axis) {
    if (shape[axis] == 0) return true;
    const std::int64_t reach = (shape[axis] - 1) * strides[axis];
    (reach < 0 ? low : high) += reach;
  }
  const std::int64_t size = static_cast<std::int64_t>(item_size[t.dtype]);
  const std::byte *const data = static_cast<const std::byte *>(t.data);
  return arena.live(data + low * size, data + (high + 1) * size - 1);
}

Failure DeferredCall::run(const Arena &arena) {
  std::vector<const spc_tensor *> in;
  std::vector<spc_tensor *> out;
  for (std::size_t i = 0; i < operands_.size(); ++i) {
    Operand &operand = operands_[i];
    spc_tensor *tensor = nullptr;
    if (operand.present) {
      tensor = &operand.tensor;
      tensor->shape = dims_.data() + operand.dims;
      tensor->strides = tensor->shape + tensor->ndim;
      if (tensor->flags & SPC_TENSOR_VALUE) {
        tensor->data = operand.value;
      } else if (tensor->mem != 0 && tensor->data) {
        if (!in_live_block(arena, operand)) {
          return {SPC_E_RUNTIME, 0, called_,
                  "operand " + std::to_string(i) + " reaches outside the live blocks of fakedev:0"};
        }
        tensor->data = arena.alias(tensor->data);
      }
      tensor->mem = 0;
    }
    if (i < n_in_) {
      in.push_back(tensor);
    } else {
      out.push_back(tensor);
    }
  }
  KernelHost host;
  spc_call call{};
  call.struct_size = sizeof call;
  call.op = op_;
  call.n_in = n_in_;
  call.n_out = static_cast<std::uint32_t>(out.size());
  call.in = in.data();
  call.out = out.data();
  call.params = params_.empty() ? nullptr : params_.data();
  call.plan = plan_;
  call.exec = host.exec();
  call.host = KernelHost::api();
  spc_status status;
  try {
    status = function_(call);
  } catch (const std::exception &error) {
    return {SPC_E_PLUGIN, 0, called_, error.what()};
  }
  if (status == SPC_OK) return {};
  Failure failure = host.failure(status);
  // The place that the kernel names goes behind the op, as it does without a queue.
  if (!failure.where.empty()) failure.text = failure.where + ": " + failure.text;
  failure.where = called_;
  return failure;
}

}  // namespace spc::fakedev
