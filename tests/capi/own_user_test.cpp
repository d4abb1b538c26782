// SPDX-License-Identifier: Apache-2.0
// Objects made of functions of the program may own the argument of the functions.
#include <thread>

#include "tests/support/algebra.hpp"

namespace test {
namespace {

using Functional = Handle<spc_functional, spc_functional_release>;

// The argument of all functions here; counts how often it was destroyed.
struct Owned {
  int destroyed = 0;

  static spc_status same(void *, spc_element x, spc_element *y) {
    *y = x;
    return spc_array_retain(x);
  }
  static spc_status zero(void *, spc_element, spc_element, spc_value *out) {
    return spc_weak_f64(0, out);
  }
  static void destroy(void *user) { ++static_cast<Owned *>(user)->destroyed; }
};

class OwnUser : public OnFamily {
 protected:
  Owned owned;
};
SPC_ON_EVERY_FAMILY(OwnUser);

TEST_P(OwnUser, is_destroyed_with_the_last_operator_that_calls_the_functions) {
  const Space X = coordinate_space(ctx, 2);
  LinOp view, sum, converted;
  {
    LinOp A;
    check(spc_linop_matrix_free(Owned::same, Owned::same, &owned, X, X, A.out()));
    check(spc_linop_own_user(A, Owned::destroy));
    view = adjoint(A);
    const spc_linop terms[] = {A, A};
    check(spc_linop_sum(2, terms, sum.out()));
    Context narrow;
    check(spc_context_create(GetParam(), SPC_FLOAT32, SPC_CHECK_NONE, narrow.out()));
    spc_target target = {};
    target.struct_size = sizeof target;
    check(spc_target_init(&target));
    target.context = narrow;
    target.resolution_policy = "silent";
    check(spc_linop_convert(A, &target, converted.out()));
  }
  EXPECT_EQ(owned.destroyed, 0);
  EXPECT_EQ(values<double>(apply(view, vector<double>(ctx, {1, 2}))), (std::vector<double>{1, 2}));
  view = LinOp();
  EXPECT_EQ(owned.destroyed, 0);
  sum = LinOp();
  EXPECT_EQ(owned.destroyed, 0);
  std::thread([&] { converted = LinOp(); }).join();
  EXPECT_EQ(owned.destroyed, 1);
}

TEST_P(OwnUser, outlives_a_functional_in_what_is_made_of_it) {
  const Space X = coordinate_space(ctx, 2);
  Functional doubled;
  {
    Functional F;
    check(spc_functional_callback(Owned::zero, Owned::same, &owned, X, F.out()));
    check(spc_functional_own_user(F, Owned::destroy));
    check(spc_functional_scaled(weak(2), F, doubled.out()));
  }
  EXPECT_EQ(owned.destroyed, 0);
  Array gradient;
  check(spc_functional_grad(doubled, vector<double>(ctx, {1, 2}), gradient.out()));
  EXPECT_EQ(values<double>(gradient), (std::vector<double>{2, 4}));
  doubled = Functional();
  EXPECT_EQ(owned.destroyed, 1);

  Functional linear;
  check(spc_functional_linear(Owned::zero, nullptr, &owned, X, linear.out()));
  check(spc_functional_own_user(linear, Owned::destroy));
  linear = Functional();
  EXPECT_EQ(owned.destroyed, 2);
}

TEST_P(OwnUser, outlives_a_geometry_in_its_spaces) {
  Space X;
  {
    Geometry g;
    check(spc_geometry_custom(nullptr, Owned::same, Owned::same, &owned, g.out()));
    check(spc_geometry_own_user(g, Owned::destroy));
    const std::int64_t n = 2;
    check(spc_space_dense(ctx, 1, &n, g, X.out()));
  }
  EXPECT_EQ(owned.destroyed, 0);
  X = Space();
  EXPECT_EQ(owned.destroyed, 1);
}

TEST_P(OwnUser, is_refused_where_there_is_nothing_to_own) {
  const Space X = coordinate_space(ctx, 2);
  LinOp A, one;
  check(spc_linop_matrix_free(Owned::same, Owned::same, &owned, X, X, A.out()));
  check(spc_linop_identity(X, one.out()));
  expect_error(spc_linop_own_user(one, Owned::destroy), SPC_E_TYPE,
               {"linop_own_user: IdentityLinOp is not made of functions of the program"});
  expect_error(spc_linop_own_user(A, nullptr), SPC_E_VALUE, {"linop_own_user: destroy is NULL"});
  check(spc_linop_own_user(A, Owned::destroy));
  expect_error(spc_linop_own_user(A, Owned::destroy), SPC_E_VALUE,
               {"linop_own_user: the user argument has an owner already"});
  Geometry g;
  check(spc_geometry_euclidean(g.out()));
  expect_error(
      spc_geometry_own_user(g, Owned::destroy), SPC_E_TYPE,
      {"geometry_own_user: EuclideanInnerProduct is not made of functions of the program"});
  Functional F;
  check(spc_functional_zero(X, F.out()));
  expect_error(spc_functional_own_user(F, Owned::destroy), SPC_E_TYPE,
               {"functional_own_user: ZeroFunctional is not made of functions of the program"});
  EXPECT_EQ(owned.destroyed, 0);
  A = LinOp();
  EXPECT_EQ(owned.destroyed, 1);
}

}  // namespace
}  // namespace test
