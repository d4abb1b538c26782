// SPDX-License-Identifier: Apache-2.0
#include "tests/support/c_api.hpp"

namespace {

using namespace test;  // NOLINT(google-build-using-namespace): the vocabulary of the tests

class ShapeOps : public OnFamily {
 protected:
  void SetUp() override {
    OnFamily::SetUp();
    a = array<int32_t>(ctx, {2, 3}, {0, 1, 2, 3, 4, 5});
  }
  void expect_view(spc_array of, spc_array v, bool expected = true) {
    int32_t shared = -1;
    check(spc_array_is_view_of(of, v, &shared));
    EXPECT_EQ(shared, expected ? 1 : 0);
  }
  Array a;
};
SPC_ON_EVERY_FAMILY(ShapeOps);

TEST_P(ShapeOps, ReshapeIsAViewWhereStridesAllowIt) {
  Array r, t, c;
  const int64_t to[2] = {3, -1};
  check(spc_reshape(a, 2, to, r.out()));
  EXPECT_EQ(shape_of(r), (Shape{3, 2}));
  expect_view(a, r);
  check(spc_transpose(a, SPC_ALL_AXES, nullptr, t.out()));
  expect_view(a, t);
  EXPECT_EQ(values<int32_t>(t), std::vector<int32_t>({0, 3, 1, 4, 2, 5}));
  const int64_t flat[1] = {6};
  check(spc_reshape(t, 1, flat, c.out()));
  expect_view(a, c, false);
  EXPECT_EQ(values<int32_t>(c), std::vector<int32_t>({0, 3, 1, 4, 2, 5}));
}

TEST_P(ShapeOps, ReshapeSplitsStridedAxesWithoutACopy) {
  Array wide = array<int32_t>(ctx, {4, 6}, std::vector<int32_t>(24, 1)), cut, r;
  cut = getitem(wide, {slice(SPC_NONE_I64, SPC_NONE_I64, 2), all()});
  const int64_t to[3] = {2, 3, 2};
  check(spc_reshape(cut, 3, to, r.out()));
  expect_view(wide, r);
}

TEST_P(ShapeOps, ReshapeErrors) {
  Array r, empty = array<int32_t>(ctx, {0, 3}, {});
  const int64_t four[1] = {4}, twice[2] = {-1, -1}, minus[1] = {-2}, zero[2] = {0, -1};
  expect_error(spc_reshape(a, 1, four, r.out()), SPC_E_VALUE, {"reshape", "(2, 3)", "(4,)"});
  expect_error(spc_reshape(a, 2, twice, r.out()), SPC_E_VALUE, {"reshape", "more than one -1"});
  expect_error(spc_reshape(a, 1, minus, r.out()), SPC_E_VALUE, {"reshape", "-2"});
  expect_error(spc_reshape(empty, 2, zero, r.out()), SPC_E_VALUE, {"reshape", "infer"});
  const int64_t infer[2] = {-1, 3};
  check(spc_reshape(empty, 2, infer, r.out()));
  EXPECT_EQ(shape_of(r), (Shape{0, 3}));
}

TEST_P(ShapeOps, AxesOpsAndTheirErrors) {
  Array r;
  const int64_t swapped[2] = {-1, 0}, repeated[2] = {0, 0}, beyond[2] = {0, 2};
  check(spc_transpose(a, 2, swapped, r.out()));
  EXPECT_EQ(shape_of(r), (Shape{3, 2}));
  expect_error(spc_transpose(a, 2, repeated, r.out()), SPC_E_VALUE,
               {"transpose", "repeated axis 0"});
  expect_error(spc_transpose(a, 2, beyond, r.out()), SPC_E_AXIS,
               {"transpose", "axis 2", "dimension 2"});
  expect_error(spc_transpose(a, 1, swapped, r.out()), SPC_E_VALUE,
               {"transpose", "1 axes", "dimension 2"});
  check(spc_swapaxes(a, 0, -1, r.out()));
  EXPECT_EQ(shape_of(r), (Shape{3, 2}));
  expect_error(spc_swapaxes(a, 0, 2, r.out()), SPC_E_AXIS, {"swapaxes", "axis 2"});
  Array x = array<int32_t>(ctx, {1, 2, 3}, {0, 1, 2, 3, 4, 5});
  const int64_t source[1] = {0}, target[1] = {-1};
  check(spc_moveaxis(x, 1, source, 1, target, r.out()));
  EXPECT_EQ(shape_of(r), (Shape{2, 3, 1}));
  expect_error(spc_moveaxis(x, 1, source, 2, beyond, r.out()), SPC_E_VALUE,
               {"moveaxis", "1 source", "2"});
  const int64_t ends[2] = {0, -1};
  check(spc_expand_dims(a, 2, ends, r.out()));
  EXPECT_EQ(shape_of(r), (Shape{1, 2, 3, 1}));
  const int64_t same[2] = {0, -4};
  expect_error(spc_expand_dims(a, 2, same, r.out()), SPC_E_VALUE, {"expand_dims", "repeated axis"});
  check(spc_squeeze(x, SPC_ALL_AXES, nullptr, r.out()));
  EXPECT_EQ(shape_of(r), (Shape{2, 3}));
  const int64_t one[1] = {1};
  expect_error(spc_squeeze(x, 1, one, r.out()), SPC_E_VALUE, {"squeeze", "axis 1", "length 2"});
}

TEST_P(ShapeOps, BroadcastViewsAreReadOnly) {
  Array row = vector<int32_t>(ctx, {1, 2, 3}), r;
  const int64_t to[2] = {2, 3};
  check(spc_broadcast_to(row, 2, to, r.out()));
  expect_view(row, r);
  EXPECT_EQ(values<int32_t>(r), std::vector<int32_t>({1, 2, 3, 1, 2, 3}));
  int32_t writable = -1;
  check(spc_array_is_writable(r, &writable));
  EXPECT_EQ(writable, 0);
  expect_error(spc_array_set(r, weak(1)), SPC_E_VALUE, {"read-only"});
  expect_error(spc_add_into(row, row, r), SPC_E_VALUE, {"add", "(2, 3)", "(3,)"});
  const int64_t wrong[1] = {4};
  expect_error(spc_broadcast_to(row, 1, wrong, r.out()), SPC_E_VALUE,
               {"broadcast_to", "(3,)", "(4,)"});
}

TEST_P(ShapeOps, RealIsAViewAndImagACopy) {
  using C = std::complex<float>;
  Array z = vector<C>(ctx, {{1, 2}, {3, -4}}), re, im;
  check(spc_real(z, re.out()));
  expect_view(z, re);
  EXPECT_EQ(values<float>(re), std::vector<float>({1, 3}));
  check(spc_imag(z, im.out()));
  expect_view(z, im, false);
  EXPECT_EQ(values<float>(im), std::vector<float>({2, -4}));
  check(spc_imag(a, im.out()));
  EXPECT_EQ(values<int32_t>(im), std::vector<int32_t>(6, 0));
  // A write through the view reaches the complex array.
  check(spc_array_set(re, weak(7)));
  EXPECT_EQ(values<C>(z), std::vector<C>({{7, 2}, {7, -4}}));
}

}  // namespace
