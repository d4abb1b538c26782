// SPDX-License-Identifier: Apache-2.0
#include <cmath>
#include <limits>

#include "tests/support/c_api.hpp"

namespace {

using namespace test;  // NOLINT(google-build-using-namespace): the vocabulary of the tests
using C128 = std::complex<double>;

class Elementwise : public OnFamily {};
SPC_ON_EVERY_FAMILY(Elementwise);

TEST_P(Elementwise, ArithmeticAndBroadcasting) {
  Array a = array<double>(ctx, {2, 1}, {1, 2}), b = vector<double>(ctx, {10, 20, 30}), r;
  check(spc_add(a, b, r.out()));
  EXPECT_EQ(shape_of(r), (Shape{2, 3}));
  EXPECT_EQ(values<double>(r), std::vector<double>({11, 21, 31, 12, 22, 32}));
  check(spc_subtract(b, weak(1), r.out()));
  EXPECT_EQ(values<double>(r), std::vector<double>({9, 19, 29}));
  Array three = vector<double>(ctx, {1, 2, 3}), two = vector<double>(ctx, {1, 2});
  expect_error(spc_multiply(three, two, r.out()), SPC_E_VALUE, {"multiply", "(3,)", "(2,)"});
}

TEST_P(Elementwise, MixedDtypesJoin) {
  Array i = vector<int32_t>(ctx, {1, 2, 3}), f = vector<float>(ctx, {0.5f, 1.5f, 2.5f}), r;
  check(spc_add(i, f, r.out()));
  EXPECT_EQ(values<double>(r), std::vector<double>({1.5, 3.5, 5.5}));
  check(spc_multiply(f, weak(2), r.out()));
  EXPECT_EQ(values<float>(r), std::vector<float>({1, 3, 5}));
  check(spc_divide(i, i, r.out()));
  EXPECT_EQ(values<double>(r), std::vector<double>({1, 1, 1}));
  Array zero = array<double>(ctx, {}, {2.0});
  check(spc_add(f, zero, r.out()));  // a 0-d array is strong
  EXPECT_EQ(dtype_of(r), SPC_FLOAT64);
}

TEST_P(Elementwise, CastsInBlocksAgreeOnLongStridedOperands) {
  // Longer than one cast block, with a negative and a broadcast stride.
  const int64_t n = 10007;
  std::vector<int8_t> bytes(static_cast<std::size_t>(3 * n));
  for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<int8_t>(i % 101);
  std::vector<double> column = {0.5, 1.5, 2.5};
  Array a = array<int8_t>(ctx, {3, n}, bytes), b = array<double>(ctx, {3, 1}, column), r;
  Array back = getitem(a, {all(), slice(SPC_NONE_I64, SPC_NONE_I64, -1)});
  check(spc_add(back, b, r.out()));
  const std::vector<double> got = values<double>(r);
  for (int64_t i = 0; i < 3; ++i)
    for (int64_t j = 0; j < n; ++j)
      ASSERT_EQ(
          got[static_cast<std::size_t>(i * n + j)],
          bytes[static_cast<std::size_t>(i * n + n - 1 - j)] + column[static_cast<std::size_t>(i)]);
}

TEST_P(Elementwise, WeakIntegersThatDoNotFit) {
  Array a = vector<int8_t>(ctx, {1, 2}), u = vector<uint8_t>(ctx, {1, 2}), r;
  expect_error(spc_add(a, weak(300), r.out()), SPC_E_OVERFLOW, {"add", "300", "int8"});
  expect_error(spc_maximum(u, weak(-1), r.out()), SPC_E_OVERFLOW, {"maximum", "-1", "uint8"});
  check(spc_add(a, weak(-100), r.out()));
  EXPECT_EQ(values<int8_t>(r), std::vector<int8_t>({-99, -98}));
}

TEST_P(Elementwise, BoolRules) {
  Array t = vector<bool>(ctx, {true, true, false}), f = vector<bool>(ctx, {true, false, false}), r;
  check(spc_add(t, f, r.out()));
  EXPECT_EQ(values<bool>(r), std::vector<bool>({true, true, false}));
  check(spc_multiply(t, f, r.out()));
  EXPECT_EQ(values<bool>(r), std::vector<bool>({true, false, false}));
  expect_error(spc_subtract(t, f, r.out()), SPC_E_TYPE, {"subtract", "bool"});
  expect_error(spc_negative(t, r.out()), SPC_E_TYPE, {"negative", "bool"});
  check(spc_sqrt(t, r.out()));
  EXPECT_EQ(values<double>(r), std::vector<double>({1, 1, 0}));
}

TEST_P(Elementwise, IntegersWrap) {
  Array a = vector<int8_t>(ctx, {127, -128}), one = vector<int8_t>(ctx, {1, 1}), r;
  check(spc_add(a, one, r.out()));
  EXPECT_EQ(values<int8_t>(r), std::vector<int8_t>({-128, -127}));
  check(spc_abs(a, r.out()));
  EXPECT_EQ(values<int8_t>(r), std::vector<int8_t>({127, -128}));
  Array u = vector<uint8_t>(ctx, {0, 1});
  check(spc_negative(u, r.out()));
  EXPECT_EQ(values<uint8_t>(r), std::vector<uint8_t>({0, 255}));
}

TEST_P(Elementwise, FloatingAnomaliesFollowIeee) {
  const double inf = std::numeric_limits<double>::infinity();
  const double nan = std::numeric_limits<double>::quiet_NaN();
  Array a = vector<double>(ctx, {1, -1, 0, nan}), z = vector<double>(ctx, {0, 0, 0, 1}), r;
  check(spc_divide(a, z, r.out()));
  std::vector<double> q = values<double>(r);
  EXPECT_EQ(q[0], inf);
  EXPECT_EQ(q[1], -inf);
  EXPECT_TRUE(std::isnan(q[2]));
  check(spc_maximum(a, z, r.out()));
  EXPECT_TRUE(std::isnan(values<double>(r)[3]));
  Array s = vector<double>(ctx, {-1.0, -0.0, 4.0});
  check(spc_sqrt(s, r.out()));
  q = values<double>(r);
  EXPECT_TRUE(std::isnan(q[0]));
  EXPECT_TRUE(std::signbit(q[1]));
  EXPECT_EQ(q[2], 2.0);
}

TEST_P(Elementwise, ComplexBranchCutAndModulus) {
  const double inf = std::numeric_limits<double>::infinity();
  Array z = vector<C128>(ctx, {{-1, 0.0}, {-1, -0.0}, {3e200, 4e200}, {-inf, 1}}), r;
  check(spc_sqrt(z, r.out()));
  EXPECT_EQ(values<C128>(r)[0], C128(0, 1));
  EXPECT_EQ(values<C128>(r)[1], C128(0, -1));
  check(spc_abs(z, r.out()));
  EXPECT_DOUBLE_EQ(values<double>(r)[2], 5e200);
  EXPECT_EQ(values<double>(r)[3], inf);
  check(spc_conj(z, r.out()));
  EXPECT_EQ(values<C128>(r)[2], C128(3e200, -4e200));
}

TEST_P(Elementwise, ScalarsAloneUseTheDefaultFamily) {
  Array r;
  check(spc_add(weak(1), weak(2.5), r.out()));
  EXPECT_EQ(shape_of(r), Shape{});
  EXPECT_EQ(value<double>(r), 3.5);
}

TEST_P(Elementwise, Axpby) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  Array x = vector<double>(ctx, {1, 2}), y = vector<double>(ctx, {10, 20});
  Array bad = vector<double>(ctx, {nan, nan}), r;
  check(spc_axpby(weak(2), x, weak(3.0), y, r.out()));
  EXPECT_EQ(values<double>(r), std::vector<double>({32, 64}));
  check(spc_axpby(nullptr, x, nullptr, bad, r.out()));
  EXPECT_EQ(values<double>(r), std::vector<double>({1, 2}));
  check(spc_axpby(weak(0), bad, weak(1), y, r.out()));
  EXPECT_EQ(values<double>(r), std::vector<double>({10, 20}));
  Array two = array<double>(ctx, {}, {2.0});
  check(spc_axpby_into(two, x, weak(1), y, y));
  EXPECT_EQ(values<double>(y), std::vector<double>({12, 24}));
  expect_error(spc_axpby(x, x, nullptr, y, r.out()), SPC_E_VALUE,
               {"axpby", "a has shape (2,)", "scalar"});
  Array i = vector<int32_t>(ctx, {1, 2});
  check(spc_axpby(nullptr, i, nullptr, i, r.out()));
  EXPECT_EQ(dtype_of(r), SPC_INT32);
}

TEST_P(Elementwise, InputsAreUnchanged) {
  Array a = vector<float>(ctx, {1, 2, 3}), b = vector<double>(ctx, {4, 5, 6}), r;
  check(spc_multiply(a, b, r.out()));
  EXPECT_EQ(values<float>(a), std::vector<float>({1, 2, 3}));
  EXPECT_EQ(values<double>(b), std::vector<double>({4, 5, 6}));
}

TEST_P(Elementwise, PowerOfIntegersWraps) {
  Array a = vector<int8_t>(ctx, {-6, -9, -8, 2, 1, 0}),
        b = vector<int8_t>(ctx, {9, 17, 3, 0, 127, 0}), r;
  check(spc_power(a, b, r.out()));
  // -6^9 = -10077696 = 0 mod 256, -9^17 = 119 mod 256, -8^3 = 0 mod 256
  EXPECT_EQ(values<int8_t>(r), std::vector<int8_t>({0, 119, 0, 1, 1, 1}));
  Array i = vector<int64_t>(ctx, {3, -2, 7}), n = vector<int64_t>(ctx, {39, 63, 1});
  check(spc_power(i, n, r.out()));
  EXPECT_EQ(values<int64_t>(r), std::vector<int64_t>({4052555153018976267, INT64_MIN, 7}));
  Array u = vector<uint8_t>(ctx, {2, 3});
  check(spc_power(u, weak(7), r.out()));
  EXPECT_EQ(values<uint8_t>(r), std::vector<uint8_t>({128, 139}));
}

TEST_P(Elementwise, PowerDtypes) {
  Array t = vector<bool>(ctx, {true, true, false, false}),
        f = vector<bool>(ctx, {true, false, true, false}), r;
  check(spc_power(t, f, r.out()));
  EXPECT_EQ(values<int8_t>(r), std::vector<int8_t>({1, 1, 0, 1}));
  check(spc_power(t, weak(2), r.out()));
  EXPECT_EQ(values<int64_t>(r), std::vector<int64_t>({1, 1, 0, 0}));
  Array i = vector<int8_t>(ctx, {4, 9});
  check(spc_power(i, weak(0.5), r.out()));
  EXPECT_EQ(values<double>(r), std::vector<double>({2, 3}));
  Array x = vector<float>(ctx, {4, 9}), negative = vector<int8_t>(ctx, {-1, 0});
  check(spc_power(x, negative, r.out()));
  EXPECT_EQ(values<float>(r), std::vector<float>({0.25f, 1}));
  check(spc_power(x, weak(-1), r.out()));
  EXPECT_EQ(values<float>(r), std::vector<float>({0.25f, 1.0f / 9}));
}

TEST_P(Elementwise, PowerRefusesNegativeExponentsOfIntegers) {
  Array a = vector<int8_t>(ctx, {2, 3}), b = vector<int8_t>(ctx, {1, -1}), r;
  Array t = vector<bool>(ctx, {true, true}), u = vector<uint8_t>(ctx, {2, 2});
  Array i = vector<int64_t>(ctx, {1, -9007199254740993});
  expect_error(spc_power(a, b, r.out()), SPC_E_VALUE, {"power", "-1", "int8"});
  expect_error(spc_power(t, b, r.out()), SPC_E_VALUE, {"power", "-1", "int8"});
  expect_error(spc_power(u, b, r.out()), SPC_E_VALUE, {"power", "-1", "int32"});
  expect_error(spc_power(a, weak(-2), r.out()), SPC_E_VALUE, {"power", "-2", "int8"});
  expect_error(spc_power(weak(2), i, r.out()), SPC_E_VALUE,
               {"power", "-9007199254740993", "int64"});
  expect_error(spc_power(a, weak(300), r.out()), SPC_E_OVERFLOW, {"power", "300", "int8"});
  expect_error(spc_power(u, weak(-1), r.out()), SPC_E_OVERFLOW, {"power", "-1", "uint8"});
  Array three = vector<int8_t>(ctx, {1, 2, -3});
  expect_error(spc_power(a, three, r.out()), SPC_E_VALUE, {"power", "(2,)", "(3,)"});
  expect_error(spc_power_into(a, b, a), SPC_E_VALUE, {"power", "-1"});
  EXPECT_EQ(values<int8_t>(a), std::vector<int8_t>({2, 3}));
  Array nothing = array<int8_t>(ctx, {0, 2}, {});
  check(spc_power(nothing, b, r.out()));  // no element has that exponent
  EXPECT_EQ(shape_of(r), (Shape{0, 2}));
}

TEST_P(Elementwise, PowerSpecialValues) {
  const double inf = std::numeric_limits<double>::infinity();
  const double nan = std::numeric_limits<double>::quiet_NaN();
  Array a = vector<double>(ctx, {0, 1, -8, inf, nan, 0, -2, 0.5}), r;
  Array b = vector<double>(ctx, {0, nan, 0.5, 0, 0, -1, 3, inf});
  check(spc_power(a, b, r.out()));
  const std::vector<double> got = values<double>(r);
  EXPECT_EQ(got[0], 1);
  EXPECT_EQ(got[1], 1);
  EXPECT_TRUE(std::isnan(got[2]));
  EXPECT_EQ(got[3], 1);
  EXPECT_EQ(got[4], 1);
  EXPECT_EQ(got[5], inf);
  EXPECT_EQ(got[6], -8);
  EXPECT_EQ(got[7], 0);
  Array z = vector<C128>(ctx, {{0, 1}, {1, 2}, {0, 0}, {0, 0}, {0, 0}, {2, 0}, {0, 1}});
  Array w = vector<C128>(ctx, {{2, 0}, {-1, 0}, {0, 0}, {2, 1}, {-1, 0}, {0.5, 0}, {0, 1}});
  check(spc_power(z, w, r.out()));
  const std::vector<C128> c = values<C128>(r);
  EXPECT_EQ(c[0], C128(-1, 0));
  EXPECT_NEAR(std::abs(c[1] - C128(0.2, -0.4)), 0, 1e-15);
  EXPECT_EQ(c[2], C128(1, 0));
  EXPECT_EQ(c[3], C128(0, 0));
  EXPECT_TRUE(std::isnan(c[4].real()) && std::isnan(c[4].imag()));
  EXPECT_NEAR(std::abs(c[5] - 1.4142135623730951), 0, 1e-15);
  EXPECT_NEAR(std::abs(c[6] - 0.20787957635076193), 0, 1e-15);  // i^i = exp(-pi/2)
}

TEST_P(Elementwise, Minimum) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  Array a = vector<double>(ctx, {1, nan, 3}), b = vector<double>(ctx, {2, 0, nan}), r;
  check(spc_minimum(a, b, r.out()));
  EXPECT_EQ(values<double>(r)[0], 1);
  EXPECT_TRUE(std::isnan(values<double>(r)[1]) && std::isnan(values<double>(r)[2]));
  Array z = vector<C128>(ctx, {{1, 5}, {2, 0}});
  check(spc_minimum(z, weak(C128(1, 6)), r.out()));
  EXPECT_EQ(values<C128>(r), std::vector<C128>({{1, 5}, {1, 6}}));
  Array u = vector<uint8_t>(ctx, {200, 3});
  check(spc_minimum_into(u, weak(100), u));
  EXPECT_EQ(values<uint8_t>(u), std::vector<uint8_t>({100, 3}));
}

TEST_P(Elementwise, SignAndSquare) {
  const double inf = std::numeric_limits<double>::infinity();
  const double nan = std::numeric_limits<double>::quiet_NaN();
  Array x = vector<double>(ctx, {-2.5, -0.0, 0, inf, nan}), r;
  check(spc_sign(x, r.out()));
  std::vector<double> got = values<double>(r);
  EXPECT_EQ(got[0], -1);
  EXPECT_FALSE(std::signbit(got[1]));
  EXPECT_EQ(got[1], 0);
  EXPECT_EQ(got[3], 1);
  EXPECT_TRUE(std::isnan(got[4]));
  Array i = vector<int8_t>(ctx, {-128, 0, 5}), u = vector<uint8_t>(ctx, {0, 200});
  check(spc_sign(i, r.out()));
  EXPECT_EQ(values<int8_t>(r), std::vector<int8_t>({-1, 0, 1}));
  check(spc_sign(u, r.out()));
  EXPECT_EQ(values<uint8_t>(r), std::vector<uint8_t>({0, 1}));
  Array z = vector<C128>(ctx, {{-3, 4}, {0, 0}, {-inf, 1}, {1.7e308, -1.7e308}, {nan, 1}});
  check(spc_sign(z, r.out()));
  const std::vector<C128> c = values<C128>(r);
  EXPECT_NEAR(std::abs(c[0] - C128(-0.6, 0.8)), 0, 1e-15);
  EXPECT_EQ(c[1], C128(0, 0));
  EXPECT_EQ(c[2], C128(-1, 0));
  EXPECT_NEAR(std::abs(c[3] - C128(std::sqrt(0.5), -std::sqrt(0.5))), 0, 1e-15);
  EXPECT_TRUE(std::isnan(c[4].real()));
  Array t = vector<bool>(ctx, {true, false});
  expect_error(spc_sign(t, r.out()), SPC_E_TYPE, {"sign", "bool"});
  check(spc_square(t, r.out()));
  EXPECT_EQ(values<int8_t>(r), std::vector<int8_t>({1, 0}));
  check(spc_square(i, r.out()));
  EXPECT_EQ(values<int8_t>(r), std::vector<int8_t>({0, 0, 25}));
  Array w = vector<C128>(ctx, {{1, 2}});
  check(spc_square(w, r.out()));
  EXPECT_EQ(value<C128>(r), C128(-3, 4));
  expect_error(spc_square_into(t, t), SPC_E_TYPE, {"square", "bool", "int8"});
}

TEST_P(Elementwise, ElementaryFunctionsOfReals) {
  const double inf = std::numeric_limits<double>::infinity();
  const double nan = std::numeric_limits<double>::quiet_NaN();
  struct Case {
    spc_status (*op)(spc_array, spc_array *);
    double x, y;
  };
  const Case cases[] = {
      {spc_exp, 0, 1},
      {spc_exp, 1, 2.718281828459045},
      {spc_exp, -inf, 0},
      {spc_exp, 710, inf},
      {spc_log, 0, -inf},
      {spc_log, 10, 2.302585092994046},
      {spc_log, -1, nan},
      {spc_log, inf, inf},
      {spc_log2, 0, -inf},
      {spc_log2, 1024, 10},
      {spc_log2, 0.125, -3},
      {spc_log2, -1, nan},
      {spc_sin, 0.5, 0.479425538604203},
      {spc_sin, inf, nan},
      {spc_cos, 0.5, 0.8775825618903728},
      {spc_cos, 0, 1},
      {spc_cos, -inf, nan},
      {spc_sin, 1e22, -0.8522008497671888},
  };
  for (const Case &c : cases) {
    SCOPED_TRACE(c.x);
    Array x = array<double>(ctx, {}, {c.x}), f = array<float>(ctx, {}, {static_cast<float>(c.x)}),
          r;
    check(c.op(x, r.out()));
    const double got = value<double>(r);
    if (std::isnan(c.y))
      EXPECT_TRUE(std::isnan(got));
    else if (std::isinf(c.y))
      EXPECT_EQ(got, c.y);
    else
      EXPECT_NEAR(got, c.y, 4e-16 * std::fmax(1, std::fabs(c.y)));
    if (c.x == 1e22) continue;  // not a float32
    check(c.op(f, r.out()));
    const double single = value<float>(r);
    if (std::isfinite(c.y))
      EXPECT_NEAR(single, c.y, 3e-7 * std::fmax(1, std::fabs(c.y)));
    else
      EXPECT_EQ(std::isnan(single), std::isnan(c.y));
  }
  Array i = vector<int8_t>(ctx, {1, 8}), t = vector<bool>(ctx, {true, true}), r;
  check(spc_log2(i, r.out()));
  EXPECT_EQ(values<double>(r), std::vector<double>({0, 3}));
  check(spc_log(t, r.out()));
  EXPECT_EQ(values<double>(r), std::vector<double>({0, 0}));
  check(spc_sin(array<double>(ctx, {}, {-0.0}), r.out()));
  EXPECT_TRUE(std::signbit(value<double>(r)));
}

TEST_P(Elementwise, ElementaryFunctionsOfComplexNumbers) {
  const double pi = 3.141592653589793, inf = std::numeric_limits<double>::infinity();
  struct Case {
    spc_status (*op)(spc_array, spc_array *);
    C128 x, y;
  };
  const Case cases[] = {
      {spc_exp, {0, pi / 2}, {6.123233995736766e-17, 1}},
      {spc_exp, {1, 1}, {1.4686939399158851, 2.2873552871788423}},
      {spc_log, {-1, 0.0}, {0, pi}},
      {spc_log, {-1, -0.0}, {0, -pi}},
      {spc_log, {3, 4}, {1.6094379124341003, 0.9272952180016122}},
      {spc_log2, {0, 2}, {1, 2.266180070913597}},
      {spc_sin, {1, 1}, {1.2984575814159773, 0.6349639147847361}},
      {spc_cos, {1, 1}, {0.8337300251311491, -0.9888977057628651}},
  };
  for (const Case &c : cases) {
    SCOPED_TRACE(c.x.real());
    Array x = array<C128>(ctx, {}, {c.x}),
          f = array<std::complex<float>>(ctx, {}, {std::complex<float>(c.x)}), r;
    check(c.op(x, r.out()));
    EXPECT_NEAR(std::abs(value<C128>(r) - c.y), 0, 1e-15);
    check(c.op(f, r.out()));
    EXPECT_NEAR(std::abs(C128(value<std::complex<float>>(r)) - c.y), 0, 6e-7);
  }
  Array zero = array<C128>(ctx, {}, {C128(0, 0)}), r;
  for (auto op : {spc_log, spc_log2}) {
    check(op(zero, r.out()));
    EXPECT_EQ(value<C128>(r), C128(-inf, 0));
  }
}

TEST_P(Elementwise, IsfiniteAndIsnan) {
  const double inf = std::numeric_limits<double>::infinity();
  const double nan = std::numeric_limits<double>::quiet_NaN();
  Array x = vector<double>(ctx, {1, inf, nan}), r;
  check(spc_isfinite(x, r.out()));
  EXPECT_EQ(values<bool>(r), std::vector<bool>({true, false, false}));
  check(spc_isnan(x, r.out()));
  EXPECT_EQ(values<bool>(r), std::vector<bool>({false, false, true}));
  Array z = vector<C128>(ctx, {{1, 1}, {1, -inf}, {nan, 0}, {inf, nan}});
  check(spc_isfinite(z, r.out()));
  EXPECT_EQ(values<bool>(r), std::vector<bool>({true, false, false, false}));
  check(spc_isnan(z, r.out()));
  EXPECT_EQ(values<bool>(r), std::vector<bool>({false, false, true, true}));
  for (int32_t d = SPC_BOOL; d <= SPC_INT64; ++d) {
    Array i;
    check(spc_ones_like(x, d, i.out()));
    check(spc_isfinite(i, r.out()));
    EXPECT_EQ(values<bool>(r), std::vector<bool>({true, true, true}));
    check(spc_isnan(i, r.out()));
    EXPECT_EQ(values<bool>(r), std::vector<bool>({false, false, false}));
  }
  Array t = vector<bool>(ctx, {false, true});
  check(spc_isfinite_into(t, t));
  EXPECT_EQ(values<bool>(t), std::vector<bool>({true, true}));
  expect_error(spc_isnan_into(x, x), SPC_E_TYPE, {"isnan", "float64", "bool"});
}

TEST_P(Elementwise, UnaryOpsUnderOverlap) {
  struct Case {
    spc_status (*into)(spc_array, spc_array);
    double (*f)(double);
  };
  const Case cases[] = {
      {spc_exp_into, std::exp},   {spc_log_into, std::log},
      {spc_log2_into, std::log2}, {spc_sin_into, std::sin},
      {spc_cos_into, std::cos},   {spc_square_into, [](double x) { return x * x; }}};
  const int64_t n = 4500;
  std::vector<double> numbers(static_cast<std::size_t>(n + 1));
  for (std::size_t i = 0; i < numbers.size(); ++i) numbers[i] = 0.001 * static_cast<double>(i + 1);
  for (const Case &c : cases) {
    Array whole = vector<double>(ctx, numbers);
    check(c.into(getitem(whole, {slice(0, n)}), getitem(whole, {slice(1, n + 1)})));
    const std::vector<double> got = values<double>(whole);
    EXPECT_EQ(got[0], numbers[0]);
    for (std::size_t i = 1; i < got.size(); ++i)
      ASSERT_NEAR(got[i], c.f(numbers[i - 1]), 1e-15 * std::fmax(1, std::fabs(got[i]))) << i;
    Array same = vector<double>(ctx, numbers);
    check(c.into(same, same));
    EXPECT_NEAR(values<double>(same)[7], c.f(numbers[7]), 1e-15 * std::fmax(1, c.f(numbers[7])));
  }
}

TEST(ElementwiseFamilies, OperandsOfDifferentMemorySpacesAreRefused) {
  load_test_families();
  Context host = context("cpu"), device = context("fakedev"), plain = context("reference");
  Array a = vector<double>(host, {1, 2}), d = vector<double>(device, {1, 2}), r;
  expect_error(spc_add(a, d, r.out()), SPC_E_TYPE, {"add", "cpu", "fakedev"});
  // Compatible families: the most derived one runs the call.
  Array p = vector<double>(plain, {1, 2});
  check(spc_add(p, a, r.out()));
  const char *family = "";
  check(spc_array_family(r, &family));
  EXPECT_STREQ(family, "cpu");
}

TEST(ElementwiseFamilies, ListsAndStaleHandlesAreRefused) {
  Context host = context("reference");
  Array a = vector<double>(host, {1}), list, r;
  check(spc_value_list(0, nullptr, list.out()));
  expect_error(spc_add(a, list, r.out()), SPC_E_TYPE, {"add", "list"});
  expect_error(spc_add(a, nullptr, r.out()), SPC_E_HANDLE, {"add", "NULL"});
  expect_error(spc_add(a, a, nullptr), SPC_E_VALUE, {"add", "out is NULL"});
  spc_array gone = nullptr, copy = nullptr;
  check(spc_weak_i64(1, &gone));
  copy = gone;
  check(spc_array_release(&gone));
  EXPECT_EQ(gone, nullptr);
  expect_error(spc_add(a, copy, r.out()), SPC_E_HANDLE, {"stale"});
  // Clean-up code must not overwrite the error that it cleans up after.
  const std::string before = last_error();
  EXPECT_EQ(spc_array_release(&copy), SPC_E_HANDLE);
  EXPECT_EQ(last_error(), before);
  expect_error(spc_add(a, reinterpret_cast<spc_array>(static_cast<spc_context>(host)), r.out()),
               SPC_E_HANDLE, {"a context"});
}

}  // namespace
