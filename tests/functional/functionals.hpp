// SPDX-License-Identifier: Apache-2.0
// Functionals and sets in tests: made in one line.
#pragma once

#include "tests/support/algebra.hpp"

namespace test {

using Functional = Handle<spc_functional, spc_functional_release>;
using Set = Handle<spc_set, spc_set_release>;

using Numbers = std::vector<double>;

/// A new functional from a constructor and its arguments.
template <class... P, class... A>
Functional functional(spc_status (*make)(P...), A &&...arguments) {
  Functional F;
  check(make(static_cast<A &&>(arguments)..., F.out()));
  return F;
}
template <class... P, class... A>
Set set(spc_status (*make)(P...), A &&...arguments) {
  Set S;
  check(make(static_cast<A &&>(arguments)..., S.out()));
  return S;
}

inline Functional scaled_functional(spc_array s, spc_functional F) {
  return functional(spc_functional_scaled, s, F);
}
inline Functional shifted_functional(spc_functional F, spc_array c) {
  return functional(spc_functional_shifted, F, c);
}
inline Functional sum_functional(std::initializer_list<spc_functional> terms) {
  return functional(spc_functional_sum, static_cast<int64_t>(terms.size()), terms.begin());
}

inline Array value_of(spc_functional F, spc_element x) {
  Array y;
  check(spc_functional_value(F, x, y.out()));
  EXPECT_EQ(shape_of(y), Shape{});
  return y;
}
template <class T = double>
T number_of(spc_functional F, spc_element x) {
  return value<T>(value_of(F, x));
}
inline Array grad(spc_functional F, spc_element x) {
  Array g;
  check(spc_functional_grad(F, x, g.out()));
  return g;
}
inline Array hess_apply(spc_functional F, spc_element x, spc_element h) {
  Array y;
  check(spc_functional_hess_apply(F, x, h, y.out()));
  return y;
}
inline Array prox(spc_functional F, spc_element v, double t) {
  Array p;
  check(spc_functional_prox(F, v, t, p.out()));
  return p;
}
inline Array vvalue(spc_functional F, spc_element xs) {
  Array y;
  check(spc_functional_vvalue(F, xs, y.out()));
  return y;
}
inline Array vgrad(spc_functional F, spc_element xs) {
  Array g;
  check(spc_functional_vgrad(F, xs, g.out()));
  return g;
}
inline Array representer(spc_functional F) {
  Array c;
  check(spc_functional_representer(F, c.out()));
  return c;
}
inline Array project(spc_set S, spc_element x) {
  Array y;
  check(spc_set_project(S, x, y.out()));
  return y;
}
inline bool contains(spc_set S, spc_element x, double tol) {
  int32_t out = -1;
  check(spc_set_contains(S, x, tol, &out));
  return out == 1;
}
inline std::string kind_of(spc_functional F) {
  const char *kind = "";
  check(spc_functional_kind(F, &kind));
  return kind;
}
inline std::string text_of(spc_functional F) {
  int64_t length = 0;
  check(spc_functional_text(F, nullptr, 0, &length));
  std::string text(static_cast<std::size_t>(length) + 1, '\0');
  check(spc_functional_text(F, text.data(), length + 1, nullptr));
  text.pop_back();
  return text;
}
inline bool equal(spc_functional F, spc_functional G) {
  int32_t out = -1;
  check(spc_functional_equal(F, G, &out));
  return out == 1;
}
inline Space domain_of(spc_functional F) {
  Space s;
  check(spc_functional_domain(F, s.out()));
  return s;
}

/// A target that is an existing context.
inline spc_target target_of(spc_context ctx) {
  spc_target t = {};
  t.struct_size = sizeof t;
  check(spc_target_init(&t));
  t.context = ctx;
  return t;
}
inline Functional converted(spc_functional F, spc_context ctx) {
  const spc_target target = target_of(ctx);
  return functional(spc_functional_convert, F, &target);
}

/// The report of test_functional; the number of laws that fail in *failures.
inline std::string report_of(spc_functional F, int64_t samples, int64_t seed, int64_t *failures) {
  std::string text(8192, '\0');
  int64_t length = 0;
  check(spc_test_functional(F, samples, seed, text.data(), static_cast<int64_t>(text.size()),
                            &length, failures));
  text.resize(static_cast<std::size_t>(length));
  return text;
}
/// Every law that a functional claims holds.
inline void expect_laws(spc_functional F, const char *what) {
  int64_t failures = -1;
  const std::string text = report_of(F, 4, 20240612, &failures);
  EXPECT_EQ(failures, 0) << what << ":\n" << text;
}

/// On every family: vectors and spaces over R.
class Functionals : public OnFamily {
 protected:
  Array vec(const Numbers &data) const { return vector<double>(ctx, data); }
  Space space(int64_t n, const Numbers &w = {}) const {
    return coordinate_space<double>(ctx, n, w);
  }
  LinOp matrix(spc_space X, spc_space Y, int64_t rows, int64_t cols, const Numbers &data) const {
    return dense_linop<double>(ctx, X, Y, {rows, cols}, data);
  }
  LinOp diagonal(spc_space X, const Numbers &d) const {
    LinOp op;
    check(spc_linop_diagonal(vec(d), X, op.out()));
    return op;
  }
  Functional inner(spc_space X, const Numbers &c) const {
    return functional(spc_functional_inner, vec(c), X);
  }
  void expect_numbers(spc_array a, const Numbers &expected, double tolerance = 1e-12) const {
    expect_close(values<double>(a), expected, tolerance);
  }
};

}  // namespace test
