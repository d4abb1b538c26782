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
