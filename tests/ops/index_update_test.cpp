// SPDX-License-Identifier: Apache-2.0
// index_set and index_add: what is written where, what is refused, and that nothing is written then.
#include <numeric>

#include "tests/support/c_api.hpp"

namespace {

using namespace test;  // NOLINT(google-build-using-namespace): the vocabulary of the tests
using C128 = std::complex<double>;
using Update = spc_status (*)(spc_array, int32_t, const spc_index *, spc_array, int32_t,
                              spc_array *);

class IndexUpdate : public OnFamily {
 protected:
  static Array update(Update f, spc_array x, std::vector<spc_index> index, spc_array v,
                      int32_t copy = 1) {
    Array out;
    check(f(x, static_cast<int32_t>(index.size()), index.data(), v, copy, out.out()));
    return out;
  }
  static Array set(spc_array x, std::vector<spc_index> index, spc_array v, int32_t copy = 1) {
    return update(spc_index_set, x, std::move(index), v, copy);
  }
  static Array add(spc_array x, std::vector<spc_index> index, spc_array v, int32_t copy = 1) {
    return update(spc_index_add, x, std::move(index), v, copy);
  }

  // Both ops refuse, and x keeps its elements. The error may wait for the first host read where the
  // family queues its work.
  template <class T>
  void expect_refused(spc_array x, std::vector<spc_index> index, spc_array v, spc_status code,
                      std::initializer_list<const char *> parts) {
    const std::vector<T> before = values<T>(x);
    Array nonempty = vector<double>(ctx, {1});
    for (Update f : {spc_index_set, spc_index_add})
      for (int32_t copy : {0, 1}) {
        Array out;
        spc_status s = f(x, static_cast<int32_t>(index.size()), index.data(), v, copy, out.out());
        int32_t unused = 0;
        if (s == SPC_OK) s = spc_allclose(nonempty, nonempty, 0, 0, 0, &unused);
        expect_error(s, code, parts);
        EXPECT_EQ(values<T>(x), before) << (copy != 0 ? "copy" : "in place");
      }
  }

  Array zeros(const Shape &shape) {
    Array x;
    check(spc_zeros(ctx, static_cast<int32_t>(shape.size()), shape.data(), SPC_FLOAT64, x.out()));
    return x;
  }
  Array ramp(const Shape &shape) {
    int64_t n = 1;
    for (int64_t length : shape) n *= length;
    std::vector<double> v(static_cast<std::size_t>(n));
    std::iota(v.begin(), v.end(), 0.0);
    return array<double>(ctx, shape, v);
  }
};
SPC_ON_EVERY_FAMILY(IndexUpdate);

TEST_P(IndexUpdate, BasicIndices) {
  Array x = ramp({2, 3});
  EXPECT_EQ(values<double>(set(x, {at(1)}, vector<double>(ctx, {7, 8, 9}))),
            std::vector<double>({0, 1, 2, 7, 8, 9}));
  EXPECT_EQ(values<double>(set(x, {ellipsis(), slice(SPC_NONE_I64, SPC_NONE_I64, -2)},
                               array<double>(ctx, {2, 1}, {-1, -2}))),
            std::vector<double>({-1, 1, -1, -2, 4, -2}));
  EXPECT_EQ(values<double>(set(x, {all(), new_axis(), at(0)}, weak(5))),
            std::vector<double>({5, 1, 2, 5, 4, 5}));
  EXPECT_EQ(values<double>(set(x, {at(-1), at(-1)}, array<double>(ctx, {}, {9}))),
            std::vector<double>({0, 1, 2, 3, 4, 9}));
  EXPECT_EQ(values<double>(add(x, {all(), slice(1, 3)}, vector<double>(ctx, {10, 20}))),
            std::vector<double>({0, 11, 22, 3, 14, 25}));
  EXPECT_EQ(values<double>(add(x, {}, weak(0.5))),
            std::vector<double>({0.5, 1.5, 2.5, 3.5, 4.5, 5.5}));
  EXPECT_EQ(values<double>(set(x, {slice(2, 1)}, weak(5))), values<double>(x));
  EXPECT_EQ(values<double>(x), std::vector<double>({0, 1, 2, 3, 4, 5}));
}

TEST_P(IndexUpdate, AdvancedIndices) {
  Array x = zeros({3, 4}), rows = vector<int64_t>(ctx, {2, 0}), cols = vector<int8_t>(ctx, {-1, 1});
  EXPECT_EQ(values<double>(set(x, {pick(rows), pick(cols)}, vector<double>(ctx, {1, 2}))),
            std::vector<double>({0, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1}));
  EXPECT_EQ(values<double>(set(x, {all(), pick(cols)}, vector<double>(ctx, {1, 2}))),
            std::vector<double>({0, 2, 0, 1, 0, 2, 0, 1, 0, 2, 0, 1}));
  // Index arrays that a slice separates put their axes first: x[rows, :, newaxis, cols] is (2, 2, 1).
  Array cube = zeros({3, 2, 4});
  Array r = set(cube, {pick(rows), all(), new_axis(), pick(cols)},
                array<double>(ctx, {2, 2, 1}, {1, 2, 3, 4}));
  std::vector<double> expected(24, 0.0);
  expected[16 + 3] = 1;
  expected[20 + 3] = 2;
  expected[0 + 1] = 3;
  expected[4 + 1] = 4;
  EXPECT_EQ(values<double>(r), expected);
  // Two index arrays broadcast against each other.
  Array column = array<int32_t>(ctx, {2, 1}, {0, 1}), row = vector<uint8_t>(ctx, {1, 3, 0});
  EXPECT_EQ(values<double>(
                add(x, {pick(column), pick(row)}, array<double>(ctx, {2, 3}, {1, 2, 3, 4, 5, 6}))),
            std::vector<double>({3, 1, 0, 2, 6, 4, 0, 5, 0, 0, 0, 0}));
  EXPECT_EQ(values<double>(x), std::vector<double>(12, 0.0));
}

TEST_P(IndexUpdate, Masks) {
  Array x = ramp({2, 3}), m = array<bool>(ctx, {2, 3}, {true, false, false, true, true, false});
  EXPECT_EQ(values<double>(set(x, {pick(m)}, vector<double>(ctx, {7, 8, 9}))),
            std::vector<double>({7, 1, 2, 8, 9, 5}));
  EXPECT_EQ(values<double>(add(x, {pick(m)}, weak(100))),
            std::vector<double>({100, 1, 2, 103, 104, 5}));
  Array second = vector<bool>(ctx, {false, true});
  EXPECT_EQ(values<double>(set(x, {pick(second), slice(0, 2)}, weak(-1))),
            std::vector<double>({0, 1, 2, -1, -1, 5}));
  Array yes = array<bool>(ctx, {}, {true}), no = array<bool>(ctx, {}, {false});
  EXPECT_EQ(values<double>(set(x, {pick(yes), at(0)}, weak(4))),
            std::vector<double>({4, 4, 4, 3, 4, 5}));
  EXPECT_EQ(values<double>(set(x, {pick(yes)}, weak(4))), std::vector<double>(6, 4.0));
  EXPECT_EQ(values<double>(set(x, {pick(no)}, weak(4))), values<double>(x));
  // What a mask selects agrees with what getitem selects.
  EXPECT_EQ(values<double>(getitem(set(x, {pick(m)}, vector<double>(ctx, {7, 8, 9})), {pick(m)})),
            std::vector<double>({7, 8, 9}));
}

TEST_P(IndexUpdate, RepeatedIndices) {
  Array x = zeros({3}), i = vector<int64_t>(ctx, {0, 0, 2}), v = vector<double>(ctx, {1, 5, 7});
  EXPECT_EQ(values<double>(set(x, {pick(i)}, v)), std::vector<double>({5, 0, 7}));
  EXPECT_EQ(values<double>(add(x, {pick(i)}, v)), std::vector<double>({6, 0, 7}));
  EXPECT_EQ(values<double>(add(x, {pick(i)}, weak(1))), std::vector<double>({2, 0, 1}));
  EXPECT_EQ(values<double>(add(x, {pick(vector<int64_t>(ctx, {0, -3}))}, weak(1))),
            std::vector<double>({2, 0, 0}));
  // Row-major order of the index arrays: the last of them in that order wins.
  Array square = array<int64_t>(ctx, {2, 2}, {1, 0, 0, 1});
  EXPECT_EQ(values<double>(set(x, {pick(square)}, array<double>(ctx, {2, 2}, {1, 2, 3, 4}))),
            std::vector<double>({3, 4, 0}));
}

TEST_P(IndexUpdate, ManyRepeatedIndicesAgainstALoop) {
  const std::size_t n = 20000, places = 97, width = 3;
  std::vector<int64_t> index(n), v(n * width), sums(places * width, 0), last(places * width, 0);
  for (std::size_t k = 0; k < n; ++k) {
    index[k] = static_cast<int64_t>((k * 7919 + k / 13) % places);
    for (std::size_t c = 0; c < width; ++c) {
      v[k * width + c] = static_cast<int64_t>(k * 31 + c) - 1000;
      const std::size_t to = static_cast<std::size_t>(index[k]) * width + c;
      sums[to] += v[k * width + c];
      last[to] = v[k * width + c];
    }
    if (k % 2 == 1) index[k] -= static_cast<int64_t>(places);
  }
  Array x = array<int64_t>(ctx, {97, 3}, std::vector<int64_t>(places * width, 0));
  Array i = vector<int64_t>(ctx, index), values_in = array<int64_t>(ctx, {20000, 3}, v);
  EXPECT_EQ(values<int64_t>(add(x, {pick(i)}, values_in)), sums);
  EXPECT_EQ(values<int64_t>(set(x, {pick(i)}, values_in)), last);
}

template <class T>
std::vector<T> of(std::initializer_list<int> numbers) {
  std::vector<T> v;
  for (int n : numbers) v.push_back(static_cast<T>(n));
  return v;
}

TEST_P(IndexUpdate, EveryDtype) {
  const auto run = [&]<class T>(T) {
    Array x = vector<T>(ctx, of<T>({1, 0, 1, 0, 1})), v = vector<T>(ctx, of<T>({1, 0, 1}));
    Array i = vector<int64_t>(ctx, {1, 2, 4});
    EXPECT_EQ(values<T>(set(x, {slice(0, 3)}, v)), of<T>({1, 0, 1, 0, 1}));
    EXPECT_EQ(values<T>(set(x, {pick(i)}, v)), of<T>({1, 1, 0, 0, 1}));
    // true + true is true, not 2.
    const int two = std::is_same_v<T, bool> ? 1 : 2;
    EXPECT_EQ(values<T>(add(x, {slice(0, 3)}, v)), of<T>({two, 0, two, 0, 1}));
    EXPECT_EQ(values<T>(add(x, {pick(i)}, v)), of<T>({1, 1, 1, 0, two}));
  };
  run(bool{});
  run(int8_t{});
  run(uint8_t{});
  run(int32_t{});
  run(int64_t{});
  run(float{});
  run(double{});
  run(std::complex<float>{});
  run(C128{});
  Array small = vector<int8_t>(ctx, {100, 100}), i = vector<int64_t>(ctx, {0, 0});
  EXPECT_EQ(values<int8_t>(add(small, {pick(i)}, weak(100))), std::vector<int8_t>({44, 100}));
  EXPECT_EQ(values<int8_t>(add(small, {at(1)}, weak(100))), std::vector<int8_t>({100, -56}));
}

TEST_P(IndexUpdate, ValuesAreCastToTheDtypeOfX) {
  Array x = vector<int32_t>(ctx, {1, 2, 3}), v = vector<double>(ctx, {-1.7, 2.9});
  Array i = vector<int64_t>(ctx, {0, 0});
  EXPECT_EQ(values<int32_t>(set(x, {slice(1, 3)}, v)), std::vector<int32_t>({1, -1, 2}));
  EXPECT_EQ(values<int32_t>(add(x, {slice(1, 3)}, v)), std::vector<int32_t>({1, 1, 5}));
  EXPECT_EQ(values<int32_t>(set(x, {pick(i)}, v)), std::vector<int32_t>({2, 2, 3}));
  EXPECT_EQ(values<int32_t>(add(x, {pick(i)}, v)), std::vector<int32_t>({2, 2, 3}));
  EXPECT_EQ(values<int32_t>(add(x, {at(0)}, weak(-1.7))), std::vector<int32_t>({0, 2, 3}));
  EXPECT_EQ(values<int32_t>(add(x, {pick(i)}, weak(-1.7))), std::vector<int32_t>({-1, 2, 3}));
  Array z = vector<C128>(ctx, {{1, 1}, {2, 2}});
  EXPECT_EQ(values<C128>(set(z, {at(0)}, weak(3))), std::vector<C128>({{3, 0}, {2, 2}}));
  EXPECT_EQ(values<C128>(add(z, {pick(i)}, vector<float>(ctx, {3, 4}))),
            std::vector<C128>({{8, 1}, {2, 2}}));
}

TEST_P(IndexUpdate, InPlaceGivesXItself) {
  for (Update f : {spc_index_set, spc_index_add}) {
    Array x = zeros({2, 3}), i = vector<int64_t>(ctx, {1});
    Array basic = update(f, x, {at(0)}, vector<double>(ctx, {1, 2, 3}), 0);
    Array advanced = update(f, x, {pick(i)}, weak(4), 0);
    EXPECT_EQ(values<double>(x), std::vector<double>({1, 2, 3, 4, 4, 4}));
    for (spc_array r : {static_cast<spc_array>(basic), static_cast<spc_array>(advanced)}) {
      int32_t shared = 0;
      check(spc_array_is_view_of(r, x, &shared));
      EXPECT_EQ(shared, 1);
      EXPECT_EQ(values<double>(r), values<double>(x));
    }
    // A strided view writes through to its base.
    Array t;
    check(spc_transpose(x, SPC_ALL_AXES, nullptr, t.out()));
    update(spc_index_set, t, {pick(vector<int64_t>(ctx, {2, 0}))},
           array<double>(ctx, {2, 2}, {10, 20, 30, 40}), 0);
    EXPECT_EQ(values<double>(x), std::vector<double>({30, 2, 10, 40, 4, 20}));
  }
}

TEST_P(IndexUpdate, ACopySharesNothing) {
  Array x = zeros({3});
  Array r = set(x, {slice(2, 2)}, weak(1));
  int32_t shared = 1;
  check(spc_array_is_view_of(r, x, &shared));
  EXPECT_EQ(shared, 0);
}

// Compatible families: the most derived one of x and values has the result.
TEST(IndexUpdateFamilies, ResultOfADerivedFamily) {
  load_test_families();
  Context base = context("reference"), derived = context("cpu"), device = context("fakedev");
  Array x = vector<double>(base, {1, 2}), v = vector<double>(derived, {5}), r;
  const spc_index item = at(0);
  check(spc_index_set(x, 1, &item, v, 1, r.out()));
  const char *family = nullptr;
  check(spc_array_family(r, &family));
  EXPECT_STREQ(family, "cpu");
  EXPECT_EQ(values<double>(r), std::vector<double>({5, 2}));
  Array far = vector<double>(device, {5});
  expect_error(spc_index_add(x, 1, &item, far, 0, r.out()), SPC_E_TYPE,
               {"index_add", "fakedev", "reference"});
  // A host number may stand beside any memory.
  Array y = vector<double>(device, {1, 2}), number = array<float>(base, {}, {7});
  Array i = vector<int64_t>(device, {1});
  const spc_index pair[1] = {pick(i)};
  check(spc_index_add(y, 1, pair, number, 1, r.out()));
  EXPECT_EQ(values<double>(r), std::vector<double>({1, 9}));
  check(spc_index_set(y, 1, &item, number, 1, r.out()));
  EXPECT_EQ(values<double>(r), std::vector<double>({7, 2}));
}

TEST_P(IndexUpdate, ReadOnlyX) {
  Array row = vector<double>(ctx, {1, 2}), wide;
  const int64_t shape[2] = {2, 2};
  check(spc_broadcast_to(row, 2, shape, wide.out()));
  EXPECT_EQ(values<double>(set(wide, {at(0), at(0)}, weak(9))), std::vector<double>({9, 2, 1, 2}));
  Array out, i = vector<int64_t>(ctx, {0});
  const spc_index items[2] = {at(0), pick(i)};
  expect_error(spc_index_set(wide, 1, items, weak(9), 0, out.out()), SPC_E_VALUE,
               {"index_set", "read-only"});
  expect_error(spc_index_add(wide, 1, items + 1, weak(9), 0, out.out()), SPC_E_VALUE,
               {"index_add", "read-only"});
  EXPECT_EQ(values<double>(row), std::vector<double>({1, 2}));
}

TEST_P(IndexUpdate, ValuesThatAliasX) {
  const auto reversed = [](spc_array x) {
    return getitem(x, {slice(SPC_NONE_I64, SPC_NONE_I64, -1)});
  };
  Array i = vector<int64_t>(ctx, {0, 1, 2, 3});
  Array a = ramp({4}), b = ramp({4}), c = ramp({4}), d = ramp({4});
  set(a, {all()}, reversed(a), 0);
  EXPECT_EQ(values<double>(a), std::vector<double>({3, 2, 1, 0}));
  set(b, {pick(i)}, reversed(b), 0);
  EXPECT_EQ(values<double>(b), std::vector<double>({3, 2, 1, 0}));
  add(c, {slice(1, 4)}, getitem(c, {slice(0, 3)}), 0);
  EXPECT_EQ(values<double>(c), std::vector<double>({0, 1, 3, 5}));
  add(d, {pick(vector<int64_t>(ctx, {1, 2, 3}))}, getitem(d, {slice(0, 3)}), 0);
  EXPECT_EQ(values<double>(d), std::vector<double>({0, 1, 3, 5}));
  Array whole = ramp({4});
  add(whole, {all()}, whole, 0);
  add(whole, {pick(i)}, whole, 0);
  EXPECT_EQ(values<double>(whole), std::vector<double>({0, 4, 8, 12}));
  // An element of x for all of them.
  Array e = ramp({3});
  add(e, {pick(vector<int64_t>(ctx, {2, 0, 2}))}, getitem(e, {at(2)}), 0);
  EXPECT_EQ(values<double>(e), std::vector<double>({2, 1, 6}));
}

TEST_P(IndexUpdate, IndicesThatAliasX) {
  Array x = vector<int64_t>(ctx, {2, 0, 1});
  set(x, {pick(x)}, vector<int64_t>(ctx, {10, 20, 30}), 0);
  EXPECT_EQ(values<int64_t>(x), std::vector<int64_t>({20, 30, 10}));
  Array m = vector<bool>(ctx, {true, false, true});
  set(m, {pick(m)}, vector<bool>(ctx, {false, true}), 0);
  EXPECT_EQ(values<bool>(m), std::vector<bool>({false, false, true}));
}

TEST_P(IndexUpdate, UnitAxesOfValuesInFront) {
  Array x = zeros({2, 2}), v = array<double>(ctx, {1, 1, 2}, {1, 2});
  EXPECT_EQ(values<double>(set(x, {at(0)}, v)), std::vector<double>({1, 2, 0, 0}));
  Array i = vector<int64_t>(ctx, {1});
  EXPECT_EQ(values<double>(add(x, {pick(i)}, v)), std::vector<double>({0, 0, 1, 2}));
}

TEST_P(IndexUpdate, NothingToWrite) {
  Array x = ramp({3}), none = vector<int64_t>(ctx, {});
  EXPECT_EQ(values<double>(set(x, {pick(none)}, weak(5))), values<double>(x));
  EXPECT_EQ(values<double>(add(x, {pick(none)}, vector<double>(ctx, {}))), values<double>(x));
  Array empty = zeros({3, 0}), two = vector<int64_t>(ctx, {2, -3});
  EXPECT_EQ(shape_of(set(empty, {pick(two)}, weak(5))), (Shape{3, 0}));
  EXPECT_EQ(shape_of(add(empty, {pick(two)}, vector<float>(ctx, {1}))), (Shape{3, 0}));
}

TEST_P(IndexUpdate, IndicesOutOfRange) {
  Array x = ramp({2, 3}), one = weak(1);
  Array good = vector<int64_t>(ctx, {0, 1}), bad = vector<int64_t>(ctx, {0, 2});
  expect_refused<double>(x, {at(2)}, one, SPC_E_INDEX, {"index 2", "axis 0", "size 2"});
  expect_refused<double>(x, {pick(bad)}, one, SPC_E_INDEX, {"index 2", "axis 0", "size 2"});
  expect_refused<double>(x, {all(), pick(vector<int64_t>(ctx, {0, 1, -4}))}, one, SPC_E_INDEX,
                         {"index -4", "axis 1", "size 3"});
  expect_refused<double>(x, {pick(good), pick(vector<int64_t>(ctx, {2, 3}))}, one, SPC_E_INDEX,
                         {"index 3", "axis 1", "size 3"});
  expect_refused<double>(x, {at(0), at(0), at(0)}, one, SPC_E_INDEX, {"too many indices"});
  expect_refused<double>(x, {ellipsis(), ellipsis()}, one, SPC_E_INDEX, {"2 ellipses"});
  expect_refused<double>(x, {pick(vector<bool>(ctx, {true, true, true}))}, one, SPC_E_INDEX,
                         {"mask", "(3,)"});
  expect_refused<double>(x, {pick(vector<double>(ctx, {0}))}, one, SPC_E_INDEX, {"float64"});
  expect_refused<double>(x, {pick(good), pick(vector<int64_t>(ctx, {0, 1, 2}))}, one, SPC_E_INDEX,
                         {"(2,)", "(3,)"});
  expect_refused<double>(x, {slice(0, 1, 0)}, one, SPC_E_VALUE, {"step is 0"});
  // The indices are checked where nothing would be written as well.
  expect_refused<double>(zeros({2, 0}), {pick(bad)}, one, SPC_E_INDEX, {"index 2"});
  expect_refused<double>(zeros({0, 2}), {pick(good)}, one, SPC_E_INDEX, {"index 0", "size 0"});
}

TEST_P(IndexUpdate, ValuesThatDoNotFit) {
  Array x = ramp({2, 3}), i = vector<int64_t>(ctx, {0, 1});
  for (const spc_index &item : {slice(0, 2), pick(i)}) {
    expect_refused<double>(x, {item}, vector<double>(ctx, {1, 2}), SPC_E_VALUE,
                           {"(2,)", "cannot be broadcast", "(2, 3)"});
    expect_refused<double>(x, {item}, array<double>(ctx, {2, 2, 3}, std::vector<double>(12)),
                           SPC_E_VALUE, {"(2, 2, 3)", "(2, 3)"});
    expect_refused<double>(x, {item}, weak(C128(0, 1)), SPC_E_TYPE, {"complex", "float64"});
    expect_refused<double>(x, {item}, vector<std::complex<float>>(ctx, {{1, 0}, {1, 0}, {1, 0}}),
                           SPC_E_TYPE, {"complex", "float64"});
    Array list;
    check(spc_value_list(0, nullptr, list.out()));
    expect_refused<double>(x, {item}, list, SPC_E_TYPE, {"got list"});
    Array small = array<int8_t>(ctx, {2, 3}, {1, 2, 3, 4, 5, 6});
    expect_refused<int8_t>(small, {item}, weak(300), SPC_E_OVERFLOW, {"300", "int8"});
  }
  Array out;
  const spc_index item = at(0);
  expect_error(spc_index_set(weak(1), 1, &item, weak(1), 1, out.out()), SPC_E_TYPE,
               {"index_set", "expected a dense array", "scalar"});
  expect_error(spc_index_add(x, 1, nullptr, weak(1), 1, out.out()), SPC_E_VALUE,
               {"index_add", "NULL"});
}

}  // namespace
