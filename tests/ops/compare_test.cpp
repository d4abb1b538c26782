// SPDX-License-Identifier: Apache-2.0
// Comparisons, isclose, where, clip.
#include <cmath>
#include <limits>

#include "tests/support/c_api.hpp"

namespace {

using namespace test;  // NOLINT(google-build-using-namespace): the vocabulary of the tests
using C64 = std::complex<float>;
using C128 = std::complex<double>;
using Bools = std::vector<bool>;

const double inf = std::numeric_limits<double>::infinity();
const double nan = std::numeric_limits<double>::quiet_NaN();

using BinaryOp = spc_status (*)(spc_array, spc_array, spc_array *);
using BinaryInto = spc_status (*)(spc_array, spc_array, spc_array);

struct Comparison {
  const char *name;
  BinaryOp op;
  BinaryInto into;
  bool smaller, same, larger;  // the verdict where a < b, a == b, a > b
};
const Comparison comparisons[] = {
    {"equal", spc_equal, spc_equal_into, false, true, false},
    {"not_equal", spc_not_equal, spc_not_equal_into, true, false, true},
    {"less", spc_less, spc_less_into, true, false, false},
    {"less_equal", spc_less_equal, spc_less_equal_into, true, true, false},
    {"greater", spc_greater, spc_greater_into, false, false, true},
    {"greater_equal", spc_greater_equal, spc_greater_equal_into, false, true, true},
};

Array weak_bool(bool v) {
  Array a;
  check(spc_weak_bool(v ? 1 : 0, a.out()));
  return a;
}

class Compare : public OnFamily {};
SPC_ON_EVERY_FAMILY(Compare);

TEST_P(Compare, EveryDtype) {
  for (int32_t d = 0; d < SPC_DTYPE_COUNT; ++d) {
    Array small = vector<int8_t>(ctx, {0, 1, 1}), large = vector<int8_t>(ctx, {1, 1, 0}), a, b, r;
    check(spc_astype(small, d, a.out()));
    check(spc_astype(large, d, b.out()));
    for (const Comparison &c : comparisons) {
      SCOPED_TRACE(std::string(c.name) + " of dtype " + std::to_string(d));
      check(c.op(a, b, r.out()));
      EXPECT_EQ(values<bool>(r), Bools({c.smaller, c.same, c.larger}));
    }
  }
}

TEST_P(Compare, BroadcastsAndJoins) {
  Array column = array<uint8_t>(ctx, {2, 1}, {200, 1}), row = vector<int8_t>(ctx, {-56, 1, 127}), r;
  check(spc_less(row, column, r.out()));  // in int32: no byte wraps
  EXPECT_EQ(shape_of(r), (Shape{2, 3}));
  EXPECT_EQ(values<bool>(r), Bools({true, true, true, true, false, false}));
  check(spc_equal(row, column, r.out()));
  EXPECT_EQ(values<bool>(r), Bools({false, false, false, false, true, false}));
  Array half = vector<float>(ctx, {0.5f}), i = vector<int32_t>(ctx, {0, 1});
  check(spc_greater(i, half, r.out()));
  EXPECT_EQ(values<bool>(r), Bools({false, true}));
}

TEST_P(Compare, NothingButNotEqualHoldsForNan) {
  Array a = vector<double>(ctx, {nan, 1, nan}), b = vector<double>(ctx, {1, nan, nan}), r;
  Array z = vector<C128>(ctx, {{1, nan}, {nan, 1}, {5, nan}}),
        w = vector<C128>(ctx, {{2, 0}, {2, 0}, {2, 0}});
  for (const Comparison &c : comparisons) {
    SCOPED_TRACE(c.name);
    const bool expected = std::string(c.name) == "not_equal";
    check(c.op(a, b, r.out()));
    EXPECT_EQ(values<bool>(r), Bools(3, expected));
    check(c.op(z, w, r.out()));
    EXPECT_EQ(values<bool>(r), Bools(3, expected));
  }
}

TEST_P(Compare, ComplexNumbersCompareLexicographically) {
  Array a = vector<C64>(ctx, {{1, 9}, {2, 1}, {2, 2}, {2, 3}}), b = vector<C64>(ctx, {{2, 2}}), r;
  for (const Comparison &c : comparisons) {
    SCOPED_TRACE(c.name);
    check(c.op(a, b, r.out()));
    EXPECT_EQ(values<bool>(r), Bools({c.smaller, c.smaller, c.same, c.larger}));
  }
}

TEST_P(Compare, ZerosOfBothSignsAreEqual) {
  Array a = vector<double>(ctx, {0.0, -0.0, inf}), b = vector<double>(ctx, {-0.0, 0.0, inf}), r;
  check(spc_equal(a, b, r.out()));
  EXPECT_EQ(values<bool>(r), Bools({true, true, true}));
  check(spc_less(a, b, r.out()));
  EXPECT_EQ(values<bool>(r), Bools({false, false, false}));
}

TEST_P(Compare, WeakIntegersBeyondTheDtypeCompareByValue) {
  Array bytes = vector<uint8_t>(ctx, {0, 255}), i32 = vector<int32_t>(ctx, {INT32_MIN, INT32_MAX}),
        r;
  for (const Comparison &c : comparisons) {
    SCOPED_TRACE(c.name);
    check(c.op(bytes, weak(256), r.out()));
    EXPECT_EQ(values<bool>(r), Bools(2, c.smaller));
    check(c.op(bytes, weak(-1), r.out()));
    EXPECT_EQ(values<bool>(r), Bools(2, c.larger));
    check(c.op(weak(300), bytes, r.out()));
    EXPECT_EQ(values<bool>(r), Bools(2, c.larger));
    check(c.op(weak(INT64_MIN), i32, r.out()));
    EXPECT_EQ(values<bool>(r), Bools(2, c.smaller));
    Array out = vector<bool>(ctx, {!c.smaller, !c.smaller});
    check(c.into(bytes, weak(256), out));
    EXPECT_EQ(values<bool>(out), Bools(2, c.smaller));
  }
  // 127 fits int8 and -128 too: those are ordinary comparisons.
  Array i8 = vector<int8_t>(ctx, {-128, 127});
  check(spc_less_equal(i8, weak(127), r.out()));
  EXPECT_EQ(values<bool>(r), Bools({true, true}));
  check(spc_equal(i8, weak(-128), r.out()));
  EXPECT_EQ(values<bool>(r), Bools({true, false}));
  Array wrong = vector<bool>(ctx, {true});
  expect_error(spc_less_into(bytes, weak(256), wrong), SPC_E_VALUE, {"less", "(1,)", "(2,)"});
  EXPECT_EQ(values<bool>(wrong), Bools({true}));
  Array sparse;
  check(spc_assparse(ctx, array<int8_t>(ctx, {1, 1}, {1}), "csr", SPC_DTYPE_NONE, sparse.out()));
  expect_error(spc_less(sparse, weak(300), r.out()), SPC_E_TYPE, {"less", "sparse array"});
}

TEST_P(Compare, WeakScalarsOfOtherKinds) {
  Array i = vector<int32_t>(ctx, {0, 1, 2}), b = vector<bool>(ctx, {false, true}), r;
  check(spc_less(i, weak(0.5), r.out()));
  EXPECT_EQ(values<bool>(r), Bools({true, false, false}));
  check(spc_greater(b, weak(7), r.out()));
  EXPECT_EQ(values<bool>(r), Bools({false, false}));
  check(spc_equal(i, weak(C128(1, 0)), r.out()));
  EXPECT_EQ(values<bool>(r), Bools({false, true, false}));
  check(spc_equal(i, weak_bool(true), r.out()));
  EXPECT_EQ(values<bool>(r), Bools({false, true, false}));
  check(spc_less(weak(1), weak(1.5), r.out()));
  EXPECT_EQ(shape_of(r), Shape{});
  EXPECT_TRUE(value<bool>(r));
}

TEST_P(Compare, IntoItsOwnOperand) {
  for (int64_t n : {6, 5000}) {
    std::vector<bool> bits(static_cast<std::size_t>(n + 1));
    for (std::size_t i = 0; i < bits.size(); ++i) bits[i] = i % 3 == 0;
    Array whole = array<bool>(ctx, {n + 1}, bits);
    Array head = getitem(whole, {slice(0, n)}), tail = getitem(whole, {slice(1, n + 1)});
    check(spc_not_equal_into(head, tail, tail));
    std::vector<bool> expected = bits;
    for (std::size_t i = 1; i < expected.size(); ++i) expected[i] = bits[i - 1] != bits[i];
    EXPECT_EQ(values<bool>(whole), expected);
    check(spc_equal_into(whole, whole, whole));
    EXPECT_EQ(values<bool>(whole), std::vector<bool>(bits.size(), true));
  }
}

TEST_P(Compare, Refusals) {
  Array three = vector<double>(ctx, {1, 2, 3}), two = vector<double>(ctx, {1, 2}), list, r;
  check(spc_value_list(0, nullptr, list.out()));
  for (const Comparison &c : comparisons) {
    expect_error(c.op(three, two, r.out()), SPC_E_VALUE, {c.name, "(3,)", "(2,)"});
    expect_error(c.op(three, list, r.out()), SPC_E_TYPE, {c.name, "list"});
    Array floats = vector<double>(ctx, {7, 7});
    expect_error(c.into(two, two, floats), SPC_E_TYPE, {c.name, "float64", "bool"});
    EXPECT_EQ(values<double>(floats), std::vector<double>({7, 7}));
  }
}

TEST_P(Compare, Isclose) {
  Array a = vector<double>(ctx, {1, 1.000009, 1.0001, inf, -inf, nan, 1e-9, inf}),
        b = vector<double>(ctx, {1, 1, 1, inf, inf, nan, 0, 5}), r;
  check(spc_isclose(a, b, 1e-5, 1e-8, r.out()));
  EXPECT_EQ(values<bool>(r), Bools({true, true, false, true, false, false, true, false}));
  // The tolerance is relative to the second operand.
  Array x = vector<double>(ctx, {110}), y = vector<double>(ctx, {100});
  check(spc_isclose(x, y, 0.095, 0, r.out()));
  EXPECT_FALSE(value<bool>(r));
  check(spc_isclose(y, x, 0.095, 0, r.out()));
  EXPECT_TRUE(value<bool>(r));
  // Integers are subtracted in double: -128 and 127 are far apart.
  Array i = vector<int8_t>(ctx, {-128, 100}), j = vector<int8_t>(ctx, {127, 101});
  check(spc_isclose(i, j, 0.02, 0, r.out()));
  EXPECT_EQ(values<bool>(r), Bools({false, true}));
  Array z = vector<C128>(ctx, {{3, 4}, {3, 4}}), w = vector<C128>(ctx, {{3, 4.1}, {3, 5}});
  check(spc_isclose(z, w, 0, 0.2, r.out()));
  EXPECT_EQ(values<bool>(r), Bools({true, false}));
  Array t = vector<bool>(ctx, {true, false});
  check(spc_isclose_into(t, weak_bool(true), 0, 0, t));
  EXPECT_EQ(values<bool>(t), Bools({true, false}));
  Array three = vector<double>(ctx, {1, 2, 3}), two = vector<double>(ctx, {1, 2});
  expect_error(spc_isclose(three, two, 0, 0, r.out()), SPC_E_VALUE, {"isclose", "(3,)", "(2,)"});
  expect_error(spc_isclose(i, weak(300), 0, 0, r.out()), SPC_E_OVERFLOW,
               {"isclose", "300", "int8"});
}

TEST_P(Compare, WherePicksAndJoins) {
  Array cond = array<bool>(ctx, {2, 1}, {true, false}), x = vector<int32_t>(ctx, {1, 2, 3}), r;
  Array y = vector<float>(ctx, {0.5f, 1.5f, 2.5f});
  check(spc_where(cond, x, y, r.out()));
  EXPECT_EQ(shape_of(r), (Shape{2, 3}));
  EXPECT_EQ(values<double>(r), std::vector<double>({1, 2, 3, 0.5, 1.5, 2.5}));
  check(spc_where(cond, weak(1), weak(0), r.out()));
  EXPECT_EQ(values<int64_t>(r), std::vector<int64_t>({1, 0}));
  check(spc_where(weak(2), x, y, r.out()));
  EXPECT_EQ(values<double>(r), std::vector<double>({1, 2, 3}));
  check(spc_where(weak_bool(false), x, weak(9), r.out()));
  EXPECT_EQ(values<int32_t>(r), std::vector<int32_t>({9, 9, 9}));
  check(spc_where(weak(C128(0, 1)), weak(true), weak(2.0), r.out()));
  EXPECT_EQ(value<double>(r), 1);
}

TEST_P(Compare, WhereReadsAnyConditionAsBool) {
  Array x = vector<int8_t>(ctx, {1, 2, 3}), y = vector<int8_t>(ctx, {-1, -2, -3}), r;
  const std::vector<int8_t> expected{-1, 2, 3};
  Array ints = vector<int64_t>(ctx, {0, int64_t{1} << 40, -1});  // the low byte of the second is 0
  check(spc_where(ints, x, y, r.out()));
  EXPECT_EQ(values<int8_t>(r), expected);
  Array floats = vector<double>(ctx, {-0.0, 0.25, nan});
  check(spc_where(floats, x, y, r.out()));
  EXPECT_EQ(values<int8_t>(r), expected);
  Array complexes = vector<C64>(ctx, {{0, -0.0f}, {0, 0.5f}, {2, 0}});
  check(spc_where(complexes, x, y, r.out()));
  EXPECT_EQ(values<int8_t>(r), expected);
  Array zero = array<int32_t>(ctx, {}, {0});
  check(spc_where(zero, x, y, r.out()));
  EXPECT_EQ(values<int8_t>(r), std::vector<int8_t>({-1, -2, -3}));
}

TEST_P(Compare, WhereOfEveryDtypeLongAndStrided) {
  const int64_t n = 9001;
  std::vector<int8_t> numbers(static_cast<std::size_t>(2 * n));
  std::vector<int32_t> flags(static_cast<std::size_t>(n));
  for (std::size_t i = 0; i < numbers.size(); ++i) numbers[i] = i % 5 < 2 ? 1 : 0;
  for (std::size_t i = 0; i < flags.size(); ++i) flags[i] = i % 7 == 0 ? 256 : 0;
  Array all_of = array<int8_t>(ctx, {2 * n}, numbers), cond = array<int32_t>(ctx, {n}, flags);
  for (int32_t d = 0; d < SPC_DTYPE_COUNT; ++d) {
    SCOPED_TRACE(d);
    Array a, r, bits;
    check(spc_astype(all_of, d, a.out()));
    Array even = getitem(a, {slice(0, 2 * n, 2)}),
          back = getitem(a, {slice(2 * n - 1, SPC_NONE_I64, -2)});
    check(spc_where(cond, even, back, r.out()));
    EXPECT_EQ(dtype_of(r), d);
    check(spc_not_equal(r, weak(0), bits.out()));
    const Bools got = values<bool>(bits);
    for (std::size_t i = 0; i < got.size(); ++i)
      ASSERT_EQ(got[i], numbers[flags[i] != 0 ? 2 * i : 2 * (got.size() - i) - 1] != 0) << i;
  }
}

TEST_P(Compare, WhereIntoAnOperand) {
  Array x = vector<double>(ctx, {1, 2, 3, 4}), cond = vector<bool>(ctx, {true, false, true});
  Array head = getitem(x, {slice(0, 3)}), tail = getitem(x, {slice(1, 4)});
  check(spc_where_into(cond, head, weak(9), tail));
  EXPECT_EQ(values<double>(x), std::vector<double>({1, 1, 9, 3}));
  Array bits = vector<bool>(ctx, {true, false, true}),
        other = vector<bool>(ctx, {false, true, false});
  check(spc_where_into(bits, other, bits, bits));  // out is the condition too
  EXPECT_EQ(values<bool>(bits), Bools({false, false, false}));
}

TEST_P(Compare, WhereRefusals) {
  Array three = vector<bool>(ctx, {true, false, true}), two = vector<double>(ctx, {1, 2}), r, none;
  check(spc_value_none(none.out()));
  expect_error(spc_where(three, two, two, r.out()), SPC_E_VALUE, {"where", "(3,)", "(2,)"});
  expect_error(spc_where(none, two, two, r.out()), SPC_E_TYPE, {"where", "null"});
  Array i8 = vector<int8_t>(ctx, {1, 2, 3});
  expect_error(spc_where(three, i8, weak(300), r.out()), SPC_E_OVERFLOW, {"where", "300", "int8"});
  Array floats = vector<double>(ctx, {7, 7, 7});
  expect_error(spc_where_into(three, i8, i8, floats), SPC_E_TYPE, {"where", "float64", "int8"});
  EXPECT_EQ(values<double>(floats), std::vector<double>({7, 7, 7}));
}

TEST_P(Compare, Clip) {
  Array x = vector<double>(ctx, {-2, 0.5, 9, nan}), none, r;
  check(spc_value_none(none.out()));
  check(spc_clip(x, weak(0), weak(1), r.out()));
  std::vector<double> got = values<double>(r);
  EXPECT_EQ(std::vector<double>(got.begin(), got.end() - 1), std::vector<double>({0, 0.5, 1}));
  EXPECT_TRUE(std::isnan(got[3]));
  check(spc_clip(x, weak(5), weak(1), r.out()));  // the upper bound wins
  EXPECT_EQ(values<double>(r)[0], 1);
  EXPECT_EQ(values<double>(r)[2], 1);
  check(spc_clip(x, none, weak(1), r.out()));
  EXPECT_EQ(values<double>(r)[0], -2);
  EXPECT_EQ(values<double>(r)[2], 1);
  check(spc_clip(x, weak(0), nullptr, r.out()));
  EXPECT_EQ(values<double>(r)[0], 0);
  EXPECT_EQ(values<double>(r)[2], 9);
  check(spc_clip(x, weak(nan), weak(1), r.out()));
  EXPECT_TRUE(std::isnan(values<double>(r)[0]));
  check(spc_clip(x, weak(0), weak(nan), r.out()));
  EXPECT_TRUE(std::isnan(values<double>(r)[0]));
}

TEST_P(Compare, ClipWithoutBoundsIsACopy) {
  Array x = vector<int8_t>(ctx, {-2, 0, 9}), r;
  check(spc_clip(x, nullptr, nullptr, r.out()));
  EXPECT_EQ(values<int8_t>(r), std::vector<int8_t>({-2, 0, 9}));
  int32_t shared = -1;
  check(spc_array_is_view_of(x, r, &shared));
  EXPECT_EQ(shared, 0);
  Array out = vector<int8_t>(ctx, {0, 0, 0});
  check(spc_clip_into(x, nullptr, nullptr, out));
  EXPECT_EQ(values<int8_t>(out), std::vector<int8_t>({-2, 0, 9}));
}

TEST_P(Compare, ClipJoinsBroadcastsAndOrders) {
  Array i = vector<int32_t>(ctx, {-2, 0, 9}), r;
  check(spc_clip(i, nullptr, weak(0.5), r.out()));
  EXPECT_EQ(values<double>(r), std::vector<double>({-2, 0, 0.5}));
  Array b = vector<bool>(ctx, {false, true});
  check(spc_clip(b, weak(2), weak(2), r.out()));
  EXPECT_EQ(values<int64_t>(r), std::vector<int64_t>({2, 2}));
  Array low = array<int32_t>(ctx, {2, 1}, {-1, 1});
  check(spc_clip(i, low, weak(3), r.out()));
  EXPECT_EQ(shape_of(r), (Shape{2, 3}));
  EXPECT_EQ(values<int32_t>(r), std::vector<int32_t>({-1, 0, 3, 1, 1, 3}));
  Array z = vector<C128>(ctx, {{1, 1}, {1, 2}, {2, -5}});
  check(spc_clip(z, weak(C128(1, 1.5)), weak(C128(2, -6)), r.out()));
  EXPECT_EQ(values<C128>(r), std::vector<C128>({{1, 1.5}, {1, 2}, {2, -6}}));
  Array u = vector<uint8_t>(ctx, {1, 200});
  check(spc_clip_into(u, weak(5), weak(100), u));
  EXPECT_EQ(values<uint8_t>(u), std::vector<uint8_t>({5, 100}));
}

TEST_P(Compare, ClipRefusals) {
  Array three = vector<int8_t>(ctx, {1, 2, 3}), two = vector<int8_t>(ctx, {1, 2}), list, r;
  check(spc_value_list(0, nullptr, list.out()));
  expect_error(spc_clip(three, two, nullptr, r.out()), SPC_E_VALUE, {"clip", "(3,)", "(2,)"});
  expect_error(spc_clip(three, weak(0), weak(128), r.out()), SPC_E_OVERFLOW,
               {"clip", "128", "int8"});
  expect_error(spc_clip(three, weak(-129), nullptr, r.out()), SPC_E_OVERFLOW, {"clip", "-129"});
  expect_error(spc_clip(three, list, nullptr, r.out()), SPC_E_TYPE, {"clip", "list"});
}

}  // namespace
