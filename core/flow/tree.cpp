// SPDX-License-Identifier: Apache-2.0
#include "core/flow/tree.hpp"

#include <algorithm>

#include "core/context/context.hpp"
#include "core/ops/operands.hpp"
#include "core/ops/ops.hpp"
#include "core/support/error.hpp"

namespace spc {

void check_nesting(const Value &v, const char *op) {
  if (v.depth >= max_depth)
    fail(SPC_E_VALUE, "{}: nested {} levels deep, at most {} are supported", op, v.depth + 1,
         max_depth);
}

Ref<Value> new_tuple(std::vector<Ref<Value>> items, const char *op) {
  for (const Ref<Value> &item : items) check_nesting(*item, op);
  return make<Sequence>(ValueKind::tuple, std::move(items));
}

bool is_leaf(const Value &v) noexcept {
  return v.kind() != ValueKind::list && v.kind() != ValueKind::tuple && v.kind() != ValueKind::map;
}

std::vector<Value *> children(const Value &tree) {
  std::vector<Value *> items;
  if (tree.kind() == ValueKind::map)
    for (const auto &entry : static_cast<const Map &>(tree).items)
      items.push_back(entry.second.get());
  else if (!is_leaf(tree))
    for (const Ref<Value> &item : static_cast<const Sequence &>(tree).items)
      items.push_back(item.get());
  return items;
}

namespace {

void add_leaves(Value &tree, std::vector<Value *> &out) {
  if (is_leaf(tree)) {
    out.push_back(&tree);
    return;
  }
  for (Value *child : children(tree)) add_leaves(*child, out);
}

Ref<Value> rebuild(const Value &structure, std::span<const Ref<Value>> leaves, std::size_t &next) {
  if (is_leaf(structure)) return leaves[next++];
  if (structure.kind() == ValueKind::map) {
    std::vector<std::pair<std::string, Ref<Value>>> entries;
    for (const auto &entry : static_cast<const Map &>(structure).items)
      entries.emplace_back(entry.first, rebuild(*entry.second, leaves, next));
    return make<Map>(std::move(entries));
  }
  std::vector<Ref<Value>> items;
  for (const Ref<Value> &item : static_cast<const Sequence &>(structure).items)
    items.push_back(rebuild(*item, leaves, next));
  return make<Sequence>(structure.kind(), std::move(items),
                        static_cast<const Sequence &>(structure).type);
}

// True once leaf k was found below; `k` counts down.
bool find_path(const Value &tree, std::size_t &k, std::string &path) {
  if (is_leaf(tree)) return k-- == 0;
  const std::size_t length = path.size();
  const std::vector<Value *> items = children(tree);
  for (std::size_t i = 0; i < items.size(); ++i) {
    path += tree.kind() == ValueKind::map
                ? fmt::format("['{}']", static_cast<const Map &>(tree).items[i].first)
                : fmt::format("[{}]", i);
    if (find_path(*items[i], k, path)) return true;
    path.resize(length);
  }
  return false;
}

// One leaf of every call.
Ref<Value> stack_leaf(std::span<const Ref<Array>> parts, std::int64_t axis, const char *op) {
  for (std::size_t i = 1; i < parts.size(); ++i)
    if (parts[i]->shape != parts[0]->shape)
      fail(SPC_E_VALUE, "{}: the results of calls 0 and {} have shapes {} and {}", op, i,
           parts[0]->shape, parts[i]->shape);
  const int ndim = parts[0]->ndim() + 1;
  if (axis < -ndim || axis >= ndim)
    fail(SPC_E_AXIS, "{}: out_axes {} is out of bounds for a result of dimension {}", op, axis,
         ndim);
  std::vector<Value *> list;
  for (const Ref<Array> &part : parts) list.push_back(part.get());
  OpArgs args(Op::stack);
  args.n_list = static_cast<std::int64_t>(list.size());
  args.list = list.data();
  args.n = axis;
  return dispatch(args);
}

bool is_content(const Value &leaf) noexcept {
  return leaf.kind() != ValueKind::none;
}

}  // namespace

std::vector<Value *> leaves(Value &tree) {
  std::vector<Value *> out;
  add_leaves(tree, out);
  return out;
}

Ref<Value> with_leaves(const Value &structure, std::span<const Ref<Value>> leaves) {
  std::size_t next = 0;
  return rebuild(structure, leaves, next);
}

bool same_structure(const Value &a, const Value &b) noexcept {
  if (is_leaf(a) || is_leaf(b)) return is_leaf(a) && is_leaf(b);
  if (a.kind() != b.kind()) return false;
  if (a.kind() == ValueKind::map) {
    const auto &x = static_cast<const Map &>(a).items, &y = static_cast<const Map &>(b).items;
    return std::equal(x.begin(), x.end(), y.begin(), y.end(), [](const auto &p, const auto &q) {
      return p.first == q.first && same_structure(*p.second, *q.second);
    });
  }
  const auto &s = static_cast<const Sequence &>(a), &t = static_cast<const Sequence &>(b);
  const auto &x = s.items, &y = t.items;
  return same_type(s.type, t.type) &&
         std::equal(x.begin(), x.end(), y.begin(), y.end(),
                    [](const auto &p, const auto &q) { return same_structure(*p, *q); });
}

std::string leaf_path(const Value &tree, std::size_t k) {
  std::string path;
  find_path(tree, k, path);
  return path;
}

Family &family_among(std::span<Value *const> values) {
  for (Value *v : values)
    for (const Value *leaf : leaves(*v)) {
      if (leaf->kind() == ValueKind::array) return *static_cast<const Array *>(leaf)->family;
      if (leaf->kind() == ValueKind::sparse)
        return static_cast<const SparseArray *>(leaf)->family();
    }
  return default_context()->family;
}

Ref<Array> as_array(Value &v, Family &family) {
  if (v.kind() == ValueKind::array) return Ref<Array>::share(&static_cast<Array &>(v));
  const Ref<Context> ctx = make<Context>(family, Dtype::float64, CheckLevel::none);
  return ops::asarray(*ctx, v);
}

bool truth(const Value &v, const char *op, const char *what) {
  if (v.kind() == ValueKind::scalar) {
    const auto &s = static_cast<const Scalar &>(v);
    return s.weak_kind <= SPC_WEAK_INT ? s.integer != 0 : s.number != 0.0;
  }
  if (v.kind() != ValueKind::array)
    fail(SPC_E_TYPE, "{}: expected a scalar or an array of one element as {}, got {}", op, what,
         describe(&v));
  const auto &a = static_cast<const Array &>(v);
  if (a.size != 1)
    fail(SPC_E_VALUE, "{}: {} has shape {}, expected one element", op, what, a.shape);
  return read_scalar(a) != 0.0;
}

Ref<Array> slice_at(const Array &x, int axis, std::int64_t i) {
  Dims shape = x.shape, strides = x.strides;
  shape.erase(axis);
  strides.erase(axis);
  return new_view(x, shape, strides, x.data + i * x.strides[axis] * size_of(x.dtype), x.dtype,
                  true);
}

Ref<Value> stack_trees(std::span<const Ref<Value>> results, std::span<const LeafAxis> axes,
                       Family &family, const char *op) {
  std::vector<std::vector<Value *>> calls;
  for (const Ref<Value> &result : results) {
    calls.push_back(leaves(*result));
    bool same = same_structure(*results[0], *result);
    for (std::size_t k = 0; same && k < calls[0].size(); ++k)
      same = is_content(*calls.back()[k]) == is_content(*calls[0][k]);
    if (!same)
      fail(SPC_E_VALUE, "{}: the results of calls 0 and {} differ in structure", op,
           calls.size() - 1);
  }
  std::vector<Ref<Value>> stacked;
  for (std::size_t k = 0; k < calls[0].size(); ++k) {
    Value &first = *calls[0][k];
    if (!axes[k].mapped || !is_content(first)) {
      stacked.push_back(Ref<Value>::share(&first));
      continue;
    }
    std::vector<Ref<Array>> parts;
    for (const std::vector<Value *> &call : calls) {
      if (call[k]->kind() == ValueKind::sparse)
        fail(SPC_E_TYPE, "{}: only dense arrays and scalars can be stacked, call {} gave {}", op,
             parts.size(), describe(call[k]));
      parts.push_back(as_array(*call[k], family));
    }
    stacked.push_back(stack_leaf(parts, axes[k].axis, op));
  }
  return with_leaves(*results[0], stacked);
}

}  // namespace spc
