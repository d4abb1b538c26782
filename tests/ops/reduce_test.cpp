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
        Case{SPC_ORD_P, inf, 7}, Case{SPC_ORD_P, -inf, 3}}) {
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
  expect_error(spc_norm(m, SPC_ORD_NUC, 0, SPC_ALL_AXES, nullptr, 0, r.out()), SPC_E_NOTIMPL,
               {"norm", "'nuc'", GetParam()});
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

}  // namespace
