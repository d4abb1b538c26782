// SPDX-License-Identifier: Apache-2.0
#include <cmath>
#include <limits>
#include <thread>

#include "tests/support/c_api.hpp"

namespace {

using namespace test;  // NOLINT(google-build-using-namespace): the vocabulary of the tests
using C128 = std::complex<double>;

class Construct : public OnFamily {};
SPC_ON_EVERY_FAMILY(Construct);

TEST_P(Construct, ZerosOnesFullOfEveryDtype) {
  const Shape shape{2, 3};
  for (int32_t d = 0; d < SPC_DTYPE_COUNT; ++d) {
    Array z, o, f;
    check(spc_zeros(ctx, 2, shape.data(), d, z.out()));
    check(spc_ones(ctx, 2, shape.data(), d, o.out()));
    check(spc_full(ctx, 2, shape.data(), weak(1), d, f.out()));
    EXPECT_EQ(dtype_of(z), d);
    EXPECT_EQ(shape_of(o), shape);
    Array zc, oc, fc;
    check(spc_astype(z, SPC_COMPLEX128, zc.out()));
    check(spc_astype(o, SPC_COMPLEX128, oc.out()));
    check(spc_astype(f, SPC_COMPLEX128, fc.out()));
    EXPECT_EQ(values<C128>(zc), std::vector<C128>(6, 0.0));
    EXPECT_EQ(values<C128>(oc), std::vector<C128>(6, 1.0));
    EXPECT_EQ(values<C128>(fc), std::vector<C128>(6, 1.0));
  }
}

TEST_P(Construct, DefaultDtypes) {
  const Shape shape{1};
  Array a;
  check(spc_zeros(ctx, 1, shape.data(), SPC_DTYPE_NONE, a.out()));
  EXPECT_EQ(dtype_of(a), SPC_FLOAT64);
  check(spc_full(ctx, 1, shape.data(), weak(C128(1, 2)), SPC_DTYPE_NONE, a.out()));
  EXPECT_EQ(values<C128>(a), std::vector<C128>({C128(1, 2)}));
  check(spc_full(ctx, 1, shape.data(), weak(7), SPC_DTYPE_NONE, a.out()));
  EXPECT_EQ(values<int64_t>(a), std::vector<int64_t>({7}));
}

TEST_P(Construct, FullRefusals) {
  const Shape shape{2};
  Array a;
  expect_error(spc_full(ctx, 1, shape.data(), weak(C128(1, 0)), SPC_FLOAT64, a.out()), SPC_E_TYPE,
               {"full", "complex", "float64"});
  expect_error(spc_full(ctx, 1, shape.data(), weak(300), SPC_INT8, a.out()), SPC_E_OVERFLOW,
               {"full", "300", "int8"});
  Array v = vector<double>(ctx, {1, 2});
  expect_error(spc_full(ctx, 1, shape.data(), v, SPC_FLOAT64, a.out()), SPC_E_VALUE,
               {"full", "(2,)"});
}

TEST_P(Construct, BadShapes) {
  const Shape negative{2, -1};
  Array a;
  expect_error(spc_zeros(ctx, 2, negative.data(), SPC_FLOAT64, a.out()), SPC_E_VALUE,
               {"zeros", "-1", "(2, -1)"});
  expect_error(spc_zeros(ctx, 33, negative.data(), SPC_FLOAT64, a.out()), SPC_E_VALUE, {"33"});
  expect_error(spc_zeros(ctx, 1, nullptr, SPC_FLOAT64, a.out()), SPC_E_VALUE, {"NULL"});
  const Shape huge{INT64_MAX, 4};
  expect_error(spc_zeros(ctx, 2, huge.data(), SPC_FLOAT64, a.out()), SPC_E_VALUE,
               {"too many elements"});
  expect_error(spc_zeros(ctx, 0, nullptr, 9, a.out()), SPC_E_TYPE, {"9", "dtype"});
  const Shape large{INT64_MAX / 4};
  EXPECT_EQ(spc_zeros(ctx, 1, large.data(), SPC_FLOAT64, a.out()), SPC_E_MEMORY) << last_error();
  expect_error(spc_eye(ctx, -1, 2, SPC_FLOAT64, a.out()), SPC_E_VALUE, {"eye", "-1"});
}

TEST_P(Construct, Eye) {
  Array a;
  check(spc_eye(ctx, 2, 3, SPC_FLOAT32, a.out()));
  EXPECT_EQ(values<float>(a), std::vector<float>({1, 0, 0, 0, 1, 0}));
  check(spc_eye(ctx, 3, 2, SPC_INT8, a.out()));
  EXPECT_EQ(values<int8_t>(a), std::vector<int8_t>({1, 0, 0, 1, 0, 0}));
  check(spc_eye(ctx, 0, SPC_NONE_I64, SPC_INT8, a.out()));
  EXPECT_EQ(shape_of(a), (Shape{0, 0}));
}

TEST_P(Construct, Arange) {
  Array a;
  check(spc_arange(ctx, weak(5), nullptr, nullptr, SPC_DTYPE_NONE, a.out()));
  EXPECT_EQ(values<int64_t>(a), std::vector<int64_t>({0, 1, 2, 3, 4}));
  check(spc_arange(ctx, weak(5), weak(1), weak(-2), SPC_DTYPE_NONE, a.out()));
  EXPECT_EQ(values<int64_t>(a), std::vector<int64_t>({5, 3}));
  check(spc_arange(ctx, weak(0.5), weak(2), weak(0.5), SPC_DTYPE_NONE, a.out()));
  EXPECT_EQ(values<double>(a), std::vector<double>({0.5, 1.0, 1.5}));
  check(spc_arange(ctx, weak(4), nullptr, weak(2), SPC_DTYPE_NONE, a.out()));
  EXPECT_EQ(values<int64_t>(a), std::vector<int64_t>({0, 2}));
  expect_error(spc_arange(ctx, weak(0), weak(5), weak(0), SPC_DTYPE_NONE, a.out()), SPC_E_VALUE,
               {"arange", "step is 0"});
  expect_error(spc_arange(ctx, weak(0), weak(5), nullptr, SPC_BOOL, a.out()), SPC_E_TYPE,
               {"arange", "bool", "5"});
  expect_error(spc_arange(ctx, weak(0), weak(std::numeric_limits<double>::infinity()), nullptr,
                          SPC_DTYPE_NONE, a.out()),
               SPC_E_VALUE, {"arange", "not finite"});
  // The length of an int64 range whose distance does not fit int64.
  expect_error(spc_arange(ctx, weak(INT64_MIN), weak(INT64_MAX), weak(1), SPC_DTYPE_NONE, a.out()),
               SPC_E_VALUE, {"arange", "too many"});
}

TEST_P(Construct, AsarrayOfNestedLists) {
  Array one = weak(1), two = weak(2.5), row0, row1, rows, ragged, out;
  spc_value r0[2] = {one, two}, r1[2] = {two, one}, short_row[1] = {one};
  check(spc_value_list(2, r0, row0.out()));
  check(spc_value_tuple(2, r1, row1.out()));
  spc_value both[2] = {row0, row1};
  check(spc_value_list(2, both, rows.out()));
  check(spc_asarray(ctx, rows, SPC_DTYPE_NONE, out.out()));
  EXPECT_EQ(shape_of(out), (Shape{2, 2}));
  EXPECT_EQ(values<double>(out), std::vector<double>({1, 2.5, 2.5, 1}));
  check(spc_asarray(ctx, rows, SPC_INT32, out.out()));
  EXPECT_EQ(values<int32_t>(out), std::vector<int32_t>({1, 2, 2, 1}));

  Array bad;
  check(spc_value_list(1, short_row, bad.out()));
  spc_value uneven[2] = {row0, bad};
  check(spc_value_list(2, uneven, ragged.out()));
  expect_error(spc_asarray(ctx, ragged, SPC_DTYPE_NONE, out.out()), SPC_E_VALUE,
               {"ragged", "(2,)", "(1,)"});

  Array empty;
  check(spc_value_list(0, nullptr, empty.out()));
  check(spc_asarray(ctx, empty, SPC_DTYPE_NONE, out.out()));
  EXPECT_EQ(shape_of(out), Shape{0});
  EXPECT_EQ(dtype_of(out), SPC_FLOAT64);

  Array none;
  check(spc_value_none(none.out()));
  expect_error(spc_asarray(ctx, none, SPC_DTYPE_NONE, out.out()), SPC_E_TYPE, {"asarray", "null"});
}

TEST_P(Construct, AsarrayReturnsTheSameElementsWhereNothingChanges) {
  Array a = vector<double>(ctx, {1, 2, 3}), same, cast;
  check(spc_asarray(ctx, a, SPC_FLOAT64, same.out()));
  int32_t shared = 0;
  check(spc_array_is_view_of(a, same, &shared));
  EXPECT_EQ(shared, 1);
  check(spc_asarray(ctx, a, SPC_FLOAT32, cast.out()));
  check(spc_array_is_view_of(a, cast, &shared));
  EXPECT_EQ(shared, 0);
  EXPECT_EQ(values<float>(cast), std::vector<float>({1, 2, 3}));
}

TEST_P(Construct, ComplexIsNeverMadeRealInSecret) {
  Array z = vector<C128>(ctx, {{1, 0}, {2, 0}}), out;
  for (int32_t d : {SPC_BOOL, SPC_INT32, SPC_FLOAT32, SPC_FLOAT64}) {
    expect_error(spc_asarray(ctx, z, d, out.out()), SPC_E_TYPE,
                 {"asarray rejected complex-valued input for non-complex dtype",
                  "Explicitly discard the imaginary part first"});
    expect_error(spc_astype(z, d, out.out()), SPC_E_TYPE, {"astype rejected complex-valued input"});
    expect_error(spc_sum(z, SPC_ALL_AXES, nullptr, 0, d, out.out()), SPC_E_TYPE, {"sum rejected"});
  }
}

TEST_P(Construct, CastsTruncateWrapAndTest) {
  Array a = vector<double>(ctx, {-1.7, 0.0, 2.9, 300.0}), out;
  check(spc_astype(a, SPC_INT32, out.out()));
  EXPECT_EQ(values<int32_t>(out), std::vector<int32_t>({-1, 0, 2, 300}));
  check(spc_astype(a, SPC_BOOL, out.out()));
  EXPECT_EQ(values<bool>(out), std::vector<bool>({true, false, true, true}));
  Array i = vector<int32_t>(ctx, {300, -1, 128});
  check(spc_astype(i, SPC_INT8, out.out()));
  EXPECT_EQ(values<int8_t>(out), std::vector<int8_t>({44, -1, -128}));
  check(spc_astype(i, SPC_UINT8, out.out()));
  EXPECT_EQ(values<uint8_t>(out), std::vector<uint8_t>({44, 255, 128}));
  Array copy;
  check(spc_astype(a, SPC_DTYPE_NONE, out.out()));
  int32_t shared = 0;
  check(spc_array_is_view_of(a, out, &shared));
  EXPECT_EQ(shared, 1);
  check(spc_astype(a, SPC_FLOAT64, copy.out()));
  check(spc_array_is_view_of(a, copy, &shared));
  EXPECT_EQ(shared, 0);
}

TEST_P(Construct, ResultTypeJoins) {
  struct Row {
    int32_t a, b, joined;
  };
  for (const Row &r :
       {Row{SPC_INT8, SPC_UINT8, SPC_INT32}, Row{SPC_INT32, SPC_FLOAT32, SPC_FLOAT64},
        Row{SPC_INT8, SPC_FLOAT32, SPC_FLOAT32}, Row{SPC_INT64, SPC_COMPLEX64, SPC_COMPLEX128},
        Row{SPC_FLOAT64, SPC_COMPLEX64, SPC_COMPLEX128}}) {
    const int32_t pair[2] = {r.a, r.b};
    int32_t out = -1;
    check(spc_result_type(0, nullptr, 2, pair, &out));
    EXPECT_EQ(out, r.joined);
  }
  int32_t out = -1;
  Array weak_float = weak(1.5), weak_complex = weak(C128(0, 1)), f32 = vector<float>(ctx, {1});
  const spc_value with_float[2] = {f32, weak_float}, with_complex[2] = {f32, weak_complex};
  check(spc_result_type(2, with_float, 0, nullptr, &out));
  EXPECT_EQ(out, SPC_FLOAT32);
  check(spc_result_type(2, with_complex, 0, nullptr, &out));
  EXPECT_EQ(out, SPC_COMPLEX64);
  expect_error(spc_result_type(0, nullptr, 0, nullptr, &out), SPC_E_VALUE, {"nothing given"});
}

TEST_P(Construct, ConstantsAreMadeOnceAndReadOnly) {
  struct Constant {
    spc_status (*op)(spc_context, spc_array *);
    double value;
  };
  const Constant constants[] = {{spc_inf, std::numeric_limits<double>::infinity()},
                                {spc_pi, 3.141592653589793},
                                {spc_e, 2.718281828459045}};
  for (const Constant &c : constants) {
    Array a, b;
    check(c.op(ctx, a.out()));
    check(c.op(ctx, b.out()));
    EXPECT_EQ(shape_of(a), Shape{});
    EXPECT_EQ(value<double>(a), c.value);
    int32_t flag = -1;
    check(spc_array_is_view_of(a, b, &flag));
    EXPECT_EQ(flag, 1);
    check(spc_array_is_writable(a, &flag));
    EXPECT_EQ(flag, 0);
    const char *family = "";
    check(spc_array_family(a, &family));
    EXPECT_STREQ(family, GetParam());
    Array view;
    check(spc_reshape(a, 0, nullptr, view.out()));
    expect_error(spc_array_set(view, weak(1)), SPC_E_VALUE, {"read-only"});
    expect_error(spc_add_into(a, a, a), SPC_E_VALUE, {"add", "read-only"});
    EXPECT_EQ(value<double>(b), c.value);
  }
  Array n, m;
  check(spc_nan(ctx, n.out()));
  EXPECT_TRUE(std::isnan(value<double>(n)));
  check(spc_pi(ctx, m.out()));
  int32_t same = -1;
  check(spc_array_is_view_of(n, m, &same));
  EXPECT_EQ(same, 0);
  expect_error(spc_pi(ctx, nullptr), SPC_E_VALUE, {"pi", "out is NULL"});
}

TEST(ConstructConstants, OneArrayPerFamilyWhicheverThreadAsksFirst) {
  load_test_families();
  for (const char *family : {"reference", "cpu", "fakedev"}) {
    Context ctx = context(family, SPC_COMPLEX64);
    constexpr int count = 8;
    Array made[count];
    std::vector<std::thread> threads;
    for (Array &a : made) threads.emplace_back([&] { check(spc_e(ctx, a.out())); });
    for (std::thread &t : threads) t.join();
    for (const Array &a : made) {
      int32_t same = -1;
      check(spc_array_is_view_of(made[0], a, &same));
      EXPECT_EQ(same, 1);
      EXPECT_EQ(value<double>(a), 2.718281828459045);
    }
  }
}

TEST_P(Construct, LikeAnotherArray) {
  Array x = array<float>(ctx, {2, 3}, {1, 2, 3, 4, 5, 6}), t, r;
  check(spc_transpose(x, SPC_ALL_AXES, nullptr, t.out()));
  check(spc_zeros_like(t, SPC_DTYPE_NONE, r.out()));
  EXPECT_EQ(shape_of(r), (Shape{3, 2}));
  EXPECT_EQ(values<float>(r), std::vector<float>(6, 0));
  check(spc_ones_like(x, SPC_INT8, r.out()));
  EXPECT_EQ(values<int8_t>(r), std::vector<int8_t>(6, 1));
  check(spc_ones_like(x, SPC_COMPLEX128, r.out()));
  EXPECT_EQ(values<C128>(r), std::vector<C128>(6, 1.0));
  Array i = vector<int32_t>(ctx, {7, 7}), zero_d = array<int64_t>(ctx, {}, {3});
  check(spc_full_like(i, weak(1.7), SPC_DTYPE_NONE, r.out()));
  EXPECT_EQ(values<int32_t>(r), std::vector<int32_t>({1, 1}));
  check(spc_full_like(i, zero_d, SPC_FLOAT32, r.out()));
  EXPECT_EQ(values<float>(r), std::vector<float>({3, 3}));
  check(spc_full_like(i, weak(C128(1, 2)), SPC_COMPLEX64, r.out()));
  EXPECT_EQ(values<std::complex<float>>(r), std::vector<std::complex<float>>(2, {1, 2}));
  const int64_t to[2] = {3, 2};
  Array wide;
  check(spc_broadcast_to(i, 2, to, wide.out()));
  check(spc_zeros_like(wide, SPC_DTYPE_NONE, r.out()));  // never a read-only view
  int32_t writable = -1;
  check(spc_array_is_writable(r, &writable));
  EXPECT_EQ(writable, 1);
  Array none = vector<double>(ctx, {});
  check(spc_full_like(none, weak(1), SPC_DTYPE_NONE, r.out()));
  EXPECT_EQ(shape_of(r), Shape{0});
  EXPECT_EQ(values<int32_t>(i), std::vector<int32_t>({7, 7}));
}

TEST_P(Construct, LikeRefusals) {
  Array i = vector<int8_t>(ctx, {7, 7}), list, sparse, r;
  check(spc_value_list(0, nullptr, list.out()));
  check(spc_assparse(ctx, array<double>(ctx, {1, 1}, {1}), "csr", SPC_DTYPE_NONE, sparse.out()));
  expect_error(spc_full_like(i, i, SPC_DTYPE_NONE, r.out()), SPC_E_VALUE,
               {"full_like", "(2,)", "scalar"});
  expect_error(spc_full_like(i, weak(C128(1, 0)), SPC_DTYPE_NONE, r.out()), SPC_E_TYPE,
               {"full_like rejected complex-valued input", "int8"});
  expect_error(spc_full_like(i, weak(128), SPC_DTYPE_NONE, r.out()), SPC_E_OVERFLOW,
               {"full_like", "128", "int8"});
  expect_error(spc_zeros_like(list, SPC_DTYPE_NONE, r.out()), SPC_E_TYPE, {"zeros_like", "list"});
  expect_error(spc_ones_like(sparse, SPC_DTYPE_NONE, r.out()), SPC_E_TYPE, {"ones_like", "sparse"});
  expect_error(spc_zeros_like(i, 9, r.out()), SPC_E_TYPE, {"zeros_like", "9"});
}

TEST_P(Construct, Linspace) {
  Array r;
  check(spc_linspace(ctx, weak(0), weak(1), 5, r.out()));
  EXPECT_EQ(values<double>(r), std::vector<double>({0, 0.25, 0.5, 0.75, 1}));
  check(spc_linspace(ctx, weak(1), weak(-1), 3, r.out()));
  EXPECT_EQ(values<double>(r), std::vector<double>({1, 0, -1}));
  check(spc_linspace(ctx, weak(0.1), weak(0.7), 7, r.out()));
  EXPECT_EQ(values<double>(r).back(), 0.7);  // exactly, whatever the steps add up to
  check(spc_linspace(ctx, weak(3), weak(9), 1, r.out()));
  EXPECT_EQ(values<double>(r), std::vector<double>({3}));
  check(spc_linspace(ctx, weak(3), weak(9), 0, r.out()));
  EXPECT_EQ(shape_of(r), Shape{0});
  EXPECT_EQ(dtype_of(r), SPC_FLOAT64);
  check(spc_linspace(ctx, weak(C128(0, 1)), weak(4), 3, r.out()));
  EXPECT_EQ(values<C128>(r), std::vector<C128>({{0, 1}, {2, 0.5}, {4, 0}}));
  Array start = array<int32_t>(ctx, {}, {2}), stop = array<float>(ctx, {}, {3.0f});
  check(spc_linspace(ctx, start, stop, 3, r.out()));
  EXPECT_EQ(values<double>(r), std::vector<double>({2, 2.5, 3}));
  // The difference of the ends is not representable, every element is.
  check(spc_linspace(ctx, weak(-1.5e308), weak(1.5e308), 3, r.out()));
  EXPECT_EQ(values<double>(r), std::vector<double>({-1.5e308, 0, 1.5e308}));
}

TEST_P(Construct, LinspaceRefusals) {
  Array r, v = vector<double>(ctx, {1, 2}), none;
  check(spc_value_none(none.out()));
  expect_error(spc_linspace(ctx, weak(0), weak(1), -1, r.out()), SPC_E_VALUE,
               {"linspace", "num is -1"});
  expect_error(spc_linspace(ctx, v, weak(1), 2, r.out()), SPC_E_VALUE,
               {"linspace", "start", "(2,)"});
  expect_error(spc_linspace(ctx, weak(1), v, 2, r.out()), SPC_E_VALUE,
               {"linspace", "stop", "(2,)"});
  expect_error(spc_linspace(ctx, weak(1), none, 2, r.out()), SPC_E_TYPE, {"linspace", "null"});
}

TEST_P(Construct, CastSharesWhatNeedsNoCast) {
  Array a = vector<double>(ctx, {1.5, -2.5}), r, sparse, same;
  int32_t shared = -1;
  for (int32_t d : {int32_t{SPC_FLOAT64}, int32_t{SPC_DTYPE_NONE}}) {
    check(spc_cast(a, d, r.out()));
    check(spc_array_is_view_of(a, r, &shared));
    EXPECT_EQ(shared, 1);
  }
  check(spc_cast(a, SPC_INT32, r.out()));
  EXPECT_EQ(values<int32_t>(r), std::vector<int32_t>({1, -2}));
  check(spc_cast(weak(7), SPC_FLOAT32, r.out()));
  EXPECT_EQ(value<float>(r), 7);
  check(spc_assparse(ctx, array<double>(ctx, {1, 2}, {3, 0}), "csr", SPC_DTYPE_NONE, sparse.out()));
  check(spc_cast(sparse, SPC_FLOAT64, same.out()));
  check(spc_array_is_view_of(sparse, same, &shared));
  EXPECT_EQ(shared, 1);
  check(spc_cast(sparse, SPC_FLOAT32, same.out()));
  EXPECT_EQ(dtype_of(same), SPC_FLOAT32);
  Array z = vector<C128>(ctx, {{1, 0}});
  expect_error(spc_cast(z, SPC_FLOAT64, r.out()), SPC_E_TYPE,
               {"cast rejected complex-valued input"});
  expect_error(spc_cast(a, 9, r.out()), SPC_E_TYPE, {"cast", "9"});
  expect_error(spc_cast(weak(300), SPC_INT8, r.out()), SPC_E_OVERFLOW, {"cast", "300", "int8"});
}

TEST_P(Construct, ArrayFromValueAlwaysCopies) {
  Array a = vector<double>(ctx, {1, 2, 3}), r, list;
  int32_t shared = -1;
  for (int32_t d : {int32_t{SPC_DTYPE_NONE}, int32_t{SPC_FLOAT64}, int32_t{SPC_FLOAT32}}) {
    check(spc_array_from_value(ctx, a, d, r.out()));
    check(spc_array_is_view_of(a, r, &shared));
    EXPECT_EQ(shared, 0);
  }
  EXPECT_EQ(values<float>(r), std::vector<float>({1, 2, 3}));
  const int64_t to[2] = {2, 3};
  Array wide;
  check(spc_broadcast_to(a, 2, to, wide.out()));
  check(spc_array_from_value(nullptr, wide, SPC_DTYPE_NONE, r.out()));
  EXPECT_EQ(values<double>(r), std::vector<double>({1, 2, 3, 1, 2, 3}));
  const char *family = "";
  check(spc_array_family(r, &family));
  EXPECT_STREQ(family, GetParam());
  int32_t writable = -1;
  check(spc_array_is_writable(r, &writable));
  EXPECT_EQ(writable, 1);
  check(spc_array_from_value(ctx, weak(2.5), SPC_DTYPE_NONE, r.out()));
  EXPECT_EQ(value<double>(r), 2.5);
  Array one = weak(1), two = weak(2);
  const spc_value items[2] = {one, two};
  check(spc_value_list(2, items, list.out()));
  check(spc_array_from_value(ctx, list, SPC_DTYPE_NONE, r.out()));
  EXPECT_EQ(values<int64_t>(r), std::vector<int64_t>({1, 2}));
  Array sparse;
  check(spc_assparse(ctx, array<double>(ctx, {1, 2}, {3, 0}), "csr", SPC_DTYPE_NONE, sparse.out()));
  check(spc_array_from_value(ctx, sparse, SPC_DTYPE_NONE, r.out()));
  EXPECT_EQ(values<double>(r), std::vector<double>({3, 0}));
  Array z = vector<C128>(ctx, {{1, 0}});
  expect_error(spc_array_from_value(ctx, z, SPC_FLOAT64, r.out()), SPC_E_TYPE,
               {"rejected complex-valued input"});
  expect_error(spc_array_from_value(ctx, nullptr, SPC_FLOAT64, r.out()), SPC_E_HANDLE,
               {"array_from_value", "NULL"});
}

}  // namespace
