// SPDX-License-Identifier: Apache-2.0
// The _into forms: exact shape and dtype, aliasing and overlap, nothing written on refusal.
#include "tests/support/c_api.hpp"

namespace {

using namespace test;  // NOLINT(google-build-using-namespace): the vocabulary of the tests

class Into : public OnFamily {};
SPC_ON_EVERY_FAMILY(Into);

std::vector<double> ramp(int64_t n) {
  std::vector<double> v(static_cast<std::size_t>(n));
  for (std::size_t i = 0; i < v.size(); ++i) v[i] = static_cast<double>(i);
  return v;
}

TEST_P(Into, ExactAliasing) {
  Array a = vector<double>(ctx, {1, 2, 3}), b = vector<double>(ctx, {10, 20, 30});
  check(spc_add_into(a, b, a));
  EXPECT_EQ(values<double>(a), std::vector<double>({11, 22, 33}));
  check(spc_multiply_into(a, a, a));
  EXPECT_EQ(values<double>(a), std::vector<double>({121, 484, 1089}));
}

TEST_P(Into, ShiftedOverlapGivesTheResultOfACopy) {
  for (int64_t n : {9, 5000}) {
    Array whole = vector<double>(ctx, ramp(n + 1));
    Array head = getitem(whole, {slice(0, n)}), tail = getitem(whole, {slice(1, n + 1)});
    check(spc_add_into(head, weak(0.5), tail));
    std::vector<double> expected = ramp(n + 1);
    for (std::size_t i = expected.size() - 1; i > 0; --i)
      expected[i] = static_cast<double>(i) - 0.5;
    EXPECT_EQ(values<double>(whole), expected);
  }
}

TEST_P(Into, ReversedOverlap) {
  Array a = vector<double>(ctx, ramp(8)),
        back = getitem(a, {slice(SPC_NONE_I64, SPC_NONE_I64, -1)});
  check(spc_copy_into(back, a));
  EXPECT_EQ(values<double>(a), std::vector<double>({7, 6, 5, 4, 3, 2, 1, 0}));
}

TEST_P(Into, TransposedMatmulOverlap) {
  Array a = array<double>(ctx, {2, 2}, {1, 2, 3, 4}), t;
  check(spc_transpose(a, SPC_ALL_AXES, nullptr, t.out()));
  check(spc_matmul_into(a, a, nullptr, t));
  EXPECT_EQ(values<double>(t), std::vector<double>({7, 10, 15, 22}));
}

TEST_P(Into, ReductionIntoItsOwnInput) {
  Array a = array<double>(ctx, {2, 2}, {1, 2, 3, 4}), row = getitem(a, {at(0)});
  const int64_t axis[1] = {0};
  check(spc_sum_into(a, 1, axis, 0, SPC_DTYPE_NONE, row));
  EXPECT_EQ(values<double>(a), std::vector<double>({4, 6, 3, 4}));
}

TEST_P(Into, WrongOutputsAreRefusedAndUntouched) {
  Array a = vector<double>(ctx, {1, 2, 3}), shorter = vector<double>(ctx, {7, 7});
  Array other = vector<float>(ctx, {7, 7, 7});
  expect_error(spc_add_into(a, a, shorter), SPC_E_VALUE, {"add", "(2,)", "(3,)"});
  expect_error(spc_add_into(a, a, other), SPC_E_TYPE, {"add", "float32", "float64"});
  EXPECT_EQ(values<double>(shorter), std::vector<double>({7, 7}));
  EXPECT_EQ(values<float>(other), std::vector<float>({7, 7, 7}));
}

TEST_P(Into, MatrixNormsCheckTheirOutput) {
  Array m = array<double>(ctx, {2, 2}, {1, 2, 3, 4}), wrong = vector<int32_t>(ctx, {7, 7});
  Array wide = array<double>(ctx, {1, 1}, {7}), right = array<double>(ctx, {}, {0});
  expect_error(spc_norm_into(m, SPC_ORD_P, 1, SPC_ALL_AXES, nullptr, 0, wrong), SPC_E_VALUE,
               {"norm", "(2,)", "()"});
  expect_error(spc_norm_into(m, SPC_ORD_P, 1, SPC_ALL_AXES, nullptr, 0, wide), SPC_E_VALUE,
               {"norm", "(1, 1)", "()"});
  EXPECT_EQ(values<int32_t>(wrong), std::vector<int32_t>({7, 7}));
  check(spc_norm_into(m, SPC_ORD_P, 1, SPC_ALL_AXES, nullptr, 0, right));
  EXPECT_EQ(value<double>(right), 6);
}

TEST_P(Into, StridedOutputsLeaveTheRestAlone) {
  Array whole = vector<double>(ctx, ramp(7)), even = getitem(whole, {slice(0, 7, 2)});
  Array ones = vector<double>(ctx, {1, 1, 1, 1});
  check(spc_add_into(even, ones, even));
  EXPECT_EQ(values<double>(whole), std::vector<double>({1, 1, 3, 3, 5, 5, 7}));
}

TEST_P(Into, SetBroadcastsAndCasts) {
  Array a = array<double>(ctx, {2, 2}, {0, 0, 0, 0}), i = vector<int32_t>(ctx, {1, 2});
  check(spc_array_set(a, i));
  EXPECT_EQ(values<double>(a), std::vector<double>({1, 2, 1, 2}));
  Array z = vector<std::complex<double>>(ctx, {{1, 0}, {2, 0}}),
        three = vector<double>(ctx, {1, 2, 3});
  expect_error(spc_array_set(a, z), SPC_E_TYPE, {"array_set rejected complex-valued input"});
  expect_error(spc_array_set(a, three), SPC_E_VALUE, {"array_set", "(3,)", "(2, 2)"});
  Array b = vector<int8_t>(ctx, {1, 1});
  expect_error(spc_array_set(b, weak(300)), SPC_E_OVERFLOW, {"300", "int8"});
  EXPECT_EQ(values<int8_t>(b), std::vector<int8_t>({1, 1}));
}

TEST_P(Into, VersionsGrowWithEveryWrite) {
  Array a = vector<double>(ctx, {1, 2}), view = getitem(a, {slice(0, 1)});
  uint64_t before = 0, after = 0;
  check(spc_array_version(a, &before));
  check(spc_add_into(a, a, a));
  check(spc_array_version(view, &after));
  EXPECT_GT(after, before);
  check(spc_array_touch(view));
  check(spc_array_version(a, &before));
  EXPECT_GT(before, after);
}

}  // namespace
