// SPDX-License-Identifier: Apache-2.0
#include "core/ops/sparse_factor.hpp"

#include "core/ops/launch.hpp"
#include "core/ops/ops.hpp"
#include "core/ops/sparse.hpp"
#include "core/registry/forks.hpp"
#include "core/support/error.hpp"
#include "core/support/fork_mutex.hpp"

namespace spc {

namespace {

using compressed::give_matrix;

// What every call with these factors has.
spc_params_sparse_factor params_of(const SparseArray &A, const SparseFactor::Options &options) {
  spc_params_sparse_factor p = {};
  p.ordering = options.ordering;
  p.variant = options.variant;
  p.rows = A.rows;
  p.cols = A.cols;
  p.pivot_tolerance = options.pivot_tolerance;
  p.rank_tolerance = options.rank_tolerance;
  return p;
}

const Kernel &kernel_for(Family &family, Op op, const SparseArray &A, Launch &launch) {
  return select_kernel(family, op, A.dtype(), A.index_dtype(), launch.call());
}

}  // namespace

SparseFactor::SparseFactor(const Kernel &kernel, Op op, Ref<SparseArray> A, const Options &options)
    : kernel_(&kernel),
      op_(op),
      A_(std::move(A)),
      options_(options),
      generation_(fork_generation.load(std::memory_order_relaxed)) {}

Ref<SparseFactor> SparseFactor::create(Family &family, Op op, const Ref<SparseArray> &A,
                                       const Options &options, const char *caller,
                                       const SparseFactor *analysis) {
  spc_params_sparse_factor choice = params_of(*A, options);
  Launch launch(op, caller);
  give_matrix(launch, *A);
  launch.params(choice);
  const Kernel &kernel = kernel_for(family, op, *A, launch);
  const std::string &owner = kernel.owner->name();
  if (kernel.entry->prepare == nullptr)
    fail(SPC_E_NOTIMPL, "{}: the kernel {} of family '{}' makes no plans", caller, name(op), owner);
  Ref<SparseFactor> made = make<SparseFactor>(kernel, op, A, options);
  void *const state = kernel.owner->state();
  require_not_lost(*kernel.owner, caller, owner);
  spc_call &call = launch.call();
  if (analysis != nullptr && analysis->kernel_->entry == kernel.entry &&
      !lost_in_fork(*kernel.owner))
    call.plan = analysis->plan_;
  const spc_status status = call_plugin(
      owner, launch.exec, [&] { return kernel.entry->prepare(state, &call, 7, &made->plan_); });
  if (status != SPC_OK) fail_from_plugin(status, launch.exec, caller, owner.c_str());
  if (made->plan_ == nullptr)
    fail(SPC_E_PLUGIN, "{}: the kernel {} of family '{}' made no plan", caller, name(op), owner);
  return made;
}

SparseFactor::~SparseFactor() {
  if (plan_ != nullptr && !lost_in_fork(*kernel_->owner))
    kernel_->entry->release(kernel_->owner->state(), plan_);
}

void SparseFactor::run(int request, int mode, const Array *b, Array &out) const {
  spc_params_sparse_factor p = params_of(*A_, options_);
  p.request = request;
  p.mode = mode;
  Launch launch(op_);
  give_matrix(launch, *A_);
  if (b != nullptr) launch.in(*b);
  launch.out(out);
  launch.params(p);
  spc_call &call = launch.call();
  call.plan = plan_;
  std::unique_lock serial(serial_, std::defer_lock);
  if ((kernel_->entry->flags & SPC_KERNEL_SERIAL) != 0) {
    // Another thread of the parent may have been at work on the plan.
    if (generation_ != fork_generation.load(std::memory_order_relaxed))
      fail(SPC_E_PLUGIN, "{}: factors of family '{}' were made before this process was forked",
           name(op_), kernel_->owner->name());
    serial.lock();
  }
  run_kernel(*kernel_, op_, call, launch.exec);
}

Ref<Array> SparseFactor::solve(Array &b, int mode) const {
  Dims shape = b.shape;
  const bool transposed = mode != SPC_MODE_NONE;
  shape[0] = transposed ? A_->rows : A_->cols;
  Ref<Array> x = new_array(*A_->data->family, A_->dtype(), shape);
  if (x->size == 0) return x;
  if (b.size == 0) {
    ops::fill(*x, 0);
    return x;
  }
  run(SPC_REQUEST_SOLVE, mode, &b, *x);
  return x;
}

std::array<double, SPC_FACT_COUNT> SparseFactor::facts() const {
  const Ref<Array> out = new_array(*A_->data->family, Dtype::float64, {SPC_FACT_COUNT});
  run(SPC_REQUEST_FACTS, SPC_MODE_NONE, nullptr, *out);
  std::array<double, SPC_FACT_COUNT> numbers{};
  ops::to_host(*out, numbers.data());
  return numbers;
}

Ref<SparseArray> incomplete_factors(Op op, const Ref<SparseArray> &A, const char *caller) {
  const Ref<Array> data = new_array(A->family(), A->dtype(), {A->nnz()});
  spc_params_sparse p = {};
  p.rows = A->rows;
  p.cols = A->cols;
  Launch launch(op, caller);
  give_matrix(launch, *A);
  launch.out(*data);
  launch.params(p);
  launch.run(A->family(), A->dtype(), A->index_dtype());
  space_sync(A->family().memory());  // a queued refusal comes here
  return make<SparseArray>(SPC_CSR, A->rows, A->cols, A->first, A->second, data);
}

Ref<Array> solve_sparse_triangle(const SparseArray &A, Array &b, bool lower, bool unit, int mode,
                                 const char *caller) {
  const Ref<Array> x = new_array(A.family(), A.dtype(), b.shape);
  if (x->size == 0) return x;
  spc_params_factor p = {};
  p.mode = mode;
  p.lower = lower ? 1 : 0;
  p.unit = unit ? 1 : 0;
  Launch launch(Op::sparse_solve_triangular, caller);
  give_matrix(launch, A);
  launch.in(b);
  launch.out(*x);
  launch.params(p);
  launch.run(A.family(), A.dtype(), A.index_dtype());
  return x;
}

}  // namespace spc
