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

using Join = spc_status (*)(int64_t, const spc_array *, spc_array *);

TEST_P(ShapeOps, ConcatenateAlongAnAxis) {
  Array b = array<int8_t>(ctx, {1, 3}, {6, 7, 8}), r;
  const spc_array both[2] = {a, b};
  check(spc_concatenate(2, both, 0, SPC_DTYPE_NONE, r.out()));
  EXPECT_EQ(shape_of(r), (Shape{3, 3}));
  EXPECT_EQ(values<int32_t>(r), std::vector<int32_t>({0, 1, 2, 3, 4, 5, 6, 7, 8}));
  check(spc_concatenate(2, both, -2, SPC_FLOAT32, r.out()));
  EXPECT_EQ(values<float>(r), std::vector<float>({0, 1, 2, 3, 4, 5, 6, 7, 8}));
  Array t;
  check(spc_transpose(a, SPC_ALL_AXES, nullptr, t.out()));
  Array column = array<double>(ctx, {3, 1}, {0.5, 1.5, 2.5}),
        empty = array<double>(ctx, {3, 0}, {});
  const spc_array three[3] = {t, empty, column};
  check(spc_concatenate(3, three, 1, SPC_DTYPE_NONE, r.out()));
  EXPECT_EQ(shape_of(r), (Shape{3, 3}));
  EXPECT_EQ(values<double>(r), std::vector<double>({0, 3, 0.5, 1, 4, 1.5, 2, 5, 2.5}));
  const spc_array one[1] = {a};
  check(spc_concatenate(1, one, 0, SPC_DTYPE_NONE, r.out()));
  expect_view(a, r, false);
  check(spc_concatenate(1, one, 0, SPC_INT8, r.out()));
  EXPECT_EQ(values<int8_t>(r), std::vector<int8_t>({0, 1, 2, 3, 4, 5}));
}

TEST_P(ShapeOps, ConcatenateFlattensWithoutAnAxis) {
  Array t, r, zero_d = array<float>(ctx, {}, {9});
  check(spc_transpose(a, SPC_ALL_AXES, nullptr, t.out()));
  const spc_array items[3] = {t, zero_d, a};
  check(spc_concatenate(3, items, SPC_NONE_I64, SPC_DTYPE_NONE, r.out()));
  EXPECT_EQ(values<double>(r), std::vector<double>({0, 3, 1, 4, 2, 5, 9, 0, 1, 2, 3, 4, 5}));
  Array small = weak(4);
  const spc_array with_weak[2] = {zero_d, small};
  check(spc_concatenate(2, with_weak, SPC_NONE_I64, SPC_DTYPE_NONE, r.out()));
  EXPECT_EQ(values<float>(r), std::vector<float>({9, 4}));
}

TEST_P(ShapeOps, Stack) {
  Array b = array<int32_t>(ctx, {2, 3}, {6, 7, 8, 9, 10, 11}), r;
  const spc_array both[2] = {a, b};
  check(spc_stack(2, both, 0, r.out()));
  EXPECT_EQ(shape_of(r), (Shape{2, 2, 3}));
  EXPECT_EQ(values<int32_t>(r), std::vector<int32_t>({0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11}));
  check(spc_stack(2, both, 1, r.out()));
  EXPECT_EQ(shape_of(r), (Shape{2, 2, 3}));
  EXPECT_EQ(values<int32_t>(r), std::vector<int32_t>({0, 1, 2, 6, 7, 8, 3, 4, 5, 9, 10, 11}));
  check(spc_stack(2, both, -1, r.out()));
  EXPECT_EQ(shape_of(r), (Shape{2, 3, 2}));
  EXPECT_EQ(values<int32_t>(r), std::vector<int32_t>({0, 6, 1, 7, 2, 8, 3, 9, 4, 10, 5, 11}));
  Array one = weak(1), half = weak(2.5);
  const spc_array scalars[2] = {one, half};
  check(spc_stack(2, scalars, 0, r.out()));
  EXPECT_EQ(values<double>(r), std::vector<double>({1, 2.5}));
}

TEST_P(ShapeOps, HstackVstackDstackColumnStack) {
  Array x = vector<int32_t>(ctx, {1, 2}), y = vector<int32_t>(ctx, {3, 4}), r;
  Array zero_d = array<int32_t>(ctx, {}, {7}), m = array<int32_t>(ctx, {2, 2}, {5, 6, 7, 8});
  const spc_array vectors[2] = {x, y}, scalars[2] = {zero_d, zero_d}, mixed[2] = {x, m},
                  matrices[2] = {m, m}, scalar_first[2] = {zero_d, x};
  struct Case {
    Join op;
    const spc_array *items;
    Shape shape;
    std::vector<int32_t> values;
  };
  const std::vector<Case> cases = {
      {spc_hstack, vectors, {4}, {1, 2, 3, 4}},
      {spc_hstack, scalars, {2}, {7, 7}},
      {spc_hstack, scalar_first, {3}, {7, 1, 2}},
      {spc_hstack, matrices, {2, 4}, {5, 6, 5, 6, 7, 8, 7, 8}},
      {spc_vstack, vectors, {2, 2}, {1, 2, 3, 4}},
      {spc_vstack, scalars, {2, 1}, {7, 7}},
      {spc_vstack, mixed, {3, 2}, {1, 2, 5, 6, 7, 8}},
      {spc_dstack, vectors, {1, 2, 2}, {1, 3, 2, 4}},
      {spc_dstack, scalars, {1, 1, 2}, {7, 7}},
      {spc_dstack, matrices, {2, 2, 2}, {5, 5, 6, 6, 7, 7, 8, 8}},
      {spc_column_stack, vectors, {2, 2}, {1, 3, 2, 4}},
      {spc_column_stack, scalars, {1, 2}, {7, 7}},
      {spc_column_stack, mixed, {2, 3}, {1, 5, 6, 2, 7, 8}},
  };
  for (std::size_t i = 0; i < cases.size(); ++i) {
    SCOPED_TRACE(i);
    check(cases[i].op(2, cases[i].items, r.out()));
    EXPECT_EQ(shape_of(r), cases[i].shape);
    EXPECT_EQ(values<int32_t>(r), cases[i].values);
  }
}

TEST_P(ShapeOps, JoiningJoinsDtypesAndLeavesInputsAlone) {
  Array i = vector<int8_t>(ctx, {1, 2}), u = vector<uint8_t>(ctx, {200}),
        z = vector<std::complex<float>>(ctx, {{1, 2}}), r;
  const spc_array bytes[2] = {i, u}, numbers[2] = {i, z};
  check(spc_hstack(2, bytes, r.out()));
  EXPECT_EQ(values<int32_t>(r), std::vector<int32_t>({1, 2, 200}));
  check(spc_hstack(2, numbers, r.out()));
  EXPECT_EQ(dtype_of(r), SPC_COMPLEX64);
  check(spc_array_set(r, weak(0)));
  EXPECT_EQ(values<int8_t>(i), std::vector<int8_t>({1, 2}));
  // The same array twice, and one that is a broadcast view.
  const int64_t to[1] = {3};
  Array wide, ones = array<int8_t>(ctx, {1}, {5});
  check(spc_broadcast_to(ones, 1, to, wide.out()));
  const spc_array twice[3] = {wide, i, i};
  check(spc_hstack(3, twice, r.out()));
  EXPECT_EQ(values<int8_t>(r), std::vector<int8_t>({5, 5, 5, 1, 2, 1, 2}));
}

TEST_P(ShapeOps, JoiningRefusals) {
  Array t, v = vector<int32_t>(ctx, {1, 2}), zero_d = array<int32_t>(ctx, {}, {7}), list, r;
  check(spc_transpose(a, SPC_ALL_AXES, nullptr, t.out()));
  check(spc_value_list(0, nullptr, list.out()));
  const spc_array shapes[2] = {a, t}, ranks[2] = {a, v}, scalars[1] = {zero_d}, same[2] = {a, a},
                  lists[2] = {a, list};
  struct Named {
    const char *name;
    Join op;
  };
  for (const Named &n : {Named{"hstack", spc_hstack}, Named{"vstack", spc_vstack},
                         Named{"dstack", spc_dstack}, Named{"column_stack", spc_column_stack}}) {
    expect_error(n.op(0, nullptr, r.out()), SPC_E_VALUE, {n.name, "no array"});
    expect_error(n.op(2, shapes, r.out()), SPC_E_VALUE, {n.name, "array 1", "(3, 2)", "(2, 3)"});
    expect_error(n.op(2, lists, r.out()), SPC_E_TYPE, {n.name, "list"});
    expect_error(n.op(2, nullptr, r.out()), SPC_E_VALUE, {n.name, "NULL"});
  }
  expect_error(spc_stack(0, nullptr, 0, r.out()), SPC_E_VALUE, {"stack", "no array"});
  expect_error(spc_stack(2, shapes, 0, r.out()), SPC_E_VALUE,
               {"stack", "(3, 2)", "(2, 3)", "agree"});
  expect_error(spc_stack(2, ranks, 0, r.out()), SPC_E_VALUE, {"stack", "(2,)", "(2, 3)"});
  expect_error(spc_stack(2, same, 3, r.out()), SPC_E_AXIS, {"stack", "axis 3", "dimension 3"});
  expect_error(spc_stack(2, same, -4, r.out()), SPC_E_AXIS, {"stack", "axis -4"});
  expect_error(spc_concatenate(0, nullptr, 0, SPC_DTYPE_NONE, r.out()), SPC_E_VALUE,
               {"concatenate", "no array"});
  expect_error(spc_concatenate(2, shapes, 0, SPC_DTYPE_NONE, r.out()), SPC_E_VALUE,
               {"concatenate", "array 1", "(3, 2)", "(2, 3)", "except along axis 0"});
  expect_error(spc_concatenate(2, ranks, 0, SPC_DTYPE_NONE, r.out()), SPC_E_VALUE,
               {"concatenate", "(2,)", "(2, 3)"});
  expect_error(spc_concatenate(1, scalars, 0, SPC_DTYPE_NONE, r.out()), SPC_E_VALUE,
               {"concatenate", "array 0", "()"});
  expect_error(spc_concatenate(2, same, 2, SPC_DTYPE_NONE, r.out()), SPC_E_AXIS,
               {"concatenate", "axis 2", "dimension 2"});
  Array z = array<std::complex<float>>(ctx, {2, 3}, std::vector<std::complex<float>>(6));
  const spc_array complexes[2] = {a, z};
  expect_error(spc_concatenate(2, complexes, 0, SPC_FLOAT64, r.out()), SPC_E_TYPE,
               {"concatenate rejected complex-valued input", "float64"});
  Array i8 = vector<int8_t>(ctx, {1}), big = weak(300);
  const spc_array overflow[2] = {i8, big};
  expect_error(spc_hstack(2, overflow, r.out()), SPC_E_OVERFLOW, {"hstack", "300", "int8"});
  const Shape ones(32, 1);
  Array deep;
  check(spc_zeros(ctx, 32, ones.data(), SPC_INT8, deep.out()));
  const spc_array deeps[1] = {deep};
  expect_error(spc_stack(1, deeps, 0, r.out()), SPC_E_VALUE, {"stack", "33", "32"});
  const int64_t huge[1] = {int64_t{1} << 62};
  Array endless, one = array<int8_t>(ctx, {1}, {1});
  check(spc_broadcast_to(one, 1, huge, endless.out()));
  const spc_array two[2] = {endless, endless};
  expect_error(spc_hstack(2, two, r.out()), SPC_E_VALUE, {"hstack", "too many elements"});
  Array other;
  Context host = context(std::string(GetParam()) == "fakedev" ? "cpu" : "fakedev");
  other = array<int32_t>(host, {2, 3}, {0, 0, 0, 0, 0, 0});
  const spc_array spaces[2] = {a, other};
  expect_error(spc_vstack(2, spaces, r.out()), SPC_E_TYPE, {"vstack", "memory space"});
}

TEST_P(ShapeOps, AdjointConjugatesAndReversesAllAxes) {
  using C = std::complex<double>;
  Array r, z = array<C>(ctx, {1, 2, 2}, {{1, 1}, {2, 2}, {3, 3}, {4, 4}});
  check(spc_adjoint(z, r.out()));
  EXPECT_EQ(shape_of(r), (Shape{2, 2, 1}));
  EXPECT_EQ(values<C>(r), std::vector<C>({{1, -1}, {3, -3}, {2, -2}, {4, -4}}));
  check(spc_adjoint(a, r.out()));
  EXPECT_EQ(values<int32_t>(r), std::vector<int32_t>({0, 3, 1, 4, 2, 5}));
  expect_view(a, r, false);
  Array t = array<bool>(ctx, {1, 2}, {true, false});
  check(spc_adjoint(t, r.out()));
  EXPECT_EQ(shape_of(r), (Shape{2, 1}));
  EXPECT_EQ(values<bool>(r), std::vector<bool>({true, false}));
  Array list;
  check(spc_value_list(0, nullptr, list.out()));
  expect_error(spc_adjoint(list, r.out()), SPC_E_TYPE, {"adjoint", "list"});
}

}  // namespace
