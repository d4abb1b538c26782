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

bool any_sparse(const OpArgs &args) {
  bool any = false;
  for (int i = 0; i < args.n_in; ++i)
    any |= args.in[i] != nullptr && args.in[i]->kind() == ValueKind::sparse;
  return any;
}

Ref<Value> apply_rule(const OpArgs &args) {
  if (any_sparse(args))
    if (Ref<Value> result = rules::sparse_operands(args)) return result;
  // Ops whose meaning is more than that of their signature.
  switch (args.op) {
    case Op::copy:
      return rules::copy(args);
    case Op::cast:
      return rules::cast(args);
    case Op::zeros_like:
    case Op::ones_like:
      return rules::like(args);
    case Op::adjoint:
      return rules::adjoint(args);
    case Op::imag:
      return rules::imag(args);
    case Op::power:
      return rules::power(args);
    case Op::equal:
    case Op::not_equal:
    case Op::less:
    case Op::less_equal:
    case Op::greater:
    case Op::greater_equal:
      return rules::compare(args);
    case Op::mean:
      return rules::mean(args);
    case Op::trace:
      return rules::trace(args);
    case Op::vdot:
      return rules::vdot(args);
    case Op::dot:
      return rules::matmul(args);
    case Op::kron:
      return rules::kron(args);
    case Op::outer:
      return rules::outer(args);
    case Op::solve:
      return rules::solve(args);
    case Op::inv:
      return rules::inv(args);
    case Op::cholesky:
      return rules::cholesky(args);
    case Op::expm:
      return rules::expm(args);
    case Op::diag:
      return rules::diag(args);
    case Op::diagonal:
      return rules::diagonal(args);
    case Op::tril:
    case Op::triu:
      return rules::triangle(args);
    case Op::sparse_matmul:
      return rules::sparse_matmul(args);
    case Op::sparse_eliminate_zeros:
    case Op::sparse_sum_duplicates:
      return rules::sparse_cleanup(args);
    case Op::to_host:
      return rules::to_host(args);
    case Op::local_view:
      return rules::local_view(args);
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
    case Signature::CONSTANT:
      return rules::constant(args);
    case Signature::FULL_LIKE:
      return rules::like(args);
    case Signature::LINSPACE:
      return rules::linspace(args);
    case Signature::STACK:
    case Signature::CONCATENATE:
    case Signature::ARRAYS:
      return rules::concatenate(args);
    case Signature::TUPLE_OF_ARRAYS:
      return rules::ix(args);
    case Signature::TAKE:
      return rules::take(args);
    case Signature::INDEX_UPDATE:
      return rules::index_update(args);
    case Signature::ISCLOSE:
      return rules::isclose(args);
    case Signature::ALLCLOSE:
      return rules::allclose(args);
    case Signature::ALLCLOSE_SPARSE:
      return rules::allclose_sparse(args);
    case Signature::WHERE:
      return rules::where(args);
    case Signature::CLIP:
      return rules::clip(args);
    case Signature::LOGSUMEXP:
      return rules::logsumexp(args);
    case Signature::ARG:
      return rules::search(args);
    case Signature::AXIS:
      return rules::sort(args);
    case Signature::NONZERO:
      return rules::nonzero(args);
    case Signature::BINCOUNT:
      return rules::bincount(args);
    case Signature::TENSORDOT:
      return rules::tensordot(args);
    case Signature::EINSUM:
      return rules::einsum(args);
    case Signature::OPTIONS:
    case Signature::EIGH:
      return rules::eigh(args);
    case Signature::EIG:
      return rules::eig(args);
    case Signature::SVD:
      return rules::svd(args);
    case Signature::LU:
      return rules::factor(args);
    case Signature::FACTOR_SOLVE:
      return rules::factor_solve(args);
    case Signature::TRIANGULAR:
      return rules::solve_triangular(args);
    case Signature::ASSPARSE:
      return rules::assparse(args);
    case Signature::AXPBY:
      return rules::axpby(args);
    case Signature::PROGRAM:
      return rules::program_run(args);
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
  return v != nullptr && (v->interposed || (v->depth > 0 && is_interposed(*v)));
}

bool interposed(const OpArgs &args) {
  bool any = interposed(args.into);
  for (int i = 0; i < args.n_in; ++i) any |= interposed(args.in[i]);
  if (args.index_arrays != nullptr)
    for (int i = 0; i < args.n_index; ++i) any |= interposed(args.index_arrays[i]);
  for (std::int64_t i = 0; i < args.n_list; ++i) any |= interposed(args.list[i]);
  return any;
}

Ref<Value> run(const OpArgs &args) {
  Ref<Value> result = apply_rule(args);
  if (args.into != nullptr) args.into->buffer->touch();
  return result;
}

Ref<Value> run_interposed(const OpArgs &args) {
  interpose(name(args.op), info(args.op).code, args.n_in + args.n_list);
  OpArgs clean = args;
  std::vector<Ref<Value>> kept;
  std::vector<Value *> index_arrays, list;
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
  for (std::int64_t i = 0; i < args.n_list; ++i) list.push_back(strip(args.list[i]));
  clean.list = list.data();
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
