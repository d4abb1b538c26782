// SPDX-License-Identifier: Apache-2.0
// Each kernel does what a distributed library does: every rank runs the plain kernel on its piece,
// and partial results are combined.
#include "plugins/opaque/kernels.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <exception>
#include <vector>

#include "plugins/opaque/vector.hpp"
#include "plugins/reference/kernels.hpp"

namespace spc::opaque {
namespace {

constexpr std::size_t most_operands = 5;  // axpby: four in, one out

spc_status fail(const spc_call *call, spc_status code, const char *text) {
  call->host->set_error(call->exec, code, 0, nullptr, text);
  return code;
}

bool is_vector(const spc_tensor &tensor) {
  return (tensor.flags & SPC_TENSOR_OPAQUE) != 0;
}

Vector &vector_of(const spc_tensor &tensor) {
  return *static_cast<Vector *>(tensor.data);
}

std::int64_t size_of(const spc_tensor &tensor) {
  std::int64_t size = 1;
  for (std::int32_t axis = 0; axis < tensor.ndim; ++axis) size *= tensor.shape[axis];
  return size;
}

// A one-dimensional host tensor; stride 0 repeats one element. Points into itself.
struct HostTensor {
  std::int64_t size = 0;
  std::int64_t stride = 0;
  spc_tensor tensor{};

  void set(std::int32_t dtype, void *data, std::int64_t n, std::int64_t step,
           std::uint32_t flags = 0) {
    size = n;
    stride = step;
    tensor = {sizeof tensor, flags, dtype, 1, &size, &stride, data, 0};
  }
};

// Runs a host kernel on what one rank holds of the operands: vectors by their piece, scalars
// repeated. partial, if given, receives the result of a reduction in place of out[0].
spc_status run_on_rank(const spc_call *call, std::size_t rank, std::int64_t n, spc_kernel_fn fn,
                       void *partial) {
  std::array<HostTensor, most_operands> operands;
  std::array<const spc_tensor *, most_operands> in{};
  std::array<spc_tensor *, 1> out{};
  for (std::uint32_t i = 0; i < call->n_in; ++i) {
    const spc_tensor &t = *call->in[i];
    if (is_vector(t)) {
      operands[i].set(t.dtype, vector_of(t).local(rank), n, 1);
    } else {
      operands[i].set(t.dtype, t.data, n, 0, t.flags);
    }
    in[i] = &operands[i].tensor;
  }
  const spc_tensor &result = *call->out[0];
  HostTensor &target = operands[call->n_in];
  if (partial) {
    target.set(result.dtype, partial, n, 0);
  } else {
    target.set(result.dtype, vector_of(result).local(rank), n, 1);
  }
  out[0] = &target.tensor;
  spc_call local = *call;
  local.in = in.data();
  local.out = out.data();
  return fn(nullptr, &local);
}

// The number of elements that all vectors of the call have; -1 if they differ.
std::int64_t common_size(const spc_call *call) {
  std::int64_t size = -2;
  const auto visit = [&](const spc_tensor &t) {
    if (!is_vector(t)) return;
    const std::int64_t n = vector_of(t).size();
    size = size == -2 || size == n ? n : -1;
  };
  for (std::uint32_t i = 0; i < call->n_in; ++i) visit(*call->in[i]);
  visit(*call->out[0]);
  return size;
}

spc_status elementwise(const spc_call *call, spc_kernel_fn fn) {
  if (common_size(call) < 0) return fail(call, SPC_E_VALUE, "vectors differ in size");
  const Vector &out = vector_of(*call->out[0]);
  for (std::size_t rank = 0; rank < n_ranks; ++rank) {
    const std::int64_t n = out.local_size(rank);
    if (n == 0) continue;
    const spc_status status = run_on_rank(call, rank, n, fn, nullptr);
    if (status != SPC_OK) return status;
  }
  return SPC_OK;
}

// combine reduces the partial results of the ranks that hold something.
spc_status reduction(const spc_call *call, spc_kernel_fn fn, spc_kernel_fn combine,
                     const void *combine_params) {
  if (common_size(call) < 0) return fail(call, SPC_E_VALUE, "vectors differ in size");
  const Vector &x = vector_of(*call->in[0]);
  const std::size_t item = item_size(call->out[0]->dtype);
  alignas(16) std::byte partials[n_ranks * 16] = {};
  std::int64_t n_partials = 0;
  for (std::size_t rank = 0; rank < n_ranks; ++rank) {
    const std::int64_t n = x.local_size(rank);
    if (n == 0) continue;
    void *const partial = partials + static_cast<std::size_t>(n_partials++) * item;
    const spc_status status = run_on_rank(call, rank, n, fn, partial);
    if (status != SPC_OK) return status;
  }
  if (n_partials == 0) {
    std::memset(call->out[0]->data, 0, item);
    return SPC_OK;
  }
  HostTensor from, to;
  from.set(call->out[0]->dtype, partials, n_partials, 1);
  to.set(call->out[0]->dtype, call->out[0]->data, n_partials, 0);
  const spc_tensor *const in[] = {&from.tensor};
  spc_tensor *const out[] = {&to.tensor};
  spc_call whole = *call;
  whole.n_in = 1;
  whole.in = in;
  whole.out = out;
  whole.params = combine_params;
  return combine(nullptr, &whole);
}

constexpr spc_params_reduce reduce_all = {sizeof(spc_params_reduce), 0, 0, 0};

spc_status fill(void *, const spc_call *call) {
  return elementwise(call, reference::fill);
}
spc_status copy(void *, const spc_call *call) {
  return elementwise(call, reference::copy);
}
spc_status axpby(void *, const spc_call *call) {
  return elementwise(call, reference::axpby);
}
spc_status multiply(void *, const spc_call *call) {
  return elementwise(call, reference::multiply);
}

spc_status vdot(void *, const spc_call *call) {
  return reduction(call, reference::vdot, reference::sum, &reduce_all);
}

// The p-norm of the ranks' p-norms is the p-norm; the counts of p = 0 are added.
spc_status norm(void *, const spc_call *call) {
  const auto &params = *static_cast<const spc_params_norm *>(call->params);
  return params.p == 0 ? reduction(call, reference::norm, reference::sum, &reduce_all)
                       : reduction(call, reference::norm, reference::norm, &params);
}

spc_status new_like(void *, const spc_call *call) {
  const spc_tensor &like = *call->in[0];
  try {
    call->out[0]->data = new Vector(like.dtype, size_of(like));
    return SPC_OK;
  } catch (const std::exception &) {
    return fail(call, SPC_E_MEMORY, "no memory for a vector");
  }
}

spc_status to_host(void *, const spc_call *call) {
  Vector &x = vector_of(*call->in[0]);
  const std::size_t item = item_size(x.dtype());
  std::byte *const out = static_cast<std::byte *>(call->out[0]->data);
  for (std::size_t rank = 0; rank < n_ranks; ++rank) {
    if (x.local_size(rank) == 0) continue;
    std::memcpy(out + static_cast<std::size_t>(x.begin(rank)) * item, x.local(rank),
                static_cast<std::size_t>(x.local_size(rank)) * item);
  }
  return SPC_OK;
}

spc_status from_host(void *, const spc_call *call) {
  Vector &y = vector_of(*call->out[0]);
  const std::size_t item = item_size(y.dtype());
  const std::byte *const in = static_cast<const std::byte *>(call->in[0]->data);
  for (std::size_t rank = 0; rank < n_ranks; ++rank) {
    if (y.local_size(rank) == 0) continue;
    std::memcpy(y.local(rank), in + static_cast<std::size_t>(y.begin(rank)) * item,
                static_cast<std::size_t>(y.local_size(rank)) * item);
  }
  return SPC_OK;
}

spc_op_entry entry(std::uint32_t op, spc_kernel_fn fn, std::uint32_t params_size = 0,
                   std::uint64_t flags = 0) {
  spc_op_entry e{};
  e.struct_size = sizeof e;
  e.op = op;
  e.dtypes = SPC_DTYPES_FLOATING;
  e.params_size = params_size;
  e.flags = SPC_KERNEL_OPAQUE | flags;
  e.fn = fn;
  return e;
}

}  // namespace

std::span<const spc_op_entry> kernels() {
  static const spc_op_entry entries[] = {
      entry(SPC_OP_new_like, new_like),
      entry(SPC_OP_fill, fill),
      entry(SPC_OP_copy, copy),
      entry(SPC_OP_axpby, axpby, 0, SPC_KERNEL_INPLACE),
      entry(SPC_OP_multiply, multiply, 0, SPC_KERNEL_INPLACE),
      entry(SPC_OP_vdot, vdot, sizeof(spc_params_reduce)),
      entry(SPC_OP_norm, norm, sizeof(spc_params_norm)),
      entry(SPC_OP_to_host, to_host),
      entry(SPC_OP_from_host, from_host),
  };
  return entries;
}

}  // namespace spc::opaque
