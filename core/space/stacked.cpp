// SPDX-License-Identifier: Apache-2.0
#include "core/space/stacked.hpp"

#include "core/ops/ops.hpp"
#include "core/space/axes.hpp"
#include "core/space/tree.hpp"
#include "core/support/error.hpp"

namespace spc {

namespace {

Dims stacked_shape(const Space &base, std::int64_t count) {
  Dims shape = base.shape();
  shape.insert(0, count);
  return shape;
}

}  // namespace

StackedSpace::StackedSpace(Ref<ArraySpace> base, std::int64_t count)
    : ArraySpace(base->ctx, stacked_shape(*base, count), Ref<Geometry>::share(base->geometry())),
      base_(std::move(base)) {}

Ref<Space> StackedSpace::create(const Ref<Space> &base, std::int64_t count) {
  if (count < 0) fail(SPC_E_VALUE, "StackedSpace: count must be nonnegative. Got {}", count);
  if (const auto *tree = dynamic_cast<const TreeSpace *>(base.get())) {
    std::vector<Ref<Space>> leaves;
    for (const Ref<Space> &leaf : tree->leaves()) leaves.push_back(create(leaf, count));
    return make<TreeSpace>(base->ctx, tree->structure(), std::move(leaves));
  }
  if (const auto *stacked = dynamic_cast<const StackedSpace *>(base.get())) {
    std::int64_t copies;
    if (__builtin_mul_overflow(stacked->count(), count, &copies))
      fail(SPC_E_VALUE, "StackedSpace: {} times {} copies exceed int64", count, stacked->count());
    return make<StackedSpace>(stacked->base_, copies);
  }
  auto *array = dynamic_cast<ArraySpace *>(base.get());
  if (array == nullptr)
    fail(SPC_E_TYPE, "StackedSpace base must be a CoordinateSpace, got {}", base->kind());
  return make<StackedSpace>(Ref<ArraySpace>::share(array), count);
}

Ref<Space> StackedSpace::rebuilt(Ref<Context> target) const {
  return create(base_->converted_to(*target), count());
}

Ref<Space> StackedSpace::convert(const Conversion &conversion) {
  const Ref<Context> target = conversion.context_for(*ctx);
  const Ref<Space> base = base_->convert(conversion);
  if (base.get() == base_.get() && *target == *ctx) return Ref<Space>::share(this);
  return create(base, count());
}

std::string StackedSpace::text() const {
  return fmt::format("StackedSpace(base={}, count={})", base_->text(), count());
}

bool StackedSpace::same_structure(const Space &other) const {
  return base_->interchangeable(*static_cast<const StackedSpace &>(other).base_);
}

// ---- membership: an element is a batch of the base

bool StackedSpace::is_plain_member(Value &v) const noexcept {
  return base_->free_coordinates() && ArraySpace::is_plain_member(v);
}

std::string StackedSpace::violation(Value &x, CheckLevel level) const {
  std::string text = ArraySpace::violation(x, level);
  return text.empty() ? base_->batch_violation(x, level) : text;
}

std::string StackedSpace::batch_violation(Value &xs, CheckLevel level) const {
  std::string text = ArraySpace::batch_violation(xs, level);
  return text.empty() ? base_->batch_violation(xs, level) : text;
}

// ---- coordinates

Ref<Value> StackedSpace::unflatten_core(Array &v) const {
  if (free_coordinates()) return ArraySpace::unflatten_core(v);
  return base_->unflatten_batch_core(*ops::reshape(v, {count(), base_->size()}));
}

Ref<Value> StackedSpace::unflatten_batch_core(Array &vs) const {
  Ref<Value> xs = ArraySpace::unflatten_batch_core(vs);
  if (free_coordinates()) return xs;
  return base_->unflatten_batch_core(*base_->flatten_batch_core(*xs));
}

Ref<Value> StackedSpace::from_host(const void *coordinates) const {
  Ref<Value> x = ArraySpace::from_host(coordinates);
  return free_coordinates() ? x : unflatten_core(static_cast<Array &>(*x));
}

// ---- inner product

Ref<Array> StackedSpace::inner_core(Value &x, Value &y) const {
  Array &a = own_array(x, "space_inner", "x");
  const Ref<Value> image = riesz(y);
  return ops::vdot(a, *image);
}

void StackedSpace::inner_into(Value &x, Value &y, Value *work, Array &out) const {
  if (is_euclidean())
    return geometry_->inner_into(as_dense(&x, kind()), as_dense(&y, kind()), nullptr, out);
  Array &image = as_dense(work, kind());
  geometry_->riesz_into(as_dense(&y, kind()), image);
  ops::vdot_into(x, image, out);
}

// ---- Jordan algebra

Ref<Value> StackedSpace::unit() const {
  const Ref<Value> one = base_->unit();
  return tagged_array(ops::copy(*ops::broadcast_to(*one, shape())));
}

Ref<Value> StackedSpace::from_spectrum_core(Value &eigenvalues, Value &frame) const {
  Ref<Value> x = base_->from_spectrum_core(eigenvalues, frame);
  batch_shape(*x);
  return x;
}

Ref<Array> StackedSpace::trace_core(Value &x) const {
  batch_shape(x);
  return tagged_array(reduce_last(Op::sum, *base_->trace_core(x), 1));
}

Ref<Array> StackedSpace::determinant_core(Value &x) const {
  batch_shape(x);
  return tagged_array(reduce_last(Op::prod, *base_->determinant_core(x), 1));
}

}  // namespace spc
