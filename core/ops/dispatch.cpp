// SPDX-License-Identifier: Apache-2.0
#include <atomic>

#include "core/ops/ops.hpp"
#include "core/ops/rules.hpp"
#include "core/support/error.hpp"

namespace spc {

namespace {

struct Interposer {
  spc_interposer_fn fn;
  void *user;
};
// Replaced as a whole; an old one is kept, because a running call may still hold it.
std::atomic<const Interposer *> interposer{nullptr};

void interpose(const char *name, std::uint32_t code, std::int64_t n_operands) {
  const Interposer *i = interposer.load(std::memory_order_acquire);
  if (i == nullptr) return;
  spc_interposed_call call = {};
  call.struct_size = sizeof call;
  call.op = code;
  call.name = name;
  call.n_operands = n_operands;
  const spc_status status = i->fn(i->user, &call);
  if (status != 0)
    throw Error(SPC_E_CALLBACK,
                fmt::format("{}: the interposer stopped the call with {}", name, status), status);
}

Ref<Value> apply_rule(const OpArgs &args) {
  switch (args.op) {
    case Op::empty:
    case Op::zeros:
    case Op::ones:
    case Op::full:
    case Op::eye:
    case Op::arange:
      return rules::create(args);
    case Op::asarray:
      return rules::asarray(args);
    case Op::astype:
      return rules::astype(args);
    case Op::copy:
      return rules::copy(args);
    case Op::to_host:
      return rules::to_host(args);
    case Op::reshape:
    case Op::ravel:
    case Op::transpose:
    case Op::swapaxes:
    case Op::moveaxis:
    case Op::broadcast_to:
    case Op::expand_dims:
    case Op::squeeze:
    case Op::real:
      return rules::view(args);
    case Op::getitem:
      return rules::getitem(args);
    case Op::imag:
      return rules::imag(args);
    case Op::axpby:
      return rules::axpby(args);
    case Op::sum:
    case Op::min:
    case Op::max:
      return rules::reduce(args);
    case Op::norm:
      return rules::norm(args);
    case Op::vdot:
      return rules::vdot(args);
    case Op::matmul:
      return rules::matmul(args);
    case Op::assparse:
      return rules::assparse(args);
    case Op::sparse_matmul:
      return rules::sparse_matmul(args);
    case Op::add:
    case Op::subtract:
    case Op::multiply:
    case Op::divide:
    case Op::maximum:
    case Op::negative:
    case Op::conj:
    case Op::abs:
    case Op::sqrt:
      return rules::elementwise(args);
    default:
      fail(SPC_E_NOTIMPL, "{}: called by other operations only", name(args.op));
  }
}

}  // namespace

void Offered::offer(const char *name, std::uint32_t code, int n) {
  interpose(name, code, n);
  for (int i = 0; i < n; ++i) {
    if (operands_[i] == nullptr || !operands_[i]->interposed) continue;
    const Array &a = static_cast<const Array &>(*operands_[i]);
    plain_[i] = make<Array>(*a.family, a.dtype, a.shape, a.strides, a.buffer, a.data, a.writable);
    operands_[i] = plain_[i].get();
  }
}

namespace {

bool interposed(const OpArgs &args) {
  for (int i = 0; i < args.n_in; ++i)
    if (args.in[i] != nullptr && args.in[i]->interposed) return true;
  return false;
}

Ref<Value> run(const OpArgs &args) {
  Ref<Value> result = apply_rule(args);
  if (args.into != nullptr) args.into->buffer->touch();
  return result;
}

}  // namespace

Ref<Value> dispatch(const OpArgs &args) {
  if (!interposed(args)) [[likely]]
    return run(args);
  const Offered offered(name(args.op), info(args.op).code, args.in, args.n_in);
  OpArgs plain = args;
  for (int i = 0; i < args.n_in; ++i) plain.in[i] = offered[i];
  return run(plain);
}

void set_interposer(spc_interposer_fn fn, void *user) noexcept {
  interposer.store(fn == nullptr ? nullptr : new Interposer{fn, user}, std::memory_order_release);
}

}  // namespace spc
