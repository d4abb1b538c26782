// SPDX-License-Identifier: Apache-2.0
// Spaces beyond dense ones, and elements that are trees, in one line.
#pragma once

#include <algorithm>

#include "tests/context/targets.hpp"
#include "tests/support/algebra.hpp"

namespace test {

inline Space vector_space(spc_context ctx, int64_t n, spc_geometry g = nullptr) {
  Space s;
  check(spc_space_vector(ctx, n, g, s.out()));
  return s;
}
inline Space elementwise(spc_context ctx, const Shape &shape, spc_geometry g = nullptr) {
  Space s;
  check(spc_space_elementwise(ctx, static_cast<int32_t>(shape.size()), shape.data(), g, s.out()));
  return s;
}
inline Space hermitian(spc_context ctx, int64_t n, double atol = 0, double rtol = 0,
                       int32_t enforce = 1) {
  Space s;
  check(spc_space_hermitian(ctx, n, atol, rtol, enforce, s.out()));
  return s;
}
inline Space stacked(spc_space base, int64_t count) {
  Space s;
  check(spc_space_stacked(base, count, s.out()));
  return s;
}
inline Space tree(const char *structure, std::initializer_list<spc_space> leaves,
                  spc_context ctx = nullptr) {
  Space s;
  check(
      spc_space_tree(structure, static_cast<int64_t>(leaves.size()), leaves.begin(), ctx, s.out()));
  return s;
}
inline Space leaf(spc_space s, int64_t i) {
  Space out;
  check(spc_space_leaf(s, i, out.out()));
  return out;
}
template <class T>
Geometry gram(spc_context ctx, int64_t n, const std::vector<T> &G) {
  Geometry g;
  check(spc_geometry_gram(array<T>(ctx, {n, n}, G), g.out()));
  return g;
}

inline Array tuple(std::initializer_list<spc_value> items) {
  Array out;
  check(spc_value_tuple(static_cast<int64_t>(items.size()), items.begin(), out.out()));
  return out;
}
inline Array list(std::initializer_list<spc_value> items) {
  Array out;
  check(spc_value_list(static_cast<int64_t>(items.size()), items.begin(), out.out()));
  return out;
}
inline Array map(std::initializer_list<std::pair<const char *, spc_value>> entries) {
  std::vector<const char *> keys;
  std::vector<spc_value> items;
  for (const auto &e : entries) {
    keys.push_back(e.first);
    items.push_back(e.second);
  }
  Array out;
  check(spc_value_map(static_cast<int64_t>(keys.size()), keys.data(), items.data(), out.out()));
  return out;
}
inline Array element(spc_space s, std::initializer_list<spc_element> leaves) {
  Array out;
  check(spc_space_element(s, static_cast<int64_t>(leaves.size()), leaves.begin(), out.out()));
  return out;
}
inline Array element_leaf(spc_space s, spc_element x, int64_t i) {
  Array out;
  check(spc_space_element_leaf(s, x, i, out.out()));
  return out;
}

inline Array flatten(spc_space s, spc_element x) {
  Array out;
  check(spc_space_flatten(s, x, out.out()));
  return out;
}
template <class T>
std::vector<T> coordinates(spc_space s, spc_element x) {
  return values<T>(flatten(s, x));
}
inline Array unflatten(spc_space s, spc_array v) {
  Array out;
  check(spc_space_unflatten(s, v, out.out()));
  return out;
}

/// The result of an SPC function of a space and one element or two.
template <class F, class... X>
Array result(F f, spc_space s, const X &...x) {
  Array out;
  check(f(s, x..., out.out()));
  return out;
}

inline Space converted(spc_space s, spc_context ctx) {
  const spc_target to = of(ctx);
  Space out;
  check(spc_space_convert(s, &to, out.out()));
  return out;
}

inline std::string kind(spc_space s) {
  const char *k = "";
  check(spc_space_kind(s, &k));
  return k;
}
inline bool has(spc_space s, int32_t capability) {
  int32_t out = -1;
  check(spc_space_has(s, capability, &out));
  return out == 1;
}
inline bool is_euclidean(spc_space s) {
  int32_t out = -1;
  check(spc_space_is_euclidean(s, &out));
  return out == 1;
}
inline uint64_t hash(spc_space s) {
  uint64_t h = 0;
  check(spc_space_hash(s, &h));
  return h;
}
template <class... P, class... A>
std::string text_of(spc_status (*f)(P...), const A &...a) {
  int64_t n = 0;
  check(f(a..., nullptr, 0, &n));
  std::string text(static_cast<std::size_t>(n) + 1, '\0');
  check(f(a..., text.data(), n + 1, &n));
  text.resize(static_cast<std::size_t>(n));
  return text;
}
inline std::string path(spc_space s, int64_t i) {
  return text_of(spc_space_leaf_path, s, i);
}
inline std::string structure(spc_space s) {
  return text_of(spc_space_structure, s);
}

/// The laws of the space hold on random elements.
inline void expect_laws(spc_space s, int64_t samples = 2) {
  std::string report(20000, '\0');
  int64_t length = 0, failures = -1;
  check(spc_test_space(s, samples, 20240612, report.data(), static_cast<int64_t>(report.size()),
                       &length, &failures));
  report.resize(static_cast<std::size_t>(length));
  EXPECT_EQ(failures, 0) << report;
  EXPECT_GT(std::count(report.begin(), report.end(), '\n'), 10) << report;
}

}  // namespace test
