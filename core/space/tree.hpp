// SPDX-License-Identifier: Apache-2.0
// TreeSpace: the direct product of leaf spaces; elements are trees (spec 1.9).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/space/space.hpp"

namespace spc {

/// The structure of a tree: containers with `*` for leaves. Maps hold their keys in the order of the
/// template; leaves are counted depth first with the keys of maps sorted.
class Structure {
 public:
  /// `{model: [*, {bias: *}], 'other key': (*, null)}`. ValueErr with the position.
  static Structure parse(std::string_view text, const char *op);
  /// What is no list, tuple, map or None is a leaf.
  static Structure of(Value &example);
  /// `(*, *, ...)`
  static Structure tuple(std::size_t n);

  std::size_t leaf_count() const noexcept;
  /// As parse reads it; equal structures have equal texts up to the order of keys.
  std::string text() const;
  /// Equality ignores the order of keys and tells lists, tuples and maps apart.
  bool operator==(const Structure &other) const;
  std::uint64_t hash() const;
  /// `$.model[1].weight`; entries of tuples and lists by index, keys that are no identifiers as
  /// `['my key']`.
  std::string leaf_path(std::size_t leaf) const;
  /// Leaf i replaced by structure parts[i].
  Structure spliced(const std::vector<Structure> &parts) const;
  /// The leaves of a value in leaf order. false: another structure; `why` then says where.
  bool flatten(Value &value, std::vector<Value *> &leaves, std::string *why) const;
  /// The value with these leaves, keys in the template's order.
  Ref<Value> unflatten(std::span<const Ref<Value>> leaves) const;

 private:
  enum class Kind { leaf, none, list, tuple, map };
  Kind kind_ = Kind::leaf;
  std::vector<std::string> keys_;  // of a map
  std::vector<Structure> items_;
};

/// The direct product of leaf spaces: coordinates are joined in leaf order, inner products add.
class TreeSpace final : public Space {
 public:
  /// ctx nullptr: resolved from the leaves. Leaves that are TreeSpaces are spliced in. ValueErr:
  /// no leaf, their number; TypeErr: a leaf without coordinates.
  static Ref<Space> create(Structure structure, std::vector<Ref<Space>> leaves, Ref<Context> ctx);

  const Structure &structure() const noexcept { return structure_; }
  std::span<const Ref<Space>> leaves() const noexcept { return leaves_; }
  /// Leaves of an element in leaf order. TypeErr: another structure, at every level.
  std::vector<Value *> flatten_tree(Value &x, const char *op) const;
  /// ValueErr `TreeSpace expected 3 leaves, got 2.`
  Ref<Value> unflatten_tree(std::span<const Ref<Value>> leaves) const;

 private:
  Structure structure_;
  std::vector<Ref<Space>> leaves_;
};

}  // namespace spc
