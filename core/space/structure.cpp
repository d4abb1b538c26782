// SPDX-License-Identifier: Apache-2.0
#include "core/space/structure.hpp"

#include <algorithm>
#include <numeric>

#include "core/flow/tree.hpp"
#include "core/support/error.hpp"
#include "core/support/identifier.hpp"

namespace spc {

namespace {

std::string quoted(std::string_view key) {
  std::string text = "'";
  for (const char c : key) {
    if (c == '\'' || c == '\\') text += '\\';
    text += c;
  }
  return text + "'";
}

std::string counted(const Value &v) {
  std::size_t n;
  switch (v.kind()) {
    case ValueKind::list:
    case ValueKind::tuple: {
      const auto &sequence = static_cast<const Sequence &>(v);
      n = sequence.items.size();
      if (sequence.type) return fmt::format("named tuple {} of {} items", sequence.type->name, n);
      break;
    }
    case ValueKind::map:
      n = static_cast<const Map &>(v).items.size();
      break;
    default:
      return describe(&v);
  }
  return fmt::format("{} of {} items", describe(&v), n);
}

// The item of a key; most values hold their keys in the template's order.
Value *find(const Map &map, const std::string &key, std::size_t guess) {
  if (map.items[guess].first == key) return map.items[guess].second.get();
  for (const auto &entry : map.items)
    if (entry.first == key) return entry.second.get();
  return nullptr;
}

}  // namespace

class Structure::Parser {
 public:
  Parser(std::string_view text, const char *op) : text_(text), op_(op) {}

  Structure whole() {
    Structure s = one(0);
    if (peek() != '\0' || at_ != text_.size()) wrong("the end");
    return s;
  }

 private:
  Structure one(int depth) {
    if (depth > max_depth)
      fail(SPC_E_VALUE, "{}: the structure is nested more than {} levels deep", op_, max_depth);
    Structure s;
    const char c = peek();
    if (c == '*') {
      ++at_;
      return s;
    }
    if (c == '[' || c == '(') {
      ++at_;
      s.kind_ = c == '[' ? Kind::list : Kind::tuple;
      items(c == '[' ? ']' : ')', [&] { s.items_.push_back(one(depth + 1)); });
    } else if (c == '{') {
      ++at_;
      s.kind_ = Kind::map;
      items('}', [&] { entry(s, s.keys_, depth); });
    } else {
      const std::size_t begin = at_;
      std::string name = identifier();
      if (!name.empty() && peek() == '(') {
        ++at_;
        s.kind_ = Kind::tuple;
        std::vector<std::string> fields;
        items(')', [&] {
          if (peek() == '\'') wrong("a field");
          entry(s, fields, depth);
        });
        s.type_ = make<TupleType>(std::move(name), std::move(fields));
      } else if (name == "null") {
        s.kind_ = Kind::none;
      } else {
        at_ = begin;
        wrong("'*', '[', '(', '{' or null");
      }
    }
    s.finish();
    return s;
  }

  // `key: structure`, of a map or a named tuple.
  void entry(Structure &s, std::vector<std::string> &keys, int depth) {
    const std::size_t begin = at_;
    std::string k = key();
    if (std::find(keys.begin(), keys.end(), k) != keys.end())
      fail(SPC_E_VALUE, "{}: structure, position {}: repeated key '{}'", op_, begin, k);
    if (peek() != ':') wrong("':'");
    ++at_;
    s.items_.push_back(one(depth + 1));
    keys.push_back(std::move(k));
  }

  std::string identifier() {
    std::string name;
    if (at_ < text_.size() && starts_identifier(text_[at_]))
      while (at_ < text_.size() && continues_identifier(text_[at_])) name += text_[at_++];
    return name;
  }

  template <class F>
  void items(char close, F &&item) {
    for (bool first = true; peek() != close; first = false) {
      if (!first) {
        if (peek() != ',')
          wrong(close == ']' ? "',' or ']'" : close == ')' ? "',' or ')'" : "',' or '}'");
        ++at_;
        if (peek() == close) break;
      }
      item();
    }
    ++at_;
  }

  std::string key() {
    const char c = peek();
    std::string k = identifier();
    if (!k.empty()) return k;
    if (c != '\'') wrong("a key");
    for (++at_; at_ < text_.size() && text_[at_] != '\''; ++at_) {
      if (text_[at_] == '\\' && at_ + 1 < text_.size()) ++at_;
      k += text_[at_];
    }
    if (at_ == text_.size()) wrong("'''");
    ++at_;
    return k;
  }

  // The next character that is no blank, '\0' at the end.
  char peek() {
    while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\n' || text_[at_] == '\t'))
      ++at_;
    return at_ < text_.size() ? text_[at_] : '\0';
  }

  [[noreturn]] void wrong(const char *expected) {
    const std::string got = at_ < text_.size() ? fmt::format("'{}'", text_[at_]) : "the end";
    fail(SPC_E_VALUE, "{}: structure, position {}: expected {}, got {}", op_, at_, expected, got);
  }

  const std::string_view text_;
  const char *const op_;
  std::size_t at_ = 0;
};

/// Where collect is: the way up to the root.
struct Structure::Frame {
  const Frame *up;
  const Structure *parent;
  std::size_t item;

  std::string path() const { return (up == nullptr ? "$" : up->path()) + parent->entry(item); }
  const Structure &root() const { return up == nullptr ? *parent : up->root(); }
};

void Structure::finish() {
  leaves_ = kind_ == Kind::leaf ? 1 : 0;
  depth_ = 0;
  for (const Structure &item : items_) {
    leaves_ += item.leaves_;
    depth_ = std::max(depth_, item.depth_ + 1);
  }
  if (depth_ > max_depth)
    fail(SPC_E_VALUE, "the structure is nested more than {} levels deep", max_depth);
  if (kind_ != Kind::map) return;
  order_.resize(items_.size());
  std::iota(order_.begin(), order_.end(), std::size_t{0});
  std::sort(order_.begin(), order_.end(),
            [this](std::size_t a, std::size_t b) { return keys_[a] < keys_[b]; });
}

Structure Structure::parse(std::string_view text, const char *op) {
  return Parser(text, op).whole();
}

Structure Structure::of(const Value &example) {
  Structure s;
  switch (example.kind()) {
    case ValueKind::none:
      s.kind_ = Kind::none;
      break;
    case ValueKind::list:
    case ValueKind::tuple:
      s.kind_ = example.kind() == ValueKind::list ? Kind::list : Kind::tuple;
      s.type_ = static_cast<const Sequence &>(example).type;
      for (const Ref<Value> &item : static_cast<const Sequence &>(example).items)
        s.items_.push_back(of(*item));
      break;
    case ValueKind::map:
      s.kind_ = Kind::map;
      for (const auto &entry : static_cast<const Map &>(example).items) {
        s.keys_.push_back(entry.first);
        s.items_.push_back(of(*entry.second));
      }
      break;
    default:
      return s;
  }
  s.finish();
  return s;
}

Structure Structure::tuple(std::size_t n) {
  Structure s;
  s.kind_ = Kind::tuple;
  s.items_.resize(n);
  s.finish();
  return s;
}

std::string Structure::text() const {
  if (kind_ == Kind::leaf) return "*";
  if (kind_ == Kind::none) return "null";
  std::string text = type_ ? type_->name : "";
  text += kind_ == Kind::list ? '[' : kind_ == Kind::tuple ? '(' : '{';
  for (std::size_t i = 0; i < items_.size(); ++i) {
    if (i > 0) text += ", ";
    if (type_ || kind_ == Kind::map) {
      const std::string &k = type_ ? type_->fields[i] : keys_[i];
      text += (is_identifier(k) ? k : quoted(k)) + ": ";
    }
    text += items_[i].text();
  }
  if (kind_ == Kind::tuple && !type_ && items_.size() == 1) text += ',';
  return text + (kind_ == Kind::list ? ']' : kind_ == Kind::tuple ? ')' : '}');
}

bool Structure::operator==(const Structure &other) const {
  if (kind_ != other.kind_ || items_.size() != other.items_.size()) return false;
  if (!same_type(type_, other.type_)) return false;
  for (std::size_t i = 0; i < items_.size(); ++i) {
    if (kind_ == Kind::map && keys_[order_[i]] != other.keys_[other.order_[i]]) return false;
    if (!(child(i) == other.child(i))) return false;
  }
  return true;
}

std::uint64_t Structure::hash() const {
  std::uint64_t h = 0xcbf29ce484222325U + static_cast<std::uint64_t>(kind_);
  const auto mix = [&h](std::uint64_t v) { h = (h ^ v) * 0x100000001b3U + (h >> 31); };
  mix(items_.size());
  if (type_)
    for (const char c : type_->name) mix(static_cast<unsigned char>(c));
  for (std::size_t i = 0; i < items_.size(); ++i) {
    if (kind_ == Kind::map)
      for (const char c : keys_[order_[i]]) mix(static_cast<unsigned char>(c));
    mix(child(i).hash());
  }
  return h;
}

std::string Structure::entry(std::size_t item) const {
  if (kind_ != Kind::map) return fmt::format("[{}]", item);
  const std::string &key = keys_[item];
  return is_identifier(key) ? "." + key : "[" + quoted(key) + "]";
}

std::string Structure::leaf_path(std::size_t leaf) const {
  std::string path = "$";
  const Structure *s = this;
  while (s->kind_ != Kind::leaf) {
    std::size_t i = 0;
    while (leaf >= s->child(i).leaves_) leaf -= s->child(i++).leaves_;
    path += s->entry(s->order_.empty() ? i : s->order_[i]);
    s = &s->child(i);
  }
  return path;
}

Structure Structure::replaced(const Structure *&parts) const {
  if (kind_ == Kind::leaf) return *parts++;
  Structure s = *this;
  for (std::size_t i = 0; i < items_.size(); ++i) {
    const std::size_t at = order_.empty() ? i : order_[i];
    s.items_[at] = items_[at].replaced(parts);
  }
  s.finish();
  return s;
}

Structure Structure::spliced(std::span<const Structure> parts) const {
  const Structure *next = parts.data();
  return replaced(next);
}

bool Structure::collect(Value &value, Value **&leaves, const Frame *at, std::string *why) const {
  const auto differs = [&] {
    if (why != nullptr)
      *why = fmt::format("expected {}, got {} at {}", at == nullptr ? text() : at->root().text(),
                         counted(value), at == nullptr ? "$" : at->path());
    return false;
  };
  switch (kind_) {
    case Kind::leaf:
      if (value.kind() == ValueKind::none || !is_leaf(value)) return differs();
      *leaves++ = &value;
      return true;
    case Kind::none:
      return value.kind() == ValueKind::none || differs();
    case Kind::map: {
      if (value.kind() != ValueKind::map) return differs();
      const Map &map = static_cast<const Map &>(value);
      if (map.items.size() != items_.size()) return differs();
      for (const std::size_t i : order_) {
        Value *const item = find(map, keys_[i], i);
        if (item == nullptr) {
          if (why != nullptr)
            *why = fmt::format("expected {}, got a map without key '{}' at {}",
                               at == nullptr ? text() : at->root().text(), keys_[i],
                               at == nullptr ? "$" : at->path());
          return false;
        }
        const Frame frame{at, this, i};
        if (!items_[i].collect(*item, leaves, &frame, why)) return false;
      }
      return true;
    }
    default: {
      if (value.kind() != (kind_ == Kind::list ? ValueKind::list : ValueKind::tuple))
        return differs();
      const Sequence &sequence = static_cast<const Sequence &>(value);
      if (sequence.items.size() != items_.size() || !same_type(type_, sequence.type))
        return differs();
      for (std::size_t i = 0; i < items_.size(); ++i) {
        const Frame frame{at, this, i};
        if (!items_[i].collect(*sequence.items[i], leaves, &frame, why)) return false;
      }
      return true;
    }
  }
}

bool Structure::flatten(Value &value, Value **leaves, std::string *why) const {
  return collect(value, leaves, nullptr, why);
}

Ref<Value> Structure::rebuild(const Ref<Value> *&leaves) const {
  if (kind_ == Kind::leaf) return *leaves++;
  if (kind_ == Kind::none) return make<None>();
  std::vector<Ref<Value>> items(items_.size());
  for (std::size_t i = 0; i < items_.size(); ++i)
    items[order_.empty() ? i : order_[i]] = child(i).rebuild(leaves);
  if (kind_ != Kind::map)
    return make<Sequence>(kind_ == Kind::list ? ValueKind::list : ValueKind::tuple,
                          std::move(items), type_);
  std::vector<std::pair<std::string, Ref<Value>>> entries;
  entries.reserve(items.size());
  for (std::size_t i = 0; i < items.size(); ++i)
    entries.emplace_back(keys_[i], std::move(items[i]));
  return make<Map>(std::move(entries));
}

Ref<Value> Structure::unflatten(std::span<const Ref<Value>> leaves) const {
  const Ref<Value> *next = leaves.data();
  return rebuild(next);
}

}  // namespace spc
