// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <string>
#include <vector>

#include "spacecore/api.h"

#include "capi/handles.hpp"
#include "core/flow/tree.hpp"
#include "core/support/identifier.hpp"

namespace spc::capi {

namespace {

spc_status new_scalar(const char *op, int kind, std::int64_t i, std::complex<double> z,
                      spc_array *out) noexcept {
  return guard(op, [&] {
    require(out, op, "out");
    *out = new_handle<Value>(make<Scalar>(kind, i, z));
  });
}

Ref<Value> nested_item(spc_value item, const char *op) {
  Value &v = get<Value>(item, op);
  check_nesting(v, op);
  return Ref<Value>::share(&v);
}

spc_status new_sequence(const char *op, ValueKind kind, int64_t n, const spc_value *items,
                        spc_value *out) noexcept {
  return guard(op, [&] {
    require(out, op, "out");
    if (n < 0) fail(SPC_E_VALUE, "{}: negative count {}", op, n);
    if (n > 0) require(items, op, "items");
    std::vector<Ref<Value>> values;
    for (int64_t i = 0; i < n; ++i) values.push_back(nested_item(items[i], op));
    *out = new_handle<Value>(make<Sequence>(kind, std::move(values)));
  });
}

struct NamedItems {
  std::vector<std::string> keys;
  std::vector<Ref<Value>> items;
};

// Of a map or a named tuple.
NamedItems named_items(const char *op, int64_t n, const char *const *keys, const spc_value *items) {
  if (n < 0) fail(SPC_E_VALUE, "{}: negative count {}", op, n);
  if (n > 0) {
    require(keys, op, "keys");
    require(items, op, "items");
  }
  NamedItems named;
  for (int64_t i = 0; i < n; ++i) {
    require(keys[i], op, "a key");
    if (std::find(named.keys.begin(), named.keys.end(), keys[i]) != named.keys.end())
      fail(SPC_E_VALUE, "{}: repeated key '{}'", op, keys[i]);
    named.keys.emplace_back(keys[i]);
    named.items.push_back(nested_item(items[i], op));
  }
  return named;
}

std::int64_t count_of(const Value &v, const char *op) {
  switch (v.kind()) {
    case ValueKind::none:
      return 0;
    case ValueKind::list:
    case ValueKind::tuple:
      return static_cast<std::int64_t>(static_cast<const Sequence &>(v).items.size());
    case ValueKind::map:
      return static_cast<std::int64_t>(static_cast<const Map &>(v).items.size());
    default:
      fail(SPC_E_TYPE, "{}: expected a list, tuple or map, got {}", op, describe(&v));
  }
}

void check_item(const Value &v, int64_t i, const char *op) {
  const std::int64_t n = count_of(v, op);
  if (i < 0 || i >= n)
    fail(SPC_E_INDEX, "{}: item {} of a {} with {} items", op, i, describe(&v), n);
}

// The type of a named tuple; nullptr: none.
const TupleType *type_of(const Value &v) {
  if (v.kind() != ValueKind::tuple) return nullptr;
  return static_cast<const Sequence &>(v).type.get();
}

const std::string &key_of(const Value &v, std::size_t i, const char *op) {
  if (const TupleType *type = type_of(v)) return type->fields[i];
  if (v.kind() != ValueKind::map)
    fail(SPC_E_TYPE, "{}: expected a map or a named tuple, got {}", op, describe(&v));
  return static_cast<const Map &>(v).items[i].first;
}

const Ref<Value> &item_of(const Value &v, std::size_t i) {
  return v.kind() == ValueKind::map ? static_cast<const Map &>(v).items[i].second
                                    : static_cast<const Sequence &>(v).items[i];
}

}  // namespace

}  // namespace spc::capi

using namespace spc;        // NOLINT(google-build-using-namespace): C bodies of this library
using namespace spc::capi;  // NOLINT(google-build-using-namespace)

extern "C" {

spc_status spc_weak_bool(int32_t value, spc_array *out) {
  const int b = value != 0 ? 1 : 0;
  return new_scalar("weak_bool", SPC_WEAK_BOOL, b, b, out);
}

spc_status spc_weak_i64(int64_t value, spc_array *out) {
  return new_scalar("weak_i64", SPC_WEAK_INT, value, static_cast<double>(value), out);
}

spc_status spc_weak_f64(double value, spc_array *out) {
  return new_scalar("weak_f64", SPC_WEAK_FLOAT, 0, value, out);
}

spc_status spc_weak_c128(double re, double im, spc_array *out) {
  return new_scalar("weak_c128", SPC_WEAK_COMPLEX, 0, {re, im}, out);
}

spc_status spc_value_none(spc_value *out) {
  return guard("value_none", [&] {
    require(out, "value_none", "out");
    *out = new_handle<Value>(make<None>());
  });
}

spc_status spc_value_list(int64_t n, const spc_value *items, spc_value *out) {
  return new_sequence("value_list", ValueKind::list, n, items, out);
}

spc_status spc_value_tuple(int64_t n, const spc_value *items, spc_value *out) {
  return new_sequence("value_tuple", ValueKind::tuple, n, items, out);
}

spc_status spc_value_named_tuple(const char *name, int64_t n, const char *const *fields,
                                 const spc_value *items, spc_value *out) {
  const char *op = "value_named_tuple";
  return guard(op, [&] {
    require(out, op, "out");
    require(name, op, "name");
    if (!is_identifier(name)) fail(SPC_E_VALUE, "{}: the name '{}' is no identifier", op, name);
    auto [keys, values] = named_items(op, n, fields, items);
    for (const std::string &k : keys)
      if (!is_identifier(k)) fail(SPC_E_VALUE, "{}: the field '{}' is no identifier", op, k);
    *out = new_handle<Value>(make<Sequence>(ValueKind::tuple, std::move(values),
                                            make<TupleType>(name, std::move(keys))));
  });
}

spc_status spc_value_map(int64_t n, const char *const *keys, const spc_value *items,
                         spc_value *out) {
  const char *op = "value_map";
  return guard(op, [&] {
    require(out, op, "out");
    auto [names, values] = named_items(op, n, keys, items);
    std::vector<std::pair<std::string, Ref<Value>>> entries;
    for (std::size_t i = 0; i < names.size(); ++i)
      entries.emplace_back(std::move(names[i]), std::move(values[i]));
    *out = new_handle<Value>(make<Map>(std::move(entries)));
  });
}

spc_status spc_value_kind(spc_value v, int32_t *out) {
  return guard("value_kind", [&] {
    require(out, "value_kind", "out");
    *out = static_cast<int32_t>(get<Value>(v, "value_kind").kind());
  });
}

spc_status spc_value_count(spc_value v, int64_t *out) {
  return guard("value_count", [&] {
    require(out, "value_count", "out");
    *out = count_of(get<Value>(v, "value_count"), "value_count");
  });
}

spc_status spc_value_item(spc_value v, int64_t i, spc_value *out) {
  return guard("value_item", [&] {
    require(out, "value_item", "out");
    const Value &value = get<Value>(v, "value_item");
    check_item(value, i, "value_item");
    *out = new_handle<Value>(item_of(value, static_cast<std::size_t>(i)));
  });
}

spc_status spc_value_key(spc_value v, int64_t i, const char **out) {
  return guard("value_key", [&] {
    require(out, "value_key", "out");
    const Value &value = get<Value>(v, "value_key");
    check_item(value, i, "value_key");
    *out = key_of(value, static_cast<std::size_t>(i), "value_key").c_str();
  });
}

spc_status spc_value_get(spc_value v, const char *key, spc_value *out) {
  return guard("value_get", [&] {
    require(out, "value_get", "out");
    require(key, "value_get", "key");
    const Value &value = get<Value>(v, "value_get");
    const auto n = static_cast<std::size_t>(count_of(value, "value_get"));
    if (value.kind() != ValueKind::map && type_of(value) == nullptr)
      fail(SPC_E_TYPE, "value_get: expected a map or a named tuple, got {}", describe(&value));
    for (std::size_t i = 0; i < n; ++i)
      if (key_of(value, i, "value_get") == key) {
        *out = new_handle<Value>(item_of(value, i));
        return;
      }
    fail(SPC_E_INDEX, "value_get: the {} has no key '{}'", describe(&value), key);
  });
}

spc_status spc_value_type_name(spc_value v, const char **out) {
  return guard("value_type_name", [&] {
    require(out, "value_type_name", "out");
    const TupleType *type = type_of(get<Value>(v, "value_type_name"));
    *out = type != nullptr ? type->name.c_str() : "";
  });
}

spc_status spc_weak_kind(spc_value v, int32_t *out) {
  return guard("weak_kind", [&] {
    require(out, "weak_kind", "out");
    const Value &value = get<Value>(v, "weak_kind");
    if (value.kind() != ValueKind::scalar)
      fail(SPC_E_TYPE, "weak_kind: expected a weak scalar, got {}", describe(&value));
    *out = static_cast<const Scalar &>(value).weak_kind;
  });
}

}  // extern "C"
