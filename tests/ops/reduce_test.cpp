// SPDX-License-Identifier: Apache-2.0
#include <cmath>
#include <limits>

#include "tests/support/c_api.hpp"

namespace {

using namespace test;  // NOLINT(google-build-using-namespace): the vocabulary of the tests
using C128 = std::complex<double>;

class Reduce : public OnFamily {};
SPC_ON_EVERY_FAMILY(Reduce);

TEST_P(Reduce, SumOverAxes) {
  Array a = array<double>(ctx, {2, 3}, {1, 2, 3, 4, 5, 6}), r;
  const int64_t axis0[1] = {0}, axis1[1] = {-1}, both[2] = {1, 0};
  check(spc_sum(a, SPC_ALL_AXES, nullptr, 0, SPC_DTYPE_NONE, r.out()));
  EXPECT_EQ(value<double>(r), 21);
  EXPECT_EQ(shape_of(r), Shape{});
  check(spc_sum(a, 1, axis0, 0, SPC_DTYPE_NONE, r.out()));
  EXPECT_EQ(values<double>(r), std::vector<double>({5, 7, 9}));
  check(spc_sum(a, 1, axis1, 1, SPC_DTYPE_NONE, r.out()));
  EXPECT_EQ(shape_of(r), (Shape{2, 1}));
  EXPECT_EQ(values<double>(r), std::vector<double>({6, 15}));
  check(spc_sum(a, 2, both, 1, SPC_DTYPE_NONE, r.out()));
  EXPECT_EQ(shape_of(r), (Shape{1, 1}));
  check(spc_sum(a, 0, nullptr, 0, SPC_DTYPE_NONE, r.out()));  // nothing is reduced
  EXPECT_EQ(values<double>(r), values<double>(a));
}

TEST_P(Reduce, SumDtypes) {
  Array b = vector<bool>(ctx, {true, true, false}), u = vector<uint8_t>(ctx, {255, 255}), r;
  check(spc_sum(b, SPC_ALL_AXES, nullptr, 0, SPC_DTYPE_NONE, r.out()));
  EXPECT_EQ(value<int64_t>(r), 2);
  check(spc_sum(u, SPC_ALL_AXES, nullptr, 0, SPC_DTYPE_NONE, r.out()));
  EXPECT_EQ(value<int64_t>(r), 510);
  check(spc_sum(u, SPC_ALL_AXES, nullptr, 0, SPC_UINT8, r.out()));
  EXPECT_EQ(value<uint8_t>(r), 254);
  check(spc_sum(u, SPC_ALL_AXES, nullptr, 0, SPC_COMPLEX64, r.out()));
  EXPECT_EQ(value<std::complex<float>>(r), std::complex<float>(510, 0));
}

TEST_P(Reduce, SumWithACastAccumulatesOverBlocks) {
  const int64_t n = 30011;
  std::vector<int32_t> v(static_cast<std::size_t>(2 * n));
  double expected[2] = {0, 0};
  for (std::size_t i = 0; i < v.size(); ++i) {
    v[i] = static_cast<int32_t>(i % 1009);
    expected[i / static_cast<std::size_t>(n)] += v[i];
  }
  Array a = array<int32_t>(ctx, {2, n}, v), r, t;
  const int64_t axis1[1] = {1}, axis0[1] = {0};
  check(spc_sum(a, 1, axis1, 0, SPC_FLOAT64, r.out()));
  EXPECT_EQ(values<double>(r), std::vector<double>({expected[0], expected[1]}));
  check(spc_transpose(a, SPC_ALL_AXES, nullptr, t.out()));
  check(spc_sum(t, 1, axis0, 0, SPC_FLOAT64, r.out()));
  EXPECT_EQ(values<double>(r), std::vector<double>({expected[0], expected[1]}));
}

TEST_P(Reduce, EmptyExtents) {
  Array e = array<double>(ctx, {0, 3}, {}), r;
  const int64_t axis0[1] = {0}, axis1[1] = {1};
  check(spc_sum(e, 1, axis0, 0, SPC_DTYPE_NONE, r.out()));
  EXPECT_EQ(values<double>(r), std::vector<double>({0, 0, 0}));
  expect_error(spc_min(e, 1, axis0, 0, r.out()), SPC_E_VALUE, {"min", "(0, 3)"});
  check(spc_max(e, 1, axis1, 0, r.out()));
  EXPECT_EQ(shape_of(r), Shape{0});
}

TEST_P(Reduce, LengthsWhoseProductOverflows) {
  const int64_t shape[3] = {0, int64_t{1} << 40, int64_t{1} << 40}, axes[2] = {1, 2};
  Array e, r;
  check(spc_zeros(ctx, 3, shape, SPC_FLOAT64, e.out()));
  check(spc_min(e, 2, axes, 0, r.out()));
  EXPECT_EQ(shape_of(r), Shape{0});
}

TEST_P(Reduce, MinMaxOrder) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  Array a = vector<double>(ctx, {3, -1, nan, 2}), z = vector<C128>(ctx, {{1, 5}, {1, -5}, {0, 9}}),
        r;
  check(spc_min(a, SPC_ALL_AXES, nullptr, 0, r.out()));
  EXPECT_TRUE(std::isnan(value<double>(r)));
  check(spc_max(z, SPC_ALL_AXES, nullptr, 0, r.out()));
  EXPECT_EQ(value<C128>(r), C128(1, 5));
  check(spc_min(z, SPC_ALL_AXES, nullptr, 0, r.out()));
  EXPECT_EQ(value<C128>(r), C128(0, 9));
}

TEST_P(Reduce, AxisErrors) {
  Array a = array<double>(ctx, {2, 3}, {1, 2, 3, 4, 5, 6}), s = array<double>(ctx, {}, {1}), r;
  const int64_t far[1] = {2}, twice[2] = {0, -2}, zero[1] = {0};
  expect_error(spc_sum(a, 1, far, 0, SPC_DTYPE_NONE, r.out()), SPC_E_AXIS,
               {"sum", "axis 2", "dimension 2"});
  expect_error(spc_max(a, 2, twice, 0, r.out()), SPC_E_VALUE, {"max", "repeated axis"});
  expect_error(spc_min(s, 1, zero, 0, r.out()), SPC_E_AXIS, {"min", "axis 0", "dimension 0"});
  expect_error(spc_sum(a, -2, nullptr, 0, SPC_DTYPE_NONE, r.out()), SPC_E_VALUE, {"n_axes is -2"});
  expect_error(spc_sum(a, 1, nullptr, 0, SPC_DTYPE_NONE, r.out()), SPC_E_VALUE, {"axes is NULL"});
}

TEST_P(Reduce, Norms) {
  const double inf = std::numeric_limits<double>::infinity();
  Array v = vector<double>(ctx, {3, -4, 0}), m = array<double>(ctx, {2, 2}, {1, 2, 3, 4}), r;
  struct Case {
    int32_t ord;
    double p, expected;
  };
  for (const Case &c : {Case{SPC_ORD_DEFAULT, 0, 5}, Case{SPC_ORD_P, 0, 2}, Case{SPC_ORD_P, 1, 7},
                        Case{SPC_ORD_P, 2, 5}, Case{SPC_ORD_P, 3, 4.497941445275415},
                        Case{SPC_ORD_P, inf, 4}, Case{SPC_ORD_P, -inf, 0}}) {
    check(spc_norm(v, c.ord, c.p, SPC_ALL_AXES, nullptr, 0, r.out()));
    EXPECT_NEAR(value<double>(r), c.expected, 1e-14);
  }
  for (const Case &c :
       {Case{SPC_ORD_FRO, 0, 5.477225575051661}, Case{SPC_ORD_P, 1, 6}, Case{SPC_ORD_P, -1, 4},
        Case{SPC_ORD_P, inf, 7}, Case{SPC_ORD_P, -inf, 3}, Case{SPC_ORD_NUC, 0, 5.830951894845301},
        Case{SPC_ORD_P, 2, 5.464985704219043}, Case{SPC_ORD_P, -2, 0.3659661906262574}}) {
    check(spc_norm(m, c.ord, c.p, SPC_ALL_AXES, nullptr, 0, r.out()));
    EXPECT_NEAR(value<double>(r), c.expected, 1e-14);
  }
  Array big = vector<double>(ctx, {3e300, 4e300}), i = vector<int8_t>(ctx, {3, 4});
  check(spc_norm(big, SPC_ORD_DEFAULT, 0, SPC_ALL_AXES, nullptr, 0, r.out()));
  EXPECT_DOUBLE_EQ(value<double>(r), 5e300);
  check(spc_norm(i, SPC_ORD_DEFAULT, 0, SPC_ALL_AXES, nullptr, 0, r.out()));
  EXPECT_EQ(value<double>(r), 5);
}

TEST_P(Reduce, NormErrors) {
  const double inf = std::numeric_limits<double>::infinity();
  Array v = vector<double>(ctx, {1}), m = array<double>(ctx, {2, 2}, {1, 2, 3, 4});
  Array cube = array<double>(ctx, {1, 1, 1}, {1}), e = vector<double>(ctx, {}), r;
  expect_error(spc_norm(v, SPC_ORD_FRO, 0, SPC_ALL_AXES, nullptr, 0, r.out()), SPC_E_VALUE,
               {"norm", "'fro'", "matrices"});
  expect_error(spc_norm(m, SPC_ORD_P, 3, SPC_ALL_AXES, nullptr, 0, r.out()), SPC_E_VALUE,
               {"norm", "bad order 3"});
  expect_error(spc_norm(cube, SPC_ORD_P, 1, SPC_ALL_AXES, nullptr, 0, r.out()), SPC_E_VALUE,
               {"norm", "1 or 2 axes", "(1, 1, 1)"});
  expect_error(spc_norm(v, 42, 0, SPC_ALL_AXES, nullptr, 0, r.out()), SPC_E_VALUE, {"norm", "42"});
  expect_error(spc_norm(e, SPC_ORD_P, inf, SPC_ALL_AXES, nullptr, 0, r.out()), SPC_E_VALUE,
               {"norm", "(0,)"});
  expect_error(
      spc_norm(array<double>(ctx, {0, 3}, {}), SPC_ORD_P, inf, SPC_ALL_AXES, nullptr, 0, r.out()),
      SPC_E_VALUE, {"norm: order inf of shape (0, 3): no elements along axis 0"});
  check(spc_norm(cube, SPC_ORD_DEFAULT, 0, SPC_ALL_AXES, nullptr, 1, r.out()));
  EXPECT_EQ(shape_of(r), (Shape{1, 1, 1}));
}

TEST_P(Reduce, Vdot) {
  Array x = vector<C128>(ctx, {{1, 2}, {3, -1}}), y = array<C128>(ctx, {2, 1}, {{2, 0}, {0, 1}}), r;
  check(spc_vdot(x, y, r.out()));
  EXPECT_EQ(value<C128>(r), std::conj(C128(1, 2)) * 2.0 + std::conj(C128(3, -1)) * C128(0, 1));
  Array f = vector<float>(ctx, {1, 2}), d = vector<double>(ctx, {3, 4}),
        three = vector<double>(ctx, {1, 2, 3});
  check(spc_vdot(f, d, r.out()));
  EXPECT_EQ(value<double>(r), 11);
  expect_error(spc_vdot(f, three, r.out()), SPC_E_VALUE, {"vdot", "(2,)", "(3,)"});
  Array e = vector<double>(ctx, {});
  check(spc_vdot(e, e, r.out()));
  EXPECT_EQ(value<double>(r), 0);
}

// Calls an op of signature REDUCE over all axes.
template <class F>
Array over_all(F f, spc_array x, int32_t keepdims = 0) {
  Array r;
  check(f(x, SPC_ALL_AXES, nullptr, keepdims, r.out()));
  return r;
}

TEST_P(Reduce, ProdOverAxes) {
  Array a = array<double>(ctx, {2, 3}, {1, 2, 3, 4, 5, 6}), r;
  const int64_t axis0[1] = {0}, axis1[1] = {-1};
  check(spc_prod(a, SPC_ALL_AXES, nullptr, 0, SPC_DTYPE_NONE, r.out()));
  EXPECT_EQ(value<double>(r), 720);
  check(spc_prod(a, 1, axis0, 0, SPC_DTYPE_NONE, r.out()));
  EXPECT_EQ(values<double>(r), std::vector<double>({4, 10, 18}));
  check(spc_prod(a, 1, axis1, 1, SPC_DTYPE_NONE, r.out()));
  EXPECT_EQ(shape_of(r), (Shape{2, 1}));
  EXPECT_EQ(values<double>(r), std::vector<double>({6, 120}));
  check(spc_prod(a, 0, nullptr, 0, SPC_DTYPE_NONE, r.out()));
  EXPECT_EQ(values<double>(r), values<double>(a));
  check(spc_prod(weak(7), SPC_ALL_AXES, nullptr, 0, SPC_DTYPE_NONE, r.out()));
  EXPECT_EQ(value<int64_t>(r), 7);
}

TEST_P(Reduce, ProdDtypes) {
  const auto run = [&]<class T, class Out>(T, Out expected) {
    Array x = vector<T>(ctx, {T(2), T(3), T(2)}), r;
    check(spc_prod(x, SPC_ALL_AXES, nullptr, 0, SPC_DTYPE_NONE, r.out()));
    EXPECT_EQ(value<Out>(r), expected);
  };
  run(int8_t{}, int64_t{12});
  run(uint8_t{}, int64_t{12});
  run(int32_t{}, int64_t{12});
  run(int64_t{}, int64_t{12});
  run(float{}, float{12});
  run(double{}, double{12});
  run(std::complex<float>{}, std::complex<float>{12});
  run(C128{}, C128{12});
  Array b = vector<bool>(ctx, {true, false}), u = vector<uint8_t>(ctx, {100, 100, 100}), r;
  check(spc_prod(b, SPC_ALL_AXES, nullptr, 0, SPC_DTYPE_NONE, r.out()));
  EXPECT_EQ(value<int64_t>(r), 0);
  check(spc_prod(b, SPC_ALL_AXES, nullptr, 0, SPC_BOOL, r.out()));
  EXPECT_EQ(value<bool>(r), false);
  check(spc_prod(u, SPC_ALL_AXES, nullptr, 0, SPC_DTYPE_NONE, r.out()));
  EXPECT_EQ(value<int64_t>(r), 1000000);
  check(spc_prod(u, SPC_ALL_AXES, nullptr, 0, SPC_UINT8, r.out()));
  EXPECT_EQ(value<uint8_t>(r), 1000000 % 256);
  check(spc_prod(u, SPC_ALL_AXES, nullptr, 0, SPC_BOOL, r.out()));
  EXPECT_EQ(value<bool>(r), true);
  check(spc_prod(u, SPC_ALL_AXES, nullptr, 0, SPC_COMPLEX128, r.out()));
  EXPECT_EQ(value<C128>(r), C128(1e6));
  Array z = vector<C128>(ctx, {{1, 2}, {3, -1}});
  check(spc_prod(z, SPC_ALL_AXES, nullptr, 0, SPC_DTYPE_NONE, r.out()));
  EXPECT_EQ(value<C128>(r), C128(5, 5));
  expect_error(spc_prod(z, SPC_ALL_AXES, nullptr, 0, SPC_FLOAT64, r.out()), SPC_E_TYPE,
               {"prod", "complex", "float64"});
}

TEST_P(Reduce, ProdWithACastAccumulatesOverBlocks) {
  const int64_t n = 30011;
  std::vector<int32_t> v(static_cast<std::size_t>(2 * n), 1);
  v[5] = 3;
  v[20000] = -7;
  v[static_cast<std::size_t>(n) + 4096] = 11;
  Array a = array<int32_t>(ctx, {2, n}, v), r;
  const int64_t axis1[1] = {1};
  check(spc_prod(a, 1, axis1, 0, SPC_FLOAT64, r.out()));
  EXPECT_EQ(values<double>(r), std::vector<double>({-21, 11}));
}

TEST_P(Reduce, ProdOfNothing) {
  Array e = array<int32_t>(ctx, {0, 2}, {}), r;
  const int64_t axis0[1] = {0}, axis1[1] = {1}, far[1] = {2};
  check(spc_prod(e, 1, axis0, 0, SPC_DTYPE_NONE, r.out()));
  EXPECT_EQ(values<int64_t>(r), std::vector<int64_t>({1, 1}));
  check(spc_prod(e, 1, axis0, 0, SPC_COMPLEX64, r.out()));
  EXPECT_EQ(values<std::complex<float>>(r), std::vector<std::complex<float>>({1, 1}));
  check(spc_prod(e, 1, axis1, 0, SPC_DTYPE_NONE, r.out()));
  EXPECT_EQ(shape_of(r), Shape{0});
  expect_error(spc_prod(e, 1, far, 0, SPC_DTYPE_NONE, r.out()), SPC_E_AXIS, {"prod", "axis 2"});
}

TEST_P(Reduce, Mean) {
  Array a = array<double>(ctx, {2, 3}, {1, 2, 3, 4, 5, 9}), r;
  const int64_t axis0[1] = {0}, both[2] = {1, 0}, far[1] = {-3}, twice[2] = {1, -1};
  EXPECT_EQ(value<double>(over_all(spc_mean, a)), 4);
  check(spc_mean(a, 1, axis0, 1, r.out()));
  EXPECT_EQ(shape_of(r), (Shape{1, 3}));
  EXPECT_EQ(values<double>(r), std::vector<double>({2.5, 3.5, 6}));
  check(spc_mean(a, 2, both, 1, r.out()));
  EXPECT_EQ(shape_of(r), (Shape{1, 1}));
  check(spc_mean(a, 0, nullptr, 0, r.out()));
  EXPECT_EQ(values<double>(r), values<double>(a));
  EXPECT_EQ(value<double>(over_all(spc_mean, vector<bool>(ctx, {true, false}))), 0.5);
  EXPECT_EQ(value<double>(over_all(spc_mean, vector<int8_t>(ctx, {127, 127, 127}))), 127);
  EXPECT_EQ(value<double>(over_all(spc_mean, vector<uint8_t>(ctx, {255, 254}))), 254.5);
  EXPECT_EQ(value<double>(over_all(spc_mean, vector<int32_t>(ctx, {-1, 2}))), 0.5);
  EXPECT_EQ(value<double>(over_all(spc_mean, vector<int64_t>(ctx, {-1, 2}))), 0.5);
  EXPECT_EQ(value<float>(over_all(spc_mean, vector<float>(ctx, {1, 2}))), 1.5F);
  EXPECT_EQ(value<C128>(over_all(spc_mean, vector<C128>(ctx, {{1, 2}, {3, -6}}))), C128(2, -2));
  EXPECT_EQ(value<std::complex<float>>(
                over_all(spc_mean, vector<std::complex<float>>(ctx, {{1, 2}, {3, -6}}))),
            std::complex<float>(2, -2));
  expect_error(spc_mean(a, 1, far, 0, r.out()), SPC_E_AXIS, {"mean", "axis -3", "dimension 2"});
  expect_error(spc_mean(a, 2, twice, 0, r.out()), SPC_E_VALUE, {"mean", "repeated axis"});
}

TEST_P(Reduce, MeanOfNothingIsNan) {
  Array e = array<double>(ctx, {0, 2}, {}), r;
  const int64_t axis0[1] = {0}, axis1[1] = {1};
  check(spc_mean(e, 1, axis0, 0, r.out()));
  for (double m : values<double>(r)) EXPECT_TRUE(std::isnan(m));
  EXPECT_EQ(shape_of(r), Shape{2});
  check(spc_mean(e, 1, axis1, 0, r.out()));
  EXPECT_EQ(shape_of(r), Shape{0});
  EXPECT_TRUE(std::isnan(value<C128>(over_all(spc_mean, vector<C128>(ctx, {}))).real()));
}

TEST_P(Reduce, MeanInto) {
  Array a = array<double>(ctx, {2, 2}, {1, 2, 3, 6}), row = getitem(a, {at(0)});
  const int64_t axis[1] = {0};
  check(spc_mean_into(a, 1, axis, 0, row));
  EXPECT_EQ(values<double>(a), std::vector<double>({2, 4, 3, 6}));
  Array i = vector<int32_t>(ctx, {7, 7});
  expect_error(spc_mean_into(a, 1, axis, 0, i), SPC_E_TYPE, {"mean", "int32", "float64"});
  EXPECT_EQ(values<int32_t>(i), std::vector<int32_t>({7, 7}));
}

TEST_P(Reduce, Trace) {
  Array a = array<double>(ctx, {2, 3}, {1, 2, 3, 4, 5, 6}), r;
  check(spc_trace(a, r.out()));
  EXPECT_EQ(shape_of(r), Shape{});
  EXPECT_EQ(value<double>(r), 6);
  check(spc_trace(array<uint8_t>(ctx, {2, 2}, {200, 1, 1, 200}), r.out()));
  EXPECT_EQ(value<int64_t>(r), 400);
  check(spc_trace(array<bool>(ctx, {2, 2}, {true, false, true, true}), r.out()));
  EXPECT_EQ(value<int64_t>(r), 2);
  check(spc_trace(array<C128>(ctx, {1, 1}, {{1, 2}}), r.out()));
  EXPECT_EQ(value<C128>(r), C128(1, 2));
  Array stacked = array<double>(ctx, {2, 2, 2}, {1, 2, 3, 4, 5, 6, 7, 8});
  check(spc_trace(stacked, r.out()));
  EXPECT_EQ(values<double>(r), std::vector<double>({8, 10}));
  check(spc_trace(array<double>(ctx, {0, 3}, {}), r.out()));
  EXPECT_EQ(value<double>(r), 0);
  expect_error(spc_trace(vector<double>(ctx, {1}), r.out()), SPC_E_VALUE,
               {"trace", "(1,)", "at least two"});
  expect_error(spc_trace(weak(1), r.out()), SPC_E_VALUE, {"trace", "()"});
}

class Logsumexp : public OnFamily {
 protected:
  static Array plain(spc_array a, spc_array b = nullptr) {
    Array out;
    check(spc_logsumexp(a, b, SPC_ALL_AXES, nullptr, 0, out.out(), nullptr));
    EXPECT_EQ(shape_of(out), Shape{});
    return out;
  }
  template <class T, class R = T>
  static std::pair<R, T> with_sign(spc_array a, spc_array b = nullptr) {
    Array out, sign;
    check(spc_logsumexp(a, b, SPC_ALL_AXES, nullptr, 0, out.out(), sign.out()));
    return {value<R>(out), value<T>(sign)};
  }
  const double inf = std::numeric_limits<double>::infinity();
  const double nan = std::numeric_limits<double>::quiet_NaN();
};
SPC_ON_EVERY_FAMILY(Logsumexp);

TEST_P(Logsumexp, Values) {
  const double two = std::log(2.0);
  EXPECT_DOUBLE_EQ(value<double>(plain(vector<double>(ctx, {0, 0}))), two);
  EXPECT_DOUBLE_EQ(value<double>(plain(vector<double>(ctx, {1000, 1000}))), 1000 + two);
  EXPECT_DOUBLE_EQ(value<double>(plain(vector<double>(ctx, {-1e5, -1e5}))), -1e5 + two);
  EXPECT_FLOAT_EQ(value<float>(plain(vector<float>(ctx, {500, 500}))),
                  static_cast<float>(500 + two));
  // bool and integers are computed in float64.
  EXPECT_DOUBLE_EQ(value<double>(plain(vector<bool>(ctx, {true, false}))), std::log(M_E + 1));
  EXPECT_DOUBLE_EQ(value<double>(plain(vector<int8_t>(ctx, {1, 1}))), 1 + two);
  EXPECT_DOUBLE_EQ(value<double>(plain(vector<uint8_t>(ctx, {1, 1}))), 1 + two);
  EXPECT_DOUBLE_EQ(value<double>(plain(vector<int32_t>(ctx, {1, 1}))), 1 + two);
  EXPECT_DOUBLE_EQ(value<double>(plain(vector<int64_t>(ctx, {1, 1}))), 1 + two);
  EXPECT_DOUBLE_EQ(value<double>(plain(weak(3.0))), 3);
}

TEST_P(Logsumexp, Infinities) {
  EXPECT_EQ(value<double>(plain(vector<double>(ctx, {-inf, -inf}))), -inf);
  EXPECT_EQ(value<double>(plain(vector<double>(ctx, {inf, 0}))), inf);
  EXPECT_EQ(value<double>(plain(vector<double>(ctx, {-inf, inf, 800}))), inf);
  EXPECT_EQ(value<double>(plain(vector<double>(ctx, {-inf, 3}))), 3);
  EXPECT_TRUE(std::isnan(value<double>(plain(vector<double>(ctx, {nan, inf})))));
  EXPECT_EQ(with_sign<double>(vector<double>(ctx, {-inf, -inf})), std::make_pair(-inf, 0.0));
  // An infinite term outweighs a finite one of the other sign whose exponential overflows.
  EXPECT_EQ(with_sign<double>(vector<double>(ctx, {inf, 800}), vector<double>(ctx, {-1, 1})),
            std::make_pair(inf, -1.0));
}

TEST_P(Logsumexp, Weights) {
  Array zero = vector<double>(ctx, {0, 0}), b = vector<double>(ctx, {1, -2});
  EXPECT_TRUE(std::isnan(value<double>(plain(zero, b))));
  EXPECT_EQ(with_sign<double>(zero, b), std::make_pair(0.0, -1.0));
  Array none = vector<double>(ctx, {0, 0});
  EXPECT_EQ(value<double>(plain(zero, none)), -inf);
  EXPECT_EQ(with_sign<double>(zero, none), std::make_pair(-inf, 0.0));
  // A weight of 0 drops its term, infinite or NaN.
  Array first = vector<double>(ctx, {0, 1});
  EXPECT_EQ(value<double>(plain(vector<double>(ctx, {inf, 5}), first)), 5);
  EXPECT_EQ(value<double>(plain(vector<double>(ctx, {nan, 5}), first)), 5);
  EXPECT_DOUBLE_EQ(value<double>(plain(zero, weak(3))), std::log(6.0));
  // The result has the join of the dtypes, F for integers.
  EXPECT_EQ(dtype_of(plain(vector<float>(ctx, {1, 2}), vector<int8_t>(ctx, {1, 2}))), SPC_FLOAT32);
  EXPECT_EQ(dtype_of(plain(vector<int32_t>(ctx, {1, 2}), vector<float>(ctx, {1, 2}))), SPC_FLOAT64);
  Array c = array<double>(ctx, {2, 1}, {0, 1}), w = vector<float>(ctx, {1, 2, 3}), r, s;
  const int64_t axis1[1] = {1};
  check(spc_logsumexp(c, w, 1, axis1, 1, r.out(), s.out()));
  EXPECT_EQ(shape_of(r), (Shape{2, 1}));
  EXPECT_EQ(shape_of(s), (Shape{2, 1}));
  EXPECT_DOUBLE_EQ(values<double>(r)[0], std::log(6.0));
  EXPECT_DOUBLE_EQ(values<double>(r)[1], 1 + std::log(6.0));
  EXPECT_EQ(values<double>(s), std::vector<double>({1, 1}));
}

TEST_P(Logsumexp, Axes) {
  Array a = array<double>(ctx, {2, 3}, {0, 1, 2, 3, 4, 5}), t, r;
  const int64_t axis0[1] = {0}, both[2] = {1, 0};
  check(spc_logsumexp(a, nullptr, 1, axis0, 0, r.out(), nullptr));
  for (std::size_t i = 0; i < 3; ++i)
    EXPECT_DOUBLE_EQ(values<double>(r)[i], static_cast<double>(i) + std::log(1 + std::exp(3.0)));
  double total = 0;
  for (int i = 0; i < 6; ++i) total += std::exp(i);
  check(spc_logsumexp(a, nullptr, 2, both, 1, r.out(), nullptr));
  EXPECT_EQ(shape_of(r), (Shape{1, 1}));
  EXPECT_DOUBLE_EQ(value<double>(r), std::log(total));
  check(spc_transpose(a, SPC_ALL_AXES, nullptr, t.out()));
  check(spc_logsumexp(t, nullptr, 1, axis0, 0, r.out(), nullptr));
  EXPECT_DOUBLE_EQ(values<double>(r)[1], 3 + values<double>(r)[0]);
  // As SciPy, which takes a 0-d array as a vector.
  check(spc_logsumexp(array<double>(ctx, {}, {7}), nullptr, SPC_ALL_AXES, nullptr, 1, r.out(),
                      nullptr));
  EXPECT_EQ(shape_of(r), Shape{1});
  EXPECT_EQ(value<double>(r), 7);
  // Nothing is reduced: log |b exp(a)|.
  check(spc_logsumexp(a, nullptr, 0, nullptr, 0, r.out(), nullptr));
  EXPECT_EQ(values<double>(r), values<double>(a));
}

TEST_P(Logsumexp, Complex) {
  const C128 x(0.5, 1), y(-0.25, -2), w(2, -1);
  Array a = vector<C128>(ctx, {x, y}), b = vector<C128>(ctx, {w, {1, 0}});
  const C128 sum = w * std::exp(x) + std::exp(y), log = std::log(sum), phase = sum / std::abs(sum);
  const C128 r = value<C128>(plain(a, b));
  EXPECT_NEAR(std::abs(r - log), 0, 1e-15);
  const auto signed_result = with_sign<C128, double>(a, b);
  EXPECT_NEAR(signed_result.first, log.real(), 1e-15);
  EXPECT_NEAR(std::abs(signed_result.second - phase), 0, 1e-15);
  // A negative sum has a complex logarithm.
  Array minus = vector<C128>(ctx, {{-1, 0}});
  EXPECT_NEAR(std::abs(value<C128>(plain(vector<C128>(ctx, {{0, 0}}), minus)) - C128(0, M_PI)), 0,
              1e-15);
  EXPECT_EQ(value<C128>(plain(vector<C128>(ctx, {{inf, 0}, {1, 1}}))), C128(inf, 0));
  const auto infinite = with_sign<C128, double>(vector<C128>(ctx, {{inf, 0}}), minus);
  EXPECT_EQ(infinite.first, inf);
  EXPECT_EQ(infinite.second, C128(-1, 0));
  Array narrow = vector<std::complex<float>>(ctx, {{80, 0}, {80, 0}}), s, v;
  check(spc_logsumexp(narrow, nullptr, SPC_ALL_AXES, nullptr, 0, v.out(), s.out()));
  EXPECT_FLOAT_EQ(value<float>(v), static_cast<float>(80 + std::log(2.0)));
  EXPECT_EQ(value<std::complex<float>>(s), std::complex<float>(1, 0));
}

TEST_P(Logsumexp, EmptyAndErrors) {
  Array e = array<float>(ctx, {0, 2}, {}), r, s;
  const int64_t axis0[1] = {0}, axis1[1] = {1}, far[1] = {2}, twice[2] = {0, 0};
  check(spc_logsumexp(e, nullptr, 1, axis0, 0, r.out(), s.out()));
  const float minus = -std::numeric_limits<float>::infinity();
  EXPECT_EQ(values<float>(r), std::vector<float>({minus, minus}));
  EXPECT_EQ(values<float>(s), std::vector<float>({-1, -1}));
  check(spc_logsumexp(e, nullptr, 1, axis1, 0, r.out(), nullptr));
  EXPECT_EQ(shape_of(r), Shape{0});
  Array a = array<double>(ctx, {2, 2}, {1, 2, 3, 4}), three = vector<double>(ctx, {1, 2, 3});
  expect_error(spc_logsumexp(a, nullptr, 1, far, 0, r.out(), nullptr), SPC_E_AXIS,
               {"logsumexp", "axis 2"});
  expect_error(spc_logsumexp(a, nullptr, 2, twice, 0, r.out(), s.out()), SPC_E_VALUE,
               {"logsumexp", "repeated axis"});
  expect_error(spc_logsumexp(a, three, SPC_ALL_AXES, nullptr, 0, r.out(), nullptr), SPC_E_VALUE,
               {"logsumexp", "(2, 2)", "(3,)"});
  expect_error(spc_logsumexp(a, nullptr, SPC_ALL_AXES, nullptr, 0, nullptr, s.out()), SPC_E_VALUE,
               {"logsumexp", "out"});
}

class Allclose : public OnFamily {
 protected:
  static bool close(spc_array a, spc_array b, double rtol = 1e-5, double atol = 1e-8,
                    bool equal_nan = false) {
    int32_t verdict = -1;
    check(spc_allclose(a, b, rtol, atol, equal_nan ? 1 : 0, &verdict));
    return verdict == 1;
  }
};
SPC_ON_EVERY_FAMILY(Allclose);

TEST_P(Allclose, Tolerances) {
  Array a = vector<double>(ctx, {1, 100}), b = vector<double>(ctx, {1.5, 110});
  EXPECT_TRUE(close(a, a, 0, 0));
  EXPECT_FALSE(close(a, b));
  EXPECT_TRUE(close(a, b, 0, 10));
  EXPECT_FALSE(close(a, b, 0, 9.9));
  // The tolerance is that of b: 10 is a tenth of 100, less than a tenth of 110.
  Array x = vector<double>(ctx, {100}), y = vector<double>(ctx, {110});
  EXPECT_TRUE(close(x, y, 0.095, 0));
  EXPECT_FALSE(close(y, x, 0.095, 0));
  EXPECT_TRUE(close(vector<C128>(ctx, {{3, 4}}), vector<C128>(ctx, {{0, 0}}), 0, 5));
  EXPECT_FALSE(close(vector<C128>(ctx, {{3, 4}}), vector<C128>(ctx, {{0, 0}}), 0, 4.9));
}

TEST_P(Allclose, SpecialNumbers) {
  const double inf = std::numeric_limits<double>::infinity(), nan = std::nan("");
  Array p = vector<double>(ctx, {inf, 1}), m = vector<double>(ctx, {-inf, 1});
  Array f = vector<double>(ctx, {1e308, 1}), n = vector<double>(ctx, {nan, 1});
  EXPECT_TRUE(close(p, p));
  EXPECT_FALSE(close(p, m));
  EXPECT_FALSE(close(f, p));
  EXPECT_FALSE(close(p, f));
  EXPECT_FALSE(close(n, n));
  EXPECT_TRUE(close(n, n, 1e-5, 1e-8, true));
  EXPECT_FALSE(close(n, f, 1e-5, 1e-8, true));
}

TEST_P(Allclose, OperandsOfEveryKind) {
  Array i = vector<int32_t>(ctx, {2, 2}), f = vector<float>(ctx, {2, 2});
  EXPECT_TRUE(close(i, f));
  EXPECT_TRUE(close(i, weak(2)));
  EXPECT_TRUE(close(weak(2.0), f));
  EXPECT_FALSE(close(weak(2.5), i));
  EXPECT_TRUE(close(array<double>(ctx, {3, 1, 2}, std::vector<double>(6, 2)), f));
  EXPECT_TRUE(close(array<double>(ctx, {0, 2}, {}), f));
  EXPECT_TRUE(close(vector<bool>(ctx, {true}), vector<bool>(ctx, {true})));
  EXPECT_FALSE(close(vector<bool>(ctx, {true}), vector<bool>(ctx, {false})));
  const int64_t big = int64_t{1} << 53;
  EXPECT_FALSE(close(vector<int64_t>(ctx, {big + 1}), vector<int64_t>(ctx, {big}), 0, 0));
  EXPECT_TRUE(close(vector<int64_t>(ctx, {INT64_MAX}), vector<int64_t>(ctx, {INT64_MIN}), 0, 2e19));
  int32_t verdict = 0;
  expect_error(spc_allclose(vector<double>(ctx, {1, 2, 3}), f, 0, 0, 0, &verdict), SPC_E_VALUE,
               {"allclose", "(3,)", "(2,)"});
}

}  // namespace
