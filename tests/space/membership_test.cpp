// SPDX-License-Identifier: Apache-2.0
// Which values are elements: the checks, their order, their texts and their levels.
#include "tests/support/algebra.hpp"

namespace test {
namespace {

class Membership : public OnFamily {};
SPC_ON_EVERY_FAMILY(Membership);

constexpr int32_t checking[] = {SPC_CHECK_CHEAP, SPC_CHECK_STANDARD, SPC_CHECK_STRICT};

TEST_P(Membership, first_failing_check_gives_the_text) {
  const std::string family = GetParam();
  for (int32_t level : checking) {
    const Context c = context(GetParam(), SPC_FLOAT64, level);
    const Space s = coordinate_space(c, 2);
    auto refuse = [&](spc_value x, const std::string &text) {
      expect_error(spc_space_check_member(s, x), SPC_E_VALIDATION, {text.c_str()});
    };
    refuse(vector<double>(c, {1, 2, 3}), "Expected shape (2,), got (3,)");
    refuse(vector<c128>(c, {1, 2}),
           "Expected an element compatible with the real scalar field, got dtype complex128");
    refuse(vector<float>(c, {1, 2}), "Expected dtype float64, got float32");
    refuse(weak(1.0), "Expected dense array for " + family + ", got scalar");
    Array list;
    check(spc_value_list(0, nullptr, list.out()));
    refuse(list, "Expected dense array for " + family + ", got list");
    refuse(sparse<double>(c, 1, 1, {1}),
           "Expected dense array for " + family + ", got sparse array of family " + family);
    // Shape goes before field, field before dtype.
    refuse(vector<c64>(c, {1, 2, 3}), "Expected shape (2,), got (3,)");
    refuse(vector<c64>(c, {1, 2}), "real scalar field, got dtype complex64");
    check(spc_space_check_member(s, vector<double>(c, {1, 2})));

    const Context z = context(GetParam(), SPC_COMPLEX128, level);
    expect_error(spc_space_check_member(coordinate_space<c128>(z, 2), vector<double>(z, {1, 2})),
                 SPC_E_VALIDATION, {"Expected dtype complex128, got float64"});
  }
}

TEST_P(Membership, level_none_accepts_anything) {
  const Context c = context(GetParam(), SPC_FLOAT64, SPC_CHECK_NONE);
  const Space s = coordinate_space(c, 2);
  check(spc_space_check_member(s, vector<double>(c, {1, 2, 3})));
  check(spc_space_check_member(s, vector<c64>(c, {1, 2})));
  check(spc_space_check_member(s, weak(1)));
}

TEST_P(Membership, failure_is_a_value_and_a_type_error) {
  const Space s = coordinate_space(ctx, 2);
  const spc_status code = spc_space_check_member(s, weak(1));
  for (spc_status parent : {SPC_E_VALUE, SPC_E_TYPE}) {
    int32_t is_a = 0;
    check(spc_status_is_a(code, parent, &is_a));
    EXPECT_EQ(is_a, 1);
  }
  spc_error_info info = {};
  info.struct_size = sizeof info;
  check(spc_last_error(&info));
  EXPECT_STREQ(info.family, GetParam());
}

TEST_P(Membership, operations_check_their_arguments) {
  const Space s = coordinate_space(ctx, 2);
  const Array good = vector<double>(ctx, {1, 2}), bad = vector<double>(ctx, {1, 2, 3});
  Array out;
  const char *text = "Expected shape (2,), got (3,)";
  expect_error(spc_space_add(s, good, bad, out.out()), SPC_E_VALIDATION, {text});
  expect_error(spc_space_add(s, bad, good, out.out()), SPC_E_VALIDATION, {text});
  expect_error(spc_space_scale(s, weak(2), bad, out.out()), SPC_E_VALIDATION, {text});
  expect_error(spc_space_axpy(s, weak(2), good, bad, out.out()), SPC_E_VALIDATION, {text});
  expect_error(spc_space_inner(s, good, bad, out.out()), SPC_E_VALIDATION, {text});
  expect_error(spc_space_norm(s, bad, out.out()), SPC_E_VALIDATION, {text});
  expect_error(spc_space_flatten(s, bad, out.out()), SPC_E_VALIDATION, {text});
}

TEST_P(Membership, without_checks_wrong_shapes_are_the_errors_of_the_operations) {
  const Context c = context(GetParam(), SPC_FLOAT64, SPC_CHECK_NONE);
  const Space s = coordinate_space(c, 2);
  Array out;
  EXPECT_EQ(spc_space_add(s, vector<double>(c, {1, 2}), vector<double>(c, {1, 2, 3}), out.out()),
            SPC_E_VALUE);
  EXPECT_EQ(spc_space_inner(s, vector<double>(c, {1, 2}), vector<double>(c, {1, 2, 3}), out.out()),
            SPC_E_VALUE);
}

TEST_P(Membership, complex_scalar_leaves_a_real_space) {
  const Space s = coordinate_space(ctx, 2);
  Array out;
  check(spc_space_scale(s, weak(c128(0, 1)), vector<double>(ctx, {1, 2}), out.out()));
  EXPECT_EQ(dtype_of(out), SPC_COMPLEX128);
  expect_error(spc_space_check_member(s, out), SPC_E_VALIDATION, {"real scalar field"});
}

// Families with a common ancestor and one memory space count as one, in both directions.
TEST(MembershipAcross, compatible_families) {
  load_test_families();
  const Context cpu = context("cpu"), reference = context("reference"), device = context("fakedev");
  const Space of_cpu = coordinate_space(cpu, 2), of_reference = coordinate_space(reference, 2);
  const Array a = vector<double>(cpu, {1, 2}), b = vector<double>(reference, {3, 4});
  check(spc_space_check_member(of_cpu, b));
  check(spc_space_check_member(of_reference, a));
  EXPECT_FALSE(equal(of_cpu, of_reference));
  Array out;
  check(spc_space_add(of_reference, a, b, out.out()));
  EXPECT_EQ(family_of(out), "reference");
  check(spc_space_add(of_cpu, b, b, out.out()));
  EXPECT_EQ(family_of(out), "cpu");
  EXPECT_EQ(values<double>(out), (std::vector<double>{6, 8}));
  check(spc_space_inner(of_reference, a, a, out.out()));
  EXPECT_EQ(family_of(out), "reference");

  const Array far = vector<double>(device, {1, 2});
  expect_error(spc_space_check_member(of_cpu, far), SPC_E_VALIDATION,
               {"Expected dense array for cpu, got array of family fakedev"});
  const Context loose = context("cpu", SPC_FLOAT64, SPC_CHECK_NONE);
  EXPECT_EQ(spc_space_add(coordinate_space(loose, 2), a, far, out.out()), SPC_E_TYPE);
}

// A result carries the tag of the space: memory of another kind must not get under it.
void expect_foreign_refused(const char *family, spc_array far) {
  for (int32_t level : {SPC_CHECK_NONE, SPC_CHECK_STRICT})
    for (bool with_weights : {false, true}) {
      const Context c = context(family, SPC_FLOAT64, level);
      const Space s =
          with_weights ? coordinate_space<double>(c, 2, {2, 5}) : coordinate_space(c, 2);
      Array out;
      auto refuse = [&](spc_status status) {
        int32_t is_a = 0;
        check(spc_status_is_a(status, SPC_E_TYPE, &is_a));
        EXPECT_EQ(is_a, 1) << last_error();
        EXPECT_NE(last_error().find(family_of(far)), std::string::npos) << last_error();
      };
      refuse(spc_space_riesz(s, far, out.out()));
      refuse(spc_space_riesz_inverse(s, far, out.out()));
      refuse(spc_space_flatten(s, far, out.out()));
      refuse(spc_space_unflatten(s, far, out.out()));
      refuse(spc_space_scale(s, weak(2), far, out.out()));
      refuse(spc_space_add(s, far, far, out.out()));
      refuse(spc_space_axpy(s, weak(2), far, far, out.out()));
      refuse(spc_space_inner(s, far, far, out.out()));
      refuse(spc_space_norm(s, far, out.out()));
    }
}

TEST(MembershipAcross, foreign_memory_is_refused_at_every_level) {
  load_test_families();
  load_opaque();
  const Context device = context("fakedev"), opaque = context("opaque");
  for (const char *family : {"cpu", "reference"}) {
    expect_foreign_refused(family, vector<double>(device, {1, 2}));
    expect_foreign_refused(family, vector<double>(opaque, {1, 2}));
  }
}

TEST_P(Membership, scalars_are_no_elements_and_elements_no_scalars) {
  for (int32_t level : {SPC_CHECK_NONE, SPC_CHECK_STRICT}) {
    const Context c = context(GetParam(), SPC_FLOAT64, level);
    const Space s = coordinate_space(c, 2);
    const Array x = vector<double>(c, {1, 2}), a = vector<double>(c, {3, 4});
    Array out, list;
    expect_error(spc_space_scale(s, a, x, out.out()), SPC_E_VALUE,
                 {"space_scale: a has shape (2,), expected a scalar"});
    expect_error(spc_space_axpy(s, a, x, x, out.out()), SPC_E_VALUE, {"space_axpy: a has shape"});
    check(spc_value_list(0, nullptr, list.out()));
    expect_error(spc_space_scale(s, list, x, out.out()), SPC_E_TYPE, {"space_scale", "list"});
    check(spc_space_scale(s, array<double>(c, {}, {3}), x, out.out()));
    EXPECT_EQ(values<double>(out), (std::vector<double>{3, 6}));
  }
  const Space loose = coordinate_space(context(GetParam(), SPC_FLOAT64, SPC_CHECK_NONE), 2);
  Array out;
  expect_error(spc_space_add(loose, weak(1), weak(2), out.out()), SPC_E_TYPE,
               {"space_add: x is a scalar"});
  expect_error(spc_space_scale(loose, weak(1), weak(2), out.out()), SPC_E_TYPE,
               {"space_scale: x is a scalar"});
  expect_error(spc_space_norm(loose, weak(1), out.out()), SPC_E_TYPE, {"space_norm: x is a"});
}

// Opaque elements have a layout instead of strides, and no coordinates on this side.
TEST(MembershipOpaque, space_like_a_prototype) {
  load_opaque();
  for (int32_t dtype : {SPC_FLOAT64, SPC_COMPLEX64}) {
    const Context c = context("opaque", dtype);
    const std::vector<c128> host = {1, 2, 3, 4, 5};
    const std::vector<c64> host64(host.begin(), host.end());
    const Array x =
        dtype == SPC_FLOAT64 ? vector<double>(c, {1, 2, 3, 4, 5}) : vector<c64>(c, host64);
    Space s;
    check(spc_space_like(c, x, nullptr, s.out()));
    check(spc_space_check_member(s, x));
    Array zero, twice, thrice, v;
    check(spc_space_zeros(s, zero.out()));
    check(spc_space_axpy(s, weak(2), x, zero, twice.out()));
    check(spc_space_add(s, x, twice, thrice.out()));
    if (dtype == SPC_FLOAT64) {
      EXPECT_EQ(values<double>(thrice), (std::vector<double>{3, 6, 9, 12, 15}));
      EXPECT_EQ(value<double>(inner(s, x, x)), 55);
      EXPECT_NEAR(value<double>(norm(s, x)), std::sqrt(55), 1e-14);
    } else {
      EXPECT_EQ(value<c64>(inner(s, x, x)), c64(55));
    }
    expect_error(spc_space_flatten(s, x, v.out()), SPC_E_NOTIMPL, {"flatten", "opaque"});
    const Array strided = vector<double>(context("reference"), {1, 2, 3, 4, 5});
    expect_error(spc_space_check_member(s, strided), SPC_E_VALIDATION,
                 {"Expected dense array for opaque, got array of family reference"});
  }
}

TEST(MembershipOpaque, weighted_space) {
  load_opaque();
  const Context c = context("opaque");
  const Array x = vector<double>(c, {1, 2, 3}), w = vector<double>(c, {2, 5, 11});
  Geometry g;
  check(spc_geometry_weighted(w, g.out()));
  Space s;
  check(spc_space_like(c, x, g, s.out()));
  EXPECT_EQ(value<double>(inner(s, x, x)), 2 + 20 + 99);
  check(spc_geometry_weighted(vector<double>(c, {1, -1, 1}), g.out()));
  expect_error(spc_space_like(c, x, g, s.out()), SPC_E_VALUE, {"strictly positive"});
}

}  // namespace
}  // namespace test
