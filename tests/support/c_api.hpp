// SPDX-License-Identifier: Apache-2.0
// What the tests of the C API share: owning handles, host data in and out, expected errors, and the
// families that a test runs on.
#pragma once

#include <gtest/gtest.h>

#include <complex>
#include <cstdint>
#include <cstring>
#include <initializer_list>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "spacecore/spacecore.h"

#include "tests/support/places.hpp"

namespace test {

inline std::string last_error() {
  const char *text = "";
  spc_last_error_message(&text);
  return text;
}

/// Fails the test with the library's text unless status is 0.
inline void check(spc_status status) {
  if (status != SPC_OK)
    throw std::runtime_error("status " + std::to_string(status) + ": " + last_error());
}

/// Expects a failure with this code whose text contains every part.
inline void expect_error(spc_status status, spc_status code,
                         std::initializer_list<const char *> parts) {
  EXPECT_EQ(status, code) << last_error();
  for (const char *part : parts)
    EXPECT_NE(last_error().find(part), std::string::npos)
        << "expected '" << part << "' in: " << last_error();
}

/// Owns one reference of a handle type.
template <class H, spc_status (*Release)(H *)>
class Handle {
 public:
  Handle() = default;
  explicit Handle(H h) : h_(h) {}
  Handle(Handle &&o) noexcept : h_(std::exchange(o.h_, nullptr)) {}
  Handle &operator=(Handle &&o) noexcept {
    std::swap(h_, o.h_);
    return *this;
  }
  ~Handle() { Release(&h_); }
  operator H() const { return h_; }
  H *out() {
    Release(&h_);
    return &h_;
  }

 private:
  H h_ = nullptr;
};

using Array = Handle<spc_array, spc_array_release>;
using Context = Handle<spc_context, spc_context_release>;
using Geometry = Handle<spc_geometry, spc_geometry_release>;
using Space = Handle<spc_space, spc_space_release>;
using LinOp = Handle<spc_linop, spc_linop_release>;

template <class T>
constexpr int32_t dtype_of() {
  if constexpr (std::is_same_v<T, bool>)
    return SPC_BOOL;
  else if constexpr (std::is_same_v<T, int8_t>)
    return SPC_INT8;
  else if constexpr (std::is_same_v<T, uint8_t>)
    return SPC_UINT8;
  else if constexpr (std::is_same_v<T, int32_t>)
    return SPC_INT32;
  else if constexpr (std::is_same_v<T, int64_t>)
    return SPC_INT64;
  else if constexpr (std::is_same_v<T, float>)
    return SPC_FLOAT32;
  else if constexpr (std::is_same_v<T, double>)
    return SPC_FLOAT64;
  else if constexpr (std::is_same_v<T, std::complex<float>>)
    return SPC_COMPLEX64;
  else
    return SPC_COMPLEX128;
}

using Shape = std::vector<int64_t>;

inline Context context(const char *family, int32_t dtype = SPC_FLOAT64,
                       int32_t level = SPC_CHECK_STANDARD) {
  Context c;
  check(spc_context_create(family, dtype, level, c.out()));
  return c;
}

template <class T>
Array array(spc_context ctx, const Shape &shape, const std::vector<T> &data) {
  Array a;
  if constexpr (std::is_same_v<T, bool>) {
    std::vector<uint8_t> bytes(data.begin(), data.end());
    check(spc_array_from_host(ctx, SPC_BOOL, static_cast<int32_t>(shape.size()), shape.data(),
                              bytes.data(), a.out()));
  } else {
    check(spc_array_from_host(ctx, dtype_of<T>(), static_cast<int32_t>(shape.size()), shape.data(),
                              data.data(), a.out()));
  }
  return a;
}

template <class T>
Array vector(spc_context ctx, const std::vector<T> &data) {
  return array<T>(ctx, {static_cast<int64_t>(data.size())}, data);
}

inline Array weak(int64_t v) {
  Array a;
  check(spc_weak_i64(v, a.out()));
  return a;
}
inline Array weak(int v) {
  return weak(static_cast<int64_t>(v));
}
inline Array weak(double v) {
  Array a;
  check(spc_weak_f64(v, a.out()));
  return a;
}
inline Array weak(std::complex<double> v) {
  Array a;
  check(spc_weak_c128(v.real(), v.imag(), a.out()));
  return a;
}

inline Shape shape_of(spc_array a) {
  int32_t ndim = 0;
  check(spc_array_ndim(a, &ndim));
  Shape s(static_cast<std::size_t>(ndim));
  check(spc_array_shape(a, s.data(), ndim));
  return s;
}

inline int32_t dtype_of(spc_array a) {
  int32_t d = -1;
  check(spc_array_dtype(a, &d));
  return d;
}

/// Row-major elements; the dtype must be that of T.
template <class T>
std::vector<T> values(spc_array a) {
  EXPECT_EQ(dtype_of(a), dtype_of<T>());
  int64_t n = 0;
  check(spc_array_size(a, &n));
  if constexpr (std::is_same_v<T, bool>) {
    std::vector<uint8_t> bytes(static_cast<std::size_t>(n));
    check(spc_array_to_host(a, bytes.data(), n));
    return {bytes.begin(), bytes.end()};
  } else {
    std::vector<T> v(static_cast<std::size_t>(n));
    check(spc_array_to_host(a, v.data(), n * static_cast<int64_t>(sizeof(T))));
    return v;
  }
}

template <class T>
T value(spc_array a) {
  return values<T>(a).at(0);
}

inline spc_index at(int64_t i) {
  return {SPC_INDEX_INT, 0, i, 0, 0, nullptr};
}
inline spc_index slice(int64_t start, int64_t stop, int64_t step = SPC_NONE_I64) {
  return {SPC_INDEX_SLICE, 0, start, stop, step, nullptr};
}
inline spc_index all() {
  return slice(SPC_NONE_I64, SPC_NONE_I64);
}
inline spc_index new_axis() {
  return {SPC_INDEX_NEWAXIS, 0, 0, 0, 0, nullptr};
}
inline spc_index ellipsis() {
  return {SPC_INDEX_ELLIPSIS, 0, 0, 0, 0, nullptr};
}
inline spc_index pick(spc_array a) {
  return {SPC_INDEX_ARRAY, 0, 0, 0, 0, a};
}

inline Array getitem(spc_array x, std::vector<spc_index> index) {
  Array out;
  check(spc_getitem(x, static_cast<int32_t>(index.size()), index.data(), out.out()));
  return out;
}

inline bool host_accessible(const char *family) {
  return std::strcmp(family, "fakedev") != 0;
}

/// Loads the device test family once; the built-in families are found by the library.
inline void load_test_families() {
  static const bool loaded = [] {
    check(spc_load_plugin((test_plugin_directory() + "/fakedev.so").c_str()));
    return true;
  }();
  static_cast<void>(loaded);
}

/// A test that runs once a family: GetParam() is the name.
class OnFamily : public ::testing::TestWithParam<const char *> {
 protected:
  void SetUp() override {
    load_test_families();
    ctx = context(GetParam());
  }
  Context ctx;
};

inline std::string family_name(const ::testing::TestParamInfo<const char *> &info) {
  return info.param;
}

#define SPC_ON_EVERY_FAMILY(SUITE)                                                            \
  INSTANTIATE_TEST_SUITE_P(Families, SUITE, ::testing::Values("reference", "cpu", "fakedev"), \
                           ::test::family_name)

}  // namespace test
