// SPDX-License-Identifier: Apache-2.0
#include <atomic>
#include <vector>

#include "core/ops/ops.hpp"
#include "core/ops/rules.hpp"
#include "core/support/error.hpp"

namespace spc {

namespace {

struct Interposer {
  spc_interposer_fn fn;
  void *user;
  const Interposer *older;
};
// Replaced as a whole; old ones are kept in a list, because a running call may still hold them.
std::atomic<const Interposer *> interposer{nullptr}, installed{nullptr};

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
  // Ops whose meaning is more than that of their signature.
  switch (args.op) {
    case Op::copy:
      return rules::copy(args);
    case Op::imag:
      return rules::imag(args);
    case Op::vdot:
      return rules::vdot(args);
    case Op::sparse_matmul:
      return rules::sparse_matmul(args);
    case Op::to_host:
      return rules::to_host(args);
    default:
      break;
  }
  switch (info(args.op).form) {
    case Signature::CREATE:
    case Signature::FULL:
    case Signature::EYE:
    case Signature::ARANGE:
      return rules::create(args);
    case Signature::ASARRAY:
      return rules::asarray(args);
    case Signature::CAST:
      return rules::astype(args);
    case Signature::UNARY:
    case Signature::BINARY:
      return rules::elementwise(args);
    case Signature::VIEW:
    case Signature::SHAPE:
    case Signature::AXES:
    case Signature::AXIS_PAIR:
    case Signature::MOVEAXIS:
      return rules::view(args);
    case Signature::GETITEM:
      return rules::getitem(args);
    case Signature::REDUCE:
    case Signature::REDUCE_AS:
      return rules::reduce(args);
    case Signature::NORM:
      return rules::norm(args);
    case Signature::MATMUL:
      return rules::matmul(args);
    case Signature::ASSPARSE:
      return rules::assparse(args);
    case Signature::AXPBY:
      return rules::axpby(args);
    case Signature::KERNEL:
      break;
  }
  fail(SPC_E_NOTIMPL, "{}: called by other operations only", name(args.op));
}

}  // namespace

void Offered::offer(const char *name, std::uint32_t code, int n) {
  interpose(name, code, n);
  for (int i = 0; i < n; ++i) {
    if (operands_[i] == nullptr) continue;
    plain_[i] = plain(*operands_[i]);
    operands_[i] = plain_[i].get();
  }
}

namespace {

bool interposed(const Value *v) {
  return v != nullptr && is_interposed(*v);
}

bool interposed(const OpArgs &args) {
  bool any = interposed(args.into);
  for (int i = 0; i < args.n_in; ++i) any |= interposed(args.in[i]);
  if (args.index_arrays != nullptr)
    for (int i = 0; i < args.n_index; ++i) any |= interposed(args.index_arrays[i]);
  return any;
}

Ref<Value> run(const OpArgs &args) {
  Ref<Value> result = apply_rule(args);
  if (args.into != nullptr) args.into->buffer->touch();
  return result;
}

Ref<Value> run_interposed(const OpArgs &args) {
  interpose(name(args.op), info(args.op).code, args.n_in);
  OpArgs clean = args;
  std::vector<Ref<Value>> kept;
  std::vector<Value *> index_arrays;
  auto strip = [&](Value *v) {
    if (v == nullptr) return v;
    kept.push_back(plain(*v));
    return kept.back().get();
  };
  for (int i = 0; i < args.n_in; ++i) clean.in[i] = strip(args.in[i]);
  clean.into = static_cast<Array *>(strip(args.into));
  if (args.index_arrays != nullptr) {
    for (int i = 0; i < args.n_index; ++i) index_arrays.push_back(strip(args.index_arrays[i]));
    clean.index_arrays = index_arrays.data();
  }
  return run(clean);
}

}  // namespace

Ref<Value> dispatch(const OpArgs &args) {
  return interposed(args) ? run_interposed(args) : run(args);
}

void set_interposer(spc_interposer_fn fn, void *user) {
  if (fn == nullptr) return interposer.store(nullptr, std::memory_order_release);
  Interposer *const fresh = new Interposer{fn, user, installed.load(std::memory_order_relaxed)};
  while (!installed.compare_exchange_weak(fresh->older, fresh, std::memory_order_release,
                                          std::memory_order_relaxed)) {
  }
  interposer.store(fresh, std::memory_order_release);
}

}  // namespace spc
