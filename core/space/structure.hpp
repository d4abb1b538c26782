// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/array/value.hpp"

namespace spc {

/// The structure of a tree: containers with `*` for leaves. Maps hold their keys in the order of the
/// template; leaves are counted depth first with the keys of maps sorted. Immutable.
class Structure {
 public:
  /// `{model: [*, {bias: *}], 'other key': (*, null), point: Point(x: *, y: *)}`. ValueErr naming op,
  /// with the position.
  static Structure parse(std::string_view text, const char *op);
  /// What is no list, tuple, map or None is a leaf.
  static Structure of(const Value &example);
  /// `(*, *, ...)`
  static Structure tuple(std::size_t n);

  std::size_t leaf_count() const noexcept { return leaves_; }
  /// As parse reads it; equal structures have equal texts up to the order of keys.
  std::string text() const;
  /// Equality ignores the order of keys and tells lists, tuples, every type of named tuples and maps
  /// apart.
  bool operator==(const Structure &other) const;
  std::uint64_t hash() const;
  /// `$.model[1].weight`; entries of tuples and lists by index, keys that are no identifiers as
  /// `['my key']`.
  std::string leaf_path(std::size_t leaf) const;
  /// Leaf i replaced by structure parts[i].
  Structure spliced(std::span<const Structure> parts) const;
  /// The leaves of a value in leaf order, room for leaf_count() of them. false: another structure;
  /// `why` (unless nullptr) then says `expected (*, *), got list of 2 items at $`.
  bool flatten(Value &value, Value **leaves, std::string *why) const;
  /// The value with these leaves, keys in the template's order.
  Ref<Value> unflatten(std::span<const Ref<Value>> leaves) const;

 private:
  enum class Kind { leaf, none, list, tuple, map };
  class Parser;
  struct Frame;

  /// The last step of making one. ValueErr: nested too deep.
  void finish();
  /// Children in leaf order.
  const Structure &child(std::size_t i) const { return items_[order_.empty() ? i : order_[i]]; }
  std::string entry(std::size_t item) const;
  bool collect(Value &value, Value **&leaves, const Frame *at, std::string *why) const;
  Ref<Value> rebuild(const Ref<Value> *&leaves) const;
  Structure replaced(const Structure *&parts) const;

  Kind kind_ = Kind::leaf;
  std::vector<std::string> keys_;  // of a map
  Ref<TupleType> type_;            // of a named tuple
  std::vector<Structure> items_;
  std::vector<std::size_t> order_;  // of a map: its items by sorted key
  std::size_t leaves_ = 1;
  int depth_ = 0;
};

}  // namespace spc
