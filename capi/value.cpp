// SPDX-License-Identifier: Apache-2.0
#include <string_view>

#include "spacecore/api.h"

#include "capi/handles.hpp"
#include "core/flow/tree.hpp"

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

const Map &as_map(const Value &v, const char *op) {
  if (v.kind() != ValueKind::map) fail(SPC_E_TYPE, "{}: expected a map, got {}", op, describe(&v));
  return static_cast<const Map &>(v);
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

spc_status spc_value_map(int64_t n, const char *const *keys, const spc_value *items,
                         spc_value *out) {
  const char *op = "value_map";
  return guard(op, [&] {
    require(out, op, "out");
    if (n < 0) fail(SPC_E_VALUE, "{}: negative count {}", op, n);
    if (n > 0) {
      require(keys, op, "keys");
      require(items, op, "items");
    }
    std::vector<std::pair<std::string, Ref<Value>>> entries;
    for (int64_t i = 0; i < n; ++i) {
      require(keys[i], op, "a key");
      for (const auto &e : entries)
        if (e.first == keys[i]) fail(SPC_E_VALUE, "{}: repeated key '{}'", op, keys[i]);
      entries.emplace_back(keys[i], nested_item(items[i], op));
    }
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
    const auto u = static_cast<std::size_t>(i);
    *out = new_handle<Value>(value.kind() == ValueKind::map
                                 ? static_cast<const Map &>(value).items[u].second
                                 : static_cast<const Sequence &>(value).items[u]);
  });
}

spc_status spc_value_key(spc_value v, int64_t i, const char **out) {
  return guard("value_key", [&] {
    require(out, "value_key", "out");
    const Map &map = as_map(get<Value>(v, "value_key"), "value_key");
    check_item(map, i, "value_key");
    *out = map.items[static_cast<std::size_t>(i)].first.c_str();
  });
}

spc_status spc_value_get(spc_value v, const char *key, spc_value *out) {
  return guard("value_get", [&] {
    require(out, "value_get", "out");
    require(key, "value_get", "key");
    for (const auto &e : as_map(get<Value>(v, "value_get"), "value_get").items)
      if (e.first == key) {
        *out = new_handle<Value>(e.second);
        return;
      }
    fail(SPC_E_INDEX, "value_get: the map has no key '{}'", key);
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
