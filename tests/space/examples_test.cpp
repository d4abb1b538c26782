// SPDX-License-Identifier: Apache-2.0
// Worked examples of geometries and dense coordinate spaces.
#include <limits>

#include "tests/support/algebra.hpp"

namespace test {
namespace {

class SpaceExamples : public OnFamily {};
SPC_ON_EVERY_FAMILY(SpaceExamples);

Array riesz(spc_space s, spc_element x) {
  Array out;
  check(spc_space_riesz(s, x, out.out()));
  return out;
}
Array riesz_inverse(spc_space s, spc_element x) {
  Array out;
  check(spc_space_riesz_inverse(s, x, out.out()));
  return out;
}

TEST_P(SpaceExamples, weighted_inner_product_and_riesz_map) {
  const Space s = coordinate_space<double>(ctx, 2, {2, 5});
  const Array x = vector<double>(ctx, {1, 2}), y = vector<double>(ctx, {3, 4});
  EXPECT_EQ(value<double>(inner(s, x, y)), 46);
  EXPECT_EQ(values<double>(riesz(s, x)), (std::vector<double>{2, 10}));
  EXPECT_EQ(values<double>(riesz_inverse(s, riesz(s, x))), (std::vector<double>{1, 2}));

  const Space t = coordinate_space<double>(ctx, 2, {2, 3});
  const Array u = vector<double>(ctx, {1, 4}), v = vector<double>(ctx, {5, 6});
  EXPECT_EQ(value<double>(inner(t, u, v)), 82);
  EXPECT_EQ(values<double>(riesz(t, u)), (std::vector<double>{2, 12}));
}

TEST_P(SpaceExamples, euclidean_inner_product_and_norm) {
  const Space s = coordinate_space(ctx, 3);
  const Array x = vector<double>(ctx, {3, 4, 0}), y = vector<double>(ctx, {0, 1, 2});
  EXPECT_EQ(value<double>(inner(s, x, y)), 4);
  EXPECT_EQ(value<double>(norm(s, x)), 5);
  const Space w = coordinate_space<double>(ctx, 2, {1, 4});
  EXPECT_EQ(value<double>(norm(w, vector<double>(ctx, {0, 1}))), 2);
  EXPECT_EQ(values<double>(riesz(w, vector<double>(ctx, {1, 1}))), (std::vector<double>{1, 4}));
}

TEST_P(SpaceExamples, axpy) {
  const Space s = coordinate_space(ctx, 2);
  const Array x = vector<double>(ctx, {1, 2}), y = vector<double>(ctx, {10, 20});
  Array z;
  check(spc_space_axpy(s, weak(2), x, y, z.out()));
  EXPECT_EQ(values<double>(z), (std::vector<double>{12, 24}));
  check(spc_space_add(s, x, y, z.out()));
  EXPECT_EQ(values<double>(z), (std::vector<double>{11, 22}));
  check(spc_space_scale(s, weak(-0.5), x, z.out()));
  EXPECT_EQ(values<double>(z), (std::vector<double>{-0.5, -1}));
  check(spc_space_zeros(s, z.out()));
  EXPECT_EQ(values<double>(z), (std::vector<double>{0, 0}));
}

TEST_P(SpaceExamples, complex_inner_product_conjugates_the_first_argument) {
  const Context c = context(GetParam(), SPC_COMPLEX128);
  const Array x = vector<c128>(c, {{.5, .25}, {-1, .75}, {2, -.5}});
  const Array y = vector<c128>(c, {{1.5, -.5}, {-.25, 1}, {.75, .25}});
  const Space s = coordinate_space<c128>(c, 3);
  EXPECT_EQ(value<c128>(inner(s, y, x)), c128(3, .5625));
  const Space w = coordinate_space<c128>(c, 3, {2, 5, 11});
  EXPECT_EQ(value<c128>(inner(w, y, x)), c128(21.375, -4.3125));
  EXPECT_EQ(dtype_of(norm(w, x)), SPC_FLOAT64);
  EXPECT_NEAR(value<double>(norm(w, x)), 7.428828979051813, 1e-14);
}

TEST_P(SpaceExamples, riesz_of_euclidean_space_is_the_same_element) {
  const Space s = coordinate_space(ctx, 2);
  const Array x = vector<double>(ctx, {1, 2}), r = riesz(s, x);
  int32_t shares = 0;
  check(spc_array_is_view_of(r, x, &shares));
  EXPECT_EQ(shares, 1);
}

TEST_P(SpaceExamples, riesz_maps_keep_leading_axes) {
  const Space s = coordinate_space<double>(ctx, 2, {2, 4});
  const Array batch = array<double>(ctx, {2, 2}, {1, 2, 3, 4});
  EXPECT_EQ(values<double>(riesz(s, batch)), (std::vector<double>{2, 8, 6, 16}));
  EXPECT_EQ(values<double>(riesz_inverse(s, batch)), (std::vector<double>{.5, .5, 1.5, 1}));
}

TEST_P(SpaceExamples, flatten_and_unflatten_are_row_major) {
  const Space s = dense_space(ctx, {2, 3});
  const Array x = array<double>(ctx, {2, 3}, {0, 1, 2, 3, 4, 5});
  Array v, back;
  check(spc_space_flatten(s, x, v.out()));
  EXPECT_EQ(shape_of(v), (Shape{6}));
  EXPECT_EQ(values<double>(v), (std::vector<double>{0, 1, 2, 3, 4, 5}));
  check(spc_space_unflatten(s, v, back.out()));
  EXPECT_EQ(shape_of(back), (Shape{2, 3}));

  const Space scalar = dense_space(ctx, {});
  const Array one = array<double>(ctx, {}, {7});
  check(spc_space_flatten(scalar, one, v.out()));
  EXPECT_EQ(shape_of(v), (Shape{1}));
  int64_t size = 0;
  check(spc_space_size(scalar, &size));
  EXPECT_EQ(size, 1);
}

TEST_P(SpaceExamples, unflatten_refuses_other_sizes_at_every_level) {
  for (int32_t level : {SPC_CHECK_NONE, SPC_CHECK_STRICT}) {
    const Context c = context(GetParam(), SPC_FLOAT64, level);
    const Space s = coordinate_space(c, 3);
    Array out;
    expect_error(spc_space_unflatten(s, vector<double>(c, {1, 2}), out.out()), SPC_E_VALUE,
                 {"unflatten: 2 coordinates", "has 3"});
    expect_error(spc_space_unflatten(s, weak(1.0), out.out()), SPC_E_TYPE, {"unflatten", "scalar"});
  }
}

// Weights are validated at every level, in a fixed order.
TEST_P(SpaceExamples, weights_are_validated_at_every_level) {
  const double inf = std::numeric_limits<double>::infinity();
  const double nan = std::numeric_limits<double>::quiet_NaN();
  for (int32_t level : {SPC_CHECK_NONE, SPC_CHECK_CHEAP, SPC_CHECK_STANDARD, SPC_CHECK_STRICT}) {
    const Context c = context(GetParam(), SPC_FLOAT64, level);
    const int64_t shape[] = {2};
    auto refuse = [&](const std::vector<double> &w, spc_status code, const char *part) {
      const Geometry g = weighted<double>(c, {static_cast<int64_t>(w.size())}, w);
      Space s;
      expect_error(spc_space_dense(c, 1, shape, g, s.out()), code, {part});
    };
    refuse({1, -1}, SPC_E_VALUE, "strictly positive; the least is -1");
    refuse({1, 0}, SPC_E_VALUE, "strictly positive; the least is 0");
    refuse({1, inf}, SPC_E_VALUE, "must be finite");
    refuse({1, nan}, SPC_E_VALUE, "must be finite");
    refuse({1, 2, 3}, SPC_E_VALUE, "weights have shape (3,), the space has shape (2,)");

    Geometry g = weighted<float>(c, {2}, {1, 2});
    Space s;
    expect_error(spc_space_dense(c, 1, shape, g, s.out()), SPC_E_TYPE,
                 {"weights have dtype float32, the space has dtype float64"});
    check(spc_geometry_weighted(weak(1.0), g.out()));
    expect_error(spc_space_dense(c, 1, shape, g, s.out()), SPC_E_TYPE,
                 {"expected dense array for", "got scalar"});
  }
  const Context c = context(GetParam(), SPC_COMPLEX128, SPC_CHECK_NONE);
  const Geometry g = weighted<c128>(c, {2}, {{1, 0}, {1, .5}});
  const int64_t shape[] = {2};
  Space s;
  expect_error(spc_space_dense(c, 1, shape, g, s.out()), SPC_E_VALUE, {"must be real-valued"});
  const Geometry real = weighted<double>(c, {2}, {1, 2});
  expect_error(spc_space_dense(c, 1, shape, real, s.out()), SPC_E_TYPE, {"float64", "complex128"});
}

TEST_P(SpaceExamples, weights_are_copied) {
  const Array w = vector<double>(ctx, {1, 3}), x = vector<double>(ctx, {1, 1});
  Geometry g;
  check(spc_geometry_weighted(w, g.out()));
  check(spc_array_set(w, vector<double>(ctx, {1, 8})));
  const Space s = dense_space(ctx, {2}, g);
  EXPECT_DOUBLE_EQ(value<double>(norm(s, x)), 2);
  check(spc_array_set(w, vector<double>(ctx, {-1, -1})));
  EXPECT_DOUBLE_EQ(value<double>(norm(s, x)), 2);
  EXPECT_TRUE(equal(s, dense_space(ctx, {2}, g)));
}

TEST(SpaceExamplesAcross, weights_of_another_memory_space_are_refused) {
  load_test_families();
  const Context host = context("reference"), device = context("fakedev");
  const Geometry g = weighted<double>(device, {2}, {1, 2});
  const int64_t shape[] = {2};
  Space s;
  expect_error(spc_space_dense(host, 1, shape, g, s.out()), SPC_E_TYPE,
               {"expected dense array for reference, got array of family fakedev"});
}

TEST_P(SpaceExamples, accessors) {
  const Geometry g = weighted<double>(ctx, {2, 3}, {1, 2, 3, 4, 5, 6});
  const Space s = dense_space(ctx, {2, 3}, g);
  int32_t ndim = 0, euclidean = -1, same_context = 0;
  int64_t shape[2] = {}, size = 0;
  check(spc_space_ndim(s, &ndim));
  EXPECT_EQ(ndim, 2);
  check(spc_space_shape(s, shape, 2));
  EXPECT_EQ(shape[0], 2);
  EXPECT_EQ(shape[1], 3);
  expect_error(spc_space_shape(s, shape, 1), SPC_E_VALUE, {"space_shape: capacity 1 for 2 axes"});
  check(spc_space_size(s, &size));
  EXPECT_EQ(size, 6);
  Context c;
  check(spc_space_context(s, c.out()));
  check(spc_context_equal(c, ctx, &same_context));
  EXPECT_EQ(same_context, 1);
  Geometry held;
  check(spc_space_geometry(s, held.out()));
  check(spc_geometry_is_euclidean(held, &euclidean));
  EXPECT_EQ(euclidean, 0);
  check(spc_geometry_euclidean(held.out()));
  check(spc_geometry_is_euclidean(held, &euclidean));
  EXPECT_EQ(euclidean, 1);
}

TEST_P(SpaceExamples, equality_ignores_the_level_and_compares_weights_exactly) {
  const Context loose = context(GetParam(), SPC_FLOAT64, SPC_CHECK_NONE);
  const Context narrow = context(GetParam(), SPC_FLOAT32);
  EXPECT_TRUE(equal(coordinate_space(ctx, 2), coordinate_space(loose, 2)));
  EXPECT_FALSE(equal(coordinate_space(ctx, 2), coordinate_space(narrow, 2)));
  EXPECT_FALSE(equal(coordinate_space(ctx, 2), coordinate_space(ctx, 3)));
  EXPECT_FALSE(equal(dense_space(ctx, {2, 1}), coordinate_space(ctx, 2)));
  const Space w = coordinate_space<double>(ctx, 2, {1, 2});
  EXPECT_TRUE(equal(w, coordinate_space<double>(ctx, 2, {1, 2})));
  EXPECT_FALSE(equal(w, coordinate_space<double>(ctx, 2, {1, 2 + 1e-12})));
  EXPECT_FALSE(equal(coordinate_space<double>(ctx, 2, {1, 1}), coordinate_space(ctx, 2)));
}

TEST_P(SpaceExamples, bad_arguments) {
  const int64_t negative[] = {-1};
  Space s;
  expect_error(spc_space_dense(ctx, 1, negative, nullptr, s.out()), SPC_E_VALUE, {"-1"});
  expect_error(spc_space_dense(ctx, 1, nullptr, nullptr, s.out()), SPC_E_VALUE, {"space_dense"});
  expect_error(spc_space_dense(ctx, 0, nullptr, nullptr, nullptr), SPC_E_VALUE, {"out is NULL"});
  int64_t size;
  expect_error(spc_space_size(nullptr, &size), SPC_E_HANDLE, {"space handle is NULL"});
  Array out;
  expect_error(spc_space_like(ctx, vector<float>(ctx, {1}), nullptr, s.out()), SPC_E_TYPE,
               {"float32", "float64"});
  // The default context where none is given.
  check(spc_space_dense(nullptr, 0, nullptr, nullptr, s.out()));
}

}  // namespace
}  // namespace test
