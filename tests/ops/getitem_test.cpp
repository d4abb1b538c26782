// SPDX-License-Identifier: Apache-2.0
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

}  // namespace
