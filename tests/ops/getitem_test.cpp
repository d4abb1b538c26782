// SPDX-License-Identifier: Apache-2.0
#include <cmath>

#include "tests/support/c_api.hpp"

namespace {

using namespace test;  // NOLINT(google-build-using-namespace): the vocabulary of the tests

class GetItem : public OnFamily {
 protected:
  void SetUp() override {
    OnFamily::SetUp();
    std::vector<int64_t> v(24);
    for (std::size_t i = 0; i < v.size(); ++i) v[i] = static_cast<int64_t>(i);
    x = array<int64_t>(ctx, {2, 3, 4}, v);
  }
  // The error may wait for the first host read where the family queues its work.
  void expect_index_error(std::vector<spc_index> index, std::initializer_list<const char *> parts) {
    Array out;
    spc_status s = spc_getitem(x, static_cast<int32_t>(index.size()), index.data(), out.out());
    int64_t n = 0;
    std::vector<int64_t> buffer(1024);
    if (s == SPC_OK && spc_array_size(out, &n) == SPC_OK)
      s = spc_array_to_host(out, buffer.data(), n * 8);
    expect_error(s, SPC_E_INDEX, parts);
  }
  Array x;
};
SPC_ON_EVERY_FAMILY(GetItem);

TEST_P(GetItem, BasicIndicesAreViews) {
  Array v = getitem(x, {at(-1), slice(SPC_NONE_I64, SPC_NONE_I64, -1), new_axis(), slice(1, 100)});
  EXPECT_EQ(shape_of(v), (Shape{3, 1, 3}));
  EXPECT_EQ(values<int64_t>(v), std::vector<int64_t>({21, 22, 23, 17, 18, 19, 13, 14, 15}));
  int32_t shared = 0;
  check(spc_array_is_view_of(x, v, &shared));
  EXPECT_EQ(shared, 1);
  Array e = getitem(x, {ellipsis(), at(0)});
  EXPECT_EQ(shape_of(e), (Shape{2, 3}));
  EXPECT_EQ(shape_of(getitem(x, {})), (Shape{2, 3, 4}));
  EXPECT_EQ(shape_of(getitem(x, {at(0), at(0), at(0)})), Shape{});
  EXPECT_EQ(shape_of(getitem(x, {slice(5, 2)})), (Shape{0, 3, 4}));
  EXPECT_EQ(shape_of(getitem(x, {slice(INT64_MAX, SPC_NONE_I64, INT64_MIN + 1)})),
            (Shape{1, 3, 4}));
}

TEST_P(GetItem, IntegerArraysGather) {
  Array i = vector<int64_t>(ctx, {1, 0, -1}), j = array<int32_t>(ctx, {2, 1}, {0, 2});
  Array g = getitem(x, {pick(i)});
  EXPECT_EQ(shape_of(g), (Shape{3, 3, 4}));
  Array both = getitem(x, {pick(i), pick(j)});
  EXPECT_EQ(shape_of(both), (Shape{2, 3, 4}));
  EXPECT_EQ(values<int64_t>(getitem(both, {ellipsis(), at(0)})),
            std::vector<int64_t>({12, 0, 12, 20, 8, 20}));
  // Index arrays that a slice separates put their axes first.
  EXPECT_EQ(shape_of(getitem(x, {pick(i), all(), pick(i)})), (Shape{3, 3}));
  EXPECT_EQ(shape_of(getitem(x, {all(), pick(i), pick(i)})), (Shape{2, 3}));
  EXPECT_EQ(shape_of(getitem(x, {at(0), all(), pick(i)})), (Shape{3, 3}));
}

TEST_P(GetItem, MasksSelect) {
  Array m = array<bool>(ctx, {2, 3}, {true, false, false, false, false, true});
  Array s = getitem(x, {pick(m)});
  EXPECT_EQ(shape_of(s), (Shape{2, 4}));
  EXPECT_EQ(values<int64_t>(s), std::vector<int64_t>({0, 1, 2, 3, 20, 21, 22, 23}));
  Array none = array<bool>(ctx, {2}, {false, false});
  EXPECT_EQ(shape_of(getitem(x, {pick(none)})), (Shape{0, 3, 4}));
  Array yes = array<bool>(ctx, {}, {true}), no = array<bool>(ctx, {}, {false});
  EXPECT_EQ(shape_of(getitem(x, {pick(yes)})), (Shape{1, 2, 3, 4}));
  EXPECT_EQ(shape_of(getitem(x, {pick(no)})), (Shape{0, 2, 3, 4}));
}

TEST_P(GetItem, Errors) {
  Array far = vector<int64_t>(ctx, {0, 3}), real = vector<double>(ctx, {0, 1});
  Array three = vector<int64_t>(ctx, {0, 0, 0}), mask = array<bool>(ctx, {3}, {true, true, true});
  expect_index_error({at(2)}, {"getitem", "index 2", "axis 0", "size 2"});
  expect_index_error({at(-3)}, {"index -3"});
  expect_index_error({at(0), at(0), at(0), at(0)}, {"too many indices", "3 axes", "4"});
  expect_index_error({ellipsis(), ellipsis()}, {"2 ellipses"});
  expect_index_error({pick(far)}, {"3", "axis 0", "size 2"});
  expect_index_error({all(), pick(vector<int64_t>(ctx, {9}))}, {"index 9", "axis 1", "size 3"});
  expect_index_error({pick(real)}, {"float64"});
  expect_index_error({pick(far), pick(three)}, {"(2,)", "(3,)"});
  expect_index_error({pick(mask)}, {"mask", "(3,)", "(2, 3, 4)"});
  Array out;
  const spc_index zero_step = slice(0, 1, 0);
  expect_error(spc_getitem(x, 1, &zero_step, out.out()), SPC_E_VALUE, {"step is 0"});
  const spc_index unknown = {17, 0, 0, 0, 0, nullptr};
  expect_error(spc_getitem(x, 1, &unknown, out.out()), SPC_E_VALUE, {"unknown kind 17"});
}

class Take : public OnFamily {
 protected:
  Array take(spc_array x, spc_array indices, int64_t axis = SPC_NONE_I64) {
    Array out;
    check(spc_take(x, indices, axis, out.out()));
    return out;
  }
  void expect_index_error(spc_array x, spc_array indices, int64_t axis,
                          std::initializer_list<const char *> parts) {
    Array out;
    spc_status s = spc_take(x, indices, axis, out.out());
    std::vector<int64_t> room(64);
    if (s == SPC_OK) s = spc_array_to_host(out, room.data(), 512);
    expect_error(s, SPC_E_INDEX, parts);
  }
};
SPC_ON_EVERY_FAMILY(Take);

TEST_P(Take, IndicesReplaceTheAxis) {
  Array x = array<int64_t>(ctx, {2, 3}, {0, 1, 2, 3, 4, 5}), t;
  Array i = vector<int64_t>(ctx, {2, -3}), square = array<int32_t>(ctx, {2, 2}, {0, 1, 1, -2});
  EXPECT_EQ(values<int64_t>(take(x, i, 1)), std::vector<int64_t>({2, 0, 5, 3}));
  EXPECT_EQ(shape_of(take(x, square, 0)), (Shape{2, 2, 3}));
  EXPECT_EQ(values<int64_t>(take(x, square, 0)),
            std::vector<int64_t>({0, 1, 2, 3, 4, 5, 3, 4, 5, 0, 1, 2}));
  EXPECT_EQ(shape_of(take(x, square, -1)), (Shape{2, 2, 2}));
  EXPECT_EQ(values<int64_t>(take(x, square, -1)), std::vector<int64_t>({0, 1, 1, 1, 3, 4, 4, 4}));
  EXPECT_EQ(shape_of(take(x, array<uint8_t>(ctx, {}, {1}), 0)), Shape{3});
  EXPECT_EQ(values<int64_t>(take(x, weak(-1), 1)), std::vector<int64_t>({2, 5}));
  EXPECT_EQ(shape_of(take(x, vector<int8_t>(ctx, {}), 0)), (Shape{0, 3}));
  // Without an axis x is flattened row-major, whatever its strides.
  check(spc_transpose(x, SPC_ALL_AXES, nullptr, t.out()));
  EXPECT_EQ(values<int64_t>(take(t, vector<int64_t>(ctx, {1, -1, 2}))),
            std::vector<int64_t>({3, 5, 1}));
  EXPECT_EQ(values<int64_t>(take(t, i, 0)), std::vector<int64_t>({2, 5, 0, 3}));
  EXPECT_EQ(values<double>(take(array<double>(ctx, {}, {7}), vector<int64_t>(ctx, {0, -1}))),
            std::vector<double>({7, 7}));
}

TEST_P(Take, EveryDtype) {
  Array i = vector<int64_t>(ctx, {1, 0, 1});
  const auto run = [&]<class T>(T) {
    Array x = vector<T>(ctx, {T(1), T(0)});
    EXPECT_EQ(values<T>(take(x, i, 0)), std::vector<T>({T(0), T(1), T(0)}));
  };
  run(bool{});
  run(int8_t{});
  run(uint8_t{});
  run(int32_t{});
  run(int64_t{});
  run(float{});
  run(double{});
  run(std::complex<float>{});
  run(std::complex<double>{});
}

TEST_P(Take, Errors) {
  Array x = array<int64_t>(ctx, {2, 3}, {0, 1, 2, 3, 4, 5}), empty = vector<int64_t>(ctx, {}), r;
  expect_index_error(x, vector<int64_t>(ctx, {0, 3}), 1, {"index 3", "axis 1", "size 3"});
  expect_index_error(x, vector<int64_t>(ctx, {-3}), 0, {"index -3", "axis 0", "size 2"});
  expect_index_error(x, vector<int64_t>(ctx, {6}), SPC_NONE_I64, {"index 6", "size 6"});
  expect_index_error(empty, vector<int64_t>(ctx, {0}), 0, {"index 0", "size 0"});
  Array i = vector<int64_t>(ctx, {0});
  expect_error(spc_take(x, i, 2, r.out()), SPC_E_AXIS, {"take", "axis 2", "dimension 2"});
  expect_error(spc_take(array<double>(ctx, {}, {1}), i, 0, r.out()), SPC_E_AXIS, {"take"});
  expect_error(spc_take(x, vector<double>(ctx, {0}), 0, r.out()), SPC_E_TYPE,
               {"take", "float64", "integer"});
  expect_error(spc_take(x, vector<bool>(ctx, {true}), 0, r.out()), SPC_E_TYPE, {"take", "bool"});
  expect_error(spc_take(x, weak(0.0), 0, r.out()), SPC_E_TYPE, {"take", "float64"});
}

class Positions : public OnFamily {
 protected:
  static std::vector<Array> items(spc_value tuple) {
    int64_t n = 0;
    int32_t kind = 0;
    check(spc_value_kind(tuple, &kind));
    EXPECT_EQ(kind, SPC_VALUE_TUPLE);
    check(spc_value_count(tuple, &n));
    std::vector<Array> v(static_cast<std::size_t>(n));
    for (int64_t i = 0; i < n; ++i)
      check(spc_value_item(tuple, i, v[static_cast<std::size_t>(i)].out()));
    return v;
  }
  static std::vector<Array> nonzero(spc_array x) {
    Array tuple;
    check(spc_nonzero(x, tuple.out()));
    return items(tuple);
  }
  static std::vector<Array> ix(std::vector<spc_array> arrays) {
    Array tuple;
    check(spc_ix_(static_cast<int64_t>(arrays.size()), arrays.data(), tuple.out()));
    return items(tuple);
  }
};
SPC_ON_EVERY_FAMILY(Positions);

TEST_P(Positions, NonzeroInRowMajorOrder) {
  Array x = array<double>(ctx, {2, 3}, {0, 7, -0.0, std::nan(""), 0, -1}), t;
  std::vector<Array> p = nonzero(x);
  ASSERT_EQ(p.size(), 2U);
  EXPECT_EQ(values<int64_t>(p[0]), std::vector<int64_t>({0, 1, 1}));
  EXPECT_EQ(values<int64_t>(p[1]), std::vector<int64_t>({1, 0, 2}));
  check(spc_transpose(x, SPC_ALL_AXES, nullptr, t.out()));
  p = nonzero(t);
  EXPECT_EQ(values<int64_t>(p[0]), std::vector<int64_t>({0, 1, 2}));
  EXPECT_EQ(values<int64_t>(p[1]), std::vector<int64_t>({1, 0, 1}));
  const auto run = [&]<class T>(T) {
    EXPECT_EQ(values<int64_t>(nonzero(vector<T>(ctx, {T(0), T(1), T(0), T(1)}))[0]),
              std::vector<int64_t>({1, 3}));
  };
  run(bool{});
  run(int8_t{});
  run(uint8_t{});
  run(int32_t{});
  run(int64_t{});
  run(float{});
  run(std::complex<float>{});
  run(std::complex<double>{});
}

TEST_P(Positions, NonzeroOfNothing) {
  EXPECT_EQ(shape_of(nonzero(vector<int8_t>(ctx, {0, 0}))[0]), Shape{0});
  std::vector<Array> p = nonzero(array<double>(ctx, {0, 3}, {}));
  ASSERT_EQ(p.size(), 2U);
  EXPECT_EQ(dtype_of(p[1]), SPC_INT64);
  EXPECT_EQ(shape_of(p[1]), Shape{0});
  Array tuple;
  expect_error(spc_nonzero(array<double>(ctx, {}, {1}), tuple.out()), SPC_E_VALUE,
               {"nonzero", "0-d"});
  expect_error(spc_nonzero(weak(1), tuple.out()), SPC_E_VALUE, {"nonzero", "0-d"});
}

TEST_P(Positions, OpenMesh) {
  Array rows = vector<int32_t>(ctx, {1, 0}), mask = vector<bool>(ctx, {true, false, true});
  std::vector<Array> m = ix({rows, mask});
  ASSERT_EQ(m.size(), 2U);
  EXPECT_EQ(shape_of(m[0]), (Shape{2, 1}));
  EXPECT_EQ(values<int32_t>(m[0]), std::vector<int32_t>({1, 0}));
  EXPECT_EQ(shape_of(m[1]), (Shape{1, 2}));
  EXPECT_EQ(values<int64_t>(m[1]), std::vector<int64_t>({0, 2}));
  Array x = array<int64_t>(ctx, {2, 3}, {0, 1, 2, 3, 4, 5});
  EXPECT_EQ(values<int64_t>(getitem(x, {pick(m[0]), pick(m[1])})),
            std::vector<int64_t>({3, 5, 0, 2}));
  // The mesh is new: writing into it leaves the argument alone.
  check(spc_add_into(m[0], weak(5), m[0]));
  EXPECT_EQ(values<int32_t>(rows), std::vector<int32_t>({1, 0}));
  EXPECT_TRUE(ix({}).empty());
}

TEST_P(Positions, OpenMeshOfEmptyAxes) {
  Array none = vector<int8_t>(ctx, {}), one = vector<int64_t>(ctx, {4}), list, number;
  check(spc_value_list(0, nullptr, list.out()));
  std::vector<Array> m = ix({none, one});
  EXPECT_EQ(shape_of(m[0]), (Shape{0, 1}));
  EXPECT_EQ(dtype_of(m[0]), SPC_INT8);
  m = ix({one, list});
  EXPECT_EQ(shape_of(m[1]), (Shape{1, 0}));
  EXPECT_EQ(dtype_of(m[1]), SPC_INT64);
  Array two = weak(2);
  const spc_value items_of_list[1] = {two};
  check(spc_value_list(1, items_of_list, number.out()));
  EXPECT_EQ(values<int64_t>(ix({number})[0]), std::vector<int64_t>({2}));
}

TEST_P(Positions, OpenMeshErrors) {
  Array square = array<int64_t>(ctx, {1, 1}, {1}), one = vector<int64_t>(ctx, {4}), tuple;
  const spc_array wrong[2] = {one, square};
  expect_error(spc_ix_(2, wrong, tuple.out()), SPC_E_VALUE, {"ix_", "argument 1", "(1, 1)"});
  Array three = weak(3);
  const spc_array scalar[1] = {three};
  expect_error(spc_ix_(1, scalar, tuple.out()), SPC_E_VALUE, {"ix_", "()"});
  const std::vector<spc_array> many(SPC_MAX_NDIM + 1, one);
  expect_error(spc_ix_(SPC_MAX_NDIM + 1, many.data(), tuple.out()), SPC_E_VALUE, {"ix_"});
}

}  // namespace
