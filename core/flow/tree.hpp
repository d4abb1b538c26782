// SPDX-License-Identifier: Apache-2.0
// Trees: values nested in tuples, lists and maps. Everything else is a leaf; None is one without
// content: it is passed along, never cut or stacked.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "core/array/value.hpp"

namespace spc {

/// Levels of nesting that a value may have: walking and releasing trees recurses, and data needs no
/// more.
inline constexpr int max_depth = 1000;
/// ValueErr unless v may become an item of a list, tuple or map.
void check_nesting(const Value &v, const char *op);
Ref<Value> new_tuple(std::vector<Ref<Value>> items, const char *op);

bool is_leaf(const Value &v) noexcept;
/// Items of a list, tuple or map, in order; none of a leaf.
std::vector<Value *> children(const Value &tree);
/// Leaves in order: items as they stand, depth first.
std::vector<Value *> leaves(Value &tree);
/// A tree like `structure` with other leaves, as many as it has.
Ref<Value> with_leaves(const Value &structure, std::span<const Ref<Value>> leaves);
/// Same kinds, counts and keys down to the leaves, whatever these are.
bool same_structure(const Value &a, const Value &b) noexcept;
/// Where leaf k is: "" for a tree that is a leaf, else "[0]['key']".
std::string leaf_path(const Value &tree, std::size_t k);

/// The family of the first array among the leaves of the values; else the default context's.
Family &family_among(std::span<Value *const> values);
/// An array as it is; scalars and nested lists become arrays of the family.
Ref<Array> as_array(Value &v, Family &family);
/// A scalar, or an array with one element, as a truth value. ValueErr `op: what has shape ...`.
bool truth(const Value &v, const char *op, const char *what);

/// x[..., i, ...] along an axis: a view.
Ref<Array> slice_at(const Array &x, int axis, std::int64_t i);

/// Where a leaf is cut, or where the results for it are stacked.
struct LeafAxis {
  bool mapped;  // false: whole; the result of the first call
  std::int64_t axis;
};

/// results[i] are trees of one structure. Leaf by leaf, arrays and scalars (0-d arrays of the family)
/// are stacked along a new axis; axes has an entry for each leaf. ValueErr: no common structure or
/// shapes.
Ref<Value> stack_trees(std::span<const Ref<Value>> results, std::span<const LeafAxis> axes,
                       Family &family, const char *op);

}  // namespace spc
