// SPDX-License-Identifier: Apache-2.0
// Each kernel does what a distributed library does: every rank runs the plain kernel on its piece,
// and partial results are exchanged and combined, by every rank in the same order.
#include "plugins/opaque/kernels.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <exception>
#include <memory>
#include <string>
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

/// What went wrong where nobody could be told comes first.
spc_status outcome(const spc_call *call, const std::string &wrong) {
  const std::string earlier = World::get().complaint();
  if (earlier.empty() && wrong.empty()) return SPC_OK;
  return fail(call, SPC_E_RUNTIME, earlier.empty() ? wrong.c_str() : earlier.c_str());
}

template <class Body>
spc_status guarded(const spc_call *call, const Body &body) {
  try {
    return body();
  } catch (const std::exception &) {
    return fail(call, SPC_E_MEMORY, "no memory");
  }
}

// Of a call that only has to meet those of the other ranks.
void ignore(std::size_t, const std::byte *, std::size_t) {}

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

// The library has compared shapes; how they are laid out only this family knows.
bool one_layout(const spc_call *call) {
  const Layout *layout = nullptr;
  bool same = true;
  const auto visit = [&](const spc_tensor &t) {
    if (!is_vector(t)) return;
    if (layout == nullptr) layout = &vector_of(t).layout();
    same &= *layout == vector_of(t).layout();
  };
  for (std::uint32_t i = 0; i < call->n_in; ++i) visit(*call->in[i]);
  visit(*call->out[0]);
  return same;
}

spc_status elementwise(const spc_call *call, spc_kernel_fn fn) {
  if (!one_layout(call)) return fail(call, SPC_E_VALUE, "vectors differ in layout");
  const Vector &out = vector_of(*call->out[0]);
  for (std::size_t rank = World::get().first(); rank < World::get().last(); ++rank) {
    const std::int64_t n = out.local_size(rank);
    if (n == 0) continue;
    const spc_status status = run_on_rank(call, rank, n, fn, nullptr);
    if (status != SPC_OK) return status;
  }
  return SPC_OK;
}

// combine reduces the partial results of the ranks that hold something.
spc_status reduction(const spc_call *call, const char *name, spc_kernel_fn fn,
                     spc_kernel_fn combine, const void *combine_params) {
  if (!one_layout(call)) return fail(call, SPC_E_VALUE, "vectors differ in layout");
  World &world = World::get();
  const Vector &x = vector_of(*call->in[0]);
  const std::size_t item = item_size(call->out[0]->dtype);
  alignas(16) std::byte partials[n_ranks][16] = {};
  for (std::size_t rank = world.first(); rank < world.last(); ++rank) {
    const std::int64_t n = x.local_size(rank);
    if (n == 0) continue;
    const spc_status status = run_on_rank(call, rank, n, fn, partials[rank]);
    if (status != SPC_OK) return status;
  }
  const std::string wrong =
      world.exchange({name, x.id()}, partials[world.first()], sizeof partials[0],
                     [&](std::size_t rank, const std::byte *data, std::size_t bytes) {
                       std::memcpy(partials[rank], data, bytes);
                     });
  if (const spc_status status = outcome(call, wrong); status != SPC_OK) return status;
  alignas(16) std::byte present[n_ranks * 16] = {};
  std::int64_t n_present = 0;
  for (std::size_t rank = 0; rank < n_ranks; ++rank) {
    if (x.local_size(rank) == 0) continue;
    std::memcpy(present + static_cast<std::size_t>(n_present++) * item, partials[rank], item);
  }
  if (n_present == 0) {
    std::memset(call->out[0]->data, 0, item);
    return SPC_OK;
  }
  HostTensor from, to;
  from.set(call->out[0]->dtype, present, n_present, 1);
  to.set(call->out[0]->dtype, call->out[0]->data, n_present, 0);
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
  return guarded(
      call, [&] { return reduction(call, "vdot", reference::vdot, reference::sum, &reduce_all); });
}

// The p-norm of the ranks' p-norms is the p-norm; the counts of p = 0 are added.
spc_status norm(void *, const spc_call *call) {
  const auto &params = *static_cast<const spc_params_norm *>(call->params);
  return guarded(call, [&] {
    return params.p == 0 ? reduction(call, "norm", reference::norm, reference::sum, &reduce_all)
                         : reduction(call, "norm", reference::norm, reference::norm, &params);
  });
}

spc_status new_like(void *, const spc_call *call) {
  const spc_tensor &like = *call->in[0];
  return guarded(call, [&] {
    const Layout layout =
        like.data != nullptr ? vector_of(like).layout() : default_layout(size_of(like));
    auto fresh = std::make_unique<Vector>(like.dtype, layout);
    const std::string wrong = World::get().exchange({"new_like", fresh->id()}, nullptr, 0, ignore);
    const spc_status status = outcome(call, wrong);
    if (status == SPC_OK) call->out[0]->data = fresh.release();
    return status;
  });
}

spc_status to_host(void *, const spc_call *call) {
  return guarded(call, [&] {
    World &world = World::get();
    Vector &x = vector_of(*call->in[0]);
    const std::size_t item = item_size(x.dtype());
    std::byte *const out = static_cast<std::byte *>(call->out[0]->data);
    const std::size_t here = static_cast<std::size_t>(x.n_here()) * item;
    if (here > 0)
      std::memcpy(out + static_cast<std::size_t>(x.begin(world.first())) * item, x.here(), here);
    std::array<std::size_t, n_ranks> received{};
    const std::string wrong = world.exchange(
        {"to_host", x.id()}, x.here(), here,
        [&](std::size_t rank, const std::byte *data, std::size_t bytes) {
          if (bytes == 0) return;
          const std::size_t at = static_cast<std::size_t>(x.begin(rank)) * item + received[rank];
          std::memcpy(out + at, data, bytes);
          received[rank] += bytes;
        });
    return outcome(call, wrong);
  });
}

spc_status from_host(void *, const spc_call *call) {
  Vector &y = vector_of(*call->out[0]);
  const std::size_t item = item_size(y.dtype());
  const std::byte *const in = static_cast<const std::byte *>(call->in[0]->data);
  const std::size_t begin = static_cast<std::size_t>(y.begin(World::get().first()));
  const std::size_t here = static_cast<std::size_t>(y.n_here()) * item;
  if (here > 0) std::memcpy(y.here(), in + begin * item, here);
  return SPC_OK;
}

spc_status local_size(void *, const spc_call *call, std::int64_t *sizes, void **) {
  sizes[0] = vector_of(*call->in[0]).n_here();
  return SPC_OK;
}

spc_status local_view(void *, const spc_call *call) {
  call->out[0]->data = vector_of(*call->in[0]).here();
  return SPC_OK;
}

void no_plan(void *, void *) {}

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

spc_op_entry local_entry() {
  spc_op_entry e = entry(SPC_OP_local_view, local_view);
  e.extent = local_size;
  e.release = no_plan;
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
      local_entry(),
  };
  return entries;
}

spc_status sync(spc_exec exec, const spc_host_api *api) {
  spc_call call{};
  call.exec = exec;
  call.host = api;
  return outcome(&call, "");
}

// Every rank takes part with what it has released, and keeps what the others gave, too.
spc_status agree(std::uint64_t n, const std::uint64_t *numbers, std::uint8_t *agreed, spc_exec exec,
                 const spc_host_api *api) {
  spc_call call{};
  call.exec = exec;
  call.host = api;
  return guarded(&call, [&] {
    std::array<std::vector<std::byte>, n_ranks> given;
    World &world = World::get();
    const std::string wrong =
        world.exchange({"collect", 0}, numbers, n * sizeof *numbers,
                       [&](std::size_t rank, const std::byte *data, std::size_t bytes) {
                         given[rank].insert(given[rank].end(), data, data + bytes);
                       });
    for (std::uint64_t i = 0; i < n; ++i) agreed[i] = 1;
    for (std::size_t rank = 0; rank < n_ranks; ++rank) {
      if (rank >= world.first() && rank < world.last()) continue;
      std::vector<std::uint64_t> theirs(given[rank].size() / sizeof *numbers);
      if (!theirs.empty()) std::memcpy(theirs.data(), given[rank].data(), given[rank].size());
      for (std::uint64_t i = 0; i < n; ++i)
        if (!std::binary_search(theirs.begin(), theirs.end(), numbers[i])) agreed[i] = 0;
    }
    return outcome(&call, wrong);
  });
}

void destroy(void *handle) noexcept {
  const std::unique_ptr<Vector> vector(static_cast<Vector *>(handle));
  World &world = World::get();
  try {
    const std::string wrong = world.exchange({"destroy", vector->id()}, nullptr, 0, ignore);
    if (!wrong.empty()) world.complain(wrong);
  } catch (const std::exception &) {
    // No memory to say so.
  }
}

}  // namespace spc::opaque
