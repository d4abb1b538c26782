// SPDX-License-Identifier: Apache-2.0
// Order: sort, argsort, argmin, argmax, bincount.
#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "tests/support/c_api.hpp"

namespace {

using namespace test;  // NOLINT(google-build-using-namespace): the vocabulary of the tests
using C64 = std::complex<float>;
using C128 = std::complex<double>;

constexpr double nan = std::numeric_limits<double>::quiet_NaN();
constexpr double inf = std::numeric_limits<double>::infinity();

class Sort : public OnFamily {
 protected:
  static Array sort(spc_array x, int64_t axis = -1) {
    Array out;
    check(spc_sort(x, axis, out.out()));
    return out;
  }
  static Array argsort(spc_array x, int64_t axis = -1) {
    Array out;
    check(spc_argsort(x, axis, out.out()));
    return out;
  }
};
class Search : public OnFamily {
 protected:
  static int64_t argmin(spc_array x) {
    Array out;
    check(spc_argmin(x, SPC_NONE_I64, 0, out.out()));
    EXPECT_EQ(shape_of(out), Shape{});
    return value<int64_t>(out);
  }
  static int64_t argmax(spc_array x) {
    Array out;
    check(spc_argmax(x, SPC_NONE_I64, 0, out.out()));
    EXPECT_EQ(shape_of(out), Shape{});
    return value<int64_t>(out);
  }
};
class Bincount : public OnFamily {};
SPC_ON_EVERY_FAMILY(Sort);
SPC_ON_EVERY_FAMILY(Search);
SPC_ON_EVERY_FAMILY(Bincount);

// Pseudo-random numbers from 0 to 16, each of them often.
std::vector<int> keys(std::size_t n) {
  std::vector<int> v(n);
  uint32_t state = 12345;
  for (int &k : v) {
    state = state * 1664525 + 1013904223;
    k = static_cast<int>((state >> 16) % 17);
  }
  return v;
}

template <class T>
T number(int k) {
  if constexpr (std::is_same_v<T, bool>)
    return k > 8;
  else if constexpr (std::is_same_v<T, C64> || std::is_same_v<T, C128>)
    return T(static_cast<typename T::value_type>(k / 4),
             static_cast<typename T::value_type>(k % 4));
  else if constexpr (std::is_same_v<T, uint8_t>)
    return static_cast<T>(k * 15);
  else
    return static_cast<T>(k - 8);
}

template <class T>
bool less(T a, T b) {
  if constexpr (std::is_same_v<T, C64> || std::is_same_v<T, C128>)
    return a.real() < b.real() || (a.real() == b.real() && a.imag() < b.imag());
  else
    return a < b;
}

TEST_P(Sort, EveryDtypeAndLengthAgainstTheStandardLibrary) {
  const auto run = [&]<class T>(T) {
    for (std::size_t n : {1, 2, 15, 16, 17, 33, 1000}) {
      std::vector<T> x;
      for (int k : keys(n)) x.push_back(number<T>(k));
      std::vector<int64_t> order(n);
      std::iota(order.begin(), order.end(), 0);
      std::stable_sort(order.begin(), order.end(), [&](int64_t i, int64_t j) {
        return less<T>(x[static_cast<std::size_t>(i)], x[static_cast<std::size_t>(j)]);
      });
      std::vector<T> sorted;
      for (int64_t i : order) sorted.push_back(x[static_cast<std::size_t>(i)]);
      Array a = vector<T>(ctx, x);
      EXPECT_EQ(values<T>(sort(a)), sorted) << n;
      EXPECT_EQ(values<int64_t>(argsort(a)), order) << n;
      EXPECT_EQ(values<T>(a), x) << n;
      // The same numbers in another place of memory.
      Array back = getitem(a, {slice(SPC_NONE_I64, SPC_NONE_I64, -1)});
      EXPECT_EQ(values<T>(sort(back)), sorted) << n;
    }
  };
  run(bool{});
  run(int8_t{});
  run(uint8_t{});
  run(int32_t{});
  run(int64_t{});
  run(float{});
  run(double{});
  run(C64{});
  run(C128{});
}

TEST_P(Sort, Stable) {
  EXPECT_EQ(values<int64_t>(argsort(vector<int32_t>(ctx, {2, 1, 2, 1, 1}))),
            std::vector<int64_t>({1, 3, 4, 0, 2}));
  // Zeros of both signs are equal.
  const std::vector<double> r = values<double>(sort(vector<double>(ctx, {0.0, -0.0, -1, 0.0})));
  EXPECT_EQ(r, std::vector<double>({-1, 0, 0, 0}));
  EXPECT_FALSE(std::signbit(r[1]));
  EXPECT_TRUE(std::signbit(r[2]));
  EXPECT_FALSE(std::signbit(r[3]));
}

TEST_P(Sort, NanLast) {
  Array a = vector<double>(ctx, {nan, 3, -inf, nan, inf, 1});
  std::vector<double> r = values<double>(sort(a));
  EXPECT_EQ(std::vector<double>(r.begin(), r.begin() + 4), std::vector<double>({-inf, 1, 3, inf}));
  EXPECT_TRUE(std::isnan(r[4]) && std::isnan(r[5]));
  EXPECT_EQ(values<int64_t>(argsort(a)), std::vector<int64_t>({2, 5, 1, 4, 0, 3}));
  const float fnan = std::numeric_limits<float>::quiet_NaN();
  EXPECT_EQ(values<int64_t>(argsort(vector<float>(ctx, {fnan, 2, fnan, -1}))),
            std::vector<int64_t>({3, 1, 0, 2}));
}

TEST_P(Sort, ComplexNumbersAreLexicographicAndTheirNansLast) {
  Array a = vector<C128>(ctx, {{2, -1}, {1, 5}, {1, -5}, {2, -3}, {0, 9}});
  EXPECT_EQ(values<int64_t>(argsort(a)), std::vector<int64_t>({4, 2, 1, 3, 0}));
  // As NumPy: numbers, then NaN in the imaginary part, in the real part, in both.
  Array n = vector<C128>(ctx, {{nan, nan}, {nan, 1}, {5, nan}, {7, 7}, {nan, 0}, {4, nan}});
  EXPECT_EQ(values<int64_t>(argsort(n)), std::vector<int64_t>({3, 5, 2, 4, 1, 0}));
}

TEST_P(Sort, IntegersBeyondDoublePrecision) {
  const int64_t big = int64_t{1} << 53;
  Array a = vector<int64_t>(ctx, {big + 1, big, INT64_MAX, INT64_MIN, INT64_MAX - 1});
  EXPECT_EQ(values<int64_t>(argsort(a)), std::vector<int64_t>({3, 1, 0, 4, 2}));
}

TEST_P(Sort, AlongEveryAxisAndLayout) {
  Array a = array<int32_t>(ctx, {2, 3}, {3, 1, 2, 0, 5, 4}), t;
  EXPECT_EQ(values<int32_t>(sort(a)), std::vector<int32_t>({1, 2, 3, 0, 4, 5}));
  EXPECT_EQ(values<int32_t>(sort(a, 0)), std::vector<int32_t>({0, 1, 2, 3, 5, 4}));
  EXPECT_EQ(values<int32_t>(sort(a, -2)), values<int32_t>(sort(a, 0)));
  EXPECT_EQ(values<int64_t>(argsort(a, 0)), std::vector<int64_t>({1, 0, 0, 0, 1, 1}));
  check(spc_transpose(a, SPC_ALL_AXES, nullptr, t.out()));
  EXPECT_EQ(shape_of(sort(t)), (Shape{3, 2}));
  EXPECT_EQ(values<int32_t>(sort(t)), std::vector<int32_t>({0, 3, 1, 5, 2, 4}));
  Array cube = array<int8_t>(ctx, {2, 2, 2}, {8, 7, 6, 5, 4, 3, 2, 1});
  EXPECT_EQ(values<int8_t>(sort(cube, 1)), std::vector<int8_t>({6, 5, 8, 7, 2, 1, 4, 3}));
  EXPECT_EQ(values<int64_t>(argsort(cube, 0)), std::vector<int64_t>({1, 1, 1, 1, 0, 0, 0, 0}));
  EXPECT_EQ(shape_of(sort(array<double>(ctx, {0, 3}, {}), 0)), (Shape{0, 3}));
  EXPECT_EQ(shape_of(argsort(array<double>(ctx, {3, 0}, {}))), (Shape{3, 0}));
  EXPECT_EQ(values<int64_t>(argsort(array<double>(ctx, {2, 1}, {4, 3}))),
            std::vector<int64_t>({0, 0}));
}

TEST_P(Sort, Into) {
  Array a = vector<int64_t>(ctx, {3, 1, 2}), b = vector<int64_t>(ctx, {3, 1, 2});
  check(spc_sort_into(a, 0, a));
  EXPECT_EQ(values<int64_t>(a), std::vector<int64_t>({1, 2, 3}));
  check(spc_argsort_into(b, 0, b));
  EXPECT_EQ(values<int64_t>(b), std::vector<int64_t>({1, 2, 0}));
  Array whole = vector<double>(ctx, {4, 3, 2, 1});
  check(spc_sort_into(getitem(whole, {slice(0, 3)}), 0, getitem(whole, {slice(1, 4)})));
  EXPECT_EQ(values<double>(whole), std::vector<double>({4, 2, 3, 4}));
  Array shorter = vector<int64_t>(ctx, {7, 7}), real = vector<double>(ctx, {7, 7, 7});
  expect_error(spc_sort_into(a, 0, shorter), SPC_E_VALUE, {"sort", "(2,)", "(3,)"});
  expect_error(spc_sort_into(a, 0, real), SPC_E_TYPE, {"sort", "float64", "int64"});
  expect_error(spc_argsort_into(real, 0, real), SPC_E_TYPE, {"argsort", "float64", "int64"});
  EXPECT_EQ(values<int64_t>(shorter), std::vector<int64_t>({7, 7}));
  EXPECT_EQ(values<double>(real), std::vector<double>({7, 7, 7}));
}

TEST_P(Sort, Errors) {
  Array scalar = array<double>(ctx, {}, {1}), a = array<double>(ctx, {1, 2}, {1, 2}), r;
  expect_error(spc_sort(scalar, -1, r.out()), SPC_E_AXIS, {"sort", "axis -1", "dimension 0"});
  expect_error(spc_argsort(scalar, 0, r.out()), SPC_E_AXIS, {"argsort", "axis 0", "dimension 0"});
  expect_error(spc_sort(a, 2, r.out()), SPC_E_AXIS, {"sort", "axis 2", "dimension 2"});
  expect_error(spc_argsort(a, -3, r.out()), SPC_E_AXIS, {"argsort", "axis -3"});
  Array sparse;
  check(spc_assparse(ctx, a, "csr", SPC_DTYPE_NONE, sparse.out()));
  expect_error(spc_sort(sparse, 0, r.out()), SPC_E_TYPE, {"sort", "sparse array"});
}

TEST_P(Search, FirstOfEqualElementsInEveryDtype) {
  const auto run = [&]<class T>(T) {
    std::vector<T> x;
    for (int k : {9, 12, 0, 16, 0, 16, 9}) x.push_back(number<T>(k));
    Array a = vector<T>(ctx, x);
    const bool two_values = std::is_same_v<T, bool>;
    EXPECT_EQ(argmin(a), 2);
    EXPECT_EQ(argmax(a), two_values ? 0 : 3);
    EXPECT_EQ(values<T>(a), x);
  };
  run(bool{});
  run(int8_t{});
  run(uint8_t{});
  run(int32_t{});
  run(int64_t{});
  run(float{});
  run(double{});
  run(C64{});
  run(C128{});
  EXPECT_EQ(argmax(vector<int64_t>(ctx, {INT64_MIN, INT64_MAX - 1, INT64_MAX})), 2);
  EXPECT_EQ(argmin(vector<int8_t>(ctx, {127, -128, -127})), 1);
  EXPECT_EQ(argmax(vector<C128>(ctx, {{1, 5}, {1, 7}, {1, -9}, {0, 100}})), 1);
}

TEST_P(Search, TheFirstNanWins) {
  Array a = vector<double>(ctx, {3, -inf, nan, inf, nan});
  EXPECT_EQ(argmin(a), 2);
  EXPECT_EQ(argmax(a), 2);
  Array first = vector<double>(ctx, {nan, 1, nan}),
        z = vector<C128>(ctx, {{0, 0}, {9, nan}, {nan, 0}});
  EXPECT_EQ(argmin(first), 0);
  EXPECT_EQ(argmax(z), 1);
  EXPECT_EQ(argmin(z), 1);
  EXPECT_EQ(argmin(vector<double>(ctx, {inf, inf})), 0);
}

TEST_P(Search, AxesAndShapes) {
  Array a = array<int32_t>(ctx, {2, 3}, {3, 1, 2, 0, 5, 4}), t, r;
  check(spc_argmin(a, 0, 0, r.out()));
  EXPECT_EQ(values<int64_t>(r), std::vector<int64_t>({1, 0, 0}));
  check(spc_argmax(a, -1, 1, r.out()));
  EXPECT_EQ(shape_of(r), (Shape{2, 1}));
  EXPECT_EQ(values<int64_t>(r), std::vector<int64_t>({0, 1}));
  check(spc_argmax(a, SPC_NONE_I64, 1, r.out()));
  EXPECT_EQ(shape_of(r), (Shape{1, 1}));
  EXPECT_EQ(value<int64_t>(r), 4);
  // Without an axis the position is that of the row-major flattening, whatever the strides.
  check(spc_transpose(a, SPC_ALL_AXES, nullptr, t.out()));
  EXPECT_EQ(argmin(t), 1);
  EXPECT_EQ(argmax(t), 3);
  check(spc_argmin(t, 0, 0, r.out()));
  EXPECT_EQ(values<int64_t>(r), std::vector<int64_t>({1, 0}));
  Array cube = array<int8_t>(ctx, {2, 2, 2}, {1, 2, 3, 4, 8, 7, 6, 5});
  check(spc_argmax(cube, 1, 0, r.out()));
  EXPECT_EQ(values<int64_t>(r), std::vector<int64_t>({1, 1, 0, 0}));
  EXPECT_EQ(argmax(array<double>(ctx, {}, {4})), 0);
  EXPECT_EQ(argmin(weak(4)), 0);
  check(spc_argmin(array<double>(ctx, {2, 1}, {4, 3}), 1, 0, r.out()));
  EXPECT_EQ(values<int64_t>(r), std::vector<int64_t>({0, 0}));
}

TEST_P(Search, EmptyExtentsAndErrors) {
  Array e = array<double>(ctx, {0, 3}, {}), a = vector<double>(ctx, {1, 2}), r;
  check(spc_argmin(e, 1, 0, r.out()));
  EXPECT_EQ(shape_of(r), Shape{0});
  EXPECT_EQ(dtype_of(r), SPC_INT64);
  expect_error(spc_argmin(e, 0, 0, r.out()), SPC_E_VALUE, {"argmin", "no elements", "(0, 3)"});
  expect_error(spc_argmax(e, SPC_NONE_I64, 0, r.out()), SPC_E_VALUE, {"argmax", "(0, 3)"});
  expect_error(spc_argmax(a, 1, 0, r.out()), SPC_E_AXIS, {"argmax", "axis 1", "dimension 1"});
  expect_error(spc_argmin(array<double>(ctx, {}, {4}), 0, 0, r.out()), SPC_E_AXIS,
               {"argmin", "axis 0", "dimension 0"});
}

TEST_P(Search, Into) {
  Array a = array<int64_t>(ctx, {2, 2}, {5, 6, 8, 7}), row = getitem(a, {at(0)});
  check(spc_argmax_into(a, 1, 0, row));
  EXPECT_EQ(values<int64_t>(a), std::vector<int64_t>({1, 0, 8, 7}));
  Array wide = array<int64_t>(ctx, {1, 1}, {9}), real = array<double>(ctx, {}, {9});
  check(spc_argmin_into(a, SPC_NONE_I64, 1, wide));
  EXPECT_EQ(value<int64_t>(wide), 1);
  expect_error(spc_argmin_into(a, SPC_NONE_I64, 0, real), SPC_E_TYPE, {"argmin", "float64"});
}

TEST_P(Bincount, CountsEveryIntegerDtype) {
  const auto run = [&]<class T>(T) {
    Array r, x = vector<T>(ctx, {3, 0, 1, 3, 3});
    check(spc_bincount(x, 0, r.out()));
    EXPECT_EQ(values<int64_t>(r), std::vector<int64_t>({1, 1, 0, 3}));
    check(spc_bincount(x, 6, r.out()));
    EXPECT_EQ(values<int64_t>(r), std::vector<int64_t>({1, 1, 0, 3, 0, 0}));
    check(spc_bincount(x, 2, r.out()));
    EXPECT_EQ(values<int64_t>(r), std::vector<int64_t>({1, 1, 0, 3}));
    check(spc_bincount(getitem(x, {slice(SPC_NONE_I64, SPC_NONE_I64, -2)}), 0, r.out()));
    EXPECT_EQ(values<int64_t>(r), std::vector<int64_t>({0, 1, 0, 2}));
    EXPECT_EQ(values<T>(x), std::vector<T>({3, 0, 1, 3, 3}));
  };
  run(int8_t{});
  run(uint8_t{});
  run(int32_t{});
  run(int64_t{});
  Array r;
  check(spc_bincount(vector<uint8_t>(ctx, {255}), 0, r.out()));
  EXPECT_EQ(shape_of(r), Shape{256});
}

TEST_P(Bincount, ManyElementsAgainstALoop) {
  std::vector<int32_t> x;
  std::vector<int64_t> expected(17, 0);
  for (int k : keys(50000)) {
    x.push_back(k);
    ++expected[static_cast<std::size_t>(k)];
  }
  Array r;
  check(spc_bincount(vector<int32_t>(ctx, x), 0, r.out()));
  EXPECT_EQ(values<int64_t>(r), expected);
}

TEST_P(Bincount, Empty) {
  Array e = vector<int64_t>(ctx, {}), r;
  check(spc_bincount(e, 0, r.out()));
  EXPECT_EQ(shape_of(r), Shape{0});
  check(spc_bincount(e, 3, r.out()));
  EXPECT_EQ(values<int64_t>(r), std::vector<int64_t>({0, 0, 0}));
}

TEST_P(Bincount, Errors) {
  Array r;
  expect_error(spc_bincount(vector<int64_t>(ctx, {1, -1, -7}), 0, r.out()), SPC_E_VALUE,
               {"bincount", "negative element -7"});
  expect_error(spc_bincount(array<int64_t>(ctx, {1, 1}, {1}), 0, r.out()), SPC_E_VALUE,
               {"bincount", "(1, 1)", "one axis"});
  expect_error(spc_bincount(array<int64_t>(ctx, {}, {1}), 0, r.out()), SPC_E_VALUE,
               {"bincount", "()"});
  expect_error(spc_bincount(vector<int64_t>(ctx, {1}), -1, r.out()), SPC_E_VALUE,
               {"bincount", "minlength is -1"});
  expect_error(spc_bincount(vector<double>(ctx, {1}), 0, r.out()), SPC_E_TYPE,
               {"bincount", "float64", "integer"});
  expect_error(spc_bincount(vector<bool>(ctx, {true}), 0, r.out()), SPC_E_TYPE,
               {"bincount", "bool"});
  expect_error(spc_bincount(vector<int64_t>(ctx, {INT64_MAX}), 0, r.out()), SPC_E_MEMORY,
               {"bincount"});
  expect_error(spc_bincount(vector<int64_t>(ctx, {INT64_MAX - 1}), 0, r.out()), SPC_E_MEMORY, {});
}

}  // namespace
