// SPDX-License-Identifier: Apache-2.0
// y = alpha op(A) x + beta y: modes, scalars, what is read, overlap, and what is refused.
#include <limits>
#include <random>

#include "tests/support/algebra.hpp"

namespace test {
namespace {

constexpr int32_t modes[] = {SPC_MODE_NONE, SPC_MODE_TRANSPOSE, SPC_MODE_CONJ_TRANS,
                             SPC_MODE_ADJOINT};

template <class T>
std::vector<T> random(std::mt19937_64 &g, std::size_t n) {
  std::normal_distribution<double> normal;
  std::vector<T> v(n);
  for (T &e : v) {
    const double re = normal(g);
    e = number<T>(re, normal(g));
  }
  return v;
}

/// op(A) of a row-major 3 x 2 matrix as a row-major matrix.
template <class T>
struct Reference {
  std::vector<T> a, wx, wy;

  std::vector<T> apply(int32_t mode, const std::vector<T> &x) const {
    std::vector<T> y(mode == SPC_MODE_NONE ? 3 : 2);
    for (int i = 0; i < 3; ++i)
      for (int j = 0; j < 2; ++j) {
        const T v = a[i * 2 + j];
        if (mode == SPC_MODE_NONE) y[i] += v * x[j];
        if (mode == SPC_MODE_TRANSPOSE) y[j] += v * x[i];
        if (mode == SPC_MODE_CONJ_TRANS) y[j] += conjugate(v) * x[i];
        if (mode == SPC_MODE_ADJOINT) y[j] += conjugate(v) * wy[i] * x[i] / wx[j];
      }
    return y;
  }
};

template <class T>
void every_mode(const char *family, bool with_weights, int32_t level) {
  std::mt19937_64 g(7);
  const Context ctx = context(family, dtype_of<T>(), level);
  Reference<T> ref{random<T>(g, 6), {T(1), T(1)}, {T(1), T(1), T(1)}};
  if (with_weights) ref.wx = {T(2), T(5)}, ref.wy = {T(3), T(7), T(11)};
  const Space X = with_weights ? coordinate_space<T>(ctx, 2, ref.wx) : coordinate_space(ctx, 2);
  const Space Y = with_weights ? coordinate_space<T>(ctx, 3, ref.wy) : coordinate_space(ctx, 3);
  std::vector<std::pair<std::string, LinOp>> ops;
  ops.emplace_back("dense", dense_linop<T>(ctx, X, Y, {3, 2}, ref.a));
  for (const char *format : {"csr", "csc", "coo"}) {
    LinOp S;
    check(spc_linop_sparse(sparse<T>(ctx, 3, 2, ref.a, format), X, Y, S.out()));
    ops.emplace_back(format, std::move(S));
  }
  LinOp I;
  check(spc_linop_identity(X, I.out()));
  ops.emplace_back("composed", composed(ops[0].second, I));
  ops.emplace_back("scaled", scaled(weak(.5), scaled(weak(2), ops[0].second)));
  {
    // Two halves.
    std::vector<T> half = ref.a;
    for (T &v : half) v *= number<T>(.5);
    const LinOp h = dense_linop<T>(ctx, X, Y, {3, 2}, half);
    ops.emplace_back("sum", sum({h, h}));
  }
  const T alpha = number<T>(-1.5, .5), beta = number<T>(.25, -2);
  const double tol = tolerance<T>();
  for (const auto &[name, op] : ops)
    for (int32_t mode : modes) {
      SCOPED_TRACE(::testing::Message()
                   << name << " mode " << mode << (with_weights ? " weighted" : ""));
      const std::size_t from = mode == SPC_MODE_NONE ? 2 : 3, to = 5 - from;
      const std::vector<T> xv = random<T>(g, from), yv = random<T>(g, to);
      const Array x = vector<T>(ctx, xv);
      const std::vector<T> product = ref.apply(mode, xv);
      auto expected = [&](T a, T b) {
        std::vector<T> v(to);
        for (std::size_t i = 0; i < to; ++i) v[i] = a * product[i] + b * yv[i];
        return v;
      };
      auto run = [&](spc_array a, spc_array b, T va, T vb, const char *what) {
        const Array y = vector<T>(ctx, yv);
        check(spc_linop_apply_into(a, op, x, b, y, mode));
        expect_close(values<T>(y), expected(va, vb), 5 * tol, what);
      };
      const Array strong_a = array<T>(ctx, {}, {alpha}), strong_b = array<T>(ctx, {}, {beta});
      run(nullptr, nullptr, T(1), T(0), "defaults");
      run(weak(2), weak(3), T(2), T(3), "weak integers");
      run(weak(.5), nullptr, number<T>(.5), T(0), "alpha alone");
      run(nullptr, weak(-.5), T(1), number<T>(-.5), "beta alone");
      run(strong_a, strong_b, alpha, beta, "0-d arrays in the op's space");
      run(weak(0), weak(2), T(0), T(2), "alpha 0");
      if constexpr (!std::is_floating_point_v<T>) {
        run(weak(c128(alpha)), weak(c128(beta)), alpha, beta, "weak complex");
      }
      // beta = 0 in every form does not read y.
      for (int form = 0; form < 4; ++form) {
        const double nan = std::numeric_limits<double>::quiet_NaN();
        const Array y = vector<T>(ctx, std::vector<T>(to, number<T>(nan, nan)));
        const Array zero = form == 1 ? weak(0) : form == 2 ? weak(0.0) : array<T>(ctx, {}, {T(0)});
        check(spc_linop_apply_into(strong_a, op, x,
                                   form == 0 ? nullptr : static_cast<spc_array>(zero), y, mode));
        expect_close(values<T>(y), expected(alpha, T(0)), 5 * tol, "NaN in y");
      }
    }
}

class ApplyInto : public OnFamily {};
SPC_ON_EVERY_FAMILY(ApplyInto);

template <class T>
void every_setting(const char *family) {
  for (bool with_weights : {false, true}) {
    every_mode<T>(family, with_weights, SPC_CHECK_NONE);
    every_mode<T>(family, with_weights, SPC_CHECK_STANDARD);
  }
}
TEST_P(ApplyInto, float32) {
  every_setting<float>(GetParam());
}
TEST_P(ApplyInto, float64) {
  every_setting<double>(GetParam());
}
TEST_P(ApplyInto, complex64) {
  every_setting<c64>(GetParam());
}
TEST_P(ApplyInto, complex128) {
  every_setting<c128>(GetParam());
}

TEST_P(ApplyInto, square_operators_in_every_mode) {
  const Context z = context(GetParam(), SPC_COMPLEX128);
  const Space X = coordinate_space<c128>(z, 2, {2, 5});
  const std::vector<c128> d = {{1, 2}, {-3, .5}}, xv = {{1, 1}, {2, -1}}, yv = {{.5, 0}, {0, -2}};
  LinOp D, I, O;
  check(spc_linop_diagonal(vector<c128>(z, d), X, D.out()));
  check(spc_linop_identity(X, I.out()));
  check(spc_linop_zero(X, X, O.out()));
  const Array x = vector<c128>(z, xv);
  for (int32_t mode : modes) {
    const bool conjugated = mode == SPC_MODE_CONJ_TRANS || mode == SPC_MODE_ADJOINT;
    auto run = [&](spc_linop op, auto factor) {
      for (const auto &[alpha, beta] :
           {std::pair<c128, c128>{1, 0}, {{2, 1}, 0}, {{2, 1}, {0, -1}}}) {
        const Array y = vector<c128>(z, yv);
        check(spc_linop_apply_into(weak(alpha), op, x, weak(beta), y, mode));
        std::vector<c128> expected(2);
        for (int i = 0; i < 2; ++i) expected[i] = alpha * factor(i) * xv[i] + beta * yv[i];
        expect_close(values<c128>(y), expected, 1e-13);
        if (beta != 0.) continue;
        const Array fresh = vector<c128>(z, {std::nan(""), std::nan("")});
        check(
            spc_linop_apply_into(alpha == 1. ? Array() : weak(alpha), op, x, nullptr, fresh, mode));
        expect_close(values<c128>(fresh), expected, 1e-13);
      }
    };
    run(D, [&](int i) { return conjugated ? std::conj(d[i]) : d[i]; });
    run(I, [](int) { return c128(1); });
    run(O, [](int) { return c128(0); });
  }
}

// Modes of the view of a weighted operator, against the matrix R_X^-1 A^H R_Y.
TEST_P(ApplyInto, adjoint_view_in_every_mode) {
  const Context z = context(GetParam(), SPC_COMPLEX128);
  const std::vector<c128> a = {{1, .5}, {0, -2}, {.5, 0}, {3, 1}, {4, 0}, {-1, 2}};
  const double wx[] = {2, 5}, wy[] = {3, 7, 11};
  const Space X = coordinate_space<c128>(z, 2, {2, 5}),
              Y = coordinate_space<c128>(z, 3, {3, 7, 11});
  const LinOp H = adjoint(dense_linop<c128>(z, X, Y, {3, 2}, a));
  const std::vector<c128> u = {{1, 1}, {-2, .5}, {0, 3}}, v = {{2, -1}, {.5, 4}};
  auto m = [&](int i, int j) { return std::conj(a[j * 2 + i]) * wy[j] / wx[i]; };  // 2 x 3
  for (int32_t mode : modes) {
    const bool forward = mode == SPC_MODE_NONE;
    const std::vector<c128> &x = forward ? u : v;
    std::vector<c128> expected(forward ? 2 : 3);
    for (int i = 0; i < 2; ++i)
      for (int j = 0; j < 3; ++j) {
        if (forward) expected[i] += m(i, j) * x[j];
        if (mode == SPC_MODE_TRANSPOSE) expected[j] += m(i, j) * x[i];
        if (mode == SPC_MODE_CONJ_TRANS) expected[j] += std::conj(m(i, j)) * x[i];
        if (mode == SPC_MODE_ADJOINT) expected[j] += a[j * 2 + i] * x[i];
      }
    const Array y = vector<c128>(z, std::vector<c128>(expected.size(), 1));
    check(spc_linop_apply_into(weak(2), H, vector<c128>(z, x), weak(-1), y, mode));
    for (c128 &e : expected) e = 2. * e - 1.;
    expect_close(values<c128>(y), expected, 1e-12);
  }
}

TEST_P(ApplyInto, tensors_and_strided_operands) {
  const Space X = dense_space(ctx, {2, 2}), Y = coordinate_space(ctx, 2);
  const LinOp A = dense_linop<double>(ctx, X, Y, {2, 2, 2}, {1, 2, 3, 4, 5, 6, 7, 8});
  // x and y are views with strides: the transpose, and every second element backwards.
  const Array stored = array<double>(ctx, {2, 2}, {1, 3, 2, 4}),
              long_y = vector<double>(ctx, {10, -1, 20, -1});
  Array x;
  check(spc_transpose(stored, SPC_ALL_AXES, nullptr, x.out()));
  const Array y = getitem(long_y, {slice(2, SPC_NONE_I64, -2)});
  check(spc_linop_apply_into(nullptr, A, x, weak(1), y, SPC_MODE_NONE));
  EXPECT_EQ(values<double>(long_y), (std::vector<double>{80, -1, 50, -1}));
  // Back into a tensor that has no flat view.
  const Array target = array<double>(ctx, {2, 2}, {0, 0, 0, 0});
  Array view;
  check(spc_transpose(target, SPC_ALL_AXES, nullptr, view.out()));
  check(spc_linop_apply_into(nullptr, A, vector<double>(ctx, {1, 1}), weak(1), view,
                             SPC_MODE_ADJOINT));
  EXPECT_EQ(values<double>(view), (std::vector<double>{6, 8, 10, 12}));
  EXPECT_EQ(values<double>(target), (std::vector<double>{6, 10, 8, 12}));
}

TEST_P(ApplyInto, overlapping_x_and_y) {
  const std::vector<double> m = {1, 2, 3, 4, 5, 6, 7, 8, 10}, start = {1, -1, 2};
  const std::vector<double> product = {5, 11, 19};
  const Space X = coordinate_space(ctx, 3);
  std::vector<LinOp> ops;
  ops.push_back(dense_linop<double>(ctx, X, X, {3, 3}, m));
  for (const char *format : {"csr", "csc", "coo"}) {
    LinOp S;
    check(spc_linop_sparse(sparse<double>(ctx, 3, 3, m, format), X, X, S.out()));
    ops.push_back(std::move(S));
  }
  LinOp O, I;
  check(spc_linop_zero(X, X, O.out()));
  check(spc_linop_identity(X, I.out()));
  ops.push_back(sum({ops[0], O}));
  ops.push_back(sum({O, ops[0]}));
  ops.push_back(composed(ops[0], I));
  ops.push_back(scaled(weak(1), ops[1]));
  for (const LinOp &op : ops) {
    const Array same_array = vector<double>(ctx, start);
    check(spc_linop_apply_into(nullptr, op, same_array, nullptr, same_array, SPC_MODE_NONE));
    expect_close<double>(values<double>(same_array), product, 1e-13, "x is y");
    const Array scaled_back = vector<double>(ctx, start);
    check(spc_linop_apply_into(nullptr, op, scaled_back, weak(10), scaled_back, SPC_MODE_NONE));
    expect_close<double>(values<double>(scaled_back), {15, 1, 39}, 1e-13, "x is y, beta");
    // Shifted by one.
    const Array row = vector<double>(ctx, {1, -1, 2, 7});
    const Array x = getitem(row, {slice(0, 3)}), y = getitem(row, {slice(1, 4)});
    check(spc_linop_apply_into(nullptr, op, x, nullptr, y, SPC_MODE_NONE));
    expect_close<double>(values<double>(row), {1, 5, 11, 19}, 1e-13, "shifted");
  }
  // Scalars inside y.
  for (const LinOp &op : ops) {
    const Array y = vector<double>(ctx, {2, 5, 3});
    const Array alpha = getitem(y, {at(0)}), beta = getitem(y, {at(2)});
    check(spc_linop_apply_into(alpha, op, vector<double>(ctx, start), beta, y, SPC_MODE_NONE));
    expect_close<double>(values<double>(y), {16, 37, 47}, 1e-13, "scalars in y");
  }
  // y inside the matrix.
  const Array A = array<double>(ctx, {3, 3}, m);
  LinOp op;
  check(spc_linop_dense(A, X, X, op.out()));
  const Array y = getitem(A, {at(1)});
  check(spc_linop_apply_into(nullptr, op, vector<double>(ctx, start), nullptr, y, SPC_MODE_NONE));
  expect_close<double>(values<double>(y), product, 1e-13, "y in A");
}

TEST_P(ApplyInto, writes_to_the_matrix_are_seen) {
  const Array A = array<double>(ctx, {2, 2}, {1, 2, 3, 4}), x = vector<double>(ctx, {1, 1});
  const Array y = vector<double>(ctx, {0, 0});
  const Space X = coordinate_space(ctx, 2);
  LinOp dense;
  check(spc_linop_dense(A, X, X, dense.out()));
  std::vector<LinOp> sparse_ops;
  std::vector<Array> data;
  for (const char *format : {"csr", "csc", "coo"}) {
    const Array S = sparse<double>(ctx, 2, 2, {1, 2, 3, 4}, format);
    Array d;
    check(spc_sparse_parts(S, nullptr, nullptr, d.out()));
    LinOp op;
    check(spc_linop_sparse(S, X, X, op.out()));
    sparse_ops.push_back(std::move(op));
    data.push_back(std::move(d));
  }
  // A narrower matrix: a cast copy that has to follow.
  const Array narrow = array<float>(ctx, {2, 2}, {1, 2, 3, 4});
  LinOp cast;
  check(spc_linop_dense(narrow, X, X, cast.out()));
  auto expect = [&](spc_linop op, int32_t mode, const std::vector<double> &v) {
    check(spc_linop_apply_into(nullptr, op, x, nullptr, y, mode));
    EXPECT_EQ(values<double>(y), v);
  };
  for (int round = 0; round < 2; ++round) {
    const double f = round == 0 ? 1 : 10;
    for (const spc_linop op :
         {static_cast<spc_linop>(dense), static_cast<spc_linop>(cast),
          static_cast<spc_linop>(sparse_ops[0]), static_cast<spc_linop>(sparse_ops[1]),
          static_cast<spc_linop>(sparse_ops[2])}) {
      expect(op, SPC_MODE_NONE, {3 * f, 7 * f});
      expect(op, SPC_MODE_TRANSPOSE, {4 * f, 6 * f});
      expect(op, SPC_MODE_ADJOINT, {4 * f, 6 * f});
    }
    if (round == 1) break;
    check(spc_array_set(A, array<double>(ctx, {2, 2}, {10, 20, 30, 40})));
    check(spc_array_set(narrow, array<float>(ctx, {2, 2}, {10, 20, 30, 40})));
    for (const Array &d : data) {
      std::vector<double> v = values<double>(d);
      for (double &e : v) e *= 10;
      check(spc_array_set(d, vector<double>(ctx, v)));
    }
  }
}

TEST_P(ApplyInto, version_of_y_grows) {
  const LinOp A = dense_linop<double>(ctx, coordinate_space(ctx, 2), coordinate_space(ctx, 2),
                                      {2, 2}, {1, 2, 3, 4});
  const Array x = vector<double>(ctx, {1, 1}), y = vector<double>(ctx, {0, 0});
  uint64_t before = 0, after = 0;
  check(spc_array_version(y, &before));
  check(spc_linop_apply_into(nullptr, A, x, nullptr, y, SPC_MODE_NONE));
  check(spc_array_version(y, &after));
  EXPECT_GT(after, before);
}

TEST_P(ApplyInto, refusals) {
  const Space X = coordinate_space(ctx, 2), Y = coordinate_space(ctx, 3);
  const LinOp A = dense_linop<double>(ctx, X, Y, {3, 2}, {1, 2, 3, 4, 5, 6});
  const Array x = vector<double>(ctx, {1, 2}), y = vector<double>(ctx, {1, 2, 3});
  auto refuse = [&](spc_array alpha, spc_array x_, spc_array beta, spc_array y_, int32_t mode,
                    spc_status code, std::initializer_list<const char *> parts) {
    expect_error(spc_linop_apply_into(alpha, A, x_, beta, y_, mode), code, parts);
  };
  refuse(nullptr, y, nullptr, y, SPC_MODE_NONE, SPC_E_VALIDATION,
         {"Expected shape (2,), got (3,)"});
  refuse(nullptr, x, nullptr, x, SPC_MODE_NONE, SPC_E_VALUE,
         {"apply_into: y has shape (2,)", "(3,)"});
  refuse(nullptr, x, nullptr, vector<float>(ctx, {1, 2, 3}), SPC_MODE_NONE, SPC_E_TYPE,
         {"y has dtype float32", "float64"});
  refuse(nullptr, x, nullptr, weak(1), SPC_MODE_NONE, SPC_E_TYPE, {"scalar"});
  refuse(nullptr, x, nullptr, y, 4, SPC_E_VALUE, {"mode is 4, expected 0 to 3"});
  refuse(nullptr, x, nullptr, y, -1, SPC_E_VALUE, {"mode is -1"});
  refuse(x, x, nullptr, y, SPC_MODE_NONE, SPC_E_VALUE, {"alpha has shape (2,), expected a scalar"});
  refuse(nullptr, x, x, y, SPC_MODE_NONE, SPC_E_VALUE, {"beta has shape (2,), expected a scalar"});
  refuse(weak(c128(1, 0)), x, nullptr, y, SPC_MODE_NONE, SPC_E_TYPE,
         {"alpha is complex", "float64"});
  refuse(nullptr, x, array<c128>(ctx, {}, {1}), y, SPC_MODE_NONE, SPC_E_TYPE, {"beta is complex"});
  refuse(nullptr, x, nullptr, nullptr, SPC_MODE_NONE, SPC_E_HANDLE, {"array handle is NULL"});
  Array wide;
  const int64_t shape[] = {3};
  check(spc_broadcast_to(vector<double>(ctx, {1}), 1, shape, wide.out()));
  refuse(nullptr, x, nullptr, wide, SPC_MODE_NONE, SPC_E_VALUE, {"y is read-only"});
  EXPECT_EQ(values<double>(y), (std::vector<double>{1, 2, 3}));
  // Scalars of other dtypes are cast.
  check(spc_linop_apply_into(array<float>(ctx, {}, {2}), A, x, array<int32_t>(ctx, {}, {1}), y,
                             SPC_MODE_NONE));
  EXPECT_EQ(values<double>(y), (std::vector<double>{11, 24, 37}));
}

// Without membership checks the same mistakes are the errors of the operation, never worse.
TEST_P(ApplyInto, level_none_is_memory_safe) {
  const Context c = context(GetParam(), SPC_FLOAT64, SPC_CHECK_NONE);
  const LinOp A = dense_linop<double>(c, coordinate_space(c, 2), coordinate_space(c, 3), {3, 2},
                                      {1, 2, 3, 4, 5, 6});
  const Array x = vector<double>(c, {1, 2}), y = vector<double>(c, {1, 2, 3});
  expect_error(spc_linop_apply_into(nullptr, A, y, nullptr, y, SPC_MODE_NONE), SPC_E_VALUE,
               {"apply_into: x has shape (3,)", "(2,)"});
  expect_error(spc_linop_apply_into(nullptr, A, x, nullptr, x, SPC_MODE_NONE), SPC_E_VALUE,
               {"apply_into: y has shape (2,)", "(3,)"});
  expect_error(
      spc_linop_apply_into(nullptr, A, vector<float>(c, {1, 2}), nullptr, y, SPC_MODE_NONE),
      SPC_E_TYPE, {"x has dtype float32"});
  expect_error(spc_linop_apply_into(nullptr, A, weak(1), nullptr, y, SPC_MODE_NONE), SPC_E_TYPE,
               {"x is a scalar"});
  // apply follows the join instead.
  EXPECT_EQ(values<double>(apply(A, vector<float>(c, {1, 2}))), (std::vector<double>{5, 11, 17}));
  EXPECT_EQ(values<c128>(apply(A, vector<c128>(c, {1, c128(0, 1)}))),
            (std::vector<c128>{{1, 2}, {3, 4}, {5, 6}}));
  EXPECT_EQ(values<c128>(rapply(A, vector<c128>(c, {1, c128(0, 1), 0}))),
            (std::vector<c128>{{1, 3}, {2, 4}}));
  Array out;
  expect_error(spc_linop_apply(A, y, out.out()), SPC_E_VALUE, {"apply: x has shape (3,)", "(2,)"});
  expect_error(spc_linop_rapply(A, x, out.out()), SPC_E_VALUE,
               {"rapply: y has shape (2,)", "(3,)"});
}

TEST_P(ApplyInto, matrix_wider_than_the_context) {
  const Context c = context(GetParam(), SPC_FLOAT32, SPC_CHECK_NONE);
  const Space X = coordinate_space(c, 2);
  LinOp A;
  check(spc_linop_dense(array<double>(c, {2, 2}, {1, 2, 3, 4}), X, X, A.out()));
  const Array x = vector<float>(c, {1, 1});
  EXPECT_EQ(values<double>(apply(A, x)), (std::vector<double>{3, 7}));
  expect_error(
      spc_linop_apply_into(nullptr, A, x, nullptr, vector<float>(c, {0, 0}), SPC_MODE_NONE),
      SPC_E_TYPE, {"data of dtype float64", "float32"});
}

TEST_P(ApplyInto, integers) {
  const Context c = context(GetParam(), SPC_INT32);
  const Space X = coordinate_space(c, 2);
  const LinOp A = dense_linop<int32_t>(c, X, X, {2, 2}, {1, 2, 3, 4});
  const Array x = vector<int32_t>(c, {1, -1}), y = vector<int32_t>(c, {5, 5});
  EXPECT_EQ(values<int32_t>(apply(A, x)), (std::vector<int32_t>{-1, -1}));
  check(spc_linop_apply_into(weak(2), A, x, weak(3), y, SPC_MODE_TRANSPOSE));
  EXPECT_EQ(values<int32_t>(y), (std::vector<int32_t>{11, 11}));
  expect_error(spc_linop_apply_into(weak(.5), A, x, nullptr, y, SPC_MODE_NONE), SPC_E_TYPE,
               {"alpha is float", "int32"});
}

TEST(ApplyIntoAcross, operands_of_another_memory_space) {
  load_test_families();
  for (int32_t level : {SPC_CHECK_NONE, SPC_CHECK_STANDARD}) {
    const Context host = context("reference", SPC_FLOAT64, level),
                  device = context("fakedev", SPC_FLOAT64, level);
    const Space X = coordinate_space(host, 2);
    const LinOp A = dense_linop<double>(host, X, X, {2, 2}, {1, 2, 3, 4});
    const Array near = vector<double>(host, {1, 1}), far = vector<double>(device, {1, 1});
    const spc_status wrong_x = spc_linop_apply_into(nullptr, A, far, nullptr, near, SPC_MODE_NONE);
    EXPECT_EQ(wrong_x, level == SPC_CHECK_NONE ? SPC_E_TYPE : SPC_E_VALIDATION) << last_error();
    expect_error(spc_linop_apply_into(nullptr, A, near, nullptr, far, SPC_MODE_NONE), SPC_E_TYPE,
                 {"array of family fakedev", "reference"});
  }
  // Host scalars may stand beside device arrays.
  const Context host = context("reference"), device = context("fakedev");
  const Space X = coordinate_space(device, 2);
  const LinOp A = dense_linop<double>(device, X, X, {2, 2}, {1, 2, 3, 4});
  const Array x = vector<double>(device, {1, 1}), y = vector<double>(device, {1, 1});
  check(spc_linop_apply_into(array<double>(host, {}, {2}), A, x, array<double>(host, {}, {10}), y,
                             SPC_MODE_NONE));
  EXPECT_EQ(values<double>(y), (std::vector<double>{16, 24}));
}

// The call is offered whole, once, before any shortcut.
TEST_P(ApplyInto, interposer_sees_the_operator) {
  static std::vector<std::string> seen;
  seen.clear();
  check(spc_set_interposer(
      [](void *, const spc_interposed_call *call) -> spc_status {
        seen.push_back(call->name);
        return 0;
      },
      nullptr));
  const LinOp A = dense_linop<double>(ctx, coordinate_space(ctx, 2), coordinate_space(ctx, 2),
                                      {2, 2}, {1, 2, 3, 4});
  const Array x = vector<double>(ctx, {1, 1}), y = vector<double>(ctx, {0, 0});
  Array watched;
  check(spc_array_interpose(x, 1, watched.out()));
  check(spc_linop_apply_into(nullptr, A, x, nullptr, y, SPC_MODE_NONE));
  EXPECT_TRUE(seen.empty());
  check(spc_linop_apply_into(nullptr, A, watched, nullptr, y, SPC_MODE_NONE));
  apply(A, watched);
  EXPECT_EQ(seen, (std::vector<std::string>{"linop_apply_into", "linop_apply"}));
  EXPECT_EQ(values<double>(y), (std::vector<double>{3, 7}));
  check(spc_set_interposer([](void *, const spc_interposed_call *) -> spc_status { return 5; },
                           nullptr));
  EXPECT_EQ(spc_linop_apply_into(nullptr, A, watched, nullptr, y, SPC_MODE_NONE), SPC_E_CALLBACK);
  check(spc_set_interposer(nullptr, nullptr));
}

}  // namespace
}  // namespace test
