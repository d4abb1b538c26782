// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <vector>

#include "core/flow/flow.hpp"
#include "core/flow/tree.hpp"
#include "core/ops/launch.hpp"
#include "core/support/error.hpp"

namespace spc::flow {

namespace {

bool is_sequence(const Value &v) noexcept {
  return v.kind() == ValueKind::list || v.kind() == ValueKind::tuple;
}

LeafAxis one_axis(const Value &entry, const char *what) {
  if (entry.kind() == ValueKind::none) return {false, 0};
  if (entry.kind() == ValueKind::scalar) {
    const auto &s = static_cast<const Scalar &>(entry);
    if (s.weak_kind == SPC_WEAK_INT) return {true, s.integer};
    fail(SPC_E_TYPE, "vmap: expected an integer in {}, got {}", what,
         s.weak_kind == SPC_WEAK_BOOL    ? "a bool"
         : s.weak_kind == SPC_WEAK_FLOAT ? "a float"
                                         : "a complex number");
  }
  fail(SPC_E_TYPE, "vmap: expected an integer, null or a sequence in {}, got {}", what,
       describe(&entry));
}

// Spreads an entry of in_axes or out_axes over the leaves of a tree; a sequence has an entry for
// each member of a tuple or list.
void spread(const Value &tree, const Value &entry, const char *what, std::vector<LeafAxis> &out) {
  if (!is_sequence(entry)) {
    const LeafAxis axis = one_axis(entry, what);
    out.resize(out.size() + leaves(const_cast<Value &>(tree)).size(), axis);
    return;
  }
  const std::vector<Value *> entries = children(entry);
  if (!is_sequence(tree))
    fail(SPC_E_VALUE, "vmap: {} has {} entries for {}, which has no members", what, entries.size(),
         describe(&tree));
  const std::vector<Value *> members = children(tree);
  if (members.size() != entries.size())
    fail(SPC_E_VALUE, "vmap: {} has {} entries for a {} of {}", what, entries.size(),
         describe(&tree), members.size());
  for (std::size_t i = 0; i < members.size(); ++i) spread(*members[i], *entries[i], what, out);
}

// An argument cut into its leaves.
struct Argument {
  Value *tree;
  std::vector<Value *> leaves;
  std::vector<LeafAxis> axes;  // those of mapped leaves are checked and not negative
};

// The mapped length; -1 where nothing is mapped.
class Extent {
 public:
  void join(const Argument &arg, std::size_t i, std::size_t k) {
    const Array &leaf = static_cast<const Array &>(*arg.leaves[k]);
    const std::int64_t n = leaf.shape[axis(arg, k)];
    std::string place = fmt::format("args[{}]{}", i, leaf_path(*arg.tree, k));
    if (length_ < 0) {
      length_ = n;
      family_ = leaf.family;
      first_ = std::move(place);
      first_axis_ = axis(arg, k);
    } else if (n != length_) {
      fail(SPC_E_VALUE,
           "vmap: mapped lengths differ: {} has {} along axis {}, {} has {} along axis {}", first_,
           length_, first_axis_, place, n, axis(arg, k));
    }
  }
  std::int64_t length() const noexcept { return length_; }
  /// Of the first mapped leaf.
  Family &family() const noexcept { return *family_; }

 private:
  static int axis(const Argument &arg, std::size_t k) { return static_cast<int>(arg.axes[k].axis); }
  std::int64_t length_ = -1;
  Family *family_ = nullptr;
  std::string first_;
  int first_axis_ = 0;
};

void check_leaf(Argument &arg, std::size_t i, std::size_t k) {
  const Value &leaf = *arg.leaves[k];
  const auto place = [&] { return fmt::format("args[{}]{}", i, leaf_path(*arg.tree, k)); };
  if (leaf.kind() == ValueKind::sparse)
    fail(SPC_E_TYPE, "vmap: expected dense arrays along mapped axes, got {} in {}", describe(&leaf),
         place());
  const bool scalar = leaf.kind() == ValueKind::scalar;
  const int ndim = scalar ? 0 : static_cast<const Array &>(leaf).ndim();
  std::int64_t &axis = arg.axes[k].axis;
  if (axis < -ndim || axis >= ndim)
    fail(SPC_E_AXIS, "vmap: axis {} is out of bounds for {}, {} of dimension {}", axis, place(),
         scalar ? "a scalar" : "an array", ndim);
  if (axis < 0) axis += ndim;
  require_strided(static_cast<const Array &>(leaf), "vmap");
}

std::vector<Argument> arguments(Function::Args args, const Value *in_axes) {
  const Scalar axis_0(SPC_WEAK_INT, 0, 0);
  const Value &axes = in_axes == nullptr ? axis_0 : *in_axes;
  const bool each = is_sequence(axes);
  const std::vector<Value *> entries = children(axes);
  if (each && entries.size() != args.size())
    fail(SPC_E_VALUE, "vmap: in_axes has {} entries for {} arguments", entries.size(), args.size());
  if (!each) one_axis(axes, "in_axes");
  std::vector<Argument> out;
  for (std::size_t i = 0; i < args.size(); ++i) {
    Argument arg{args[i], leaves(*args[i]), {}};
    spread(*args[i], each ? *entries[i] : axes, "in_axes", arg.axes);
    for (std::size_t k = 0; k < arg.leaves.size(); ++k)
      if (arg.leaves[k]->kind() == ValueKind::none)
        arg.axes[k].mapped = false;
      else if (arg.axes[k].mapped)
        check_leaf(arg, i, k);
    out.push_back(std::move(arg));
  }
  return out;
}

// The argument as call `at` gets it.
Ref<Value> part_of(const Argument &arg, std::int64_t at) {
  std::vector<Ref<Value>> parts;
  for (std::size_t k = 0; k < arg.leaves.size(); ++k)
    parts.push_back(arg.axes[k].mapped ? slice_at(static_cast<const Array &>(*arg.leaves[k]),
                                                  static_cast<int>(arg.axes[k].axis), at)
                                       : Ref<Value>::share(arg.leaves[k]));
  return with_leaves(*arg.tree, parts);
}

std::vector<LeafAxis> result_axes(const Value &result, const Value *out_axes) {
  std::vector<LeafAxis> axes;
  if (out_axes == nullptr)
    axes.resize(leaves(const_cast<Value &>(result)).size(), LeafAxis{true, 0});
  else
    spread(result, *out_axes, "out_axes", axes);
  return axes;
}

}  // namespace

Ref<Value> vmap(const Function &f, Function::Args args, const Value *in_axes,
                const Value *out_axes) {
  const std::vector<Argument> mapped = arguments(args, in_axes);
  Extent extent;
  for (std::size_t i = 0; i < mapped.size(); ++i)
    for (std::size_t k = 0; k < mapped[i].leaves.size(); ++k)
      if (mapped[i].axes[k].mapped) extent.join(mapped[i], i, k);
  if (extent.length() < 0) return f(args);
  if (extent.length() == 0) fail(SPC_E_VALUE, "vmap over an axis of length 0");

  std::vector<Ref<Value>> results;
  std::vector<LeafAxis> axes;
  for (std::int64_t at = 0; at < extent.length(); ++at) {
    std::vector<Ref<Value>> kept;
    std::vector<Value *> parts;
    for (const Argument &arg : mapped) {
      kept.push_back(part_of(arg, at));
      parts.push_back(kept.back().get());
    }
    results.push_back(f(parts));
    if (at == 0) axes = result_axes(*results[0], out_axes);
  }
  return stack_trees(results, axes, extent.family(), "vmap");
}

}  // namespace spc::flow
