// SPDX-License-Identifier: Apache-2.0
#include "core/linop/product_plan.hpp"

#include <bit>
#include <memory>

#include "core/registry/forks.hpp"
#include "core/support/fork_mutex.hpp"

namespace spc {

namespace {

spc_tensor tensor_of(const Array &a) {
  return {sizeof(spc_tensor),
          SPC_TENSOR_READ_ONLY,
          index_of(a.dtype),
          a.ndim(),
          a.shape.data(),
          a.strides.data(),
          a.data,
          a.buffer->space().id};
}

bool dense_vector(const Array &a) noexcept {
  return a.ndim() == 1 ? a.strides[0] == 1 : a.contiguous();
}

}  // namespace

ProductPlan::ProductPlan(Family &family, Op op, Dtype second,
                         std::initializer_list<Ref<Array>> fixed, Ref<Array> values,
                         std::int64_t rows, std::int64_t cols)
    : family_(family),
      op_(op),
      dtype_(values->dtype),
      second_(second),
      fixed_(fixed),
      values_(std::move(values)),
      values_span_(byte_span(values_->data, dtype_, values_->shape, values_->strides)),
      space_(&values_->buffer->space()),
      rows_(rows),
      cols_(cols) {
  for (const Ref<Array> &a : fixed_) matrix_.push_back(tensor_of(*a));
  for (int i : {0, 1}) {
    vector_shape_[i][0] = i == 0 ? cols : rows;
    vector_[i] = {sizeof(spc_tensor), 0,       index_of(dtype_), 1, vector_shape_[i],
                  unit_stride_,       nullptr, space_->id};
    scalar_bytes(Scalar(SPC_WEAK_INT, i, static_cast<double>(i)), dtype_, constants_[i],
                 "apply_into");
    (i == 0 ? zero_ : one_) = {sizeof(spc_tensor),
                               SPC_TENSOR_VALUE | SPC_TENSOR_READ_ONLY,
                               index_of(dtype_),
                               0,
                               nullptr,
                               nullptr,
                               constants_[i],
                               0};
  }
  for (int m = 0; m < modes; ++m) params_[m] = {sizeof(spc_params_linear), m, rows, cols, 0, 0};
  locks_.store(new Locks(fork_generation.load(std::memory_order_relaxed)));
}

ProductPlan::~ProductPlan() {
  for (Prepared &p : storage_) release(p);
  delete locks_.load(std::memory_order_relaxed);
}

// In a child of the process that made it, what its threads had in hand is forgotten, not released:
// it may be half made.
ProductPlan::Locks &ProductPlan::locks() const {
  const std::uint32_t generation = fork_generation.load(std::memory_order_relaxed);
  Locks *now = locks_.load(std::memory_order_acquire);
  if (now->generation == generation) [[likely]]
    return *now;
  auto fresh = std::make_unique<Locks>(generation);
  const std::scoped_lock lock(lock_of(this));
  now = locks_.load(std::memory_order_relaxed);
  if (now->generation == generation) return *now;
  for (int m = 0; m < modes; ++m) {
    Prepared &p = storage_[m];
    if (slots_[m].load(std::memory_order_relaxed) == nullptr) {
      p = Prepared{};
    } else if (now->in_hand.load(std::memory_order_relaxed) == &p) {
      p.plan = nullptr;
      p.made = false;
    }
  }
  locks_.store(fresh.get(), std::memory_order_release);
  delete now;
  return *fresh.release();
}

void ProductPlan::release(Prepared &p) noexcept {
  if (p.plan != nullptr && !lost_in_fork(*p.kernel->owner))
    p.kernel->entry->release(p.kernel->owner->state(), p.plan);
  p.plan = nullptr;
  p.made = false;
}

// A scalar by value; false if it lies in other memory or would have to be cast.
bool ProductPlan::scalar(Value *v, const spc_tensor &absent, std::byte *bytes,
                         spc_tensor &t) const {
  t = absent;
  if (v == nullptr) return true;
  if (v->kind() == ValueKind::scalar) {
    const Scalar &s = static_cast<const Scalar &>(*v);
    if (s.weak_kind == SPC_WEAK_FLOAT && is_integer(dtype_)) return false;
    if (s.weak_kind == SPC_WEAK_COMPLEX && !is_complex(dtype_)) return false;
    scalar_bytes(s, dtype_, bytes, "apply_into");
    t.data = bytes;
    return true;
  }
  if (v->kind() != ValueKind::array) return false;
  const Array &a = static_cast<const Array &>(*v);
  if (a.ndim() != 0 || a.dtype != dtype_ || a.buffer->space().id != 0) return false;
  t.data = a.data;
  return true;
}

// Sums over x and y need a product of vectors of one length.
bool ProductPlan::takes_sums(const Array &sums, unsigned dots) const noexcept {
  return op_ == Op::spmm && (rows_ == cols_ || dots == SPC_DOT_YY) && sums.dtype == dtype_ &&
         sums.writable() && &sums.buffer->space() == space_ && sums.contiguous() &&
         sums.size >= std::popcount(dots);
}

bool ProductPlan::run(Value *alpha, const Array &x, Value *beta, Array &y, Mode mode, unsigned dots,
                      Array *sums) const {
  if (mode == Mode::adjoint || rows_ == 0 || cols_ == 0 || values_->size == 0) return false;
  if (x.dtype != dtype_ || y.dtype != dtype_ || !y.writable()) return false;
  if (&x.buffer->space() != space_ || &y.buffer->space() != space_) return false;
  if (!dense_vector(x) || !dense_vector(y)) return false;
  const std::int64_t bytes = size_of(dtype_);
  const auto span = [bytes](const Array &v) noexcept {
    const auto first = reinterpret_cast<std::uintptr_t>(v.data);
    return ByteSpan{first, first + static_cast<std::uintptr_t>(v.size * bytes)};
  };
  const ByteSpan written = span(y);
  if (intersect(span(x), written) || intersect(values_span_, written)) return false;

  if (sums != nullptr && !takes_sums(*sums, dots)) return false;

  alignas(16) std::byte alpha_bytes[16], beta_bytes[16];
  spc_tensor scalars[2];
  if (!scalar(alpha, one_, alpha_bytes, scalars[0])) return false;
  if (!scalar(beta, zero_, beta_bytes, scalars[1])) return false;

  const int m = static_cast<int>(mode);
  const bool transposed = m != SPC_MODE_NONE;
  spc_tensor source = vector_[transposed ? 1 : 0], target = vector_[transposed ? 0 : 1];
  source.flags = SPC_TENSOR_READ_ONLY;
  source.data = x.data;
  target.data = y.data;

  const spc_tensor *in[max_operands];
  std::uint32_t n = 0;
  in[n++] = &scalars[0];
  for (const spc_tensor &t : matrix_) in[n++] = &t;
  in[n++] = &source;
  in[n++] = &scalars[1];
  spc_tensor *out[2] = {&target};
  Exec exec;
  spc_call call = {sizeof(spc_call), info(op_).code, n,     1,        in, out,
                   &params_[m],      nullptr,        &exec, &host_api};
  const Prepared *p = slots_[m].load(std::memory_order_acquire);
  if (p == nullptr) [[unlikely]]
    p = &prepared(call, m);
  spc_params_linear with_dots;
  spc_tensor results;
  std::int64_t n_results;
  if (sums != nullptr) {
    if (p->kernel->entry->params_size < sizeof with_dots) return false;
    with_dots = params_[m];
    with_dots.dots = dots;
    call.params = &with_dots;
    n_results = std::popcount(dots);
    results = {sizeof results, 0,          index_of(dtype_), 1, &n_results,
               unit_stride_,   sums->data, space_->id};
    out[call.n_out++] = &results;
  }
  if (!p->planned) [[likely]]
    run_kernel(*p->kernel, op_, call, exec);
  else
    run_with_plan(*p, call, exec, m);
  y.buffer->touch();
  return true;
}

const ProductPlan::Prepared &ProductPlan::prepared(spc_call &call, int mode) const {
  const std::scoped_lock lock(locks().making);
  Prepared &p = storage_[mode];
  if (slots_[mode].load(std::memory_order_relaxed) != nullptr) return p;
  p.kernel = &select_kernel(family_, op_, dtype_, second_, call);
  p.serial = (p.kernel->entry->flags & SPC_KERNEL_SERIAL) != 0;
  if (p.kernel->entry->prepare != nullptr) prepare(p, call);
  p.planned = p.plan != nullptr;
  slots_[mode].store(&p, std::memory_order_release);
  return p;
}

// The matrix and nothing else is fixed: operands 1 to n of the call.
void ProductPlan::prepare(Prepared &p, spc_call &call) const {
  const std::uint64_t fixed = ((std::uint64_t{1} << matrix_.size()) - 1) << 1;
  Exec exec;
  call.exec = &exec;
  // Read before: a write during prepare shows as a newer version.
  p.version = values_->buffer->version();
  const char *owner = p.kernel->owner->name().c_str();
  void *const state = p.kernel->owner->state();
  const spc_status status = call_plugin(
      owner, exec, [&] { return p.kernel->entry->prepare(state, &call, fixed, &p.plan); });
  if (status != SPC_OK) fail_from_plugin(status, exec, name(op_), owner);
  p.made = true;
}

void ProductPlan::run_with_plan(const Prepared &p, spc_call &call, Exec &exec, int mode) const {
  Locks &l = locks();
  for (;;) {
    {
      std::shared_lock shared(l.plans, std::defer_lock);
      std::unique_lock alone(l.plans, std::defer_lock);
      if (p.serial)
        alone.lock();
      else
        shared.lock();
      if (p.made && p.version == values_->buffer->version()) {
        const InHand in_hand(l, p.serial ? &p : nullptr);
        call.plan = p.plan;
        return run_kernel(*p.kernel, op_, call, exec);
      }
    }
    const std::unique_lock alone(l.plans);
    Prepared &stale = storage_[mode];
    if (stale.made && stale.version == values_->buffer->version()) continue;
    const InHand in_hand(l, &stale);
    release(stale);
    prepare(stale, call);
  }
}

}  // namespace spc
