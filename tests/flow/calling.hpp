// SPDX-License-Identifier: Apache-2.0
// Functions of the program in tests: lambdas over owning handles, which count their calls and fail
// when they are told to; values made and taken apart.
#pragma once

#include <functional>
#include <span>

#include "tests/support/c_api.hpp"

namespace test {

using Values = std::span<const spc_value>;

/// Passed to the library as (Fn::call, &fn).
struct Fn {
  using Body = std::function<Array(Values)>;

  explicit Fn(Body b) : body(std::move(b)) {}

  static spc_status call(void *user, int32_t n, const spc_value *args, spc_value *result) {
    Fn &self = *static_cast<Fn *>(user);
    if (self.calls++ == self.fail_at) {
      spc_callback_error("the well is dry");
      return 41;
    }
    try {
      const Array out = self.body({args, static_cast<std::size_t>(n)});
      *result = out;
      return out == nullptr ? SPC_OK : spc_array_retain(out);
    } catch (const std::exception &e) {
      ADD_FAILURE() << e.what();
      return 99;
    }
  }

  Body body;
  int calls = 0;
  int fail_at = -1;  // this call, counted from 0, returns 41
};

/// CallbackErr with the code and the text of the failing call of a Fn.
inline void expect_callback_error(spc_status status, const char *op) {
  expect_error(status, SPC_E_CALLBACK, {op, "the callback returned 41: the well is dry"});
  spc_error_info info = {};
  info.struct_size = sizeof info;
  check(spc_last_error(&info));
  EXPECT_EQ(info.native, 41);
}

/// Another reference.
inline Array same(spc_value v) {
  check(spc_array_retain(v));
  return Array(v);
}

template <class... H>
Array tuple(const H &...items) {
  const std::vector<spc_value> all{static_cast<spc_value>(items)...};
  Array out;
  check(spc_value_tuple(static_cast<int64_t>(all.size()), all.data(), out.out()));
  return out;
}
template <class... H>
Array list(const H &...items) {
  const std::vector<spc_value> all{static_cast<spc_value>(items)...};
  Array out;
  check(spc_value_list(static_cast<int64_t>(all.size()), all.data(), out.out()));
  return out;
}
inline Array map(const std::vector<const char *> &keys, const std::vector<spc_value> &items) {
  Array out;
  check(spc_value_map(static_cast<int64_t>(keys.size()), keys.data(), items.data(), out.out()));
  return out;
}
inline Array none() {
  Array out;
  check(spc_value_none(out.out()));
  return out;
}
inline Array item(spc_value v, int64_t i) {
  Array out;
  check(spc_value_item(v, i, out.out()));
  return out;
}
inline Array get(spc_value v, const char *key) {
  Array out;
  check(spc_value_get(v, key, out.out()));
  return out;
}
inline int32_t kind_of(spc_value v) {
  int32_t kind = -1;
  check(spc_value_kind(v, &kind));
  return kind;
}
inline int64_t count_of(spc_value v) {
  int64_t n = -1;
  check(spc_value_count(v, &n));
  return n;
}
inline int32_t weak_kind_of(spc_value v) {
  int32_t kind = -1;
  check(spc_weak_kind(v, &kind));
  return kind;
}

/// The number of a weak scalar or of an array of one element.
inline double number_of(spc_value v) {
  Array a, wide;
  check(spc_asarray(nullptr, v, SPC_DTYPE_NONE, a.out()));
  check(spc_astype(a, SPC_FLOAT64, wide.out()));
  return value<double>(wide);
}

#define SPC_TEST_BINARY(NAME)                   \
  inline Array NAME(spc_array a, spc_array b) { \
    Array out;                                  \
    check(spc_##NAME(a, b, out.out()));         \
    return out;                                 \
  }
SPC_TEST_BINARY(add)
SPC_TEST_BINARY(subtract)
SPC_TEST_BINARY(multiply)
SPC_TEST_BINARY(less)
#undef SPC_TEST_BINARY

/// Sum of all elements, 0-d.
inline Array sum(spc_array a) {
  Array out;
  check(spc_sum(a, SPC_ALL_AXES, nullptr, 0, SPC_DTYPE_NONE, out.out()));
  return out;
}
inline Array astype(spc_array a, int32_t dtype) {
  Array out;
  check(spc_astype(a, dtype, out.out()));
  return out;
}
inline bool shares_memory(spc_array a, spc_array b) {
  int32_t out = -1;
  check(spc_array_is_view_of(a, b, &out));
  return out == 1;
}

}  // namespace test
