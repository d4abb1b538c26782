// SPDX-License-Identifier: Apache-2.0
// Queries of operators, and functions of the program that stand for an operator.
#pragma once

#include "tests/support/algebra.hpp"

namespace test {

inline Array vapply(spc_linop A, spc_element xs) {
  Array ys;
  check(spc_linop_vapply(A, xs, ys.out()));
  return ys;
}
inline Array rvapply(spc_linop A, spc_element ys) {
  Array xs;
  check(spc_linop_rvapply(A, ys, xs.out()));
  return xs;
}
inline Array matrix_of(spc_linop A) {
  Array m;
  check(spc_linop_to_matrix(A, m.out()));
  return m;
}
inline LinOp transpose(spc_linop A) {
  LinOp out;
  check(spc_linop_transpose(A, out.out()));
  return out;
}
inline LinOp conjugate_of(spc_linop A) {
  LinOp out;
  check(spc_linop_conjugate(A, out.out()));
  return out;
}
inline LinOp identity(spc_space s) {
  LinOp out;
  check(spc_linop_identity(s, out.out()));
  return out;
}
inline LinOp zero(spc_space X, spc_space Y) {
  LinOp out;
  check(spc_linop_zero(X, Y, out.out()));
  return out;
}
inline LinOp diagonal(spc_array d, spc_space s) {
  LinOp out;
  check(spc_linop_diagonal(d, s, out.out()));
  return out;
}
inline LinOp make_scaled(spc_array s, spc_linop A) {
  LinOp out;
  check(spc_linop_make_scaled(s, A, out.out()));
  return out;
}
inline LinOp make_sum(std::initializer_list<spc_linop> parts) {
  LinOp out;
  check(spc_linop_make_sum(static_cast<int64_t>(parts.size()), parts.begin(), out.out()));
  return out;
}
inline LinOp make_composed(spc_linop L, spc_linop R) {
  LinOp out;
  check(spc_linop_make_composed(L, R, out.out()));
  return out;
}
inline LinOp fuse(spc_linop A, bool materialize = false) {
  LinOp out;
  check(spc_linop_fuse(A, materialize ? 1 : 0, out.out()));
  return out;
}
inline LinOp assume(spc_linop A, int32_t property, int32_t value = SPC_TRUE) {
  LinOp out;
  check(spc_linop_assume(A, property, value, out.out()));
  return out;
}
inline int32_t is(spc_linop A, int32_t property) {
  int32_t out = -2;
  check(spc_linop_is(A, property, &out));
  return out;
}
inline bool equal(spc_linop A, spc_linop B) {
  int32_t out = -1;
  check(spc_linop_equal(A, B, &out));
  return out == 1;
}
inline std::string kind_of(spc_linop A) {
  const char *kind = "";
  check(spc_linop_kind(A, &kind));
  return kind;
}
inline int64_t parts_of(spc_linop A) {
  int64_t n = -1;
  check(spc_linop_parts(A, &n));
  return n;
}
inline LinOp part_of(spc_linop A, int64_t i) {
  LinOp out;
  check(spc_linop_part(A, i, out.out()));
  return out;
}
inline std::string text_of(spc_linop A) {
  int64_t n = 0;
  check(spc_linop_text(A, nullptr, 0, &n));
  std::string text(static_cast<std::size_t>(n) + 1, '\0');
  check(spc_linop_text(A, text.data(), n + 1, nullptr));
  text.pop_back();
  return text;
}
/// No law fails.
inline void expect_operator_laws(spc_linop A, int64_t samples = 2) {
  int64_t n = 0, failures = -1;
  check(spc_test_operator(A, samples, 7, nullptr, 0, &n, &failures));
  if (failures == 0) return;
  std::string text(static_cast<std::size_t>(n) + 1, '\0');
  check(spc_test_operator(A, samples, 7, text.data(), n + 1, nullptr, nullptr));
  ADD_FAILURE() << kind_of(A) << ":\n" << text;
}

}  // namespace test
