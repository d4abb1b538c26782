// SPDX-License-Identifier: Apache-2.0
// The laws of every class, in every floating dtype, at every level, on every family; what the laws
// find where they do not hold.
#include "tests/support/spaces.hpp"

namespace test {
namespace {

class EveryClass : public OnFamily {};
SPC_ON_EVERY_FAMILY(EveryClass);

constexpr int32_t levels[] = {SPC_CHECK_NONE, SPC_CHECK_CHEAP, SPC_CHECK_STANDARD,
                              SPC_CHECK_STRICT};

template <class T>
std::vector<Space> classes(spc_context c) {
  std::vector<Space> all;
  all.push_back(dense_space(c, {}));
  all.push_back(dense_space(c, {2, 3}));
  all.push_back(dense_space(c, {2, 2}, weighted<T>(c, {2, 2}, {1, 2, 3, 4})));
  all.push_back(dense_space(c, {2}, gram<T>(c, 2, {2, 1, 1, 3})));
  all.push_back(vector_space(c, 3));
  all.push_back(vector_space(c, 2, weighted<T>(c, {2}, {2, 5})));
  all.push_back(elementwise(c, {2, 2}));
  all.push_back(elementwise(c, {2}, weighted<T>(c, {2}, {2, 5})));
  all.push_back(hermitian(c, 3));
  all.push_back(stacked(elementwise(c, {2}), 3));
  all.push_back(stacked(hermitian(c, 2), 2));
  all.push_back(stacked(dense_space(c, {2}, gram<T>(c, 2, {2, 1, 1, 3})), 2));
  all.push_back(tree("{b: *, a: (*, [*])}", {all[1], all[2], all[0]}));
  all.push_back(tree(nullptr, {elementwise(c, {2}), hermitian(c, 2)}));
  all.push_back(tree("[*]", {all[3]}));
  const Space E = dense_space(c, {2});
  const LinOp R = dense_linop<T>(c, E, E, {2, 2}, {2, 1, 1, 3});
  Geometry by_operator;
  check(spc_geometry_operator(R, nullptr, 0, by_operator.out()));
  all.push_back(dense_space(c, {2}, by_operator));
  all.push_back(vector_space(c, 2, by_operator));
  all.push_back(elementwise(c, {2}, by_operator));
  all.push_back(stacked(all.back(), 2));
  all.push_back(stacked(all[5], 2));
  all.push_back(tree("{w: *, r: *}", {all[15], all[2]}));
  return all;
}

template <class T>
void every_class(const char *family) {
  for (const int32_t level : levels) {
    const Context c = context(family, dtype_of<T>(), level);
    for (const Space &s : classes<T>(c)) {
      SCOPED_TRACE(::testing::Message() << "level " << level << ": " << text_of(spc_space_text, s));
      expect_laws(s, 1);
      if (::testing::Test::HasFailure()) return;
    }
  }
}

TEST_P(EveryClass, float32) {
  every_class<float>(GetParam());
}
TEST_P(EveryClass, float64) {
  every_class<double>(GetParam());
}
TEST_P(EveryClass, complex64) {
  every_class<c64>(GetParam());
}
TEST_P(EveryClass, complex128) {
  every_class<c128>(GetParam());
}

TEST_P(EveryClass, mixed_dtypes_in_a_tree) {
  const Context narrow = context(GetParam(), SPC_FLOAT32), z = context(GetParam(), SPC_COMPLEX64);
  const Space real = coordinate_space(narrow, 2), complex = coordinate_space<c64>(z, 2);
  expect_laws(tree(nullptr, {real, complex}));
}

TEST_P(EveryClass, random_elements) {
  spc_rng rng = nullptr;
  check(spc_rng_create(5, &rng));
  const Space s = tree(nullptr, {hermitian(ctx, 3), coordinate_space(ctx, 2)});
  Array x, y;
  check(spc_space_random(s, rng, x.out()));
  check(spc_space_random(s, rng, y.out()));
  check(spc_space_check_member(s, x));
  EXPECT_NE(coordinates<double>(s, x), coordinates<double>(s, y));
  const Space integers = dense_space(context(GetParam(), SPC_INT64), {2});
  expect_error(spc_space_random(integers, rng, x.out()), SPC_E_TYPE,
               {"space_random", "int64", "floating"});
  check(spc_rng_release(&rng));
}

TEST_P(EveryClass, batches) {
  const Space s = dense_space(ctx, {2});
  const Array xs = array<double>(ctx, {2, 2}, {1, 2, 3, 4}),
              wrong = array<double>(ctx, {4, 3}, std::vector<double>(12));
  check(spc_space_check_batch(s, xs));
  check(spc_space_check_batch(s, array<double>(ctx, {1, 2, 2}, {1, 2, 3, 4})));
  expect_error(spc_space_check_batch(s, wrong), SPC_E_VALIDATION,
               {"Batched value trailing shape must be (2,), got (4, 3)."});
  EXPECT_EQ(values<double>(result(spc_space_add_batch, s, xs, xs)),
            (std::vector<double>{2, 4, 6, 8}));
  Array out;
  check(spc_space_scale_batch(s, weak(3), xs, out.out()));
  EXPECT_EQ(values<double>(out), (std::vector<double>{3, 6, 9, 12}));
  EXPECT_EQ(values<double>(result(spc_space_inner_batch, s, xs, xs)), (std::vector<double>{5, 25}));
  expect_error(spc_space_add_batch(s, xs, vector<double>(ctx, {1, 2}), out.out()), SPC_E_VALUE,
               {"space_add_batch: xs has leading axes (2,), ys has ()"});
  expect_error(spc_space_scale_batch(s, vector<double>(ctx, {1, 2}), xs, out.out()), SPC_E_VALUE,
               {"space_scale_batch: a has shape (2,), expected a scalar"});
  expect_error(spc_space_unflatten_batch(s, wrong, out.out()), SPC_E_VALUE,
               {"unflatten_batch: coordinates have shape (4, 3), the last axis must be 2"});
  const Context loose = context(GetParam(), SPC_FLOAT64, SPC_CHECK_NONE);
  const Space lax = dense_space(loose, {2});
  check(spc_space_check_batch(lax, wrong));
  expect_error(spc_space_flatten_batch(lax, wrong, out.out()), SPC_E_VALUE,
               {"Batched value trailing shape must be (2,), got (4, 3)."});
  const Space scalar = dense_space(ctx, {});
  EXPECT_EQ(shape_of(result(spc_space_flatten_batch, scalar, vector<double>(ctx, {1, 2}))),
            (Shape{2, 1}));
}

spc_status same_map(void *, spc_element x, spc_element *y) {
  return spc_copy(x, y);
}
spc_status not_linear(void *, spc_element x, spc_element *y) {
  return spc_square(x, y);
}
spc_status broken(void *, spc_element, spc_element *) {
  return 3;
}

TEST_P(EveryClass, laws_that_do_not_hold_are_reported) {
  Geometry g;
  check(spc_geometry_custom(nullptr, not_linear, same_map, nullptr, g.out()));
  const Space s = dense_space(ctx, {3}, g);
  std::string report(20000, '\0');
  int64_t length = 0, failures = 0;
  check(spc_test_space(s, 3, 1, report.data(), 20000, &length, &failures));
  report.resize(static_cast<std::size_t>(length));
  EXPECT_GE(failures, 3) << report;
  EXPECT_NE(report.find("R^-1 R x = x"), std::string::npos);
  check(spc_geometry_custom(nullptr, broken, same_map, nullptr, g.out()));
  expect_error(spc_test_space(dense_space(ctx, {3}, g), 1, 1, nullptr, 0, &length, &failures),
               SPC_E_CALLBACK, {"returned 3"});
  expect_error(spc_test_space(s, 0, 1, nullptr, 0, &length, &failures), SPC_E_VALUE,
               {"samples is 0"});
}

TEST_P(EveryClass, hashes) {
  const Context loose = context(GetParam(), SPC_FLOAT64, SPC_CHECK_NONE);
  EXPECT_EQ(hash(dense_space(ctx, {2, 3})), hash(dense_space(loose, {2, 3})));
  EXPECT_EQ(hash(dense_space(ctx, {2}, weighted<double>(ctx, {2}, {1, 2}))),
            hash(dense_space(ctx, {2}, weighted<double>(ctx, {2}, {1, 3}))));
  EXPECT_NE(hash(dense_space(ctx, {2})), hash(vector_space(ctx, 2)));
  EXPECT_NE(hash(dense_space(ctx, {2})), hash(dense_space(ctx, {3})));
  EXPECT_NE(hash(stacked(dense_space(ctx, {2}), 1)), hash(stacked(vector_space(ctx, 2), 1)));
  EXPECT_NE(hash(tree("(*,)", {dense_space(ctx, {2})})),
            hash(tree("[*]", {dense_space(ctx, {2})})));
}

}  // namespace
}  // namespace test
