// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <cmath>

#include "tests/plugins/reference_harness.hpp"

namespace spc::reference_test {
namespace {

Values unary(uint32_t op, spc_dtype from, spc_dtype to, const Values &x) {
  Operand in(from, {static_cast<int64_t>(x.size())}, x);
  Operand out(to, in.shape());
  EXPECT_EQ(Call(op).in(in).out(out).run(), SPC_OK);
  return out.values();
}

Values unary(uint32_t op, spc_dtype dtype, const Values &x) {
  return unary(op, dtype, dtype, x);
}

Values cast(spc_dtype from, spc_dtype to, const Values &x) {
  return unary(SPC_OP_astype, from, to, x);
}

Values binary(uint32_t op, spc_dtype dtype, const Values &x, const Values &y) {
  Operand a(dtype, {static_cast<int64_t>(x.size())}, x);
  Operand b(dtype, {static_cast<int64_t>(y.size())}, y);
  Operand out(dtype, a.shape());
  EXPECT_EQ(Call(op).in(a, b).out(out).run(), SPC_OK);
  return out.values();
}

TEST(ReferenceElementwise, SmallNumbersOfEveryDtype) {
  for (spc_dtype t : all_dtypes) {
    SCOPED_TRACE(dtype_trace(t));
    const Values a = {1, 0, 1, 0};
    const Values b = {1, 1, 0, 0};
    EXPECT_EQ(binary(SPC_OP_add, t, a, b), held(t, {2, 1, 1, 0}));
    EXPECT_EQ(binary(SPC_OP_multiply, t, a, b), Values({1, 0, 0, 0}));
    EXPECT_EQ(binary(SPC_OP_maximum, t, a, b), Values({1, 1, 1, 0}));
    EXPECT_EQ(unary(SPC_OP_copy, t, a), a);
    EXPECT_EQ(unary(SPC_OP_conj, t, a), a);
    EXPECT_EQ(unary(SPC_OP_abs, t, real_dtype(t), a), a);
    if (t != SPC_BOOL) {
      EXPECT_EQ(binary(SPC_OP_subtract, t, {1, 5}, {1, 3}), Values({0, 2}));
      EXPECT_EQ(unary(SPC_OP_negative, t, {1, 0}), held(t, {-1, 0}));
    }
  }
}

TEST(ReferenceElementwise, StridedAndBroadcastOperands) {
  for (spc_dtype t : all_dtypes) {
    SCOPED_TRACE(dtype_trace(t));
    const Operand memory(t, {6}, {1, 0, 1, 1, 0, 0});
    Operand x = memory.view({3, 2}, {-2, 1}, 4);  // [[0, 0], [1, 1], [1, 0]]
    Operand y = memory.view({3, 2}, {0, 0}, 0);
    Operand out = Operand(t, {12}).view({3, 2}, {4, 2}, 1);
    ASSERT_EQ(Call(SPC_OP_multiply).in(x, y).out(out).run(), SPC_OK);
    EXPECT_EQ(out.values(), Values({0, 0, 1, 1, 1, 0}));
    EXPECT_EQ(out.at(0), held(t, {99})[0]);
    EXPECT_EQ(out.at(2), held(t, {99})[0]);
  }
}

TEST(ReferenceAxpby, ZeroCoefficientsLeaveOperandsUnread) {
  for (spc_dtype t : all_dtypes) {
    SCOPED_TRACE(dtype_trace(t));
    Operand x(t, {3}, {1, 0, 1});
    Operand out(t, {3});
    Operand unread = Operand::unreadable(t, {3});
    Operand one = Operand::scalar(t, 1);
    Operand zero = Operand::scalar(t, 0);
    ASSERT_EQ(Call(SPC_OP_axpby).in(one, x, zero, unread).out(out).run(), SPC_OK);
    EXPECT_EQ(out.values(), Values({1, 0, 1}));
    ASSERT_EQ(Call(SPC_OP_axpby).in(zero, unread, one, x).out(out).run(), SPC_OK);
    EXPECT_EQ(out.values(), Values({1, 0, 1}));
    ASSERT_EQ(Call(SPC_OP_axpby).in(zero, unread, zero, unread).out(out).run(), SPC_OK);
    EXPECT_EQ(out.values(), Values({0, 0, 0}));
    ASSERT_EQ(Call(SPC_OP_axpby).in(one, x, one, x).out(x).run(), SPC_OK);  // in place
    EXPECT_EQ(x.values(), held(t, {2, 0, 2}));
  }
}

TEST(ReferenceConstruction, FillAndArange) {
  for (spc_dtype t : all_dtypes) {
    SCOPED_TRACE(dtype_trace(t));
    Operand out = Operand(t, {4}).view({2}, {2});
    Operand one = Operand::scalar(t, 1);
    ASSERT_EQ(Call(SPC_OP_fill).in(one).out(out).run(), SPC_OK);
    EXPECT_EQ(out.values(), Values({1, 1}));
    EXPECT_EQ(out.at(1), held(t, {99})[0]);
    spc_params_arange p{};
    p.int_start = 1;
    p.int_step = -1;
    p.start = 1;
    p.step = -1;
    ASSERT_EQ(Call(SPC_OP_arange).out(out).with(p).run(), SPC_OK);
    EXPECT_EQ(out.values(), Values({1, 0}));
  }
}

TEST(ReferenceCast, EveryPair) {
  for (spc_dtype from : all_dtypes) {
    for (spc_dtype to : all_dtypes) {
      if (from >= SPC_COMPLEX64 && to < SPC_COMPLEX64) continue;
      SCOPED_TRACE(dtype_trace(from) + " to " + dtype_trace(to));
      EXPECT_EQ(cast(from, to, {0, 1, 7}), held(to, held(from, {0, 1, 7})));
    }
  }
  EXPECT_EQ(cast(SPC_COMPLEX64, SPC_COMPLEX128, {{1, -2}}), Values({{1, -2}}));
}

TEST(ReferenceCast, TruncatesWrapsAndNeverTraps) {
  EXPECT_EQ(cast(SPC_FLOAT64, SPC_INT32, {1.7, -1.7, -0.5}), Values({1, -1, 0}));
  EXPECT_EQ(cast(SPC_INT32, SPC_INT8, {300, -129, 128}), Values({44, 127, -128}));
  EXPECT_EQ(cast(SPC_INT8, SPC_UINT8, {-1}), Values({255}));
  EXPECT_EQ(cast(SPC_FLOAT32, SPC_UINT8, {-1}), Values({255}));
  EXPECT_EQ(cast(SPC_FLOAT64, SPC_FLOAT32, {1e300}), Values({inf}));
  cast(SPC_FLOAT32, SPC_INT64, {inf, -inf, nan, 9.3e18});
  cast(SPC_FLOAT64, SPC_INT8, {inf, -inf, nan, 1e300});
  EXPECT_EQ(cast(SPC_FLOAT64, SPC_BOOL, {nan, -0.0, 1e-300}), Values({1, 0, 1}));
}

TEST(ReferenceIntegers, Wrap) {
  EXPECT_EQ(binary(SPC_OP_add, SPC_INT8, {127, -128}, {1, -1}), Values({-128, 127}));
  EXPECT_EQ(binary(SPC_OP_subtract, SPC_UINT8, {0}, {1}), Values({255}));
  EXPECT_EQ(binary(SPC_OP_multiply, SPC_INT32, {65536, 46341}, {65536, 46341}),
            Values({0, -2147479015.0}));
  EXPECT_EQ(unary(SPC_OP_negative, SPC_UINT8, {1, 0}), Values({255, 0}));
  EXPECT_EQ(unary(SPC_OP_negative, SPC_INT8, {-128, 5}), Values({-128, -5}));
  EXPECT_EQ(unary(SPC_OP_abs, SPC_INT8, {-128, -5}), Values({-128, 5}));
  const double least = -0x1p63;
  EXPECT_EQ(unary(SPC_OP_abs, SPC_INT64, {least}), Values({least}));
  EXPECT_EQ(binary(SPC_OP_add, SPC_INT64, {least}, {least}), Values({0}));
}

TEST(ReferenceFloats, DivideAndSquareRoot) {
  const Values q = binary(SPC_OP_divide, SPC_FLOAT32, {1, -1, 7, 0}, {0, 0, 2, 0});
  EXPECT_EQ(q[0], inf);
  EXPECT_EQ(q[1], -inf);
  EXPECT_EQ(q[2], 3.5);
  EXPECT_TRUE(std::isnan(q[3].real()));
  const Values r = unary(SPC_OP_sqrt, SPC_FLOAT64, {4, -1, -0.0, inf});
  EXPECT_EQ(r[0], 2.0);
  EXPECT_TRUE(std::isnan(r[1].real()));
  EXPECT_TRUE(r[2].real() == 0 && std::signbit(r[2].real()));
  EXPECT_EQ(r[3], inf);
}

TEST(ReferenceComplex, ArithmeticOfBothWidths) {
  for (spc_dtype t : {SPC_COMPLEX64, SPC_COMPLEX128}) {
    SCOPED_TRACE(dtype_trace(t));
    EXPECT_EQ(binary(SPC_OP_multiply, t, {{1, 2}}, {{3, -1}}), Values({{5, 5}}));
    EXPECT_EQ(binary(SPC_OP_divide, t, {{8, 4}, {5, 5}}, {{2, 2}, {0, 2}}),
              Values({{3, -1}, {2.5, -2.5}}));
    EXPECT_EQ(binary(SPC_OP_subtract, t, {{1, 2}}, {{3, -1}}), Values({{-2, 3}}));
    EXPECT_EQ(unary(SPC_OP_conj, t, {{1, 2}}), Values({{1, -2}}));
    EXPECT_EQ(unary(SPC_OP_negative, t, {{1, 2}}), Values({{-1, -2}}));
    EXPECT_EQ(unary(SPC_OP_sqrt, t, {{-1, 0.0}, {-1, -0.0}, {0, 2}}),
              Values({{0, 1}, {0, -1}, {1, 1}}));
    EXPECT_EQ(unary(SPC_OP_abs, t, real_dtype(t), {{3, -4}, {-inf, nan}}), Values({5, inf}));
  }
}

TEST(ReferenceComplex, ModulusAndQuotientDoNotOverflow) {
  const Value large = {3e300, 4e300};
  EXPECT_EQ(unary(SPC_OP_abs, SPC_COMPLEX128, SPC_FLOAT64, {large}), Values({5e300}));
  EXPECT_EQ(binary(SPC_OP_divide, SPC_COMPLEX128, {{1e300, 1e300}}, {{1e300, 1e300}}), Values({1}));
}

TEST(ReferenceComparisons, EveryDtypeStridedAndBroadcast) {
  struct Case {
    uint32_t op;
    Values expected;  // of 1, 0, 1 and 0, 0, 1 beside 1
  };
  const Case cases[] = {
      {SPC_OP_equal, {1, 0, 1, 0, 0, 1}},   {SPC_OP_not_equal, {0, 1, 0, 1, 1, 0}},
      {SPC_OP_less, {0, 1, 0, 1, 1, 0}},    {SPC_OP_less_equal, {1, 1, 1, 1, 1, 1}},
      {SPC_OP_greater, {0, 0, 0, 0, 0, 0}}, {SPC_OP_greater_equal, {1, 0, 1, 0, 0, 1}}};
  for (spc_dtype t : all_dtypes) {
    SCOPED_TRACE(dtype_trace(t));
    for (const Case &c : cases) {
      SCOPED_TRACE(c.op);
      Operand x = Operand(t, {6}, {1, 0, 0, 0, 1, 1}).view({2, 3}, {1, 2});
      Operand one = Operand(t, {1}, {1}).view({2, 3}, {0, 0});
      Operand out = Operand(SPC_BOOL, {12}, Values(12, 1)).view({2, 3}, {6, 2}, 1);
      ASSERT_EQ(Call(c.op).in(x, one).out(out).run(), SPC_OK);
      EXPECT_EQ(out.values(), c.expected);
      for (int64_t gap : {0, 2, 6, 8}) EXPECT_EQ(out.at(gap), Value(1));
    }
    Operand a(t, {2}, {1, 0}), b(t, {2}, {0, 0}), out(SPC_BOOL, {2});
    spc_params_close p{};
    ASSERT_EQ(Call(SPC_OP_isclose).in(a, b).out(out).with(p).run(), SPC_OK);
    EXPECT_EQ(out.values(), Values({0, 1}));
    p.atol = 1;
    ASSERT_EQ(Call(SPC_OP_isclose).in(a, b).out(out).with(p).run(), SPC_OK);
    EXPECT_EQ(out.values(), Values({1, 1}));
  }
}

TEST(ReferenceComparisons, InPlaceOnBools) {
  for (uint32_t op : {SPC_OP_equal, SPC_OP_not_equal, SPC_OP_less_equal, SPC_OP_isfinite}) {
    Operand a(SPC_BOOL, {2}, {1, 0});
    Operand b = a;
    if (op == SPC_OP_isfinite) {
      ASSERT_EQ(Call(op).in(a).out(a).run(), SPC_OK);
    } else {
      ASSERT_EQ(Call(op).in(a, b).out(a).run(), SPC_OK);
    }
    EXPECT_EQ(a.values(), op == SPC_OP_not_equal ? Values({0, 0}) : Values({1, 1}));
  }
}

TEST(ReferenceWhereAndClip, EveryDtypeWithScalarsInPlace) {
  for (spc_dtype t : all_dtypes) {
    SCOPED_TRACE(dtype_trace(t));
    Operand x = Operand(t, {4}, {1, 0, 0, 1}).view({2}, {2}, 1);  // 0, 1
    Operand zero = Operand(t, {1}, {0}).view({2}, {0}), one = Operand(t, {1}, {1}).view({2}, {0});
    Operand cond(SPC_BOOL, {2}, {0, 1}), out(t, {2});
    ASSERT_EQ(Call(SPC_OP_where).in(x, zero, cond).out(out).run(), SPC_OK);
    EXPECT_EQ(out.values(), Values({0, 1}));
    ASSERT_EQ(Call(SPC_OP_where).in(zero, one, cond).out(out).run(), SPC_OK);
    EXPECT_EQ(out.values(), Values({1, 0}));
    ASSERT_EQ(Call(SPC_OP_clip).in(x, zero, zero).out(out).run(), SPC_OK);
    EXPECT_EQ(out.values(), Values({0, 0}));
    ASSERT_EQ(Call(SPC_OP_clip).in(x, one, zero).out(x).run(), SPC_OK);  // the upper bound wins
    EXPECT_EQ(x.values(), Values({0, 0}));
    EXPECT_EQ(x.at(0), Value(1));
    EXPECT_EQ(x.at(2), Value(0));
  }
}

TEST(ReferencePower, IntegersWrapAndComplexKeepsItsInfinities) {
  EXPECT_EQ(binary(SPC_OP_power, SPC_INT8, {-9, 2, 0, 0, -1}, {17, 7, 0, 5, 127}),
            Values({119, -128, 1, 0, -1}));
  EXPECT_EQ(binary(SPC_OP_power, SPC_UINT8, {3, 2}, {7, 255}), Values({139, 0}));
  EXPECT_EQ(binary(SPC_OP_power, SPC_FLOAT64, {-8, 0, 4}, {3, -1, 0.5}), Values({-512, inf, 2}));
  for (spc_dtype t : {SPC_COMPLEX64, SPC_COMPLEX128}) {
    SCOPED_TRACE(dtype_trace(t));
    EXPECT_EQ(binary(SPC_OP_power, t, {{1, 2}, {0, 1}, {1, 1}, {3, -4}}, {3, -2, 0, 1}),
              Values({{-11, -2}, {-1, 0}, {1, 0}, {3, -4}}));
    const Values z = binary(SPC_OP_power, t, {{0, inf}, {0, 0}, {1, inf}}, {1, {2, 1}, 2});
    EXPECT_EQ(z[0], Value(0, inf));
    EXPECT_EQ(z[1], Value(0, 0));
    EXPECT_EQ(z[2], Value(-inf, inf));
  }
}

TEST(ReferenceMaximum, NanWinsAndComplexIsLexicographic) {
  const Values m = binary(SPC_OP_maximum, SPC_FLOAT64, {nan, 1, 2}, {1, nan, 3});
  EXPECT_TRUE(std::isnan(m[0].real()));
  EXPECT_TRUE(std::isnan(m[1].real()));
  EXPECT_EQ(m[2], 3.0);
  EXPECT_EQ(binary(SPC_OP_maximum, SPC_COMPLEX64, {{1, 9}, {1, 2}}, {{2, 0}, {1, 3}}),
            Values({{2, 0}, {1, 3}}));
  const Values c = binary(SPC_OP_maximum, SPC_COMPLEX128, {{0, nan}, {9, 9}}, {{9, 9}, {nan, 0}});
  EXPECT_EQ(c[0].real(), 0.0);
  EXPECT_TRUE(std::isnan(c[0].imag()));
  EXPECT_TRUE(std::isnan(c[1].real()));
}

}  // namespace
}  // namespace spc::reference_test
