// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <tuple>
#include <vector>

#include "core/flow/flow.hpp"
#include "core/flow/tree.hpp"
#include "core/ops/launch.hpp"
#include "core/support/error.hpp"

namespace spc::flow {

namespace {

Ref<Value> weak_integer(std::int64_t i) {
  return make<Scalar>(SPC_WEAK_INT, i, static_cast<double>(i));
}

// The steps of a scan: extents of the leaves of xs, and the length if it was given.
std::int64_t steps(const Value &xs, std::span<Value *const> xs_leaves, std::int64_t length) {
  if (length != SPC_NONE_I64 && length < 0)
    fail(SPC_E_VALUE, "scan: length is {}, expected 0 or more", length);
  std::int64_t extent = SPC_NONE_I64;
  std::size_t first = 0;
  for (std::size_t k = 0; k < xs_leaves.size(); ++k) {
    const Value &leaf = *xs_leaves[k];
    if (leaf.kind() == ValueKind::none) continue;
    if (leaf.kind() == ValueKind::sparse)
      fail(SPC_E_TYPE, "scan: expected dense arrays, got {} in xs{}", describe(&leaf),
           leaf_path(xs, k));
    const Array *a = leaf.kind() == ValueKind::array ? &static_cast<const Array &>(leaf) : nullptr;
    if (a == nullptr || a->ndim() == 0)
      fail(SPC_E_AXIS, "scan: xs{} is a {} without axes", leaf_path(xs, k),
           a == nullptr ? "scalar" : "0-d array");
    require_strided(*a, "scan");
    if (extent == SPC_NONE_I64) {
      extent = a->shape[0];
      first = k;
    } else if (a->shape[0] != extent) {
      fail(SPC_E_VALUE, "scan: leading extents differ: xs{} has {}, xs{} has {}",
           leaf_path(xs, first), extent, leaf_path(xs, k), a->shape[0]);
    }
  }
  if (extent == SPC_NONE_I64) {
    if (length == SPC_NONE_I64) fail(SPC_E_VALUE, "scan(xs=None) requires an explicit `length`.");
    return length;
  }
  if (length != SPC_NONE_I64 && length != extent)
    fail(SPC_E_VALUE, "scan: length is {}, the leading extent of xs is {}", length, extent);
  return extent;
}

// (c, y) of one step.
std::pair<Ref<Value>, Ref<Value>> pair_of(const Value &result) {
  if (result.kind() == ValueKind::tuple) {
    const auto &items = static_cast<const Sequence &>(result).items;
    if (items.size() == 2) return {items[0], items[1]};
    fail(SPC_E_TYPE, "scan: expected f to give a tuple (carry, y), got one of {} items",
         items.size());
  }
  fail(SPC_E_TYPE, "scan: expected f to give a tuple (carry, y), got {}", describe(&result));
}

}  // namespace

Ref<Value> fori_loop(std::int64_t lower, std::int64_t upper, const Function &body,
                     Ref<Value> init) {
  Ref<Value> v = std::move(init);
  for (std::int64_t i = lower; i < upper; ++i) {
    const Ref<Value> index = weak_integer(i);
    v = body(std::array{index.get(), v.get()});
  }
  return v;
}

Ref<Value> while_loop(const Function &cond, const Function &body, Ref<Value> init) {
  Ref<Value> v = std::move(init);
  for (;;) {
    const std::array args{v.get()};
    if (!truth(*cond(args), "while_loop", "the condition")) return v;
    v = body(args);
  }
}

std::pair<Ref<Value>, Ref<Value>> scan(const Function &f, Ref<Value> init, Value &xs,
                                       std::int64_t length, bool reverse) {
  const std::vector<Value *> xs_leaves = leaves(xs);
  const std::int64_t n = steps(xs, xs_leaves, length);
  Ref<Value> carry = std::move(init);
  if (n == 0) return {std::move(carry), new_tuple({}, "scan")};
  Family &family = family_among(std::array{&xs, carry.get()});
  std::vector<Ref<Value>> ys;  // in the order of the calls: a length alone asks for no memory
  for (std::int64_t step = 0; step < n; ++step) {
    const std::int64_t i = reverse ? n - 1 - step : step;
    std::vector<Ref<Value>> slices;
    slices.reserve(xs_leaves.size());
    for (Value *leaf : xs_leaves)
      slices.push_back(leaf->kind() == ValueKind::none
                           ? Ref<Value>::share(leaf)
                           : slice_at(static_cast<const Array &>(*leaf), 0, i));
    const Ref<Value> x = with_leaves(xs, slices);
    std::tie(carry, ys.emplace_back()) = pair_of(*f(std::array{carry.get(), x.get()}));
  }
  if (reverse) std::reverse(ys.begin(), ys.end());
  const std::vector<LeafAxis> axes(leaves(*ys[0]).size(), LeafAxis{true, 0});
  return {std::move(carry), stack_trees(ys, axes, family, "scan")};
}

Ref<Value> cond(const Value &pred, const Function &true_fun, const Function &false_fun,
                Function::Args operands) {
  return truth(pred, "cond", "the predicate") ? true_fun(operands) : false_fun(operands);
}

}  // namespace spc::flow
